"""What is drawn when a picture is worked on: sizes, masks, and jobs from their rows to pictures."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import delete

from storage.tables import Source, columns
from tests.trainer import serving
from tests.trainer.pictures import picture
from tests.trainer.test_canvas import apart, half
from tests.trainer.test_printing import trained
from trainer.base import Base
from trainer.canvas import Canvas
from trainer.edits import LONGEST, OVERLAP, Edit, fitted, shaped, start_of, widened
from trainer.generate import developed
from trainer.pixels import as_tensor
from trainer.provenance import parameters_text
from trainer.request import Request, Start

lengths = st.integers(8, 4096)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(lengths, lengths)
def test_a_picture_is_worked_on_in_its_own_proportions(base: Base, width: int, height: int) -> None:
    own = fitted(base, (width, height))
    assert min(own) <= base.resolution
    assert max(own) <= LONGEST * base.resolution
    is_moderate = max(width, height) <= LONGEST * min(width, height)
    assert not is_moderate or min(own) == base.resolution
    is_a_line = max(width, height) > 2 * LONGEST * base.resolution * min(width, height)
    assert is_a_line or own[0] * height == pytest.approx(own[1] * width, abs=max(width, height))


def seen(start: Start) -> Image.Image:
    """What is shown in the end, as it is before anything is drawn."""
    return start.picture if start.view is None else start.picture.crop(start.view)


def undrawn(start: Start) -> Image.Image:
    """What comes of a base that draws what is there already."""
    idle = SimpleNamespace(decode_latents=lambda _: as_tensor(start.picture))
    canvas = SimpleNamespace(latents=None, request=SimpleNamespace(start=start))
    picture = developed(cast("Base", idle), cast("Canvas", canvas))
    assert picture is not None
    return picture


odd = st.integers(16, 90)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(odd, odd, st.sampled_from(["restyle", "vary", "upscale", "inpaint"]))
def test_no_picture_is_stretched_to_what_a_base_can_draw(
    base: Base, width: int, height: int, how: str
) -> None:
    before = picture(1, 90).resize((width, height), Image.Resampling.BILINEAR)
    mask = half(before.size) if how == "inpaint" else None
    start = start_of(base, Edit(how), before, mask, drawn=True)
    across, along = seen(start).size
    grown = [-(-side // base.grid) * base.grid for side in (across, along)]
    assert start.picture.size == tuple(grown)
    assert across * height == pytest.approx(along * width, abs=max(width, height))
    after = undrawn(start)
    if how == "inpaint":
        is_large = width * height > (LONGEST * base.resolution) ** 2
        assert is_large or after.size == before.size
        there = np.asarray(after.resize(before.size)).astype(int)
        assert np.abs(there - np.asarray(before)).mean() < 12
    else:
        assert after.size == seen(start).size
        assert after.tobytes() == before.resize(after.size, Image.Resampling.LANCZOS).tobytes()


def test_a_picture_of_the_bases_own_size_is_worked_on_as_it_is(base: Base) -> None:
    start = start_of(base, Edit("restyle", 0.5), picture(1), None, drawn=True)
    assert start.picture.tobytes() == picture(1).tobytes()


def test_an_upscaled_picture_is_up_to_twice_as_large_and_never_larger_than_the_base_draws(
    base: Base,
) -> None:
    def size(width: int, height: int) -> tuple[int, int]:
        before = picture(1).resize((width, height))
        return seen(start_of(base, Edit("upscale"), before, None, drawn=True)).size

    assert [size(side, side) for side in (32, 48, 64, 400)] == [(64, 64)] * 4
    assert size(64, 32) == (91, 45)  # as large as a square of 64
    assert size(192, 56) == (119, 35)


shares = st.sampled_from([0.0, 0.25, 0.5, 1.0])


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(shares, shares, shares, shares)
def test_outside_the_seam_an_outpainted_picture_stays_where_it_was(
    base: Base, left: float, right: float, up: float, down: float
) -> None:
    edit = Edit("outpaint", None, left, right, up, down)
    start = start_of(base, edit, picture(1), None, drawn=True)
    assert start.mask is not None
    assert start.mask.size == start.picture.size
    assert all(side % base.grid == 0 for side in start.picture.size)
    grown = [np.ceil(32 * share / base.grid) * base.grid for share in (left, right, up, down)]
    assert start.picture.size == (32 + grown[0] + grown[1], 32 + grown[2] + grown[3])
    here = (int(grown[0]), int(grown[2]))
    box = (*here, here[0] + 32, here[1] + 32)
    assert start.picture.crop(box).tobytes() == picture(1).tobytes()
    kept = np.asarray(start.mask) == 0
    seam = round(32 * OVERLAP)
    width = 32 - seam * (bool(left) + bool(right))
    height = 32 - seam * (bool(up) + bool(down))
    assert kept.sum() == width * height
    assert kept[box[1] : box[3], box[0] : box[2]].sum() == kept.sum()


def test_an_outpainted_picture_of_any_shape_keeps_it(base: Base) -> None:
    before = picture(1, 90).resize((61, 43), Image.Resampling.BILINEAR)
    start = start_of(base, Edit("outpaint", left=0.5), before, None, drawn=True)
    own = fitted(base, before.size)
    assert own == (45, 32)
    assert seen(start).size == (45 + 22, 32)
    there = seen(start).crop((22, 0, 67, 32))
    assert there.tobytes() == before.resize(own, Image.Resampling.LANCZOS).tobytes()
    assert undrawn(start).tobytes() == seen(start).tobytes()


def test_a_mask_of_another_size_is_laid_over_the_whole_picture(base: Base) -> None:
    edit = Edit("inpaint", 1.0)
    start = start_of(base, edit, picture(1, 400), half((400, 400)), drawn=True)
    assert start.mask is not None
    assert start.mask.size == start.picture.size == (32, 32)
    assert np.asarray(start.mask)[:, 17:].min() == 255
    assert np.asarray(start.mask)[:, :15].max() == 0


def test_a_base_that_knows_shapes_draws_them_at_once(base: Base, xl: Base) -> None:
    assert shaped(base, "landscape") == shaped(base, "square") == (32, 32)
    wide, high = shaped(xl, "landscape"), shaped(xl, "portrait")
    assert wide == high[::-1]
    assert wide[0] > wide[1]


def test_one_that_does_not_makes_a_square_longer_at_both_its_sides(base: Base) -> None:
    wide, high = (widened(base, picture(1), shape) for shape in ("landscape", "portrait"))
    assert wide.picture.size == high.picture.size[::-1]
    assert wide.picture.size == (32 + 2 * base.grid, 32)
    assert wide.strength < 1


HOWS: list[tuple[dict[str, Any], tuple[int, int]]] = [
    ({"how": "restyle", "strength": 0.5}, (32, 32)),
    ({"how": "inpaint"}, (32, 32)),
    ({"how": "outpaint", "left": 0.5, "down": 0.5}, (48, 48)),
    ({"how": "vary", "strength": 0.4}, (32, 32)),
    ({"how": "upscale", "scale": 2}, (64, 64)),
]


@pytest.mark.parametrize(("edit", "size"), HOWS, ids=[edit["how"] for edit, _ in HOWS])
async def test_a_picture_is_worked_on_with_the_subjects_adapter_on(
    worker: serving.Watched, edit: dict[str, Any], size: tuple[int, int]
) -> None:
    subject = await trained(worker, "zwx")
    own = await serving.source(worker, subject, picture(1), half((32, 32)))
    wish = {**edit, "source": own.id}
    job = await serving.ask_picture(worker, subject, edit=wish, steps=4)
    bare = await serving.ask_picture(worker, subject, edit=wish, steps=4, prompt="a picture")
    await worker.serve_one()
    assert [(await serving.now(worker, one)).state for one in (job, bare)] == ["done", "done"]
    [result] = await serving.drawn(worker, job)
    [other] = await serving.drawn(worker, bare)
    assert result.size == size
    assert apart(result, other) > 0.02  # it is drawn from the prompt, too
    if edit["how"] == "inpaint":
        kept = (0, 0, 16, 32)
        assert result.crop(kept).tobytes() == picture(1).crop(kept).tobytes()
    assert await serving.is_tidy(worker)


@pytest.mark.parametrize("how", ["restyle", "inpaint", "outpaint", "upscale"])
@pytest.mark.parametrize("size", [(32, 32), (45, 33), (40, 56)])
def test_the_size_that_is_written_down_is_the_files(
    base: Base, how: str, size: tuple[int, int]
) -> None:
    before = picture(1).resize(size)
    mask = half(size) if how == "inpaint" else None
    start = start_of(base, Edit(how, left=0.5), before, mask, drawn=True)
    width, height = undrawn(start).size
    text = parameters_text(Request("a man", start=start), base)
    assert f", Size: {width}x{height}, " in text


async def test_a_landscape_is_drawn_without_a_second_square_beside_the_first(
    worker: serving.Watched,
) -> None:
    subject = await trained(worker, "zwx")
    plain = await serving.ask_picture(worker, subject, steps=4)
    wide = await serving.ask_picture(worker, subject, steps=4, shape="landscape")
    await worker.serve_one()
    [square] = await serving.drawn(worker, plain)
    [longer] = await serving.drawn(worker, wide)
    side = longer.height
    assert longer.size == (side + 2 * worker.studio.base.grid, side)
    left = (longer.width - side) // 2
    middle = (left + 4, 0, left + side - 4, side)
    assert longer.crop(middle).tobytes() == square.crop((4, 0, side - 4, side)).tobytes()


async def test_a_picture_that_is_gone_ends_its_job_with_a_word_for_it(
    worker: serving.Watched,
) -> None:
    subject = await trained(worker, "zwx")
    row = await serving.source(worker, subject, picture(1))
    jobs = [
        await serving.ask_picture(worker, subject, edit={"how": "vary", "source": row.id})
        for _ in range(2)
    ]
    await worker.studio.blobs.delete(row.blob_key)
    await worker.serve_one()
    async with worker.studio.database.write() as session:
        await session.execute(delete(columns(Source)))
    again = await serving.ask_picture(worker, subject, edit={"how": "vary", "source": row.id})
    await worker.serve_one()
    ended = [await serving.now(worker, job) for job in (*jobs, again)]
    assert {(job.state, job.error) for job in ended} == {("failed", "source_missing")}


def test_a_photo_is_said_to_be_one(base: Base) -> None:
    for drawn in (True, False):
        for how in ("restyle", "inpaint", "outpaint", "upscale"):
            start = start_of(base, Edit(how, left=0.5), picture(1), half((32, 32)), drawn=drawn)
            assert start.drawn == drawn
            assert isinstance(start.picture, Image.Image)
