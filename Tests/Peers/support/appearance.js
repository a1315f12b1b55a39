// What anybody with good eyes would complain of in the window as it is now: a list of sentences, empty at best.
(() => {
  const CONTROLS = 'a, button, input, select, textarea, summary';
  // Text this small part of which is shown says nothing any more.
  const LEAST_SHOWN = 28;
  const faults = [];
  const nameOf = (element) => {
    const text = (element.getAttribute('aria-label') || element.textContent || element.placeholder || '').trim();
    const classes = [...element.classList].map((one) => '.' + one).join('');
    return `${element.tagName.toLowerCase()}${classes} "${text.slice(0, 40)}"`;
  };
  const complain = (element, what) => faults.push(`${nameOf(element)}: ${what}`);

  // What a modal dialog covers is out of reach, and of no interest.
  const scope = document.querySelector('dialog[open]') || document.body;
  const opacityOf = (element) => {
    let opacity = 1;
    for (let one = element; one; one = one.parentElement) opacity *= Number(getComputedStyle(one).opacity);
    return opacity;
  };
  const isShown = (element) => {
    const box = element.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight && element.checkVisibility({ visibilityProperty: true })
      && !element.closest('.offscreen') && opacityOf(element) > 0;
  };

  /** What of a box is left by the window and all that scrolls or clips around it; null if nothing. */
  const visiblePart = (box, element) => {
    let { left, top, right, bottom } = box;
    const cut = (edge) => {
      left = Math.max(left, edge.left); top = Math.max(top, edge.top);
      right = Math.min(right, edge.right); bottom = Math.min(bottom, edge.bottom);
    };
    cut({ left: 0, top: 0, right: innerWidth, bottom: innerHeight });
    for (let one = element.parentElement; one; one = one.parentElement) {
      if (getComputedStyle(one).overflow !== 'visible') cut(one.getBoundingClientRect());
    }
    return right - left > 1 && bottom - top > 1 ? { left, top, right, bottom } : null;
  };
  const scrollsSideways = (element) => {
    for (let one = element; one; one = one.parentElement) {
      if (['auto', 'scroll'].includes(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth) return true;
    }
    return false;
  };

  // Nothing is wider than the window.
  for (const one of [document.documentElement, ...document.querySelectorAll('.transcript, .page, .session-list, dialog')]) {
    if (one.scrollWidth > one.clientWidth + 1) complain(one, `${one.scrollWidth - one.clientWidth} pixels too wide`);
  }

  // What can be used is whole, and nothing lies over it.
  for (const element of scope.querySelectorAll(CONTROLS)) {
    if (!isShown(element)) continue;
    const box = element.getClientRects()[0];
    if (!box) continue;
    if ((box.left < -1 || box.right > innerWidth + 1) && !scrollsSideways(element)) {
      complain(element, `from ${Math.round(box.left)} to ${Math.round(box.right)} in a window of ${innerWidth}`);
      continue;
    }
    const part = visiblePart(box, element);
    if (!part) continue;
    const home = element.closest('dialog, aside, main')?.getBoundingClientRect();
    if (home && box.right > home.right + 1 && !scrollsSideways(element)) complain(element, 'sticks out to the right');
    if (part.right - part.left < Math.min(box.width, 16) - 1 && !scrollsSideways(element)) complain(element, 'squeezed');
    const hit = document.elementFromPoint((part.left + part.right) / 2, (part.top + part.bottom) / 2);
    // Something that floats over a scrolled text covers what can be scrolled from under it.
    const floats = hit?.closest('.menu, .to-end, #live, header, .actions, .output');
    if (hit && !element.contains(hit) && !hit.contains(element) && !hit.closest('label')?.contains(element)
      && !(floats && !floats.contains(element))) complain(element, `covered by ${nameOf(hit)}`);
  }

  // Text that is cut says so by dots, and enough of it is left.
  for (const element of scope.querySelectorAll('button, h1, h2, h3, summary > *, label, .tag, .row *, .head *')) {
    if (!isShown(element) || !element.textContent.trim() || element.children.length) continue;
    const style = getComputedStyle(element);
    const isCut = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && style.overflowX !== 'visible';
    if (isCut && style.textOverflow !== 'ellipsis') complain(element, 'its text is cut');
    if (isCut && element.clientWidth < LEAST_SHOWN) complain(element, `only ${element.clientWidth} pixels of its text are left`);
  }

  // Text stands out from its ground: WCAG 2.2, 1.4.3 (AA).
  const parse = (text) => {
    const numbers = text.match(/[\d.]+(?:e-?\d+)?/g).map(Number);
    const [red, green, blue, alpha = 1] = text.startsWith('color(')
      ? [...numbers.slice(0, 3).map((one) => one * 255), numbers[3]] : numbers;
    return { rgb: [red, green, blue], alpha };
  };
  const over = (front, alpha, back) => front.map((one, index) => one * alpha + back[index] * (1 - alpha));
  const groundOf = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if (colour.alpha) layers.push(colour);
      if (colour.alpha === 1) break;
    }
    const canvas = getComputedStyle(document.documentElement).colorScheme;
    const first = canvas === 'dark' ? [18, 18, 18] : [255, 255, 255];
    return layers.reverse().reduce((ground, { rgb, alpha }) => over(rgb, alpha, ground), first);
  };
  const luminance = (rgb) => {
    const [red, green, blue] = rgb.map((one) => one / 255).map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const judge = (element, colour, style) => {
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const ground = groundOf(element);
    const { rgb, alpha } = parse(colour);
    const found = contrast(over(rgb, alpha * opacityOf(element), ground), ground);
    if (found < least) complain(element, `contrast ${found.toFixed(2)} instead of ${least}`);
  };
  const judged = new Set();
  const walker = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (judged.has(element) || !node.data.trim()) continue;
    judged.add(element);
    if (!isShown(element) || element.closest(':disabled, option')) continue;
    if (visiblePart(element.getBoundingClientRect(), element)) judge(element, getComputedStyle(element).color, getComputedStyle(element));
  }
  for (const element of scope.querySelectorAll(':placeholder-shown')) {
    if (element.placeholder && isShown(element)) judge(element, getComputedStyle(element, '::placeholder').color, getComputedStyle(element));
  }
  return faults;
})()
