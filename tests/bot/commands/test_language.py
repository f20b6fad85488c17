"""Everybody is answered in their own language."""

from __future__ import annotations

from typing import Any

import pytest
from simcord import interactions

from bot import words
from tests.bot.commands.conftest import Studio, labels, messages, said, shown
from tests.bot.commands.pressing import choose
from tests.rows import claimed

PROMPT = "zwx at the beach"
GERMAN = words.LANGUAGES["de"]
ENGLISH = words.LANGUAGES["en"]


@pytest.fixture
def germans(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Members whose Discord is German."""
    found: set[int] = set()
    build = interactions.base_payload  # its Discord knows English alone

    def built(*args: Any, **kwargs: Any) -> Any:
        record, payload = build(*args, **kwargs)
        if record.user_id in found:
            payload["locale"] = "de"
        return record, payload

    monkeypatch.setattr(interactions, "base_payload", built)
    return found


async def test_a_command_is_answered_in_the_language_of_whoever_called_it(
    studio: Studio, germans: set[int]
) -> None:
    germans.add(studio.alice.id)
    for who, told in ((studio.alice, GERMAN), (studio.bob, ENGLISH), (studio.alice, GERMAN)):
        assert said(await studio.slash(who, "train status")) == told.NO_TRAINING


async def test_a_delivery_speaks_the_language_that_was_asked_in(
    studio: Studio, germans: set[int]
) -> None:
    await studio.trained()
    germans.add(studio.alice.id)
    asked = await studio.slash(studio.alice, "imagine", prompt=PROMPT)
    assert GERMAN.waiting_line(0) in shown(messages(asked)[0])
    await studio.finish(await claimed(studio.bot.database), {"seconds": 1.0}, 1)
    await studio.look()
    assert GERMAN.AGAIN in labels(studio.again(messages(asked)[0]))


async def test_a_button_and_a_form_hear_who_presses_them(studio: Studio, germans: set[int]) -> None:
    await studio.trained()
    asked = await studio.slash(studio.alice, "imagine", prompt="zwx")
    germans.add(studio.alice.id)
    form = await studio.alice.click(messages(asked)[0], label=ENGLISH.MEND)
    assert form.modal["title"] == GERMAN.PROMPT_FORM
    refused = await studio.submit(studio.alice, form, "zwx strand")
    assert GERMAN.MEND in labels(messages(refused)[0])


async def test_the_language_that_was_chosen_goes_before_that_of_ones_discord(
    studio: Studio, germans: set[int]
) -> None:
    await studio.trained()
    germans.add(studio.alice.id)
    card = await studio.slash(studio.alice, "me settings")
    await choose(studio, messages(card)[0], "wish-language", "en")
    assert said(await studio.slash(studio.alice, "train status")) == ENGLISH.NO_TRAINING
    await studio.restart()
    assert said(await studio.slash(studio.alice, "train status")) == ENGLISH.NO_TRAINING
