"""`python -m deploy.demo.panels`: cut the pictures of the panels in `docs/` out of the demo's page.

Needs Chromium, and a font with emoji. Run `make demo` first.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

#: A picture, and the panels on it in columns, each by words that it alone says.
SHEETS = {
    "panels-photos": (("Before the first photo",), ("Variety 90/100",), ("Photo 10 of 11",)),
    "panels-training": (
        ("The plan for", "This is how I draw it"),
        ("<b class=head>Report card",),
        ("<b class=head>Sample sheet",),
    ),
    "panels-pictures": (
        (">Vary 2<", "In which style?"),
        (">Grow<", "The pictures you keep"),
        ("How I drew this", "The queue", "How this studio works"),
    ),
    "panels-server": (
        ("What holds on this server",),
        ("May I learn what you look like?", "Who may draw <code>"),
        ("What is left for you", "How you like it", "What I keep of you"),
    ),
}
WIDE, TALL, GAP = 620, 2400, 12
PAPER = (49, 51, 56)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path, default=Path("var/demo/index.html"))
    parser.add_argument("--out", type=Path, default=Path("docs"))
    given = parser.parse_args()
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        print("No Chromium is installed; the panels cannot be drawn without it.", file=sys.stderr)
        return 1
    page = given.page.read_text()
    head = page[: page.index("</style>")] + "</style>"
    # later ones first: a panel that was edited is shown as it was in the end
    lines = re.findall(
        r"<div class=line>.*?(?=<div class=line>|<div class=act>|<h2|$)", page, re.DOTALL
    )[::-1]
    for name, columns in SHEETS.items():
        drawn = []
        for texts in columns:
            found = [next(one for one in lines if text in one) for text in texts]
            drawn.append(_drawn(browser, head + "".join(found)))
        wide = sum(one.width for one in drawn) + GAP * (len(drawn) + 1)
        sheet = Image.new("RGB", (wide, max(one.height for one in drawn) + 2 * GAP), PAPER)
        left = GAP
        for one in drawn:
            sheet.paste(one, (left, GAP))
            left += one.width + GAP
        sheet.quantize(256).save(given.out / f"{name}.png", optimize=True)
    return 0


def _drawn(browser: str, text: str) -> Image.Image:
    """A page as the browser draws it, without what is empty around it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "page.html").write_text(text)
        subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--disable-background-networking", f"--user-data-dir={path / 'profile'}",
             f"--window-size={WIDE},{TALL}", f"--screenshot={path / 'shot.png'}",
             (path / "page.html").as_uri()],
            check=True, capture_output=True,
        )  # fmt: skip
        shot = Image.open(path / "shot.png").convert("RGB")
    empty = Image.new("RGB", shot.size, shot.getpixel((0, shot.height - 1)))
    return shot.crop(ImageChops.difference(shot, empty).getbbox())


if __name__ == "__main__":
    sys.exit(main())
