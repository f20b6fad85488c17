"""A bot in so many guilds that Discord splits them among shards."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.e2e.conftest import Wire
from tests.loopback.server import Loopback


@pytest.fixture
async def discord() -> AsyncIterator[Loopback]:
    async with Loopback(shards=2) as opened:
        opened.guild = opened.new_guild("The Second Studio", shard=1)
        opened.channel = opened.new_channel("studio")
        yield opened
    assert opened.rest.unknown == []


async def test_members_of_every_shard_are_answered_and_get_their_pictures(wire: Wire) -> None:
    first, *_ = wire.discord.backend.guilds.values()
    hall = wire.discord.new_channel("hall", first)
    carol = wire.discord.member("carol", first, hall)
    assert [wire.discord.gateway.shard_of(one) for one in (carol.guild_id, wire.alice.guild_id)
            ] == [0, 1]  # fmt: skip
    assert wire.bot.shard_count == 2
    for member, token in ((wire.alice, "zwx"), (carol, "qqxy")):
        await wire.trained(member, token)
        _, lease = await wire.asked(member, f"{token} at the beach")
        await wire.drawn(lease)
        assert (await wire.said()).delivered_at
        (post,) = wire.discord.posts(member.channel_id)
        assert len(post.attachments) == 1
