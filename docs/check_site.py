"""Every link between pages of the built site leads somewhere, and its search works without a net."""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from os.path import dirname, join, normpath, relpath
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """The anchors and the links of one page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.scripts: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("class") == "viewcode-back":
            # From a source back to the page alone: Sphinx takes all names of a module for those of one package.
            given["href"] = (given["href"] or "").partition("#")[0]
        self.anchors |= {value for key, value in attrs if key in ("id", "name") and value}
        for key in ("href", "src"):
            if value := given.get(key):
                self.links.append(value)
                if tag in ("script", "link", "img"):
                    self.scripts.append(value)


def faults_of(root: Path) -> list[str]:
    pages = {str(path): Page(path) for path in sorted(root.rglob("*.html"))}
    there = {str(path) for path in root.rglob("*")}
    faults = []
    for path, page in pages.items():
        for link in dict.fromkeys(page.links):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = normpath(join(dirname(path), unquote(parts.path))) if parts.path else path
            if target in there and join(target, "index.html") in there:
                target = join(target, "index.html")
            if target not in there and target != str(root):
                faults.append(f"{relpath(path, root)}: {link} does not exist")
            elif (
                parts.fragment
                and target in pages
                and unquote(parts.fragment) not in pages[target].anchors
            ):
                faults.append(f"{relpath(path, root)}: {link} has no such place")
        faults += [
            f"{relpath(path, root)} loads {s}"
            for s in page.scripts
            if urlsplit(s).netloc and "canonical" not in s
        ]
    if not (root / "searchindex.js").exists():
        faults.append("there is no search index")
    return faults


def main() -> None:
    root = Path(sys.argv[1]).resolve()
    faults = faults_of(root)
    print(
        "\n".join(faults[:50])
        or f"{len(list(root.rglob('*.html')))} pages, every link inside leads somewhere"
    )
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
