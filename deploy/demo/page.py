"""The demo's two keepsakes: a self-contained page of the conversation, and a contact sheet."""

from __future__ import annotations

import base64
import html
import io
import re
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont, ImageOps

from deploy.demo import cards
from deploy.demo.transcript import Embed, Line, Scene

TILE = 168
GAP = 10
MARGIN = 24
PAPER = (250, 249, 246)
INK = (40, 40, 46)

STYLE = """
body{margin:0;background:#313338;color:#dbdee1;font:15px/1.45 system-ui,sans-serif}
main{max-width:860px;margin:0 auto;padding:28px 18px 60px}
h1{font-size:26px;color:#fff;margin:0 0 4px}
h2{font-size:18px;color:#fff;margin:38px 0 8px;border-top:1px solid #45474d;padding-top:22px}
.sub{color:#a5a9b1;margin:0 0 18px}
.line{display:flex;gap:12px;margin:14px 0}
.face{flex:0 0 38px;height:38px;border-radius:50%;display:grid;place-items:center;
 font-weight:700;color:#fff;background:#6b7280}
.face.bot{background:#5865f2}.face.alice{background:#b45ad1}.face.bob{background:#3a9d6e}
.face.carol{background:#c2702f}
.who{font-weight:600;color:#f2f3f5}.tag{font-size:11px;background:#5865f2;color:#fff;
 border-radius:3px;padding:1px 5px;margin-left:6px}
.only{font-size:12px;color:#a5a9b1;margin-top:4px}
.act{color:#a5a9b1;font-style:italic;margin:8px 0 8px 50px}
code{background:#1e1f22;border-radius:4px;padding:1px 5px;font-size:13px}
blockquote{margin:2px 0;padding-left:10px;border-left:4px solid #4e5058}
.embed{background:#2b2d31;border-left:4px solid #5865f2;border-radius:4px;padding:10px 14px;
 margin-top:6px;max-width:620px}
.embed b.title{color:#fff;display:block;margin-bottom:4px}
b.head{font-size:17px;color:#fff}
.embed .field{margin-top:10px;font-weight:600;color:#f2f3f5}
.embed .value{font-weight:400;color:#dbdee1}
img.shot{max-width:100%;border-radius:6px;margin-top:8px;display:block}
img.made{height:192px;border-radius:6px;margin-top:8px}
.files{display:flex;flex-wrap:wrap;gap:8px;margin-top:6px}
.files figure{margin:0;font-size:11px;color:#a5a9b1;width:92px;overflow-wrap:anywhere}
.files img,.files .no{width:92px;height:92px;object-fit:cover;border-radius:6px;display:grid;
 place-items:center;background:#1e1f22;font-size:26px}
.buttons{margin-top:8px}.buttons span{display:inline-block;background:#4e5058;color:#fff;
 border-radius:4px;padding:5px 14px;margin:0 8px 6px 0;font-size:14px}
pre{background:#1e1f22;border-radius:6px;padding:8px 10px;font-size:12px;white-space:pre-wrap;
 margin:4px 0}
ul.checks{columns:2;padding-left:18px}ul.checks li{margin:2px 0}
.sheet{width:100%;border-radius:8px}
"""


def page(scenes: Sequence[Scene], checks: Sequence[tuple[str, bool]], sheet: bytes) -> str:
    """One HTML document with everything inside it."""
    passed = sum(held for _, held in checks)
    body = [
        "<h1>Darkroom: one member's story</h1>",
        (
            f"<p class=sub>{passed} of {len(checks)} checks passed. The bot, the queue, the trainer"
            " and every picture here are real; Discord's servers were played by simcord.</p>"
        ),
        f'<img class=sheet alt="contact sheet" src="{_data(sheet)}">',
    ]
    for scene in scenes:
        body.append(f"<h2>{html.escape(scene.title)}</h2>")
        body += [_line(line) for line in scene.lines]
    body.append("<h2>Checks</h2><ul class=checks>")
    body += [f"<li>{'✅' if held else '❌'} {html.escape(what)}</li>" for what, held in checks]
    body.append("</ul>")
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Darkroom demo</title>"
        '<meta name=viewport content="width=device-width">'
        f"<style>{STYLE}{cards.STYLE}</style><main>" + "\n".join(body) + "</main></html>"
    )


def _line(line: Line) -> str:
    if line.is_act:
        act = f"<div class=act>{html.escape(line.who)} {html.escape(line.text)}</div>"
        return act + (f'<div style="margin-left:50px">{_files(line)}</div>' if line.files else "")
    tag = "<span class=tag>APP</span>" if line.is_bot else ""
    kind = "bot" if line.is_bot else html.escape(line.who)
    parts = [f"<span class=who>{html.escape(line.who)}</span>{tag}"]
    if line.text:
        parts.append(f"<div>{_markdown(line.text)}</div>")
    parts.append(_files(line))
    parts += [_embed(embed) for embed in line.embeds]
    parts += [cards.drawn(card, _markdown, _data) for card in line.cards]
    parts += [f'<img class=made alt="picture" src="{_data(p)}">' for p in line.pictures]
    if line.buttons:
        labels = "".join(f"<span>{html.escape(label)}</span>" for label in line.buttons)
        parts.append(f"<div class=buttons>{labels}</div>")
    if line.private:
        parts.append("<div class=only>👁 Only one member can see this</div>")
    face = html.escape(line.who[0].upper())
    return (
        f"<div class=line><div class='face {kind}'>{face}</div>"
        f"<div style='min-width:0'>{''.join(parts)}</div></div>"
    )


def _embed(embed: Embed) -> str:
    fields = "".join(
        f"<div class=field>{_markdown(name)}<div class=value>{_markdown(value)}</div></div>"
        for name, value in embed.fields
    )
    image = f'<img class=shot alt="" src="{_data(embed.image)}">' if embed.image else ""
    return (
        f"<div class=embed><b class=title>{html.escape(embed.title)}</b>"
        f"{_markdown(embed.text)}{fields}{image}</div>"
    )


def _files(line: Line) -> str:
    if not line.files:
        return ""
    shown = []
    for name, data in line.files:
        try:
            with Image.open(io.BytesIO(data)) as picture:
                picture.load()
            inside = f'<img alt="" src="{_data(data)}">'
        except OSError:
            inside = f"<div class=no>{'📎' if line.is_bot else '⚠'}</div>"
        shown.append(f"<figure>{inside}{html.escape(name)}</figure>")
    return f"<div class=files>{''.join(shown)}</div>"


def _markdown(text: str) -> str:
    """Discord's markdown as far as the bot uses it."""
    safe = html.escape(text)
    safe = re.sub(r"```\n?(.*?)```", r"<pre>\1</pre>", safe, flags=re.DOTALL)
    safe = re.sub(r"`([^`]+)`", r"<code>\1</code>", safe)
    safe = re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", safe)
    safe = re.sub(r"(?m)^#{1,3} (.*)$", r"<b class=head>\1</b>", safe)
    safe = re.sub(r"(?m)^-# (.*)$", r"<small>\1</small>", safe)
    safe = re.sub(r"(?m)^&gt; (.*)$", r"<blockquote>\1</blockquote>", safe)
    safe = re.sub(r"&lt;#\d+&gt;", "<b># thread</b>", safe)
    safe = re.sub(r"&lt;t:\d+(:\w)?&gt;", "<b>in a while</b>", safe)
    return safe.replace("</blockquote>\n", "</blockquote>").replace("\n", "<br>")


def _data(picture: bytes) -> str:
    kinds = {b"\xff\xd8\xff": "jpeg", b"GIF": "gif", b"RIF": "webp"}
    kind = kinds.get(picture[:3], "png")
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def contact_sheet(rows: Sequence[tuple[str, Sequence[tuple[str, bytes]]]], across: int) -> bytes:
    """A PNG with a heading and captioned tiles for each row of (heading, [(caption, picture)])."""
    heading, small = ImageFont.load_default(22), ImageFont.load_default(12)
    caption_height = 46
    width = 2 * MARGIN + across * (TILE + GAP) - GAP
    height = MARGIN + sum(
        44 + -(-len(tiles) // across) * (TILE + caption_height) for _, tiles in rows
    )
    sheet = Image.new("RGB", (width, height), PAPER)
    pen = ImageDraw.Draw(sheet)
    top = MARGIN
    for title, tiles in rows:
        pen.text((MARGIN, top), title, INK, heading)
        top += 40
        for index, (caption, data) in enumerate(tiles):
            left = MARGIN + index % across * (TILE + GAP)
            y = top + index // across * (TILE + caption_height)
            with Image.open(io.BytesIO(data)) as picture:
                rgb, tile = picture.convert("RGB"), (TILE, TILE)
                sheet.paste(ImageOps.contain(rgb, tile, Image.Resampling.BICUBIC), (left, y))
            for number, part in enumerate(_wrapped(caption, pen, small)[:3]):
                pen.text((left, y + TILE + 3 + 14 * number), part, INK, small)
        top += -(-len(tiles) // across) * (TILE + caption_height) + 4
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def _wrapped(
    text: str, pen: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont
) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if pen.textlength(longer, font) <= TILE:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
