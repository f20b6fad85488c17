"""A bot in a storm: members come, hand in photos, ask, cancel, delete and want to be forgotten."""

from __future__ import annotations

import random
from pathlib import Path

from storage.engine import Database
from storage.tables import Job, Photo, Subject
from tests.faults.losses import DATABASE
from tests.faults.members import Member, at, deliver, do_again, hasten
from tests.faults.zygote import Line, Say

#: Acts of one member before the next one comes.
ACTS = 20


async def bot(say: Say, *, place: str, seed: int, number: int, again: list[Line]) -> None:
    """Serve members until killed. `again` is what a bot before this one had begun and not told
    the end of: its members press the button once more."""
    hasten()
    dice = random.Random(seed)
    database, blobs = at(place)
    if dice.random() < 0.2:  # a start with all its checks
        await database.close()
        database = await Database.open(Path(place) / DATABASE)
    for one in again:
        await do_again(say, database, blobs, one)
    while True:
        number += 1
        await _serve(Member(say, database, blobs, number), dice)


async def _serve(member: Member, dice: random.Random) -> None:
    subjects: list[Subject] = [await member.subject()]
    photos: list[tuple[Photo, str]] = []
    jobs: list[Job] = []
    await member.consent()
    for _ in range(ACTS):
        act = dice.choices(
            ("subject", "photo", "recrop", "ask", "train", "show", "cancel", "deliver", "drop"),
            (2, 6, 3, 6, 3, 2, 2, 4, 1),
        )[0]
        if act == "subject":
            subjects.append(await member.subject())
        elif act == "photo":
            subject = dice.choice(subjects)
            photos.append((await member.photo(subject), subject.token))
        elif act in {"ask", "train"}:
            kind = "train" if act == "train" else dice.choice(("generate", "class-images"))
            job = await member.ask(kind, dice.choice(subjects) if act == "train" else None)
            jobs += [job] if job else []
        elif act == "deliver":
            await deliver(member.say, member.database)
        else:
            await _change_mind(member, act, photos, jobs, dice)
    await member.delete(subjects.pop())
    if dice.random() < 0.5:
        await member.erase()


async def _change_mind(
    member: Member, act: str, photos: list[tuple[Photo, str]], jobs: list[Job], dice: random.Random
) -> None:
    if act == "show" and jobs:
        await member.show(jobs[-1])
    elif act == "cancel" and jobs:
        await member.cancel(jobs.pop(), keeps=dice.random() < 0.3)
    elif act == "drop" and photos:
        await member.drop(photos.pop()[0])
    elif act == "recrop" and photos:
        await member.recrop(*dice.choice(photos))
