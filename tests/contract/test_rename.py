"""A subject gets another token and keeps what was learned by the old one."""

from __future__ import annotations

import pytest

from storage import erase, gallery, subjects, tokens
from storage.blobs import Blobs
from storage.engine import Database
from storage.errors import AlreadyTraining, NotYours, TokenTaken
from storage.tables import Crop, Subject
from tests.rows import ask, claimed, new_photo, new_subject, rows, trained

OWNER, OTHER = 1, 2


async def learned_as(database: Database, subject: Subject) -> str:
    found = await subjects.get_subject(database, subject.id or 0)
    adapter = await gallery.current_adapter(database, subject.id or 0)
    assert found is not None
    assert adapter is not None
    return tokens.learned_as(found, adapter)


async def test_what_was_learned_keeps_its_token_however_often_it_is_renamed(
    database: Database, blobs: Blobs
) -> None:
    subject = await new_subject(database, OWNER)
    await trained(database, blobs, subject, card={"photos": 8})
    assert await learned_as(database, subject) == "zwx"
    for token in ("kelzor", "mubavi"):
        renamed = await tokens.rename(database, OWNER, subject.id or 0, token)
        assert renamed.token == token
        assert await learned_as(database, subject) == "zwx"
    adapter = await gallery.current_adapter(database, subject.id or 0)
    assert adapter is not None
    assert adapter.card["photos"] == 8
    # what is learned from now on is learned by the new one
    await trained(database, blobs, subject, data=b"anew", step=5)
    assert await learned_as(database, subject) == "mubavi"


async def test_captions_say_the_new_token_wherever_they_said_the_old_one(
    database: Database, blobs: Blobs
) -> None:
    subject, other = (
        await new_subject(database, OWNER),
        await new_subject(database, OWNER, token="qqxy"),
    )
    for one, said in ((subject, "a portrait of ZWX woman, zwxy beside zwx"), (other, "a zwx hat")):
        await new_photo(database, blobs, one, "face")
        async with database.write() as session:
            (crop, *_) = (await rows(database, Crop))[::-1]
            (await session.get_one(Crop, crop.id)).caption = said
    await tokens.rename(database, OWNER, subject.id or 0, "kelzor")
    told = {crop.caption for crop in await rows(database, Crop)}
    assert {"a portrait of kelzor woman, zwxy beside kelzor", "a zwx hat"} <= told


async def test_a_learned_token_is_nobody_elses_until_what_was_learned_is_gone(
    database: Database, blobs: Blobs
) -> None:
    subject = await new_subject(database, OWNER)
    await trained(database, blobs, subject)
    await tokens.rename(database, OWNER, subject.id or 0, "kelzor")
    other = await new_subject(database, OTHER, token="qqxy")
    for token in ("zwx", "kelzor"):
        with pytest.raises(TokenTaken):
            await new_subject(database, OTHER, token=token)
        with pytest.raises(TokenTaken):
            await tokens.rename(database, OTHER, other.id or 0, token)
    await tokens.rename(database, OWNER, subject.id or 0, "zwx")  # back to its own
    await tokens.rename(database, OWNER, subject.id or 0, "kelzor")
    await erase.delete_subject(database, blobs, OWNER, "kelzor")
    for token in ("zwx", "kelzor"):
        await new_subject(database, OTHER, token=token)


async def test_a_token_by_which_nothing_was_learned_is_free_at_once(database: Database) -> None:
    subject = await new_subject(database, OWNER)
    await tokens.rename(database, OWNER, subject.id or 0, "kelzor")
    assert (await new_subject(database, OTHER, token="zwx")).owner_id == OTHER


async def test_only_its_owner_renames(database: Database) -> None:
    subject = await new_subject(database, OWNER)
    with pytest.raises(NotYours):
        await tokens.rename(database, OTHER, subject.id or 0, "kelzor")
    assert [one.token for one in await rows(database, Subject)] == ["zwx"]


@pytest.mark.parametrize("runs", [False, True])
async def test_nothing_is_renamed_while_it_is_learned(database: Database, runs: bool) -> None:
    subject = await new_subject(database, OWNER)
    await ask(database, OWNER, kind="train", subject=subject)
    if runs:
        await claimed(database)
    with pytest.raises(AlreadyTraining):
        await tokens.rename(database, OWNER, subject.id or 0, "kelzor")
