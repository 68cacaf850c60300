"""Draws docs/outputs.png: a briefing of the sample as page, book, catalogue and sound. Needs the tests' tools."""

from __future__ import annotations

import base64
import html
import sys
import tempfile
import zipfile
from pathlib import Path

import av
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
OUTPUTS = ROOT / "outputs" / "en"
BRIEFING = "2031-04-04-after-the-crest"
CHROMIUM = ("/usr/lib/chromium/chromium", "/usr/bin/chromium")
STYLE = """
body { margin: 0; width: 1480px; background: #eef1f6; color: #1b2330; font: 17px/1.45 "Noto Sans", sans-serif; }
main { display: grid; grid-template-columns: 700px 1fr; gap: 24px; padding: 28px; }
figure { margin: 0; background: #fff; border-radius: 10px; box-shadow: 0 1px 6px #0003; overflow: hidden; }
figcaption { padding: 10px 18px; font-weight: 650; background: #0b4a8f; color: #fff; }
figcaption span { font-weight: 400; opacity: .9; }
img { display: block; width: 100%; }
pre { margin: 0; padding: 14px 18px; font: 15px/1.5 "Noto Sans Mono", monospace; white-space: pre-wrap; }
svg { display: block; width: 100%; height: 118px; }
mark { background: #ffe9a8; }
.right { display: grid; gap: 24px; align-content: start; }
"""


def main() -> None:
    """Draw it."""
    turn, paragraph = _turn()
    program = next(path for path in CHROMIUM if Path(path).exists())
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 760, "height": 1330})
        web = _shot(page, OUTPUTS / BRIEFING / "index.html", "", 1000)
        book = _shot(page, _book(Path(folder)), f"#{turn}", 400)
        whole = browser.new_page(viewport={"width": 1480, "height": 800})
        whole.set_content(_drawn(web, book, turn, paragraph))
        whole.screenshot(path=str(ROOT / "docs" / "outputs.png"), full_page=True)
        browser.close()
    sys.stdout.write("docs/outputs.png\n")


def _turn() -> tuple[str, str]:
    """The turn that answers the first question, and its first paragraph."""
    for line in (ROOT / "anchors" / f"{BRIEFING}.tsv").read_text("utf-8").splitlines():
        if "Nobody is missing" in line:
            turn, paragraph, *_ = line.split("\t")
            return turn, paragraph
    raise LookupError("the sample has no answer that begins with 'Nobody is missing'")


def _shot(page: Page, path: Path, selector: str, height: int) -> str:
    """The top of a page, or what is around an element of it, with its first paragraph as it is while it is heard."""
    page.set_viewport_size({"width": 760, "height": height})
    page.goto(path.as_uri())
    if selector:
        page.evaluate("s => document.querySelector(s + ' p').classList.add('-epub-media-overlay-active')", selector)
        page.evaluate("s => scrollBy(0, document.querySelector(s).getBoundingClientRect().top - 110)", selector)
    data = page.screenshot(clip={"x": 0, "y": 0, "width": 760, "height": height})
    return "data:image/png;base64," + base64.b64encode(data).decode()


def _book(folder: Path) -> Path:
    """The document of the book that holds the turns."""
    with zipfile.ZipFile(OUTPUTS / BRIEFING / f"{BRIEFING}.epub") as archive:
        archive.extractall(folder)
    texts = [path for path in sorted(folder.rglob("*.xhtml")) if "Nobody is missing" in path.read_text("utf-8")]
    return texts[0]


def _wave(turn: str) -> str:
    """The sound of the turn as a picture."""
    with av.open(str(OUTPUTS / BRIEFING / "audio" / f"{turn}.mp3")) as container:
        sound = b"".join(map(_pcm, container.decode(audio=0)))
    values = memoryview(sound[: len(sound) // 4 * 4]).cast("f")
    step = max(1, len(values) // 330)
    peaks = [max(map(abs, values[at : at + step])) for at in range(0, len(values) - step, step)]
    bars = "".join(
        f'<rect x="{index * 2}" y="{59 - 55 * peak:.1f}" width="1.2" height="{110 * peak:.1f}"/>'
        for index, peak in enumerate(peaks)
    )
    return f'<svg viewBox="0 0 {len(peaks) * 2} 118" preserveAspectRatio="none" fill="#0b4a8f">{bars}</svg>'


def _pcm(frame: av.AudioFrame) -> bytes:
    return bytes(frame.planes[0])[: frame.samples * 4]


def _drawn(web: str, book: str, turn: str, paragraph: str) -> str:
    entries = (ROOT / "locales" / "fr" / "LC_MESSAGES" / f"{BRIEFING}.po").read_text("utf-8").split("\n\n")
    entry = html.escape(next(entry for entry in entries if f"/{paragraph}" in entry))
    entry = entry.replace(paragraph, f"<mark>{paragraph}</mark>")
    return f"""<!DOCTYPE html><html lang="en"><style>{STYLE}</style><main>
<figure><figcaption>Page <span>accessible, without scripts</span></figcaption><img src="{web}" alt=""></figure>
<div class="right">
<figure><figcaption>Book <span>EPUB 3, with sound</span></figcaption><img src="{book}" alt=""></figure>
<figure><figcaption>Catalogue <span>a message a paragraph</span></figcaption><pre>{entry}</pre></figure>
<figure><figcaption>Sound <span>audio/{turn}.mp3 and {turn}.vtt</span></figcaption>{_wave(turn)}</figure>
</div></main></html>"""


if __name__ == "__main__":
    main()
