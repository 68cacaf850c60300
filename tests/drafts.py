"""A good book with sound, and what puts one fault into it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from publish.overlay import clock, pars

CONFORMS = (
    '    <meta id="conf" property="dcterms:conformsTo">EPUB Accessibility 1.1 - WCAG 2.2 Level AA</meta>\n'
    '    <meta property="a11y:certifiedBy" refines="#conf">River Testers</meta>\n'
)
PAGES = (
    '<nav epub:type="page-list" role="doc-pagelist" hidden="hidden">\n<ol>\n'
    '<li><a href="{0}">1</a></li>\n<li><a href="{1}">2</a></li>\n</ol>\n</nav>\n'
)
_DURATION = r'(<meta refines="#{}" property="media:duration">)[^<]*'
_TOTAL = r'(<meta property="media:duration">)[^<]*'


class Draft:
    """The members of a book, to be changed as text."""

    def __init__(self, book: Path) -> None:
        """Read a book of ours, and let somebody vouch for it, so that every kind of claim is in it."""
        with zipfile.ZipFile(book) as found:
            self.files = {name: found.read(name) for name in found.namelist()}
        self.package = "EPUB/content.opf"
        self.contents = "EPUB/nav.xhtml"
        self.text = next(name for name in self.files if name.endswith("/text-1.xhtml"))
        self.overlay = self.text.replace(".xhtml", ".smil")
        self.title = self.text.replace("text-1", "title")
        self.replace(self.package, "  </metadata>", CONFORMS + "  </metadata>")

    def read(self, name: str) -> str:
        return self.files[name].decode()

    def replace(self, name: str, old: str, new: str) -> None:
        """Put ``new`` for the first ``old``, which has to be there."""
        text = self.read(name)
        assert old in text, f"{old!r} is not in {name}"
        self.files[name] = text.replace(old, new, 1).encode()

    def sub(self, name: str, pattern: str, new: str | Callable[[re.Match[str]], str], count: int = 1) -> None:
        """Replace by a pattern, which has to be found."""
        text, found = re.subn(pattern, new, self.read(name), count=count)
        assert found, f"{pattern!r} is not in {name}"
        self.files[name] = text.encode()

    def line(self, name: str, marker: str) -> int:
        """The line in which something stands."""
        text = self.read(name)
        assert marker in text, f"{marker!r} is not in {name}"
        return text[: text.index(marker)].count("\n") + 1

    def add_meta(self, meta: str) -> None:
        """Say one thing more of the book."""
        self.replace(self.package, "  </metadata>", f"    {meta}\n  </metadata>")

    def claim(self, feature: str) -> None:
        self.add_meta(f'<meta property="schema:accessibilityFeature">{feature}</meta>')

    def pars(self) -> list[str]:
        """The pars of the text's overlay as they are written, those with sound."""
        return re.findall(r"<par[ >](?:(?!</par>).)*<audio.*?</par>", self.read(self.overlay), re.DOTALL)

    def neighbours(self) -> tuple[str, str, str]:
        """Three pars one after the other, of which the first two play one file and the third another or the same."""
        found = self.pars()
        at = next(n for n in range(len(found) - 2) if _source(found[n]) == _source(found[n + 1]))
        return found[at], found[at + 1], found[at + 2]

    def sum_up(self) -> None:
        """Say the right durations, after clips were changed; one that cannot be read counts as none."""
        total = 0
        for key, path in re.findall(r'<item href="([^"]+\.smil)" id="([^"]+)"', self.read(self.package)):
            name, identifier = f"EPUB/{key}", path
            used = f'media-overlay="{identifier}"' in self.read(self.package)
            if not used:
                self.sub(self.package, rf"\s*{_DURATION.format(identifier)}</meta>", "")
                continue
            readable = re.sub(rb'<audio(?=[^>]*="soon")[^>]*>', b"", self.files[name])
            time = sum(max(0, par.duration) for par in pars(readable))
            self.sub(self.package, _DURATION.format(identifier), rf"\g<1>{clock(time)}")
            total += time
        self.sub(self.package, _TOTAL, rf"\g<1>{clock(total)}")

    def write(self, path: Path) -> Path:
        """The book, by another writer than the project's."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for name, content in self.files.items():
                target.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_STORED if name == "mimetype" else None)
        return path


def _source(par: str) -> str:
    return str(re.findall(r'<audio src="([^"]+)"', par)[0])
