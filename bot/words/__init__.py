"""Every sentence a member can read: `words.waiting_line(2)` says one, in the language of whoever
is being answered. A folder for each language, in it a file for each section; each language has the
same names. Nothing here is read while modules are imported: nobody is being answered then."""

# ruff: noqa: F403  (a list of a hundred names here would only repeat the sections)

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from bot.words import de, en

#: By the codes of Discord's locales, of which "en-GB" and "en-US" are the one here.
LANGUAGES: Final[dict[str, Any]] = {"en": en, "de": de}
_spoken: ContextVar[str] = ContextVar("spoken", default="en")


def language_of(locale: str | None) -> str:
    """The language for one of Discord's locales; English where there is none for it."""
    language = (locale or "").partition("-")[0]
    return language if language in LANGUAGES else "en"


def speak(language: str) -> None:
    """From here on the task that runs speaks this language; other tasks do not mind."""
    _spoken.set(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak this language for the length of the block."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def spoken() -> str:
    """The language of the moment."""
    return _spoken.get()


def description(language: str, text: str) -> str | None:
    """What a command's English description is in another language; None where it stays."""
    told: dict[str, str] = getattr(LANGUAGES[language], "DESCRIPTIONS", {})
    return told.get(text)


if TYPE_CHECKING:
    from bot.words.en import *
else:

    def __getattr__(name: str) -> Any:
        return getattr(LANGUAGES[_spoken.get()], name)
