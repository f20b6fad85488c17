"""Which subject a prompt asks for, and the words it is drawn with; or why it is not drawn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot import words
from bot.desk import Desk
from bot.prompt import BadPrompt, check_negative, check_prompt, is_sexual, with_class, with_token
from bot.styles import Preset, appended, preset_named
from storage import likeness, rights
from storage.rights import Asker, Usable
from storage.tokens import learned_as


class Declined(Exception):
    """What a member asked for cannot be; `sentence` says why, to them alone, and `reason` is that
    of `bot.prompt` where it was the prompt's."""

    def __init__(self, sentence: str, reason: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.reason = reason


@dataclass(frozen=True)
class Asked:
    """A prompt that passed: with the class word and a style's words, and as typed; what shall not
    be in the picture; and by which right somebody else's subject is in it."""

    subject_id: int
    adapter_id: int
    prompt: str
    typed: str
    negative: str = ""
    style: Preset | None = None
    share_id: int | None = None


def _tokens(mine: Sequence[Usable]) -> dict[str, int]:
    """Every token that means a subject of these; also the one that it was learned by before it
    was renamed, which prompts from then have."""
    before = [(learned_as(o.subject, o.adapter), o.subject.id or 0) for o in mine if o.adapter]
    return {**dict(before), **{one.subject.token: one.subject.id or 0 for one in mine}}


async def _decline_unagreed(app: Desk, member_id: int, prompt: str) -> None:
    """Raises Declined for the token of a subject of the member's own that waits for somebody's
    yes."""
    written = set(re.findall(r"[a-z0-9]+", prompt.lower()))
    for subject in await likeness.waiting(app.database, member_id):
        if subject.token in written:
            raise Declined(words.likeness_waits(subject.token, subject.likeness_of))


async def asked(
    app: Desk,
    who: Asker,
    prompt: str,
    *,
    negative: str = "",
    style: str = "",
) -> Asked:
    """The subject and the words of a member's prompt, in a `style` that the server has, by name.
    Raises Declined.
    """
    mine = await rights.usable(app.database, who)
    try:
        checked = check_prompt(prompt, _tokens(mine))
        unwanted = check_negative(negative)
        chosen = next(one for one in mine if one.subject.id == checked.subject_id)
        if chosen.adapter is None:
            raise BadPrompt("not_trained", token=checked.token)
        look = await preset_named(app.database, who.server_id, style) if style else None
        if style and look is None:
            raise BadPrompt("style_gone", style=style)
        text = with_class(checked.text, checked.token, chosen.subject.class_word)
        text = with_token(text, checked.token, learned_as(chosen.subject, chosen.adapter))
        if look is not None:
            text, unwanted = appended(text, look.words), appended(unwanted, look.negative)
            if is_sexual(text):  # only together: nobody meant it
                raise BadPrompt("style_unfit", style=look.name)
    except BadPrompt as bad:
        trained = [(o.subject.token, o.subject.class_word) for o in mine if o.adapter]
        others = [(o.subject.token, o.subject.class_word) for o in mine if not o.adapter]
        if bad.reason == "no_token":
            await _decline_unagreed(app, who.member_id, prompt)
        sentence = words.prompt_refusal(bad.reason, bad.facts, trained, others)
        raise Declined(sentence, bad.reason) from None
    return Asked(
        checked.subject_id,
        chosen.adapter.id or 0,
        text,
        checked.text,
        unwanted,
        look,
        chosen.share_id,
    )
