"""What docs/operations.md names is there: an operator who copies a setting or an alert must not find that it is gone."""
import re

from support.server import REPOSITORY

PAGE = (REPOSITORY / "docs" / "operations.md").read_text()


def test_every_metric_of_the_page_is_one_of_the_server(serve):
    shown = {line.split()[2] for line in serve().get("/metrics").body.decode().splitlines()
             if line.startswith("# TYPE ")}
    table = PAGE.partition("## Metrics")[2].partition("Rules worth having")[0]
    named = {f"tailcast_{name}" for row in re.findall(r"^\| (`.*?) \|", table, re.M)
             for name in re.findall(r"`([a-z_]+)", row)}
    used = {re.sub(r"_bucket$", "", name) for name in re.findall(r"\btailcast_[a-z_]+", PAGE)}
    assert named and used and (named | used) - {"tailcast_access"} <= shown


def test_every_setting_of_the_page_has_the_default_that_it_says():
    example, section, defaults = (REPOSITORY / "docs" / "tailcast.yaml").read_text(), "", {}
    for line in example.splitlines():
        if found := re.fullmatch(r"# (?:# )?( *)([a-z_]+):(?: (.*))?", line):
            indented, key, value = found.groups()
            section = section if indented else key
            defaults[f"{section}.{key}" if indented else key] = value
    limits = PAGE.partition("## Limits")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?`) \| (.*?) \|", limits, re.M)
    assert len(rows) > 15
    for names, says in rows:
        family = re.match(r"`([a-z]+)\.", names)[1]
        keys = [name if not name.startswith(".") else family + name for name in re.findall(r"`([a-z_.]+)`", names)]
        said = says.split(", ")
        assert len(said) == len(keys), (keys, says)
        for key, text in zip(keys, said):
            assert plain(text).startswith(plain(defaults[key])), (key, defaults[key], text)
    for key in re.findall(r"`((?:tail|streams|http|ws|feed|hooks|rate|channels|shutdown|search|log)\.[a-z_]+)",
                          PAGE.partition("## Metrics")[0]):
        assert key in defaults, key


def plain(text):
    """`20,000`, `1 MiB`, `10 min` as the example file writes them."""
    return re.sub(r"[ ,]", "", text).replace("min", "m")
