"""`/admin settings | roles | quotas`: all that is decided, shown and changed, by managers alone."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot import words
from bot.rules import PICTURES_A_DAY, Rules
from bot.views.press import Control
from storage import screening, servers
from storage.tables import Server
from tests.bot.commands.conftest import Studio, labels, messages, parts, said, shown
from tests.bot.commands.managing import manager, rules_of, shows_admin_to
from tests.bot.commands.pressing import menu
from tests.rows import count


@pytest.fixture
def carol(studio: Studio) -> Any:
    return manager(studio)


async def opened(studio: Studio, carol: Any) -> Any:
    answer = await studio.slash(carol, "admin settings")
    assert said(answer)
    return messages(answer)[0]


async def pick(studio: Studio, who: Any, card: Any, verb: str, *values: Any) -> Any:
    return await who.select(card, list(values), custom_id=menu(card, verb)["custom_id"])


async def server_of(studio: Studio) -> Server:
    return await screening.safety_of(studio.bot.database, studio.channel.guild.id)


async def test_the_card_shows_the_defaults_and_writes_nothing(studio: Studio, carol: Any) -> None:
    card = await opened(studio, carol)
    assert f"{PICTURES_A_DAY} pictures a day" in shown(card)
    assert words.quiet_hours(None) in shown(card)
    assert words.rules_who([]) in shown(card)
    assert len(list(parts(card))) <= 40
    assert await count(studio.bot.database, Server) == 0


async def test_roles_and_channels_are_chosen_in_place(studio: Studio, carol: Any) -> None:
    guild = studio.channel.guild
    role = guild.create_role("trainers")
    card = await opened(studio, carol)
    card = (await pick(studio, carol, card, "rules-train", role)).response
    card = (await pick(studio, carol, card, "rules-speak", studio.channel)).response
    rules = await rules_of(studio)
    assert (rules.train_roles, rules.channels) == ({role.id}, {studio.channel.id})
    assert f"<@&{role.id}>" in shown(card)
    assert f"<#{studio.channel.id}>" in shown(card)
    chosen = menu(card, "rules-train")["default_values"]
    assert [int(one["id"]) for one in chosen] == [role.id]
    card = (await pick(studio, carol, card, "rules-train")).response
    assert (await rules_of(studio)).train_roles == frozenset()


async def test_numbers_are_typed(studio: Studio, carol: Any) -> None:
    card = await opened(studio, carol)
    form = await carol.click(card, label=words.SET_NUMBERS)
    card = (await studio.submit(carol, form, "50", "none", "24")).response
    rules = await rules_of(studio)
    assert (rules.pictures_a_day, rules.trainings_a_week, rules.tenure_hours) == (50, None, 24)
    assert "50 pictures a day" in shown(card)
    form = await carol.click(card, label=words.SET_NUMBERS)
    await studio.submit(carol, form, "", "", "")
    assert await rules_of(studio) == Rules()


@pytest.mark.parametrize("typed", ["many", "-1", "1.5", "99999999999999999999", "²"])
async def test_what_is_no_number_changes_nothing(studio: Studio, carol: Any, typed: str) -> None:
    form = await carol.click(await opened(studio, carol), label=words.SET_NUMBERS)
    assert said(await studio.submit(carol, form, typed, "1", "1")) == words.NUMBERS_UNCLEAR
    assert await rules_of(studio) == Rules()


async def test_a_role_has_numbers_of_its_own(studio: Studio, carol: Any) -> None:
    role = studio.channel.guild.create_role("patrons")
    form = await pick(studio, carol, await opened(studio, carol), "rules-role", role)
    card = (await studio.submit(carol, form, "none", "7")).response
    rules = await rules_of(studio)
    assert (rules.pictures_by_role, rules.trainings_by_role) == ({role.id: None}, {role.id: 7})
    assert f"<@&{role.id}>: as many pictures as they like, 7 trainings a week" in shown(card)
    form = await pick(studio, carol, card, "rules-role", role)
    await studio.submit(carol, form, "", "")
    assert await rules_of(studio) == Rules()


async def test_safety_and_quiet_hours_are_changed_here_too(studio: Studio, carol: Any) -> None:
    desk = studio.channel.guild.create_text_channel("desk")
    card = await opened(studio, carol)
    form = await carol.click(card, label=words.SET_QUIET)
    card = (await studio.submit(carol, form, "22", "6:30", "Asia/Kolkata")).response
    assert words.quiet_hours(("22:00", "06:30", "Asia/Kolkata")) in shown(card)
    form = await carol.click(card, label=words.SET_LIMIT)
    card = (await studio.submit(carol, form, "0,3")).response
    card = (await pick(studio, carol, card, "rules-alerts", desk)).response
    assert words.safety(0.3, desk.id, is_default=False) in shown(card)
    card = (await carol.click(card, label=words.ADULTS_ON)).response
    assert (await rules_of(studio)).adults_only
    assert words.ADULTS_ON not in labels(card)
    await carol.click(card, label=words.ADULTS_OFF)
    assert not (await rules_of(studio)).adults_only
    server = await server_of(studio)
    assert (server.explicit_limit, server.alerts_channel_id) == (0.3, desk.id)
    assert (server.quiet_from, server.quiet_until) == (16 * 60 + 30, 60)
    form = await carol.click(card, label=words.SET_QUIET)
    await studio.submit(carol, form, "", "", "UTC")
    assert (await server_of(studio)).quiet_from is None


@pytest.mark.parametrize(
    ("label", "typed", "sentence"),
    [
        ("SET_LIMIT", ("2",), "LIMIT_UNCLEAR"),
        ("SET_LIMIT", ("nan",), "LIMIT_UNCLEAR"),
        ("SET_LIMIT", ("low",), "LIMIT_UNCLEAR"),
        ("SET_QUIET", ("22", "", "UTC"), "QUIET_UNCLEAR"),
        ("SET_QUIET", ("22", "6", "Atlantis"), "ZONE_UNKNOWN"),
    ],
)
async def test_what_is_unclear_is_said_and_changes_nothing(
    studio: Studio, carol: Any, label: str, typed: tuple[str, ...], sentence: str
) -> None:
    form = await carol.click(await opened(studio, carol), label=getattr(words, label))
    assert said(await studio.submit(carol, form, *typed)) == getattr(words, sentence)
    assert await count(studio.bot.database, Server) == 0


async def test_a_channel_that_is_closed_to_the_bot_is_refused(studio: Studio, carol: Any) -> None:
    guild = studio.channel.guild
    shut = {guild.default_role: discord.PermissionOverwrite(send_messages=False)}
    closed = guild.create_text_channel("closed", overwrites=shut)
    answer = await pick(studio, carol, await opened(studio, carol), "rules-alerts", closed)
    assert said(answer) == words.alerts_closed(closed.id)


async def test_nobody_else_sees_or_changes_anything(studio: Studio, carol: Any) -> None:
    await shows_admin_to(studio, studio.bob)
    for command in ("settings", "roles", "quotas"):
        assert said(await studio.slash(studio.bob, f"admin {command}")) == words.ADMINS_ONLY
    set_up = {"pictures": 1, "trainings": 1}
    assert said(await studio.slash(studio.bob, "admin quotas", **set_up)) == words.ADMINS_ONLY
    assert await count(studio.bot.database, Server) == 0


async def test_who_manages_no_longer_changes_nothing_by_an_old_card(
    studio: Studio, carol: Any
) -> None:
    card = await opened(studio, carol)
    role = studio.channel.guild.create_role("trainers")
    form = await carol.click(card, label=words.SET_NUMBERS)
    (staff,) = [one for one in studio.bot.guilds[0].roles if one.name == "staff"]
    await studio.bot.guilds[0].get_role(staff.id).edit(permissions=discord.Permissions())  # type: ignore[union-attr]
    assert said(await studio.submit(carol, form, "1", "1", "1")) == words.ADMINS_ONLY
    for verb, values in (("rules-train", [role]), ("rules-speak", [studio.channel])):
        assert said(await pick(studio, carol, card, verb, *values)) == words.ADMINS_ONLY
    for label in ("SET_NUMBERS", "SET_QUIET", "SET_LIMIT", "ADULTS_ON"):
        pressed = await carol.click(card, label=getattr(words, label))
        assert said(pressed) == words.ADMINS_ONLY
    assert await count(studio.bot.database, Server) == 0


async def test_the_card_outlives_a_restart(studio: Studio, carol: Any) -> None:
    card = await opened(studio, carol)
    role = studio.channel.guild.create_role("trainers")
    await studio.restart()
    await pick(studio, carol, card, "rules-train", role)
    assert (await rules_of(studio)).train_roles == {role.id}
    assert {"rules-train", "rules-any"} <= {kind.verb for kind in Control.known}


async def test_roles_are_added_and_removed(studio: Studio, carol: Any) -> None:
    guild = studio.channel.guild
    one, other = guild.create_role("one"), guild.create_role("other")
    await studio.slash(carol, "admin roles", add=one)
    answer = await studio.slash(carol, "admin roles", add=other, remove=one)
    assert said(answer) == words.rules_who([other.id])
    assert (await rules_of(studio)).train_roles == {other.id}
    assert said(await studio.slash(carol, "admin roles")) == words.rules_who([other.id])
    everybody = await studio.slash(carol, "admin roles", add=guild.default_role)
    assert said(everybody) == words.ROLE_OF_ALL


async def test_so_many_roles_and_no_more(studio: Studio, carol: Any) -> None:
    many = Rules(train_roles=frozenset(range(1, 26)))
    guild = studio.channel.guild
    await servers.set_rules(studio.bot.database, guild.id, lambda _: many.written())
    answer = await studio.slash(carol, "admin roles", add=guild.create_role("one more"))
    assert said(answer) == words.ROLES_FULL
    assert await rules_of(studio) == many
    assert len(shown(await opened(studio, carol))) <= 4000


async def test_quotas_are_set_for_everybody_or_a_role(studio: Studio, carol: Any) -> None:
    role = studio.channel.guild.create_role("patrons")
    await studio.slash(carol, "admin quotas", pictures=30, trainings=2)
    await studio.slash(carol, "admin quotas", role=role, pictures=90, no_limit="trainings")
    told = said(await studio.slash(carol, "admin quotas"))
    assert "30 pictures a day, 2 trainings a week" in told
    assert f"<@&{role.id}>: 90 pictures a day, as many trainings as they like" in told
    await studio.slash(carol, "admin quotas", role=role, reset="both")
    await studio.slash(carol, "admin quotas", reset="both")
    assert await rules_of(studio) == Rules()


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_a_form_says_fits_into_it(language: str) -> None:
    with words.speaking(language):
        names = [name for name in vars(words.en) if name.startswith("FIELD_") or "_FORM" in name]
        assert len(names) > 8
        for name in names:
            assert len(getattr(words, name)) <= (100 if "_HINT" in name else 45), name
        for name in ("MAY_TRAIN", "MAY_SPEAK", "FOR_ROLE", "ALERTS_IN"):
            assert len(getattr(words, name)) <= 150
        for name in ("RULES_HINT", "NUMBERS_UNCLEAR", "LIMIT_UNCLEAR", "ROLES_FULL"):
            assert len(getattr(words, name)) <= 300
