"""How pictures were drawn, so that they can be drawn again: here, or with other tools."""

from __future__ import annotations

import re
from typing import Final

from bot import words
from bot.reply import Interaction, app_of, tell
from bot.views.layout import card, title
from bot.views.press import Press
from storage import gallery, portfolio, subjects
from storage.portfolio import Drawn
from storage.tables import Adapter, Subject

#: The last line of a picture's parameters, as web UIs write it: `Steps: 25, Seed: 3, ...`.
_FACT: Final = re.compile(r"([A-Z][\w ]*): ([^,]+)")
#: Letters of one text: two of them are far below what a card may have.
_MOST: Final = 1500


class ShowParameters(Press, verb="pictures-parameters"):
    label = "PARAMETERS"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        database = app_of(interaction).database
        found = await portfolio.of_job(database, self.owner_id, numbers[0])
        if not found:
            await tell(interaction, words.PICTURES_GONE)
            return
        first = found[0]
        adapter = await gallery.get_adapter(database, int(first.job.spec.get("adapter") or 0))
        subject = await subjects.get_subject(database, first.job.subject_id or 0)
        # somebody else's adapter is not the member's to carry away
        is_own = subject is not None and subject.owner_id == self.owner_id
        await interaction.response.send_message(
            view=card(
                title(words.PARAMETERS_TITLE),
                words.parameters_words(
                    _shown(str(first.job.spec.get("prompt", ""))),
                    _shown(str(first.job.spec.get("negative", ""))),
                ),
                words.parameters_facts(_facts(first), [one.image.seed for one in found]),
                _version(adapter, subject),
                words.parameters_elsewhere(subject.token)
                if subject is not None and is_own and adapter is not None
                else None,
                f"```\n{_to_paste(first, subject if is_own else None)}\n```",
            ),
            ephemeral=True,
        )


def _facts(one: Drawn) -> dict[str, str]:
    """What the picture's own parameters say, by their names."""
    return dict(_FACT.findall(one.image.parameters.rsplit("\n", 1)[-1]))


def _version(adapter: Adapter | None, subject: Subject | None) -> str:
    if adapter is None or subject is None:
        return words.PARAMETERS_VERSION_GONE
    return words.parameters_version(subject.token, adapter.step, adapter.created_at)


def _to_paste(one: Drawn, subject: Subject | None) -> str:
    """The parameters as web UIs read them, with the adapter as they name one."""
    first, *rest = one.image.parameters.split("\n")
    if subject is not None:
        first = f"{first} <lora:{subject.token}:1>"
    return "\n".join(_shown(line) for line in (first, *rest))


def _shown(text: str) -> str:
    return words.plain(text, _MOST)
