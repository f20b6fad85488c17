"""Working on pictures: which one, where it may change, and what was done to it."""

from __future__ import annotations

from bot.words.en.measures import plain
from bot.words.en.picture import picture_done, picture_running

_DOING = {
    "restyle": "Restyling…",
    "inpaint": "Painting…",
    "outpaint": "Drawing on beyond the edges…",
    "vary": "Varying…",
    "upscale": "Enlarging…",
}
_DONE = {
    "restyle": "restyled",
    "inpaint": "painted in",
    "outpaint": "drawn on beyond its edges",
    "vary": "varied",
    "upscale": "enlarged",
}


def edit_running(how: str, prompt: str) -> str:
    return picture_running(prompt, _DOING[how])


def edit_done(how: str, mention: str, prompt: str, seeds: list[int], with_class: bool) -> str:
    return picture_done(f"{mention} · {_DONE[how]}", prompt, seeds, with_class)


def picture_choice(name: str, prompt: str) -> str:
    """A picture in the list that opens while one types."""
    return f"{name} · {plain(prompt, 80)}"


IN_PRIVATE = "A word in private…"
NO_PICTURES = (
    "I have drawn nothing for you yet that I could start from. Attach a picture, or ask for a"
    " first one with `/imagine`."
)
NO_SUCH_PICTURE = (
    "I find no picture of yours by that name. Choose one from the list that opens while you type"
    " in `of`, or leave it out: then I take your latest."
)
ONE_PICTURE = (
    "You gave me two pictures to start from. Keep `of` or the attachment, whichever you meant."
)
PROMPT_NEEDED = (
    "That picture is not one of mine, so I cannot know what it shows. Say it in `prompt`, with your"
    " token in it."
)
WIDE_ENOUGH = (
    "The picture has that shape already, so there is nothing to add. Choose another side, or `all`"
    " of them."
)
TOO_FAR = (
    "That would make the picture more than twice as long as it is wide, and I draw none like that."
    " Go on to another side."
)
LARGE_ENOUGH = (
    "That picture is as large as I draw them already. `/edit vary` or `/edit restyle` make another"
    " of it."
)
MASK_NEEDED = (
    "Attach your mask as well, in `mask`: a picture that is white where I may change yours and"
    " black where it stays."
)
MASK_UNASKED = (
    "You attached a mask and asked for another area. Choose `my own mask`, or leave the mask out."
)

_OTHER_WAYS = (
    "Try another area, hand me the picture with the place made transparent, or attach a mask of"
    " your own, white where I may change it."
)
_NO_MASK = {
    "no_face": f"I cannot find a face in that picture. {_OTHER_WAYS}",
    "no_person": f"I cannot tell a person from the rest of that picture. {_OTHER_WAYS}",
    "no_hair": f"I cannot tell where the hair is in that picture. {_OTHER_WAYS}",
    "no_clothes": f"I cannot tell where the clothes are in that picture. {_OTHER_WAYS}",
    "opaque": (
        "Nothing in that picture is transparent. Erase the place in an image editor and save it as"
        " a PNG or WebP, choose another area, or attach a mask of your own."
    ),
    "unreadable": (
        "I cannot read that mask. Send it as a PNG or JPEG: white where I may change the picture,"
        " black where it stays."
    ),
    "empty": (
        "There would be nothing in that mask for me to draw in. White is where I may change the"
        " picture; leave a little of it."
    ),
    "full": (
        "That mask covers the whole picture. Leave something to keep, or change all of it with"
        " `/edit restyle`."
    ),
}


def mask_refusal(reason: str) -> str:
    return _NO_MASK[reason]


MASK_TITLE = "Where may I change it?"


def mask_hint(prompt: str) -> str:
    return (
        f"> {plain(prompt, 400)}\nRed is what I draw anew; the rest stays. Make it larger or"
        " smaller, turn it around, and press Draw when it is right."
    )


GROW = "Grow"
SHRINK = "Shrink"
INVERT = "Invert"
DRAW = "Draw"
FORGET_SOURCE = "Forget it"
SOURCE_FORGOTTEN = "Forgotten, the picture and its mask. Nothing was drawn."
SOURCE_GONE = (
    "I no longer have the picture that this was to start from: I keep a copy for a day, until it is"
    " drawn. Begin anew with `/edit`."
)
SOURCE_ASKED = (
    "That one is in line already, or drawn. For another go at it, begin anew with `/edit`."
)
