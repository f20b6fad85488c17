"""What every button and menu has in common."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import bot.views
from bot import words
from bot.views.checklist import AddPhotos, DropPhoto
from bot.views.press import Control
from storage.tables import Photo
from tests.bot.commands.conftest import Studio, messages, said
from tests.rows import count, rows

VIEWS = Path(bot.views.__file__).parent


def verbs() -> dict[str, str]:
    """The verb of each class in the folder that names one, as written."""
    return {
        node.name: keyword.value.value
        for path in VIEWS.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
        for keyword in node.keywords
        if keyword.arg == "verb" and isinstance(keyword.value, ast.Constant)
    }


def test_every_control_is_found_again_and_by_one_verb_only(studio: Studio) -> None:
    assert {kind.__name__: kind.verb for kind in Control.known} == verbs()
    assert len(set(verbs().values())) == len(verbs()) > 10
    found = studio.bot._connection._view_store._dynamic_items.values()
    assert set(found) == set(Control.known)


async def panel_with_photos(studio: Studio) -> Any:
    await studio.covered()
    return messages(await studio.slash(studio.alice, "photos show", token="zwx"))[-1]


async def test_a_menu_from_before_a_restart_still_works(studio: Studio) -> None:
    panel = await panel_with_photos(studio)
    await studio.restart()
    photo = (await rows(studio.bot.database, Photo))[0]
    dropped = await studio.alice.select(panel, [str(photo.id)])
    assert words.dropped(photo.filename) in said(dropped)
    assert await count(studio.bot.database, Photo) == 7


async def test_a_photo_that_two_panels_show_is_dropped_once(studio: Studio) -> None:
    await studio.covered()
    first, second = [
        messages(await studio.slash(studio.alice, "photos show", token="zwx"))[-1] for _ in range(2)
    ]
    photo = (await rows(studio.bot.database, Photo))[0]
    await studio.alice.select(first, [str(photo.id)])
    again = await studio.alice.select(second, [str(photo.id)])
    assert said(again) == words.PHOTO_GONE
    assert await count(studio.bot.database, Photo) == 7


@pytest.mark.parametrize("control", [AddPhotos, DropPhoto])
async def test_what_breaks_is_told_kindly(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, control: type[Control]
) -> None:
    panel = await panel_with_photos(studio)

    async def break_down(*_: object) -> None:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(control, "pressed", break_down)
    answer = (
        await studio.alice.click(panel, label=words.ADD_PHOTOS)
        if control is AddPhotos
        else await studio.alice.select(panel, ["1"])
    )
    assert said(answer) == words.TROUBLE
