"""Two hundred members at once, while twenty photos are being looked at."""

from __future__ import annotations

import asyncio
import io
import random
import time
from typing import Any

from PIL import Image, ImageOps

from tests.bench.bot.guess import Guess
from tests.bench.bot.place import Place, place
from tests.bench.bot.tally import Tally, late
from tests.loopback.member import Member, controls
from tests.loopback.rest import NEVER
from tests.loopback.road import NOBODY

MEMBERS, UPLOADS = 200, 20
#: All press at the same moment; then each reads what came, so long.
THINKS_S = (1.0, 3.0)
#: Of a member: commands, each with a button or a menu of its answer where it has any.
COMMANDS = 10
SEED = 7
ASTRONAUT = NOBODY.parents[1] / "bot" / "photos" / "data" / "astronaut.jpg"
#: As a phone's 12 megapixels.
LARGE = (4000, 3000)


async def measure() -> tuple[dict[str, float], dict[str, Any]]:
    """Figures, and what they are made of."""
    async with place() as there:
        members = [there.discord.member(f"member{n}") for n in range(MEMBERS)]
        tokens = [_token(n) for n in range(MEMBERS)]
        for number, (member, token) in enumerate(zip(members, tokens, strict=True)):
            await there.settle_in(member, token, covered=number % 4 == 0)
        # made before: this process is Discord, too, and has to be quick
        photos = [_photo(number) for number in range(UPLOADS)]
        tally = Tally()
        async with there.bot:
            idle_mb = there.bot.memory_mb()
            began = time.perf_counter()
            uploads = asyncio.gather(
                *(_upload(members[n], tokens[n], photos[n], tally) for n in range(UPLOADS))
            )
            acting = asyncio.gather(
                *(_act(there, member, tokens, n, tally) for n, member in enumerate(members))
            )
            await uploads
            looked_at_s = time.perf_counter() - began
            await acting
            lasted_s = time.perf_counter() - began
            memory_mb, has_torch = there.bot.memory_mb("VmHWM"), there.bot.has_loaded("torch")
        failures = there.bot.failures()
        figures = {
            "p99_s": tally.percentile(99),
            "p50_s": tally.percentile(50),
            "longest_s": max(one for one in tally.seconds if one < NEVER),
            "unanswered": len(tally.unanswered),
            "missed_deadline": late(there.discord),
            "unhandled_exceptions": len(failures),
            "memory_mb": memory_mb,
            "memory_idle_mb": idle_mb,
            "torch_loaded": int(has_torch),
            "interactions": len(tally.seconds),
            "photos_looked_at_s": looked_at_s,
            "lasted_s": lasted_s,
        }
        gaps = there.discord.rest.unknown
        return figures, {**tally.told(), "failures": failures, "gaps": gaps}


def _token(number: int) -> str:
    """Four letters that no other one looks like."""
    letters = "bcdfgkprtx"
    return "q" + "".join(letters[number // 10**at % 10] for at in range(3)) + "z"


async def _act(there: Place, member: Member, tokens: list[str], number: int, tally: Tally) -> None:
    """A member's script: the commands in an order of their own, and what their answers offer."""
    dice = random.Random(SEED * 1000 + number)
    guess = Guess(
        dice, [tokens[number]], [member.id], [there.discord.channel], [there.discord.guild.id]
    )
    commands = there.leaves(member)
    for name, leaf in dice.sample(commands, min(COMMANDS, len(commands))):
        offered: dict[str, Any] = {}
        for option in leaf.get("options") or []:
            if option.get("autocomplete"):
                typed = await member.complete(name, option["name"], "")
                await tally.count(f"complete {name}", typed)
                if typed.choices:
                    offered[option["name"]] = typed.choices[0]["value"]
        options = guess.options(leaf, offered, hands_in=False)
        answer = await tally.count(f"/{name}", await member.slash(name, **options))
        await asyncio.sleep(dice.uniform(*THINKS_S))  # to read what came, and to think
        pressable = controls(answer.messages[0]) if answer.messages else []
        if pressable:
            control = dice.choice(pressable)
            pressed = await member.use(answer.messages[0], control, guess.values(control))
            await tally.count(f"press {control['custom_id'].split(':')[0]}", pressed)
            await asyncio.sleep(dice.uniform(*THINKS_S))  # to read what came, and to think


def _photo(number: int) -> tuple[str, bytes]:
    """All of the same person, but no two alike."""
    out = io.BytesIO()
    with Image.open(ASTRONAUT) as opened:
        photo = ImageOps.fit(opened.convert("RGB"), LARGE, centering=(0.5, number / UPLOADS))
    photo.save(out, "JPEG", quality=90)
    return f"photo-{number}.jpg", out.getvalue()


async def _upload(member: Member, token: str, photo: tuple[str, bytes], tally: Tally) -> None:
    answer = await member.slash("photos add", token=token, framing="face", photo1=photo)
    await tally.count("upload", answer)
