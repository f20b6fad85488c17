"""The token gate: how a subject may be called in prompts. What its name would be taken for says
`clinic.py`."""

from __future__ import annotations

import re
import unicodedata

from bot.prompt import is_sexual

GRAMMAR = re.compile(r"[a-z0-9]{3,16}")
CLASS_GRAMMAR = re.compile(r"[a-z][a-z-]{1,20}( [a-z][a-z-]{1,20})?")

#: Words that mean something to Discord, to a file system or to Darkroom itself.
RESERVED = frozenset(
    {
        "admin",
        "administrator",
        "aux",
        "class",
        "com1",
        "com2",
        "com3",
        "con",
        "darkroom",
        "discord",
        "everyone",
        "help",
        "here",
        "image",
        "lpt1",
        "lpt2",
        "lpt3",
        "mod",
        "moderator",
        "nul",
        "null",
        "photo",
        "prn",
        "subject",
        "system",
        "token",
        "undefined",
    }
)

#: A token stands in prompts as it is, so it must not be a sexual word with a digit to it.
_SEXUAL_STEM = re.compile("nude|naked|porn|sex|rape|nsfw|hentai|fuck")

#: Class words offered for each kind; any other that fits the grammar may be typed.
CLASSES = {
    "person": ("woman", "man", "person", "boy", "girl"),
    "pet": ("dog", "cat", "rabbit", "bird", "horse"),
    "object": ("toy", "car", "cup", "bag", "shoe"),
    "character": ("character", "woman", "man", "person", "monster"),
}


class BadToken(Exception):
    """A token or class word that cannot be used; `reason` names the sentence for it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_token(typed: str) -> str:
    """The token as it is stored: folded (NFKC) and lowercase.

    Raises BadToken: `token_grammar`, `token_digits`, `token_reserved` or `token_sexual`.
    """
    token = unicodedata.normalize("NFKC", typed).strip().lower()
    if not GRAMMAR.fullmatch(token):
        raise BadToken("token_grammar")
    if token.isdigit():
        raise BadToken("token_digits")
    if token in RESERVED:
        raise BadToken("token_reserved")
    if _SEXUAL_STEM.search(token) or is_sexual(token):
        raise BadToken("token_sexual")
    return token


def check_class(typed: str) -> str:
    """The class word, one or two plain words in lowercase. Raises
    BadToken: `class_grammar` or `token_sexual`."""
    word = " ".join(unicodedata.normalize("NFKC", typed).lower().split())
    if not CLASS_GRAMMAR.fullmatch(word):
        raise BadToken("class_grammar")
    if is_sexual(word):  # it becomes part of every prompt, and the prompt of class images
        raise BadToken("token_sexual")
    return word
