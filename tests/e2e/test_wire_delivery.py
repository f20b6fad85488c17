"""What becomes of an answer when Discord has no time, no channel or no ear for it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from storage.queue import Lease
from storage.tables import Outgoing
from tests.e2e.conftest import PROMPT, Wire
from tests.loopback.member import text_of
from tests.loopback.server import SEND_MESSAGES, VIEW_CHANNEL

PAUSE_S = 0.3


@pytest.fixture
async def lease(wire: Wire) -> Lease:
    """Of a picture that Alice waits for."""
    await wire.trained()
    _, lease = await wire.asked()
    return lease


def shown(wire: Wire) -> list[str]:
    """The names of all files in the channel."""
    return [file["filename"] for post in wire.discord.posts() for file in post.attachments]


async def test_a_picture_goes_up_and_can_be_fetched(wire: Wire, lease: Lease) -> None:
    await wire.drawn(lease)
    assert (await wire.said()).delivered_at
    (post,) = wire.discord.posts()
    assert PROMPT in text_of(post)
    assert [one["filename"] for one in post.attachments] == [f"darkroom-{lease.job.id}-0.png"]


async def test_a_pause_that_discord_asks_for_is_kept(wire: Wire, lease: Lease) -> None:
    pause = wire.faults.slow_down("PATCH", "/channels/*/messages/*", PAUSE_S, times=2)
    await wire.drawn(lease)
    assert (await wire.said()).delivered_at
    assert pause.times == 0
    tried = [one for one in wire.discord.asked("PATCH", "/channels/") if one.json]
    waited = [b.at_s - a.at_s for a, b in pairwise(tried) if a.status == 429]
    assert len(waited) == 2
    assert all(pause_s >= PAUSE_S for pause_s in waited)
    assert len(shown(wire)) == 1


@pytest.mark.parametrize("status", [502, 503])
async def test_an_error_of_discords_own_is_waited_out(
    wire: Wire, lease: Lease, status: int
) -> None:
    """discord.py asks again after the one, the outbox after the other."""
    wire.faults.refuse("PATCH", "/channels/*/messages/*", status)
    await wire.drawn(lease)
    assert (await wire.said()).delivered_at
    assert len(shown(wire)) == 1


async def test_without_its_channel_a_picture_comes_in_private(wire: Wire, lease: Lease) -> None:
    wire.discord.backend.delete_channel(wire.discord.channel)
    await wire.drawn(lease)
    assert (await wire.said()).delivered_at
    (letter,) = wire.discord.private(wire.alice)
    assert len(letter.attachments) == 1


@pytest.mark.parametrize("denied", [SEND_MESSAGES, VIEW_CHANNEL])
async def test_where_the_bot_may_not_speak_a_picture_comes_in_private(
    wire: Wire, lease: Lease, denied: int
) -> None:
    """Its own message is gone, too: it would still be allowed to edit that."""
    wire.discord.backend.delete_message(wire.discord.channel, wire.discord.posts()[0].id)
    wire.discord.forbid(wire.discord.channel, denied)
    await wire.drawn(lease)
    assert (await wire.said()).delivered_at
    assert [len(letter.attachments) for letter in wire.discord.private(wire.alice)] == [1]


async def test_who_cannot_be_reached_at_all_is_tried_once_and_the_next_one_is_served(
    wire: Wire, lease: Lease
) -> None:
    wire.discord.backend.delete_channel(wire.discord.channel)
    wire.faults.closed_to.add(wire.alice.id)
    await wire.drawn(lease)
    told: Outgoing = await wire.said()
    assert told.delivered_at is None
    assert told.undeliverable == "403 50007"
    other = wire.discord.new_channel("another")
    wire.alice.channel_id = other
    _, second = await wire.asked()
    await wire.drawn(second)
    assert (await wire.said()).delivered_at
    assert len(wire.discord.posts(other)[0].attachments) == 1
