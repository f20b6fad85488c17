"""The scene in which Alice has her pictures worked on."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from PIL import Image

from bot import words
from deploy.demo.answers import last, text_of

if TYPE_CHECKING:
    from deploy.demo.story import Story

#: What she asks for, how many pictures come, and how large: all of the same picture.
WISHES: tuple[tuple[str, dict[str, Any], int, tuple[int, int]], ...] = (
    ("edit restyle", {"prompt": "a portrait of zwx in the snow"}, 1, (64, 64)),
    (
        "edit inpaint",
        {"prompt": "a portrait of zwx in a forest", "area": "background"},
        1,
        (64, 64),
    ),
    ("edit outpaint", {"sides": "wide"}, 1, (114, 64)),
    ("edit vary", {"how": "subtle", "pictures": 2}, 2, (64, 64)),
    ("edit upscale", {}, 1, (128, 128)),
)


async def works_on_pictures(story: Story, picture: Any) -> None:
    """Every way to go on from `picture`, a message that was answered with one."""
    story.scene(0.92, "Her picture, worked on")
    of = picture.attachments[0].filename
    for command, options, count, size in WISHES:
        answer = await story.stage.slash(story.stage.alice, command, of=of, **options)
        if command == "edit inpaint":
            story.check(
                "what may change is shown in red first", words.MASK_TITLE in text_of(answer)
            )
            answer = await story.stage.click(story.stage.alice, last(answer), words.DRAW)
        files = await story.answered(last(answer), command)
        sizes = [Image.open(io.BytesIO(file)).size for file in files]
        story.check(f"/{command} gives {count} of {size[0]} x {size[1]}", sizes == [size] * count)
        said = " ".join([f"/{command}", *(f"{name}: {value}" for name, value in options.items())])
        story.album.edits += [(said, file) for file in files]
    await _presses(story, picture)
    kept = Image.open(io.BytesIO(await picture.attachments[0].read())).convert("RGB")
    shapes = [Image.open(io.BytesIO(file)) for _, file in story.album.edits]
    wide = next(shape for shape in shapes if shape.width > shape.height)
    middle = (25 + 8, 8, 25 + 56, 56)
    story.check(
        "what is drawn beyond the edges leaves the picture as it was",
        wide.convert("RGB").crop(middle).tobytes() == kept.crop((8, 8, 56, 56)).tobytes(),
    )


async def _presses(story: Story, picture: Any) -> None:
    """What is under a picture: in another style, how it was drawn, kept for good."""
    stage = story.stage
    asked = await stage.click(stage.alice, picture, words.RESTYLE)
    answer = await stage.choose(stage.alice, last(asked), "oil painting", ["oil painting"])
    files = await story.answered(last(answer), "another style")
    story.check("a style is chosen from a menu under a picture", len(files) == 1)
    told = await stage.click(stage.alice, picture, words.PARAMETERS)
    story.check("how it was drawn is told", "seed 3" in text_of(told))
    kept = await stage.click(stage.alice, story.again(picture), words.KEEP_PICTURE)
    story.check("a picture is kept", words.PICTURE_IS_KEPT in text_of(kept))
    gallery = await stage.slash(stage.alice, "gallery", kept=True)
    story.check("and hangs in the gallery", words.gallery_page(1, 1, 1) in text_of(gallery))
    await stage.slash(stage.alice, "queue")
    await stage.slash(stage.alice, "help")
