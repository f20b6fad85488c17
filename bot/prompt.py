"""The prompt gate: 3 to 60 words that hold the token of one subject the member may use.

Words may have weights, `a (red hat:1.3)`; what counts and what is looked at is the words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot import emphasis

FEWEST_WORDS = 3
MOST_WORDS = 60
MOST_CHARACTERS = 600
#: Of several tokens in one prompt, so many are named.
MOST_NAMED = 5

#: Loader syntax of other tools: `<lora:name:1>`. Here it would only confuse, so it is refused.
_LOADER = re.compile(r"<[^<>]*:[^<>]*>")
_WORD = re.compile(r"[a-z0-9]+")

#: Stems that make a prompt about somebody's likeness sexual. A first gate, on words only:
#: pictures are checked later too. Compared after folding look-alike letters.
_SEXUAL = re.compile(
    r"\b(nud+e+s?|nudity|nudis[tm]s?|naturis[tm]s?|seminude|naked\w*|nsfw|porn\w*"
    r"|sex|sexual\w*|sexy|sexiest|hentai|erotic\w*"
    r"|topless|bottomless|undress\w*|unclothed|genital\w*|penis(es)?|vagina\w*|nipple\w*|breasts"
    r"|boob(s|ies)?|orgasm\w*|masturbat\w*|blowjob\w*|lingerie|stripper\w*|striptease"
    r"|puss(y|ies)|cocks?|tits|titt(y|ies)|fuck\w*|xxx|intercourse|desnud[oa]s?|nackt\w*"
    r"|naakt\w*|nud[ao]|wearing nothing|birthday suit|bare ?(chest|breast)\w*"
    r"|(cloth(es|ing)|pants|bra|underwear|panties|dress) off"
    r"|(no|without)( any| a| her| his| their)? (cloth(es|ing)|pants|underwear|bra|panties|trousers)"
    r"|fetish\w*|bdsm|rap(e|es|ed|ist|ists|ing))\b"
)
#: What must not be taken out of a picture of somebody: then nothing else is left to wear.
_CLOTHES = re.compile(
    r"\b(cloth(es|ings?|ed)?|(under)?garments?|apparel|attire|gowns?|robes?|kleidung|outfits?|dressed|wearing|underwear|underpants|bras?"
    r"|panties|bikinis?|swimsuits?|swimwear|t?shirts?|blouses?|dress(es)?|trousers"
    r"|pants|jeans|shorts|skirts?)\b"
)
#: Words recognised after repeated letters were made one: "nuude", "nnaked".
_DOUBLED = re.compile(r"\b(nude|naked|porn|hentai|toples)s?\b")
#: Runs of single letters, and what they must not spell.
_LETTERS = re.compile(r"\b(?:\w[\W_]+){2,}\w\b")
_SPELT = re.compile("nude|naked|porn|nsfw|sex|hentai|topless")
#: After one of these a class word is somebody else's: "zwx, a cat and a woman".
_ANOTHER = "and|or|with|of|near|by|beside|behind"
#: Letters that show nothing.
_BLANK = "\u3164\u115f\u1160\uffa0"
_LOOKALIKES = str.maketrans("013457@$", "oieastas")
#: Cyrillic and Greek letters that look like Latin ones.
_HOMOGLYPHS = str.maketrans("авеікмнорстухѕјԁԛԝαβεικνορτυχ", "abeikmhopctyxsjdqwabeikvoptux")


class BadPrompt(Exception):
    """A prompt that cannot be drawn; `reason` names the sentence, `facts` fill it."""

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


@dataclass(frozen=True)
class Checked:
    """A prompt that passed: its words as typed (look-alike forms of Latin letters made plain, as
    full-width ones), and the subject it names."""

    text: str
    subject_id: int
    token: str


def count_words(typed: str) -> int:
    """Words as typed: runs of anything between white space, without the brackets and numbers of
    weights."""
    return len(emphasis.plain(typed).split())


def check_prompt(typed: str, tokens: Mapping[str, int], *, weighs: bool = True) -> Checked:
    """Pass or refuse a prompt. `tokens` maps each token the member may use to its subject's id;
    without `weighs` what looks like a weight is ordinary text, as in captions.

    Raises BadPrompt: `too_few_words`, `too_many_words` (facts: count), `too_long`,
    `control_characters`, `loader_syntax`, `weight_garbled`, `weight_out_of_bounds` (facts:
    weight, least, most), `sexual`, `no_token`, `two_tokens`.
    """
    text = _plain(typed, FEWEST_WORDS, weighs=weighs)
    if is_sexual(text):
        raise BadPrompt("sexual")
    named = [word for word in dict.fromkeys(_words(emphasis.apart(text))) if word in tokens]
    if not named:
        raise BadPrompt("no_token")
    if len(named) > 1:
        raise BadPrompt("two_tokens", tokens=", ".join(named[:MOST_NAMED]))
    return Checked(text, tokens[named[0]], named[0])


def check_negative(typed: str, most: int = MOST_WORDS) -> str:
    """Pass or refuse what a picture shall not hold, in `most` words; nothing at all is fine.

    Raises BadPrompt: `too_many_words` (facts: count), `too_long`, `control_characters`,
    `loader_syntax`, `weight_garbled`, `weight_out_of_bounds`, and `undressing` for what would take
    somebody's clothes off.
    """
    text = _plain(typed, 0, most)
    if is_undressing(text):
        raise BadPrompt("undressing")
    return text


def check_words(typed: str, fewest: int, most: int) -> str:
    """Pass or refuse words that are to be added to prompts: as a prompt's, but without a token.

    Raises BadPrompt with the reasons of `check_prompt` that are not about tokens.
    """
    text = _plain(typed, fewest, most)
    if is_sexual(text):
        raise BadPrompt("sexual")
    return text


def visible(typed: str) -> str:
    """The words without the characters that nobody sees, white space and joiners aside."""
    return "".join(
        c
        for c in typed
        if c in "\r\n\t\u200d" or unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cs"}
    )


def _plain(typed: str, fewest: int, most: int = MOST_WORDS, *, weighs: bool = True) -> str:
    """The words as typed but for look-alike forms and white space. Raises BadPrompt."""
    if visible(typed) != typed:
        raise BadPrompt("control_characters")
    text = " ".join(unicodedata.normalize("NFKC", typed).split())
    count = count_words(text)
    if count < fewest:
        raise BadPrompt("too_few_words", count=count)
    if count > most:
        raise BadPrompt("too_many_words", count=count)
    read = emphasis.plain(text)
    if len(read) > MOST_CHARACTERS:
        raise BadPrompt("too_long", count=len(read))
    if _LOADER.search(text) or _LOADER.search(read):
        raise BadPrompt("loader_syntax")
    if weighs:
        _check_weights(text)
    return text


def _check_weights(text: str) -> None:
    if emphasis.is_garbled(text):
        raise BadPrompt("weight_garbled")
    weight = emphasis.out_of_bounds(text)
    if weight is not None:
        raise BadPrompt(
            "weight_out_of_bounds", weight=weight, least=emphasis.LEAST, most=emphasis.MOST
        )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def is_sexual(text: str) -> bool:
    """Whether a prompt asks for sexual content, also with look-alike or accented letters, and
    whatever weights its words, or parts of them, have."""
    return any(_is_sexual(_folded(said)) for said in _without_weights(text))


def is_undressing(text: str) -> bool:
    """Whether this would take clothes off, where a picture shall not hold it."""
    return any(
        _CLOTHES.search(reading)
        for said in _without_weights(text)
        for reading in _readings(_folded(said))
    )


def _without_weights(text: str) -> set[str]:
    """As typed, as the text encoder reads it, and with a blank at every weight's bracket."""
    return {text, emphasis.plain(text), emphasis.apart(text)}


def _is_sexual(plain: str) -> bool:
    # "n u d e" and "n.u.d.e" spell a word; "nu-de" hides one
    spelt = [re.sub(r"[\W_]+", "", run) for run in _LETTERS.findall(plain)]
    return any(_SPELT.search(run) for run in spelt) or any(
        _SEXUAL.search(reading) or _DOUBLED.search(re.sub(r"([a-z])\1+", r"\1", reading))
        for reading in _readings(plain)
    )


def _folded(text: str) -> str:
    """In small Latin letters, whatever stands for them."""
    plain = unicodedata.normalize("NFKD", text).lower()
    plain = "".join(c for c in plain if unicodedata.category(c)[0] != "M" and c not in _BLANK)
    return plain.translate(_HOMOGLYPHS)


def _readings(plain: str) -> Iterator[str]:
    """What a folded text may be meant to say, in words between single blanks."""
    for joined in (plain, re.sub(r"(?<=\w)[^\w\s]+(?=\w)", "", plain)):
        spaced = re.sub(r"[^a-z0-9@$]+", " ", joined)
        yield from (spaced, re.sub(r"\d+\b", "", spaced), spaced.translate(_LOOKALIKES))


def with_class(text: str, token: str, class_word: str) -> str:
    """The prompt with the class word after the token, as the subject was learned, wherever the
    member left it out: "zwx at the beach" becomes "zwx woman at the beach".

    It is not left out where it stands beside the token, before or behind it, or where the token is
    said to be one: "a woman, zwx", "zwx, a young woman". A weight's bracket is no word between.
    """
    word = r"\s+".join(map(re.escape, class_word.split()))
    gap = rf"(?:{emphasis.END}|\W)"
    before = re.compile(rf"(?i)(?<![^\W_]){word}{gap}+$")
    behind = re.compile(
        rf"(?i){gap}+(?:(?:an?|the){gap}+)?{word}\b"
        rf"|{gap}*,{gap}*(?:an?|the){gap}+(?:(?!(?:{_ANOTHER})\b)[\w-]+\s+){{1,2}}{word}\b"
    )

    def named(match: re.Match[str]) -> str:
        there = before.search(text[: match.start()]) or behind.match(text, match.end())
        return match[0] if there else f"{match[0]} {class_word}"

    return re.sub(rf"(?i)(?<![a-z0-9]){re.escape(token)}(?![a-z0-9])", named, text)


def with_token(text: str, token: str, learned: str) -> str:
    """The prompt with the token that was learned in place of the one that it has by now."""
    if token == learned:
        return text
    return re.sub(rf"(?i)(?<![a-z0-9]){re.escape(token)}(?![a-z0-9])", learned, text)
