"""`python -m deploy.demo`: play the story, check every promise, leave a page and a picture."""

from __future__ import annotations

import argparse
import asyncio
import logging
import shutil
import sys
import traceback
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.demo.page import contact_sheet, page
from deploy.demo.stage import Stage
from deploy.demo.story import Story


async def play(folder: Path, console: Console) -> list[tuple[str, bool]]:
    """Play the story in `folder` and write its page there; every check with whether it held."""
    checks: list[tuple[str, bool]] = []
    columns = (BarColumn(30), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("waking up the trainer", total=1.0)

        def check(what: str, held: bool) -> None:
            checks.append((what, held))
            console.print(f"  {'[green]✓[/]' if held else '[red]✗[/]'} {what}", highlight=False)

        told = ""

        def tell(fraction: float, what: str) -> None:
            nonlocal told
            if what[:1].isupper() and what != told:
                told = what
                console.print(f"[bold]{what}[/]")
            progress.update(bar, completed=fraction, description=what)

        async with Stage(folder) as stage:
            story = Story(stage, check, tell)
            try:
                await story.play()
            except Exception:  # noqa: BLE001 - the page shows how far the story came
                check("the story came to its end", held=False)
                console.print(traceback.format_exc(), style="red", highlight=False)
            sheet = contact_sheet(story.album.rows(), across=8)
            (folder / "contact-sheet.png").write_bytes(sheet)
            (folder / "gallery.png").write_bytes(contact_sheet(story.album.gallery(), across=4))
            (folder / "index.html").write_text(page(stage.transcript.scenes, checks, sheet))
        progress.update(bar, completed=1.0, description="done")
    return checks


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("var/demo"))
    folder = parser.parse_args().folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    logging.basicConfig(filename=folder / "bot.log", level=logging.INFO)
    console = Console()
    checks = asyncio.run(play(folder, console))
    passed = sum(held for _, held in checks)
    console.print(f"Page: {folder / 'index.html'}   Contact sheet: {folder / 'contact-sheet.png'}")
    print(f"demo: {passed} of {len(checks)} checks passed")
    return 0 if passed == len(checks) else 1


if __name__ == "__main__":
    sys.exit(main())
