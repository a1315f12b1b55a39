"""How the page looks: judged in the browser by rules, and kept as pictures for eyes."""
import os
from pathlib import Path

# Where to put pictures of what was looked at; none are made without it.
PICTURES = os.environ.get("TAILCAST_PICTURES")
FAULTS = Path(__file__).with_suffix(".js").read_text()
PHONE, TABLET, DESK, WALL = (360, 740), (768, 1024), (1920, 1080), (3840, 2160)
SIZES = (PHONE, TABLET, DESK)
PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def look(browser, name, sizes=SIZES, at=None):
    """Nothing sticks out, is covered, cut or too pale, at every size and in both themes; `at` chooses what is scrolled
    to the top."""
    faults = []
    for width, height in sizes:
        for dark in (False, True):
            browser.resize(width, height, dark, still=True)
            if at:
                browser.run(f"document.querySelector({at!r}).scrollIntoView()")
            browser.run(PAINTED)
            theme = "dark" if dark else "light"
            faults += [f"{name}, {width} pixels, {theme}: {fault}" for fault in browser.run(FAULTS)]
            if PICTURES:
                browser.picture(Path(PICTURES) / f"{name}-{width}-{theme}.png")
    browser.resize(1200, 800)
    browser.run(PAINTED)
    assert not faults, "\n".join(faults)
