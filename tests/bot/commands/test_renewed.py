"""A consent text of a new version is asked for anew, on every road that a photo takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot import words
from bot.intake import consent_version, has_consented
from storage import subjects
from storage.tables import Photo, Source, Subject
from tests.bot.commands.conftest import Studio, messages, photo_files, said, shown
from tests.bot.commands.pressing import choose
from tests.rows import count, new_subject, trained

FACE = photo_files("face")[0]
URL = "https://studio.example/privacy"


async def agreed_before(studio: Studio) -> Subject:
    """A subject of Alice's, who said yes to the version before."""
    await subjects.give_consent(
        studio.bot.database, studio.alice.id, consent_version(studio.bot) - 1
    )
    return await new_subject(studio.bot.database, studio.alice.id, kind="person")


async def attached(studio: Studio, subject: Subject) -> Any:
    return await studio.slash(studio.alice, "photos add", token=subject.token, photo1=FACE)


async def form(studio: Studio, subject: Subject) -> Any:
    return await studio.slash(studio.alice, "photos add", token=subject.token)


async def button(studio: Studio, subject: Subject) -> Any:
    panel = messages(await studio.slash(studio.alice, "subject show", token=subject.token))[0]
    return await studio.alice.click(panel, label=words.ADD_PHOTOS)


async def right_click(studio: Studio, subject: Subject) -> Any:
    message = await studio.alice.send(studio.channel, "", attachments=[FACE])
    panel = await studio.alice.context_menu(studio.channel, "Use as training photo", message)
    return await choose(studio, panel.response, "hand-of", subject.id)


async def mention(studio: Studio, subject: Subject) -> Any:
    me = studio.bot.user
    assert me is not None
    await studio.alice.send(studio.channel, f"<@{me.id}>", attachments=[FACE])
    await studio.env.settle()
    panel = await studio.alice.click(studio.channel.last_message, label=words.HAND_CHOOSE)
    return await choose(studio, panel.response, "hand-of", subject.id)


async def to_be_changed(studio: Studio, subject: Subject) -> Any:
    await trained(studio.bot.database, studio.bot.blobs, subject)
    prompt = f"{subject.token} as an oil painting"
    return await studio.slash(studio.alice, "edit restyle", prompt=prompt, picture=FACE)


ROADS = (attached, form, button, right_click, mention, to_be_changed)


@pytest.mark.parametrize("road", ROADS)
async def test_a_yes_to_the_text_before_takes_no_photo(
    studio: Studio, road: Callable[[Studio, Subject], Awaitable[Any]]
) -> None:
    subject = await agreed_before(studio)
    answer = await road(studio, subject)
    kept = studio.settings
    asked = words.consent(kept.photos_days, kept.adapters_days, kept.pictures_days)
    assert said(answer) in {asked, words.CONSENT_FIRST}
    assert await count(studio.bot.database, Photo) == 0
    assert await count(studio.bot.database, Source) == 0


async def test_a_form_that_was_open_while_the_text_changed_takes_none_either(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    await studio.subject(kind="person")
    opened = await studio.slash(studio.alice, "photos add", token="zwx")
    for language in words.LANGUAGES.values():
        monkeypatch.setattr(language, "CONSENT_VERSION", 1_000)
        monkeypatch.setattr(language, "CONSENT_WITH_COMPARING", 1_001)
    answer = await studio.submit(studio.alice, opened, [FACE])
    assert said(answer) == words.CONSENT_FIRST
    assert await count(studio.bot.database, Photo) == 0


async def test_a_yes_to_the_text_that_holds_this_one_is_enough(studio: Studio) -> None:
    await subjects.give_consent(studio.bot.database, studio.alice.id, words.CONSENT_WITH_COMPARING)
    assert await has_consented(studio.bot, studio.alice.id)


async def test_the_privacy_page_is_linked_where_data_is_spoken_of(studio: Studio) -> None:
    line = words.privacy_line(URL)
    subject = await agreed_before(studio)
    places = (
        lambda: attached(studio, subject),
        lambda: studio.slash(studio.alice, "help"),
        lambda: studio.slash(studio.alice, "me data"),
    )
    for place in places:
        assert URL not in shown(messages(await place())[0])
    studio.settings.privacy_url = URL
    for place in places:
        assert line in shown(messages(await place())[0])
