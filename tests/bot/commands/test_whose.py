"""Whose a button or a menu is: every one there is, pressed by somebody else."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import discord
from simcord.actors import _dispatch_actor_interaction
from simcord.backend.serializers import message_payload
from simcord.builders import ChannelHandle
from simcord.enums import InteractionType
from sqlalchemy import select
from sqlmodel import SQLModel

from bot import words
from bot.views.press import Control
from tests.bot.commands.conftest import Studio, said
from tests.bot.commands.editing import drew
from tests.bot.commands.endings import ended

#: What anybody may press, and what it asks itself before anything happens.
FOR_EVERYONE = {
    "session-join": "whether the session goes on",
    "session-lend": "whose the subjects are: offered are the member's own",
    "session-hang": "whose the pictures are: offered are the member's own, of this session",
    "session-vote": "who has a seat; one's own entries are not offered",
    "session-manage": "who opened the session, and who moderates there",
    "session-recap": "whether the session is over: names and prompts are told only then",
}
#: As many numbers as any custom id has, each of something that is there.
NUMBERS = (1, 0, 1, 1, 1, 1, 1)


async def everything(studio: Studio) -> dict[str, list[Any]]:
    """All rows of all tables."""
    async with studio.bot.database.read() as session:
        return {
            name: sorted(map(repr, (await session.execute(select(table))).all()))
            for name, table in SQLModel.metadata.tables.items()
        }


async def press(studio: Studio, actor: Any, kind: type[Control], message: Any) -> Any:
    """Use a control of Alice's on a message that has it. Not by simcord's own hands: they touch
    nothing that Discord shows to somebody else only."""
    control = kind(studio.alice.id, *NUMBERS)
    custom_id = control.item.custom_id
    assert custom_id is not None
    is_menu = isinstance(control.item, discord.ui.Select)
    part: dict[str, Any] = {"type": 3 if is_menu else 2, "custom_id": custom_id, "id": 2}
    part |= {"options": [{"label": "1", "value": "1"}]} if is_menu else {"label": "1", "style": 2}
    backend = studio.env.backend
    payload = deepcopy(dict(message_payload(backend, message._message)))
    payload |= {"components": [{"type": 1, "id": 1, "components": [part]}], "flags": 0}
    return await _dispatch_actor_interaction(
        actor,
        InteractionType.MESSAGE_COMPONENT,
        ChannelHandle(studio.env, actor.guild, backend.get_channel(message._message.channel_id)),
        {"custom_id": custom_id, "component_type": part["type"]}
        | ({"values": ["1"]} if is_menu else {}),
        extra={"message": payload},
        source_message_id=message.id,
    )


def test_what_is_for_everyone_is_known_by_name() -> None:
    assert {kind.verb for kind in Control.known if kind.for_everyone} == set(FOR_EVERYONE)


async def test_somebody_else_who_presses_is_told_so_and_changes_nothing(studio: Studio) -> None:
    await ended(studio)
    await drew(studio, studio.alice, pictures=2)
    await studio.look()
    message = (await studio.slash(studio.alice, "queue")).response
    before = await everything(studio)
    own = [kind for kind in Control.known if not kind.for_everyone]
    assert len(own) > 60
    for kind in own:
        answer = await press(studio, studio.bob, kind, message)
        assert said(answer) == words.NOT_FOR_YOU, kind.verb
        assert answer.modal is None, kind.verb
    assert await everything(studio) == before


async def test_such_a_press_of_ones_own_is_heard(studio: Studio) -> None:
    """Or the test above would prove nothing."""
    await ended(studio)
    message = (await studio.slash(studio.alice, "queue")).response
    heard = 0
    for kind in Control.known:
        if kind.verb in {"job-sheet", "job-report", "subject-versions", "photos-add"}:
            answer = await press(studio, studio.alice, kind, message)
            assert answer.modal is not None or words.NOT_FOR_YOU not in said(answer)
            heard += 1
    assert heard == 4
