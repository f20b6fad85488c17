"""Messages in Components V2 on the demo's page: cards of texts, pictures, buttons and menus."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: Discord's numbers for what a message is made of.
ROW, BUTTON, SECTION, TEXT, GALLERY, SEPARATOR, CONTAINER = 1, 2, 9, 10, 12, 14, 17
_LOOKS = {1: "primary", 2: "secondary", 3: "success", 4: "danger"}

STYLE = """
.card{background:#2b2d31;border:1px solid #3a3c42;border-left:4px solid #4e5058;border-radius:8px;
 padding:12px 16px;margin-top:6px;max-width:580px}
.card .text{margin:6px 0}.card hr{border:0;border-top:1px solid #45474d;margin:10px 0}
.card .beside{display:flex;justify-content:space-between;align-items:center;gap:12px}
.card .row{display:flex;flex-wrap:wrap;gap:8px;margin-top:8px}
.press{background:#4e5058;color:#fff;border-radius:8px;padding:5px 14px;font-size:14px;
 white-space:nowrap}
.press.primary{background:#5865f2}.press.success{background:#248046}.press.danger{background:#da373c}
.press.off{opacity:.5}
.menu{background:#1e1f22;color:#a5a9b1;border-radius:8px;padding:8px 12px;width:100%;
 display:flex;justify-content:space-between}
.gallery{display:grid;gap:4px;margin:8px 0;border-radius:8px;overflow:hidden;max-width:548px}
.gallery.many{grid-template-columns:1fr 1fr}
.gallery img{width:100%;display:block}.gallery.many img{aspect-ratio:1;object-fit:cover}
.gallery.one img{width:auto;min-width:192px;max-width:100%;max-height:420px;border-radius:8px}
small{color:#a5a9b1;font-size:12px}
"""


@dataclass(frozen=True)
class Press:
    """A button, or a menu by its placeholder."""

    label: str
    look: str = "secondary"
    is_off: bool = False


@dataclass(frozen=True)
class Piece:
    """One part of a card: a text, maybe with a button beside it; pictures; a row; or a line."""

    text: str = ""
    pictures: list[bytes] = field(default_factory=list)
    row: list[Press] = field(default_factory=list)
    is_line: bool = False


@dataclass(frozen=True)
class Card:
    colour: int | None
    pieces: list[Piece]


def cards(
    components: Iterable[Mapping[str, Any]], files: Mapping[str, bytes], named: Callable[[str], str]
) -> list[Card]:
    """The cards of a message; texts outside of any are one, too."""
    found: list[Card] = []
    for part in components:
        if part.get("type") == CONTAINER:
            inside = [_piece(one, files, named) for one in part["components"]]
            found.append(Card(part.get("accent_color"), inside))
        elif part.get("type") != ROW:
            found.append(Card(None, [_piece(part, files, named)]))
    return found


def _piece(
    part: Mapping[str, Any], files: Mapping[str, bytes], named: Callable[[str], str]
) -> Piece:
    match part["type"]:
        case 10:
            return Piece(named(part["content"]))
        case 12:
            names = [_name(item["media"]["url"]) for item in part["items"]]
            return Piece(pictures=[files[name] for name in names if name in files])
        case 14:
            return Piece(is_line=True)
        case 9:
            text = "\n".join(one["content"] for one in part["components"])
            return Piece(named(text), row=[_press(part["accessory"])])
        case _:
            return Piece(row=[_press(one) for one in part["components"]])


def _press(part: Mapping[str, Any]) -> Press:
    if part["type"] != BUTTON:
        return Press(str(part.get("placeholder") or "…"), "menu")
    look = _LOOKS.get(part.get("style", 2), "secondary")
    return Press(str(part.get("label")), look, bool(part.get("disabled")))


def _name(url: str) -> str:
    return url.rsplit("/", 1)[-1].split("?", maxsplit=1)[0]


def drawn(card: Card, markdown: Callable[[str], str], data: Callable[[bytes], str]) -> str:
    """The card in HTML."""
    edge = f' style="border-left-color:#{card.colour:06x}"' if card.colour is not None else ""
    inside = "".join(_drawn(piece, markdown, data) for piece in card.pieces)
    return f"<div class=card{edge}>{inside}</div>"


def _drawn(piece: Piece, markdown: Callable[[str], str], data: Callable[[bytes], str]) -> str:
    if piece.is_line:
        return "<hr>"
    if piece.pictures:
        many = "many" if len(piece.pictures) > 1 else "one"
        tiles = "".join(f'<img alt="" src="{data(picture)}">' for picture in piece.pictures)
        return f"<div class='gallery {many}'>{tiles}</div>"
    presses = "".join(_pressed(one) for one in piece.row)
    if piece.text and presses:
        return f"<div class='text beside'><div>{markdown(piece.text)}</div>{presses}</div>"
    if presses:
        return f"<div class=row>{presses}</div>"
    return f"<div class=text>{markdown(piece.text)}</div>"


def _pressed(press: Press) -> str:
    if press.look == "menu":
        return f"<div class=menu><span>{html.escape(press.label)}</span><span>▾</span></div>"
    off = " off" if press.is_off else ""
    return f"<span class='press {press.look}{off}'>{html.escape(press.label)}</span>"
