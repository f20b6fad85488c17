"""What members type, choose and hand over: what helps, what does not, and what never should."""

from __future__ import annotations

import io
import random
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PIL import Image
from simcord._modal import _modal_controls
from simcord.enums import ComponentType, OptionType

from deploy.demo.props import photo_files

#: What no form asks for.
ODD = (
    "?", "0", "-1", "99999999999999999999", "zwx", "a zwx woman at the beach", "@everyone",
    "<@1> <#2> `code` **bold** ||spoiler||", "\u202eevil", "zwx\u200bzwx", "🦄" * 20, "a\nb\nc",
    "'; drop table subject; --", "../../etc/passwd", "{token}", "%s %d", "word " * 70, "x" * 1900,
    " ", "\u0000", "\uff5a\uff57\uff58 woman in a hat", "(zwx:9) (((a:1.1",
    "<lora:x:1> a zwx woman", "naked zwx woman",
)  # fmt: skip
PLACES = ("at the beach", "in a forest", "as an oil painting", "in a (red hat:1.2)", "by night")


@dataclass
class Guess:
    """One member's guesses; `odd` of a hundred are bad."""

    dice: random.Random
    tokens: Sequence[str]
    people: Sequence[int] = ()
    channels: Sequence[int] = ()
    roles: Sequence[int] = ()
    odd: int = 0
    files: list[tuple[str, bytes]] = field(default_factory=list)

    def options(
        self, leaf: Mapping[str, Any], chosen: Mapping[str, Any], *, hands_in: bool
    ) -> dict[str, Any]:
        """Options for a command: all it must have and some of the others. `chosen` is what was
        picked from what the bot itself offered."""
        found: dict[str, Any] = {}
        for option in leaf.get("options") or []:
            kind = OptionType(option["type"])
            is_needed = bool(option.get("required"))
            if kind is OptionType.ATTACHMENT and not (hands_in or is_needed):
                continue
            likely = 0.15 if kind is OptionType.ATTACHMENT else 0.4
            if is_needed or self.dice.random() < likely:
                found[option["name"]] = self._option(option, kind, chosen.get(option["name"]))
        return found

    def _option(  # noqa: PLR0911 - a kind each
        self, option: Mapping[str, Any], kind: OptionType, chosen: Any
    ) -> Any:
        if option.get("choices"):  # Discord lets nobody give another
            return self.dice.choice(option["choices"])["value"]
        if chosen is not None and not self._is_odd():
            return chosen
        if kind is OptionType.STRING:
            return self.text(option["name"], option.get("min_length"), option.get("max_length"))
        if kind in {OptionType.INTEGER, OptionType.NUMBER}:
            return self._number(option, kind)
        if kind is OptionType.BOOLEAN:
            return self.dice.random() < 0.5
        if kind is OptionType.ATTACHMENT:
            return self.file()
        return self._who(kind)

    def _number(self, option: Mapping[str, Any], kind: OptionType) -> float:
        low, high = option.get("min_value", 0), option.get("max_value", 1000)
        if self._is_odd():
            return self.dice.choice((low, high))
        if kind is OptionType.INTEGER:
            return self.dice.randint(int(low), int(min(high, low + 1000)))
        return round(self.dice.uniform(low, high), 2)

    def _who(self, kind: OptionType) -> int:
        there = {
            OptionType.USER: self.people,
            OptionType.CHANNEL: self.channels,
            OptionType.ROLE: self.roles,
        }
        return self.dice.choice(there.get(kind, [*self.people, *self.roles]))

    def text(self, name: str, shortest: int | None = None, longest: int | None = None) -> str:
        """A word or some, of a length that Discord lets pass."""
        said = self.dice.choice(ODD) if self._is_odd() else self._fitting(name)
        return said.ljust(shortest or 0, "x")[: longest or 6000]

    def _fitting(self, name: str) -> str:
        if name == "token":
            return self.dice.choice([*self.tokens, self.new_token()])
        if name == "class":
            return self.dice.choice(("woman", "man", "dog", "robot"))
        if name in {"name", "theme", "style", "title"}:
            return self.dice.choice(("noir", "summer", "old paintings", "the sea"))
        return f"a {self.dice.choice(self.tokens)} woman {self.dice.choice(PLACES)}"

    def new_token(self) -> str:
        letters = "".join(self.dice.choice(string.ascii_lowercase) for _ in range(4))
        return f"{letters}{self.dice.randrange(10, 99)}"

    def file(self) -> tuple[str, bytes]:
        """A photo as it should be, or something else."""
        if not self.files:
            self.files = [*photo_files("face"), *photo_files("torso")]
        if not self._is_odd():
            return self.dice.choice(self.files)
        return self.dice.choice(
            [("note.txt", b"not a picture"), ("a.jpg", b"\xff\xd8\xff\xe0 cut off"), ("e.png", b""),
             ("small.png", _small()), ("mask.png", _small("L"))]
        )  # fmt: skip

    def values(self, control: Mapping[str, Any]) -> list[Any]:
        """What is chosen from a menu."""
        kind = ComponentType(control["type"])
        there: Sequence[Any] = {
            ComponentType.USER_SELECT: self.people,
            ComponentType.ROLE_SELECT: self.roles,
            ComponentType.CHANNEL_SELECT: self.channels,
            ComponentType.MENTIONABLE_SELECT: [*self.people, *self.roles],
        }.get(kind) or [one["value"] for one in control.get("options") or []]
        low = control.get("min_values", 1)
        most = min(control.get("max_values", 1) or 1, len(there))
        return self.dice.sample(list(there), self.dice.randint(min(low, most), most))

    def form(self, form: Mapping[str, Any]) -> list[Any]:
        """What is written into the fields of a form."""
        return [self._field(control) for control in _modal_controls(dict(form))]

    def _field(self, control: Mapping[str, Any]) -> Any:  # noqa: PLR0911 - a kind each
        kind = ComponentType(control["type"])
        if kind is ComponentType.TEXT_INPUT:
            if not control.get("required", True) and self.dice.random() < 0.2:
                return ""
            if control.get("value") and self.dice.random() < 0.4:
                return control["value"]
            return self.text("", control.get("min_length"), control.get("max_length"))
        if kind is ComponentType.FILE_UPLOAD:
            most = min(control.get("max_values", 1), 2)
            return [self.file() for _ in range(self.dice.randint(1, most))]
        if kind is ComponentType.CHECKBOX:
            return self.dice.random() < 0.5
        if kind is ComponentType.RADIO_GROUP:
            return self.dice.choice(control["options"])["value"]
        return self.values(control)

    def _is_odd(self) -> bool:
        return self.dice.randrange(100) < self.odd


def _small(mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (9, 9)).save(out, "PNG")
    return out.getvalue()
