"""Likeness and data, in every language: the same sentences, none too long, nothing left open."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from types import ModuleType

import pytest

from bot import words
from bot.words.de import likeness as de_likeness
from bot.words.de import privacy as de_privacy
from bot.words.en import likeness, privacy
from tests.bot.test_words import is_fit

AT = datetime(2026, 11, 24, tzinfo=UTC)
MOST = 300


def made_in(module: ModuleType) -> dict[str, object]:
    """The names that a section gives, and how its functions are called."""
    return {
        name: str(inspect.signature(value)) if inspect.isfunction(value) else type(value)
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (isinstance(value, str) or getattr(value, "__module__", "") == module.__name__)
    }


@pytest.mark.parametrize(("english", "german"), [(likeness, de_likeness), (privacy, de_privacy)])
def test_german_has_every_sentence_called_alike(english: ModuleType, german: ModuleType) -> None:
    assert made_in(english) == made_in(german)


@pytest.mark.parametrize("language", sorted(words.LANGUAGES))
@pytest.mark.parametrize("number", [1, 2, 12])
def test_every_sentence_is_fit(language: str, number: int) -> None:
    token, member = "x" * 16, 10**19
    with words.speaking(language):
        said = [
            words.likeness_asked(token, member),
            words.likeness_waits(token, member),
            words.likeness_asked_lately(AT),
            words.likeness_given(member, token),
            words.likeness_declined(token),
            words.likeness_line("agreed", member, undeliverable=False),
            words.likeness_line("asked", member, undeliverable=False),
            words.likeness_line("asked", member, undeliverable=True),
            words.likeness_take_back_question(token),
            words.likeness_taken_back(token),
            words.data_counts(*[number] * 5),
            words.data_showing(token, member, number, agreed=False),
            words.data_showing(token, member, number, agreed=True),
            words.data_lately(number),
            words.data_part(1, number),
            words.data_too_large(["pictures/1-0.png"] * number, member),
            words.privacy_line("https://studio.example/privacy"),
            *words.likeness_question(member, token, "woman", number, number).splitlines(),
            *words.likeness_question(member, token, "woman", None, number).splitlines(),
        ]
        assert all(is_fit(sentence) for sentence in said)
        assert [sentence for sentence in said if len(sentence) > MOST] == []
        assert words.privacy_line(None) == ""
        page = words.data_readme(member, {"photos": number}, ["a"], ["b"], None)
        assert "{" not in page
        assert "None" not in page
