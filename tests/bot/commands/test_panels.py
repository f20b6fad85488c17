"""What every button and menu has in common."""

from __future__ import annotations

import ast
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from simcord.actors import _dispatch_actor_interaction
from simcord.backend.serializers import message_payload
from simcord.builders import ChannelHandle
from simcord.enums import InteractionType

import bot.views
from bot import words
from bot.views.changing import Recrop
from bot.views.checklist import AddPhotos, LookAt
from bot.views.press import Control
from storage.tables import Crop, Photo
from tests.bot.commands.conftest import Studio, messages, parts, said, shown
from tests.bot.commands.pressing import (
    NIGHT,
    TWO_AT_NIGHT,
    choose,
    given,
    listed,
    looked_at,
    press,
    stored,
)
from tests.bot.photos.pictures import ASTRONAUT
from tests.rows import rows

VIEWS = Path(bot.views.__file__).parent


def verbs() -> dict[str, str]:
    """The verb of each class in the folder that names one, as written."""
    return {
        node.name: keyword.value.value
        for path in VIEWS.rglob("*.py")
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


class Kept:
    """A panel as it was once, with the controls that could be used then."""

    def __init__(self, panel: Any) -> None:
        self.env, self.message = panel._env, panel._message
        self.payload = message_payload(self.env.backend, self.message)
        controls = [part for part in parts(panel) if "custom_id" in part]
        self.controls = [control for control in controls if not control.get("disabled")]
        #: Their custom ids; that of the button which drops a photo comes last.
        self.ids = sorted((control["custom_id"] for control in self.controls), key=_drops)

    def id(self, verb: str) -> str:
        return next(custom_id for custom_id in self.ids if custom_id.startswith(f"{verb}:"))

    async def use(self, actor: Any, custom_id: str) -> Any:
        """Press the button or choose the menu's last entry. Not by simcord's own hands: they
        touch nothing that Discord shows to somebody else only, or does not show any more."""
        control = next(c for c in self.controls if c["custom_id"] == custom_id)
        data = {"custom_id": control["custom_id"], "component_type": control["type"]}
        if "options" in control:
            data["values"] = [control["options"][-1]["value"]]
        channel = ChannelHandle(
            self.env, actor.guild, self.env.backend.get_channel(self.message.channel_id)
        )
        return await _dispatch_actor_interaction(
            actor,
            InteractionType.MESSAGE_COMPONENT,
            channel,
            data,
            extra={"message": deepcopy(dict(self.payload))},
            source_message_id=self.message.id,
        )


def _drops(custom_id: str) -> bool:
    return custom_id.startswith("photo-drop:")


async def both_panels(studio: Studio) -> tuple[Kept, Kept]:
    """A list, and a photo with everything that a photo can have."""
    await given(studio, TWO_AT_NIGHT, ASTRONAUT)
    panel = await choose(studio, await looked_at(studio), "photo-who", 0)
    return Kept(await listed(studio)), Kept(panel.response)


async def everything(studio: Studio) -> list[Any]:
    return [row for table in (Photo, Crop) for row in await rows(studio.bot.database, table)]


async def test_every_control_of_a_list_and_a_photo_works_after_a_restart(studio: Studio) -> None:
    listing, photo = await both_panels(studio)
    await studio.restart()
    verbs_there = [custom_id.split(":")[0] for custom_id in photo.ids]
    assert verbs_there.count("square") == len(words.SQUARE_BUTTONS)
    assert len(set(verbs_there)) == 9
    for panel in (listing, photo):
        for custom_id in panel.ids:
            answer = await panel.use(studio.alice, custom_id)
            assert answer.acknowledged, custom_id
            if answer.modal is None:
                assert words.TROUBLE not in said(answer), custom_id
    assert [row.filename for row in await rows(studio.bot.database, Photo)] == ["photo-2.jpg"]


async def test_nobody_else_may_use_a_panel(studio: Studio) -> None:
    panels = await both_panels(studio)
    before = await everything(studio)
    for panel in panels:
        for custom_id in panel.ids:
            answer = await panel.use(studio.bob, custom_id)
            assert said(answer) == words.NOT_FOR_YOU, custom_id
            assert answer.modal is None
    assert await everything(studio) == before


async def test_what_was_dropped_elsewhere_is_said_to_be_gone(studio: Studio) -> None:
    _, photo = await both_panels(studio)
    await press(studio, await looked_at(studio, 1), words.DROP)
    for custom_id in photo.ids:
        answer = await photo.use(studio.alice, custom_id)
        assert "photo-2.jpg" in said(answer), custom_id
        leads_elsewhere = custom_id.startswith(("photo-later:", "photos-all:"))
        assert (words.PHOTO_GONE in said(answer)) != leads_elsewhere, custom_id
    assert len(await rows(studio.bot.database, Photo)) == 1


async def test_a_panel_of_a_subject_that_is_gone_says_so(studio: Studio) -> None:
    panels = await both_panels(studio)
    sure = await studio.slash(studio.alice, "subject delete", token="zwx")
    await studio.alice.click(sure.response, label=words.DELETE_YES)
    for panel in panels:
        for custom_id in panel.ids:
            told = messages(await panel.use(studio.alice, custom_id))[-1]
            assert (shown(told), told.ephemeral) == (words.SUBJECT_GONE, True), custom_id


async def test_a_photo_whose_picture_is_lost_can_only_be_dropped(studio: Studio) -> None:
    subject = await given(studio, NIGHT)
    panel = await looked_at(studio)
    shot = await stored(studio, subject)
    await studio.bot.blobs.delete(shot.photo.upright_key)
    for label in (words.SQUARE_BUTTONS["tighter"], words.SQUARE_BUTTONS["whole"]):
        panel = await press(studio, panel, label)
        assert words.PHOTO_LOST in shown(panel)
    answer = await choose(studio, panel, "photo-shows", "face")
    assert words.PHOTO_LOST in shown(answer.response)
    assert panel.attachments
    assert "photo-1.jpg" in shown(await press(studio, panel, words.ALL_PHOTOS))
    dropped = await press(studio, await looked_at(studio), words.DROP)
    assert words.dropped("photo-1.jpg") in shown(dropped)


async def test_a_square_that_went_meanwhile_is_not_taken_for_another(studio: Studio) -> None:
    subject = await given(studio, NIGHT)
    panel = Kept(await press(studio, await looked_at(studio), words.OTHER_SQUARE))
    await choose(studio, await looked_at(studio), "photo-shows", "face")
    before = await stored(studio, subject)
    answer = await panel.use(studio.alice, panel.id("square"))
    assert words.SQUARE_GONE in shown(answer.response)
    assert (await stored(studio, subject)).crops == before.crops


@pytest.mark.parametrize("control", [AddPhotos, LookAt, Recrop])
async def test_what_breaks_is_told_kindly(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, control: type[Control]
) -> None:
    listing, photo = await both_panels(studio)
    panel = photo if control is Recrop else listing

    async def break_down(*_: object) -> None:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(control, "pressed", break_down)
    answer = await panel.use(studio.alice, panel.id(control.verb))
    assert words.TROUBLE in said(answer)
