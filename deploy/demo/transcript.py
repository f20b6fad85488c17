"""What was said in the demo, as a member saw it, pictures included."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from deploy.demo.answers import components
from deploy.demo.cards import ROW, Card, cards


@dataclass(frozen=True)
class Embed:
    title: str
    text: str
    fields: list[tuple[str, str]]
    image: bytes | None


@dataclass(frozen=True)
class Line:
    """One message or act. `private` messages are seen by one member only."""

    who: str
    text: str = ""
    is_bot: bool = False
    private: bool = False
    is_act: bool = False
    files: list[tuple[str, bytes]] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    embeds: list[Embed] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)


@dataclass
class Scene:
    title: str
    lines: list[Line] = field(default_factory=list)


class Transcript:
    """Scenes in order. Messages are copied when they are written down: a panel that is edited
    later appears again, as it looks then."""

    def __init__(self) -> None:
        self.scenes: list[Scene] = []
        #: Of members, by their ids: a mention is read as a name.
        self.names: dict[str, str] = {}

    def _named(self, text: str) -> str:
        return re.sub(r"<@(\d+)>", lambda found: f"**@{self.names.get(found[1], '?')}**", text)

    def scene(self, title: str) -> None:
        self.scenes.append(Scene(title))

    def member(self, who: str, command: str, options: dict[str, Any]) -> None:
        words = [command]
        files = []
        for name, value in options.items():
            if isinstance(value, tuple):
                files.append((str(value[0]), bytes(value[1])))
            else:
                words.append(f"{name}: {f'@{value.name}' if hasattr(value, 'name') else value}")
        self._add(Line(who, " ".join(words), files=files))

    def form(self, who: str, title: str, values: list[Any]) -> None:
        """A form that was filled in: its files, and what was chosen."""
        files = [
            (str(n), bytes(d))
            for value in values
            if isinstance(value, list)
            for n, d in (f for f in value if isinstance(f, tuple))
        ]
        chosen = [
            str(v)
            for value in values
            for v in (value if isinstance(value, list) else [value])
            if not isinstance(v, tuple)
        ]
        self._add(Line(who, f"fills in “{title}” {', '.join(chosen)}", is_act=True, files=files))

    def press(self, who: str, label: str, does: str = "presses") -> None:
        self._add(Line(who, f"{does} “{label}”", is_act=True))

    async def bot(self, message: Any) -> None:
        """A message of the bot (simcord's), as it is now."""
        attached = {a.filename: await a.read() for a in message.attachments}
        shown_in_embed = set()
        embeds = []
        for embed in message.embeds:
            name = (embed.image.url or "").rsplit("/", 1)[-1].split("?")[0]
            shown_in_embed.add(name)
            embeds.append(
                Embed(
                    embed.title or "",
                    embed.description or "",
                    [(f.name or "", f.value or "") for f in embed.fields],
                    attached.get(name),
                )
            )
        posted = [one if isinstance(one, dict) else one.to_dict() for one in message.components]
        own = cards(posted, attached, self._named)
        in_cards = {
            str(item["media"]["url"]).rsplit("/", 1)[-1].split("?")[0]
            for part in components(message)
            for item in part.get("items", ())
        }
        beside = {
            name: data for name, data in attached.items() if name not in shown_in_embed | in_cards
        }
        self._add(
            Line(
                "Darkroom",
                self._named(message.content),
                is_bot=True,
                private=message.flags.ephemeral,
                pictures=[data for name, data in beside.items() if _is_picture(name)],
                files=[one for one in beside.items() if not _is_picture(one[0])],
                embeds=embeds,
                cards=own,
                buttons=_labels(posted),
            )
        )

    def _add(self, line: Line) -> None:
        self.scenes[-1].lines.append(line)


def _is_picture(name: str) -> bool:
    return name.endswith((".png", ".webp"))


def _labels(posted: list[dict[str, Any]]) -> list[str]:
    """What the buttons and menus outside of cards say."""
    rows = [one for one in posted if one.get("type") == ROW]
    named = [
        part.get("label") or part.get("placeholder") for row in rows for part in row["components"]
    ]
    return [str(label) for label in named if label]
