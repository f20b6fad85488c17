"""What was made before, brought back with its buttons."""

from __future__ import annotations

from typing import Any

import pytest

from bot import words
from storage import queue
from storage.tables import Image, Job
from tests.bot.commands.conftest import Studio, labels, messages, parts, said, shown
from tests.bot.commands.editing import drew
from tests.rows import claimed, rows


def files_of(message: Any) -> list[str]:
    posted = getattr(message, "message", message)
    return [attachment.filename for attachment in posted.attachments]


async def test_pictures_come_back_with_their_buttons(studio: Studio) -> None:
    await studio.trained()
    await drew(studio, studio.alice, pictures=2)
    await drew(studio, studio.alice, "zwx in the snow")
    answer = await studio.slash(studio.alice, "show", job=1)
    (message,) = messages(answer)
    assert message.ephemeral
    assert "zwx at the beach" in shown(message)
    assert files_of(message) == ["darkroom-1-0.png", "darkroom-1-1.png"]
    assert labels(message)[:3] == [words.AGAIN, words.REMIX, words.RESTYLE]
    await studio.alice.click(message, label=words.AGAIN)
    assert [job.spec["typed"] for job in await rows(studio.bot.database, Job)][2] == (
        "zwx at the beach"
    )


async def test_without_a_number_the_latest_comes_back(studio: Studio) -> None:
    assert said(await studio.slash(studio.alice, "show")) == words.NO_JOBS
    await studio.trained()
    await drew(studio, studio.alice)
    await studio.slash(studio.alice, "imagine", prompt="zwx in the snow")
    answer = await studio.slash(studio.alice, "show")
    assert "zwx in the snow" in said(answer)
    assert labels(messages(answer)[0]) == [words.CANCEL]


async def test_a_job_under_way_comes_back_as_it_is(studio: Studio) -> None:
    await studio.picture()
    answer = await studio.slash(studio.alice, "show")
    assert said(answer) == words.picture_running("zwx at the beach")


async def test_a_training_comes_back_with_its_panel(studio: Studio) -> None:
    await studio.training()
    lease = await claimed(studio.bot.database)
    await queue.fail(studio.bot.database, lease, "error")
    answer = await studio.slash(studio.alice, "show", job=lease.job.id)
    assert words.failure("error") in shown(messages(answer)[0])


@pytest.mark.parametrize("job", [1, 99])
async def test_somebody_elses_is_as_unknown_as_none(studio: Studio, job: int) -> None:
    await studio.trained()
    await drew(studio, studio.alice)
    assert said(await studio.slash(studio.bob, "show", job=job)) == words.NO_SUCH_JOB


async def test_ones_own_are_offered_by_number_and_words(studio: Studio) -> None:
    await studio.trained()
    await drew(studio, studio.alice)
    await drew(studio, studio.alice, "zwx in the snow")

    async def offered(member: Any, typed: str) -> list[str]:
        choices = await member.autocomplete(studio.channel, "show", "job", typed)
        return [choice["name"] for choice in choices]

    assert await offered(studio.alice, "") == ["2 · zwx in the snow", "1 · zwx at the beach"]
    assert await offered(studio.alice, "snow") == ["2 · zwx in the snow"]
    assert await offered(studio.bob, "") == []


async def test_a_gallery_of_many_is_turned_page_by_page(studio: Studio) -> None:
    await studio.trained()
    for number in range(4):
        await drew(studio, studio.alice, f"zwx at beach {number}", pictures=4)
    answer = await studio.slash(studio.alice, "gallery")
    (panel,) = messages(answer)
    assert panel.ephemeral
    assert words.gallery_page(1, 2, 16) in shown(panel)
    assert labels(panel)[-2:] == [words.OLDER, words.GALLERY_KEPT]
    turned = await studio.alice.click(panel, label=words.OLDER)
    assert words.gallery_page(2, 2, 16) in shown(turned.response)
    assert labels(turned.response)[-2:] == [words.NEWER, words.GALLERY_KEPT]
    menu = menu_of(turned.response)
    assert [option["value"] for option in menu["options"]] == ["1-3", "1-2", "1-1", "1-0"]
    opened = await studio.alice.select(turned.response, ["1-2"], custom_id=menu["custom_id"])
    assert "zwx at beach 0" in said(opened)


async def test_an_empty_wall_says_how_to_begin(studio: Studio) -> None:
    assert said(await studio.slash(studio.alice, "gallery")) == words.GALLERY_EMPTY


async def test_nobody_elses_pictures_hang_on_ones_wall(studio: Studio) -> None:
    await studio.trained()
    await drew(studio, studio.alice)
    assert said(await studio.slash(studio.bob, "gallery")) == words.GALLERY_EMPTY


async def test_what_is_not_to_be_seen_does_not_hang_there(studio: Studio) -> None:
    await studio.trained()
    await drew(studio, studio.alice, explicit=0.99)
    assert said(await studio.slash(studio.alice, "gallery")) == words.GALLERY_EMPTY
    answer = await studio.slash(studio.alice, "show")
    assert files_of(messages(answer)[0]) == []
    assert len(await rows(studio.bot.database, Image)) == 1


def menu_of(panel: Any) -> dict[str, Any]:
    found = [part for part in parts(panel) if "options" in part]
    return dict(found[0])
