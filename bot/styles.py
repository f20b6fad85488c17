"""Styles: words that are added to a prompt by name. Some are everywhere, the others a server's."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot import emphasis
from bot.prompt import BadPrompt, check_negative, check_words, is_sexual
from storage import servers
from storage.engine import Database

MOST_STYLES = 25
MOST_WORDS = 30
_NAME = re.compile(r"[^\W_](?:[^\W_]|[ '&+-]){1,31}")


@dataclass(frozen=True)
class Preset:
    """What a style adds to a prompt, and to what a picture shall not hold."""

    name: str
    words: str
    negative: str = ""


#: Wordings that Stable Diffusion knows well; `tiny` draws everything as it draws.
BUILT_IN = {
    preset.name: preset
    for preset in (
        Preset(
            "oil painting",
            "oil painting on canvas, visible brush strokes, rich colours",
            "photograph",
        ),
        Preset(
            "pencil sketch",
            "detailed pencil sketch on white paper, fine hatching, monochrome",
            "photograph, colour",
        ),
        Preset(
            "film noir",
            "film noir still, black and white, hard shadows, low key lighting, film grain",
            "colour, bright daylight",
        ),
        Preset(
            "watercolour",
            "watercolour painting, soft washes, wet paper, white margins",
            "photograph, hard outlines",
        ),
        Preset(
            "studio portrait",
            "professional studio portrait photograph, softbox lighting, plain backdrop, 85 mm lens",
            "drawing, cluttered background",
        ),
        Preset(
            "comic book",
            "comic book panel, bold ink outlines, flat colours, halftone dots",
            "photograph, blurry",
        ),
    )
}


class BadStyle(Exception):
    """A style that cannot be kept; `reason` names the sentence, `facts` fill it."""

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


def called(typed: str) -> str:
    """A style's name as it is kept: small letters, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", typed).lower().split())


def check_style(name: str, words: str, negative: str) -> Preset:
    """Pass or refuse a style of a server. That no subject's token is in it is not checked here.

    Raises BadStyle: `name`, `built_in`, and the reasons of `bot.prompt` that are not about tokens.
    """
    known = called(name)
    if not _NAME.fullmatch(known) or is_sexual(known):
        raise BadStyle("name")
    if known in BUILT_IN:
        raise BadStyle("built_in")
    try:
        return Preset(
            known, check_words(words, 1, MOST_WORDS), check_negative(negative, MOST_WORDS)
        )
    except BadPrompt as bad:
        raise BadStyle(bad.reason, **bad.facts) from None


def words_of(preset: Preset) -> set[str]:
    """Every word of it that could be a token."""
    return set(
        re.findall(r"[a-z0-9]+", emphasis.apart(f"{preset.words} {preset.negative}").lower())
    )


async def presets(database: Database, server_id: int | None) -> list[Preset]:
    """All that can be chosen in a server, its own first; in private those that are everywhere."""
    own = await servers.styles_of(database, server_id) if server_id else ()
    return [*(Preset(one.name, one.words, one.negative) for one in own), *BUILT_IN.values()]


async def preset_named(database: Database, server_id: int | None, typed: str) -> Preset | None:
    """The style of that name, as typed; None where there is none, or none any more."""
    name = called(typed)
    return next((one for one in await presets(database, server_id) if one.name == name), None)


def appended(text: str, words: str) -> str:
    """The text with these words after a comma; either may be empty."""
    return ", ".join(part for part in (text.rstrip(" ,"), words) if part)
