"""Going on with a training that has ended."""

from __future__ import annotations

from typing import Any

from bot import words
from storage import gallery, queue, subjects
from storage.engine import Database
from storage.tables import Adapter, Job, Photo, Worker
from tests.bot.commands.conftest import Studio, labels, messages, said, shown
from tests.bot.commands.endings import Ended, ended
from tests.bot.commands.pressing import choose
from tests.rows import an_adapter, ask, claimed, new_photo, rows, trained

MORE = "Train 200 more"


async def asked(database: Database) -> Job:
    """The job that was put in line last."""
    job: Job = (await rows(database, Job))[-1]
    return job


async def press(studio: Studio, message: Any) -> Any:
    return await studio.alice.click(message, label=MORE)


async def test_more_steps_go_on_from_what_is_there_in_the_same_way(studio: Studio) -> None:
    end = await ended(studio)
    await new_photo(studio.bot.database, studio.bot.blobs, end.subject)  # is for `/train` to learn
    panel = messages(await press(studio, end.panel))[0]
    assert not panel.ephemeral
    assert words.waiting_line(0) in shown(panel)
    assert labels(panel) == [words.CANCEL]
    job = await asked(studio.bot.database)
    first = await queue.get(studio.bot.database, end.job_id)
    assert first is not None
    assert (job.kind, job.subject_id, job.owner_id) == ("train", end.subject.id, studio.alice.id)
    assert job.spec == {
        "steps": 200,
        "class_images": 24,
        "photos": first.spec["photos"],
        "learning_rate": 0.002,
        "method": "pivotal",
        "from": end.adapters[1].id,
    }
    assert (job.channel_id, job.message_id) == (studio.channel.id, panel.id)


async def test_it_goes_on_from_the_candidate_that_its_member_chose(studio: Studio) -> None:
    end = await ended(studio)
    sheet = messages(await studio.alice.click(end.ping, label=words.SHOW_SHEET))[-1]
    await choose(studio, sheet, "candidate-use", end.adapters[2].id)
    await press(studio, end.ping)
    assert (await asked(studio.bot.database)).spec["from"] == end.adapters[2].id


async def test_it_goes_on_from_the_version_that_was_gone_back_to(studio: Studio) -> None:
    end = await ended(studio)
    panel = messages(await studio.slash(studio.alice, "subject versions", token="zwx"))[0]
    panel = (await choose(studio, panel, "version-use", end.adapters[0].id)).response
    await studio.restart()
    assert messages(await press(studio, panel))
    assert (await asked(studio.bot.database)).spec["from"] == end.adapters[0].id


async def test_an_older_training_goes_on_from_what_it_left_itself(studio: Studio) -> None:
    end = await ended(studio)
    await studio.look(60)
    await trained(studio.bot.database, studio.bot.blobs, end.subject)
    await press(studio, end.panel)
    assert (await asked(studio.bot.database)).spec["from"] == end.adapters[1].id


async def refused(studio: Studio, end: Ended) -> str:
    """What is said to a press that puts nothing in line."""
    before = len(await rows(studio.bot.database, Job))
    answer = await press(studio, end.panel)
    assert len(await rows(studio.bot.database, Job)) == before
    return said(answer)


async def test_pressed_twice_it_is_asked_for_once(studio: Studio) -> None:
    end = await ended(studio)
    await press(studio, end.panel)
    assert await refused(studio, end) == words.ALREADY_TRAINING


async def test_it_counts_for_the_quota(studio: Studio) -> None:
    end = await ended(studio)
    limit = studio.settings.quotas.per_member
    assert limit is not None
    for _ in range(limit):
        await ask(studio.bot.database, studio.alice.id)
    assert await refused(studio, end) == words.quota_full("member", limit)


async def test_another_base_is_said_to_be_in_the_way(studio: Studio) -> None:
    end = await ended(studio)
    worker = Worker(base="tiny", base_hash="1" * 64, device="cpu")
    await gallery.check_in(studio.bot.database, worker)
    assert await refused(studio, end) == words.other_base("zwx", "tiny")


async def test_a_method_that_is_not_offered_any_more_is_said_to_be_in_the_way(
    studio: Studio,
) -> None:
    end = await ended(studio, method="full")
    assert await refused(studio, end) == words.no_more_of("zwx", "full")


async def drop(studio: Studio, number: int) -> Photo:
    photo: Photo = (await rows(studio.bot.database, Photo))[number]
    async with studio.bot.database.write() as session:
        await session.delete(await session.get_one(Photo, photo.id))
    return photo


async def test_photos_that_are_missed_are_said_to_be(studio: Studio) -> None:
    end = await ended(studio)
    await drop(studio, 0)
    assert await refused(studio, end) == words.not_covered("character", 1, 0)


async def test_where_one_of_its_photos_is_gone_all_that_count_are_learned(studio: Studio) -> None:
    end = await ended(studio)
    new = await new_photo(studio.bot.database, studio.bot.blobs, end.subject)
    await new_photo(studio.bot.database, studio.bot.blobs, end.subject, "other")
    await drop(studio, 0)
    await press(studio, end.panel)
    photos = [one.id for one in await rows(studio.bot.database, Photo) if one.framing != "other"]
    assert (await asked(studio.bot.database)).spec["photos"] == photos
    assert new.id in photos


async def test_where_its_job_is_forgotten_it_goes_on_with_the_photos_from_before_it(
    studio: Studio,
) -> None:
    end = await ended(studio)
    panel = messages(await studio.slash(studio.alice, "subject versions", token="zwx"))[0]
    photos = [one.id for one in await rows(studio.bot.database, Photo)]
    await new_photo(studio.bot.database, studio.bot.blobs, end.subject)
    async with studio.bot.database.write() as session:
        (await session.get_one(Adapter, end.adapters[1].id)).job_id = None
    await press(studio, panel)
    assert (await asked(studio.bot.database)).spec["photos"] == photos


async def test_a_card_from_before_methods_goes_on_as_a_lora(studio: Studio) -> None:
    panel = await studio.training()
    await ended_long_ago(studio)
    await press(studio, studio.again(panel))
    spec = (await asked(studio.bot.database)).spec
    assert (spec["method"], spec["class_images"], spec["from"]) == ("lora", 0, 1)
    assert "learning_rate" not in spec


async def ended_long_ago(studio: Studio) -> None:
    """A training whose card says next to nothing."""
    subject = await subjects.owned_subject(studio.bot.database, studio.alice.id, "zwx")
    lease = await claimed(studio.bot.database)
    async with queue.finishing(studio.bot.database, lease, {"steps": 120}) as session:
        key = await studio.bot.blobs.put("adapters", b"weights", "safetensors")
        session.add(an_adapter(subject, lease.job, key))
    await studio.look()


async def test_a_training_whose_versions_are_all_gone_says_so(studio: Studio) -> None:
    end = await ended(studio)
    async with studio.bot.database.write() as session:
        for adapter in end.adapters:
            await session.delete(await session.get_one(type(adapter), adapter.id))
    assert await refused(studio, end) == words.VERSION_GONE


async def test_nobody_goes_on_with_somebody_elses(studio: Studio) -> None:
    end = await ended(studio)
    answer = await studio.bob.click(end.panel, label=MORE)
    assert said(answer) == words.NOT_FOR_YOU
    assert len(await rows(studio.bot.database, Job)) == 1
