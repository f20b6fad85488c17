"""Pictures that are worked on: which one, by which words, and what becomes of it."""

from __future__ import annotations

from bot import words
from tests.bot.commands.conftest import Studio, messages, said, shown
from tests.bot.commands.editing import PICTURE, PROMPT, copies, drew, edits, is_tidy
from tests.bot.photos.pictures import opened


async def test_a_picture_of_ones_own_is_restyled(studio: Studio) -> None:
    subject = await studio.trained()
    await drew(studio, studio.alice, pictures=2)
    answer = await studio.slash(
        studio.alice, "edit restyle", prompt=PROMPT, of="1-1", strength="strong"
    )
    (job,) = await edits(studio)
    (source,) = await copies(studio)
    assert (job.kind, job.interactive, job.subject_id) == ("generate", True, subject.id)
    assert job.spec == {
        "prompt": "zwx woman as an oil painting",
        "typed": PROMPT,
        "adapter": 1,
        "seed": job.spec["seed"],
        "pictures": 1,
        "edit": {"how": "restyle", "strength": 0.75, "source": source.id},
    }
    assert (source.job_id, source.owner_id, source.subject_id) == (
        job.id,
        studio.alice.id,
        subject.id,
    )
    assert (source.width, source.height, source.drawn, source.mask_key) == (128, 96, True, None)
    copy = opened(await studio.bot.blobs.get(source.blob_key))
    assert copy.tobytes() == opened(PICTURE).tobytes()
    message = messages(answer)[-1]
    assert not message.ephemeral
    assert job.message_id == message.id
    assert words.waiting_line(0) in shown(message)
    assert await is_tidy(studio)


async def test_without_a_picture_there_is_nothing_to_work_on(studio: Studio) -> None:
    await studio.trained()
    answer = await studio.slash(studio.alice, "edit restyle", prompt=PROMPT)
    assert said(answer) == words.NO_PICTURES
    assert await edits(studio) == []
