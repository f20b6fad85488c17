"""Fifty members who try everything that is offered to them, and some things that are not."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any

from tests.bench.bot.guess import Guess
from tests.bench.bot.place import Place, place
from tests.bench.bot.tally import Tally, late
from tests.loopback.member import Answer, Member, controls

MEMBERS = 50
SEED = 11
PAUSE_S = (0.1, 1.5)
#: Of a hundred options, values and fields.
ODD = 25
#: How many messages a member still has before their eyes.
SEEN = 12


@dataclass
class Walker:
    """One member on their way."""

    there: Place
    member: Member
    guess: Guess
    tally: Tally
    others: list[Walker]
    seen: deque[Any] = field(default_factory=lambda: deque(maxlen=SEEN))
    form: Answer | None = None

    async def walk(self, until: float) -> None:
        dice = self.guess.dice
        while time.perf_counter() < until:
            await self._step(dice)
            await asyncio.sleep(dice.uniform(*PAUSE_S))  # to think

    async def _step(self, dice: random.Random) -> None:
        if self.form is not None and dice.random() < 0.85:
            await self._hand_in()
            return
        turn = dice.random()
        if turn < 0.40:
            await self._command(self.member)
        elif turn < 0.44:
            await self._command(replace(self.member, guild_id=None, channel_id=self._private()))
        elif turn < 0.50:
            await self._point(dice)
        elif turn < 0.85:
            await self._press(list(self.seen))
        elif turn < 0.95:
            await self._press(self.there.discord.posts()[-SEEN:])
        else:  # a button of somebody else's, by whatever way
            await self._press(list(dice.choice(self.others).seen))

    def _private(self) -> int:
        return int(self.there.discord.backend.get_dm_channel(self.member.id).id)

    async def _command(self, member: Member) -> None:
        commands = self.there.leaves(member)
        if not commands:
            return
        name, leaf = self.guess.dice.choice(commands)
        offered: dict[str, Any] = {}
        options = self.guess.options(leaf, offered, hands_in=True)
        for option in leaf.get("options") or []:
            if option.get("autocomplete") and self.guess.dice.random() < 0.7:
                typed = self.guess.text(option["name"], longest=100)
                typed = typed if self.guess.dice.random() < 0.4 else typed[:1]
                typed = "" if self.guess.dice.random() < 0.4 else typed
                filled = {
                    one: value
                    for one, value in options.items()
                    if one != option["name"] and not isinstance(value, tuple)
                }
                answer = await member.complete(name, option["name"], typed, **filled)
                await self.tally.count(f"complete {name}", answer)
                if answer.choices and self.guess.dice.random() < 0.8:
                    options[option["name"]] = self.guess.dice.choice(answer.choices)["value"]
        await self._note(f"/{name}", await member.slash(name, **options))

    async def _point(self, dice: random.Random) -> None:
        """A right click, on a message or on somebody."""
        menus = [one for one in self.there.discord.commands() if one["type"] != 1]
        if not menus:
            return
        menu = dice.choice(menus)
        posts = self.there.discord.posts()
        if menu["type"] == 3 and not posts:
            return
        target = dice.choice(posts) if menu["type"] == 3 else dice.choice(self.guess.people)
        answer = await self.member.point_at(menu["name"], target)
        await self._note(f"point {menu['name']}", answer)

    async def _press(self, messages: list[Any]) -> None:
        there = self.there.discord.backend.messages
        live = [one for one in messages if one.id in there.get(one.channel_id, {})]
        pressable = [(one, control) for one in live for control in controls(one)]
        if not pressable:
            return
        message, control = self.guess.dice.choice(pressable)
        member = replace(
            self.member,
            channel_id=message.channel_id,
            guild_id=self.there.discord.backend.channels[message.channel_id].guild_id,
        )
        answer = await member.use(message, control, self.guess.values(control))
        await self._note(f"press {control['custom_id'].split(':')[0]}", answer)

    async def _hand_in(self) -> None:
        assert self.form is not None
        shown, self.form = self.form, None
        record = shown.record
        member = replace(self.member, channel_id=record.channel_id, guild_id=record.guild_id)
        answer = await member.submit(shown, *self.guess.form(shown.form or {}))
        await self._note(f"form {(shown.form or {}).get('title')}", answer)

    async def _note(self, what: str, answer: Answer) -> None:
        await self.tally.count(what, answer)
        if answer.form is not None:
            self.form = answer
        self.seen.extend(answer.messages)


async def measure(seconds: float) -> tuple[dict[str, float], dict[str, Any]]:
    """Figures, and what they are made of."""
    async with place() as there:
        dice, tally = random.Random(SEED), Tally()
        members = [there.discord.member(f"walker{n}") for n in range(MEMBERS)]
        # one of them may do what only admins may
        there.discord.guild.owner_id = members[0].id
        people = [member.id for member in members]
        posts = [there.discord.new_channel("hall"), there.discord.channel]
        tokens = [f"w{a}{b}k" for a in "bdfgkrtz" for b in "bcdfgkprtx"][:MEMBERS]
        walkers: list[Walker] = []
        for number, member in enumerate(members):
            if number % 3:  # the others begin with nothing
                await there.settle_in(member, tokens[number], covered=number % 3 == 1)
            known = [tokens[number]] * 4 + [dice.choice(tokens)]
            guess = Guess(
                random.Random(dice.random()), known, people, posts, [there.discord.guild.id],
                odd=ODD,
            )  # fmt: skip
            walkers.append(Walker(there, member, guess, tally, walkers))
        async with there.bot:
            until = time.perf_counter() + seconds
            await asyncio.gather(*(walker.walk(until) for walker in walkers))
            memory_mb = there.bot.memory_mb("VmHWM")
        failures = there.bot.failures()
        figures = {
            "walk_interactions": sum(tally.done.values()),
            "walk_unhandled_exceptions": len(failures),
            "walk_unanswered": len(tally.unanswered),
            "walk_missed_deadline": late(there.discord),
            "walk_p99_s": tally.percentile(99),
            "walk_memory_mb": memory_mb,
            "walk_s": seconds,
        }
        gaps = there.discord.rest.unknown
        return figures, {**tally.told(), "failures": failures, "gaps": gaps}
