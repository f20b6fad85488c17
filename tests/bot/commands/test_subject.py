from __future__ import annotations

from bot import words
from storage.tables import Photo, Subject
from tests.bot.commands.conftest import Studio, said
from tests.rows import count, files, rows


async def test_a_subject_is_opened_listed_and_deleted(studio: Studio) -> None:
    alice, database = studio.alice, studio.bot.database
    assert said(await studio.slash(alice, "subject list")) == words.NO_SUBJECTS
    answer = await studio.slash(
        alice, "subject create", token=" ZWX ", kind="character", **{"class": "Toy  Robot"}
    )
    assert "opened a folder for `zwx`, a toy robot" in said(answer)
    (subject,) = await rows(database, Subject)
    assert (subject.owner_id, subject.class_word, subject.base) == (alice.id, "toy robot", "tiny")
    await studio.slash(alice, "subject create", token="qqxy", kind="person")
    listed = said(await studio.slash(alice, "subject list"))
    assert "`zwx` · toy robot (character) · 0 photos · not trained yet" in listed
    assert "`qqxy` · woman (person)" in listed
    assert "zwx" not in said(await studio.slash(studio.bob, "subject list"))

    question = await studio.slash(alice, "subject delete", token="zwx")
    assert "Delete `zwx` with its 0 photos" in said(question)
    assert said(await alice.click(question.response, label=words.DELETE_NO)) == words.KEPT
    question = await studio.slash(alice, "subject delete", token="zwx")
    assert "`zwx` is gone" in said(await alice.click(question.response, label=words.DELETE_YES))
    assert [s.token for s in await rows(database, Subject)] == ["qqxy"]


async def test_tokens_and_classes_that_cannot_be_used_are_refused(studio: Studio) -> None:
    for token, reason in (("../x", "3 to 16"), ("dog", "already know"), ("con", "need myself")):
        answer = await studio.slash(studio.alice, "subject create", token=token, kind="pet")
        assert reason in said(answer)
    answer = await studio.slash(
        studio.alice, "subject create", token="zwx", kind="pet", **{"class": "<x>"}
    )
    assert said(answer) == words.token_refusal("class_grammar", "")
    assert await count(studio.bot.database, Subject) == 0


async def test_a_sexual_class_or_token_is_refused(studio: Studio) -> None:
    for token, word in (("zwx", "naked woman"), ("zwx", "porn star"), ("nude7", "woman")):
        answer = await studio.slash(
            studio.alice, "subject create", token=token, kind="character", **{"class": word}
        )
        assert said(answer).startswith(words.token_refusal("token_sexual", token))
    assert await count(studio.bot.database, Subject) == 0


async def test_a_token_is_taken_whoever_has_it(studio: Studio) -> None:
    await studio.subject()
    for member in (studio.alice, studio.bob):
        answer = await studio.slash(member, "subject create", token="zwx", kind="pet")
        assert said(answer).startswith(words.token_refusal("token_taken", "zwx"))
    answer = await studio.slash(studio.bob, "subject create", token="2wx", kind="pet")
    assert said(answer).startswith(words.token_refusal("token_taken", "2wx"))


async def test_a_member_has_so_many_subjects_and_no_more(studio: Studio) -> None:
    studio.settings.subjects_per_member = 1
    await studio.subject()
    answer = await studio.slash(studio.alice, "subject create", token="qqxy", kind="pet")
    assert said(answer) == words.too_many_subjects(1)


async def test_another_members_subject_is_as_unknown_as_any(studio: Studio) -> None:
    await studio.covered()
    for command in ("subject delete", "photos add", "photos show", "train start"):
        theirs = await studio.slash(studio.bob, command, token="zwx")
        unknown = await studio.slash(studio.bob, command, token="qqxy")
        assert said(theirs).replace("zwx", "qqxy") == said(unknown)
    assert await count(studio.bot.database, Photo) == 8


async def test_a_deletion_is_for_its_owner_to_confirm(studio: Studio) -> None:
    await studio.covered()
    question = await studio.slash(studio.alice, "subject delete", token="zwx")
    await studio.alice.click(question.response, label=words.DELETE_YES)
    assert await files(studio.bot.blobs) == set()
    assert await count(studio.bot.database, Photo) == 0


async def test_tokens_are_offered_while_typing(studio: Studio) -> None:
    await studio.subject()
    await studio.subject(studio.bob, token="zwqq")
    offered = await studio.alice.autocomplete(studio.channel, "photos show", "token", "zw")
    assert [choice["value"] for choice in offered] == ["zwx"]
