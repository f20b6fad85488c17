"""Which subject a prompt asks for, and the words it is drawn with; or why it is not drawn."""

from __future__ import annotations

from dataclasses import dataclass

from bot import words
from bot.desk import Desk
from bot.prompt import BadPrompt, check_prompt, with_class
from storage import subjects


class Declined(Exception):
    """What a member asked for cannot be; `sentence` says why, to them alone."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Asked:
    """A prompt that passed: with the class word, and as typed."""

    subject_id: int
    adapter_id: int
    prompt: str
    typed: str


async def asked(app: Desk, member_id: int, prompt: str) -> Asked:
    """The subject and the words of a member's prompt. Raises Declined."""
    mine = await subjects.list_subjects(app.database, member_id)
    try:
        checked = check_prompt(prompt, {one.subject.token: one.subject.id or 0 for one in mine})
        chosen = next(one for one in mine if one.subject.id == checked.subject_id)
        if chosen.adapter is None:
            raise BadPrompt("not_trained", token=checked.token)
    except BadPrompt as bad:
        trained = [(o.subject.token, o.subject.class_word) for o in mine if o.adapter]
        others = [(o.subject.token, o.subject.class_word) for o in mine if not o.adapter]
        raise Declined(words.prompt_refusal(bad.reason, bad.facts, trained, others)) from None
    text = with_class(checked.text, checked.token, chosen.subject.class_word)
    return Asked(checked.subject_id, chosen.adapter.id or 0, text, checked.text)
