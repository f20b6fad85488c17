from __future__ import annotations

import io

import discord
import pytest
from PIL import Image

from bot import words
from bot.intake import AT_ONCE, take_all
from storage import subjects
from storage.subjects import has_consented
from storage.tables import Draft, Photo
from tests.bot.commands.conftest import Studio, labels, photo_files, said
from tests.bot.commands.pressing import is_tidy
from tests.bot.photos.pictures import ASTRONAUT
from tests.rows import count, files, new_photo, new_subject, rows

FACES, TORSOS = photo_files("face"), photo_files("torso")
BROKEN = ("broken.jpg", FACES[0][1][:3000])


def given(*files: tuple[str, bytes]) -> dict[str, tuple[str, bytes]]:
    return {f"photo{number}": file for number, file in enumerate(files, 1)}


async def test_nothing_is_taken_before_the_consent_and_what_waited_is_taken_after_it(
    studio: Studio,
) -> None:
    alice, database = studio.alice, studio.bot.database
    await new_subject(database, alice.id)
    answer = await studio.slash(
        alice, "photos add", token="zwx", framing="face", **given(*FACES[:2])
    )
    assert said(answer) == words.consent(None, None, None)
    assert await count(database, Photo) == 0
    assert await files(studio.bot.blobs) == set()
    done = await alice.click(answer.response, label=words.CONSENT_YES)
    assert "close-ups 2/6" in said(done)
    assert await has_consented(database, alice.id, words.CONSENT_VERSION)
    assert [photo.filename for photo in await rows(database, Photo)] == [n for n, _ in FACES[:2]]
    assert await is_tidy(studio)


async def test_head_and_shoulders_are_kept_as_what_they_were_called(studio: Studio) -> None:
    database = studio.bot.database
    subject = await studio.subject()
    answer = await studio.slash(
        studio.alice, "photos add", token="zwx", framing="chest", **given(FACES[0])
    )
    assert "close-ups 1/6" in said(answer)
    (shot,) = await subjects.album(database, subject.id or 0)
    assert (shot.photo.declared, shot.photo.framing) == ("chest", "chest")
    assert shot.crops[0].caption.startswith("a head and shoulders portrait of a zwx")


async def test_after_a_no_nothing_is_kept(studio: Studio) -> None:
    alice, database = studio.alice, studio.bot.database
    await new_subject(database, alice.id)
    answer = await studio.slash(alice, "photos add", token="zwx", framing="face", **given(FACES[0]))
    declined = await alice.click(answer.response, label=words.CONSENT_NO)
    assert said(declined) == words.CONSENT_REFUSED
    assert not await has_consented(database, alice.id, words.CONSENT_VERSION)
    assert await count(database, Draft) == 0
    assert await count(database, Photo) == 0


async def test_no_button_leads_around_the_consent(studio: Studio) -> None:
    await new_subject(studio.bot.database, studio.alice.id)
    panel = await studio.slash(studio.alice, "photos show", token="zwx")
    answer = await studio.alice.click(panel.followups[0] if panel.followups else panel.response,
                                      label=words.ADD_PHOTOS)  # fmt: skip
    assert answer.modal is None
    assert said(answer) == words.CONSENT_FIRST


async def test_bad_files_are_refused_one_by_one_and_the_others_kept(studio: Studio) -> None:
    await studio.subject()
    small = io.BytesIO()
    Image.new("RGB", (48, 48)).save(small, "PNG")
    bad = (BROKEN, ("small.png", small.getvalue()), ("a.exe", b"MZ" * 90))
    files = given(FACES[0], *bad, FACES[1], FACES[0])
    answer = await studio.slash(studio.alice, "photos add", token="zwx", framing="face", **files)
    text = said(answer)
    for name, reason in (
        ("broken.jpg", "damaged or cut off"),
        ("small.png", "only 48 x 48"),
        ("a.exe", "not a picture"),
        (FACES[0][0], "already have this very file"),
    ):
        assert any(name in line and reason in line for line in text.splitlines())
    assert [p.filename for p in await rows(studio.bot.database, Photo)] == [n for n, _ in FACES[:2]]
    assert await is_tidy(studio)
    assert "close-ups 2/6" in text
    assert words.missing_line("character", 4, 2, 2) in text


async def test_without_files_a_private_form_opens(studio: Studio) -> None:
    await studio.subject()
    form = await studio.slash(studio.alice, "photos add", token="zwx")
    assert form.modal["title"] == "Photos of zwx"
    answer = await studio.submit(studio.alice, form, TORSOS[:2], ["torso"])
    assert "full views 2/2" in said(answer)
    assert await is_tidy(studio)


async def test_the_form_of_a_person_asks_for_nothing_but_photos(studio: Studio) -> None:
    await studio.subject(kind="person")
    form = await studio.slash(studio.alice, "photos add", token="zwx")
    answer = await studio.submit(studio.alice, form, [("astronaut.jpg", ASTRONAUT)])
    assert "`astronaut.jpg`: head to waist" in said(answer)


@pytest.mark.parametrize("kind", ["pet", "object", "character"])
async def test_of_other_kinds_a_photo_waits_until_it_is_said_what_it_shows(
    studio: Studio, kind: str
) -> None:
    await studio.subject(kind=kind)
    answer = await studio.slash(studio.alice, "photos add", token="zwx", **given(FACES[0]))
    waiting = words.photo_verdict(kind, "other", [], None)
    assert words.photo_accepted(FACES[0][0], waiting, "not") in said(answer)
    (photo,) = await rows(studio.bot.database, Photo)
    assert (photo.framing, photo.declared) == ("other", None)
    assert await is_tidy(studio)


async def test_a_full_folder_takes_no_more(studio: Studio) -> None:
    studio.settings.photos_per_subject = 8
    await studio.covered()
    answer = await studio.slash(
        studio.alice, "photos add", token="zwx", framing="face", **given(FACES[0])
    )
    assert words.photo_refusal(FACES[0][0], "full", {"most": 8}) in said(answer)
    assert await is_tidy(studio)


async def handed(studio: Studio, *files: tuple[str, bytes]) -> list[discord.Attachment]:
    """The files as Discord has them, ten in a message."""
    return [
        file
        for at in range(0, len(files), 10)
        for file in (
            await studio.alice.send(studio.channel, attachments=files[at : at + 10])
        ).attachments
    ]


async def test_of_thirty_files_at_once_ten_are_taken_and_each_gets_an_answer(
    studio: Studio,
) -> None:
    subject = await studio.subject()
    files = await handed(studio, *((f"{n}.jpg", (*FACES, *TORSOS)[n % 10][1]) for n in range(30)))
    taken = await take_all(studio.bot, subject, files, "face")
    assert [one.filename for one in taken] == [file.filename for file in files]
    assert all(one.shot for one in taken[:AT_ONCE])
    assert {one.reason for one in taken[AT_ONCE:]} == {"too_many_files"}
    assert await count(studio.bot.database, Photo) == AT_ONCE
    assert await is_tidy(studio)


async def test_a_photo_that_arrives_for_a_subject_just_deleted_leaves_no_file(
    studio: Studio,
) -> None:
    subject = await studio.subject()
    gone = subject.model_copy(update={"id": 999})
    (one,) = await take_all(studio.bot, gone, await handed(studio, FACES[0]), "face")
    assert (one.shot, one.reason) == (None, "subject_gone")
    assert await files(studio.bot.blobs) == set()


async def test_the_checklist_says_what_there_is_and_what_is_missing(studio: Studio) -> None:
    subject = await studio.subject()
    answer = await studio.slash(studio.alice, "photos show", token="zwx")
    assert words.NOTHING_YET in said(answer)
    for framing in ("face", "torso", "other"):
        await new_photo(studio.bot.database, studio.bot.blobs, subject, framing)
    answer = await studio.slash(studio.alice, "photos show", token="zwx")
    text = said(answer)
    assert "⬜ close-ups 1/6   ⬜ full views 1/2" in text
    assert words.missing_line("character", 5, 1, 3) in text
    panel = (answer.followups or [answer.response])[-1]
    assert panel.attachments
    assert words.TRAIN not in labels(panel)


async def test_training_is_offered_once_the_photos_suffice(studio: Studio) -> None:
    await studio.covered()
    answer = await studio.slash(studio.alice, "photos show", token="zwx")
    assert words.TRAIN in labels((answer.followups or [answer.response])[-1])


@pytest.mark.parametrize("bad", [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0" + b"\x00" * 40])
async def test_hostile_bytes_are_answered(studio: Studio, bad: bytes) -> None:
    subject = await studio.subject()
    files = await handed(studio, ("bad.jpg", bad), FACES[0])
    first, second = await take_all(studio.bot, subject, files, "face")
    assert words.photo_refusal("bad.jpg", first.reason, first.facts)
    assert second.shot is not None


async def test_two_consent_panels_keep_the_photos_of_both(studio: Studio) -> None:
    panels = []
    for token in ("zwx", "qqxy"):
        await studio.slash(studio.alice, "subject create", token=token, kind="character")
        panels.append(
            await studio.slash(
                studio.alice, "photos add", token=token, framing="face", photo1=FACES[0]
            )
        )
    for panel in panels:
        await studio.alice.click(panel.response, label=words.CONSENT_YES)
    assert await count(studio.bot.database, Photo) == 2
