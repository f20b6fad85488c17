"""Pictures of many members in the same UNet calls."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.trainer.test_wardrobe import answer, loaded
from trainer.base import Base
from trainer.canvas import Canvas
from trainer.easel import Easel
from trainer.request import Request

REQUEST = Request("a man", "blurry", seed=5, steps=4, guidance=5.0)


def finish(easel: Easel) -> None:
    while len(easel):
        easel.step()


def alone(base: Base, request: Request) -> torch.Tensor:
    easel = Easel(base)
    canvas = easel.add(request)
    finish(easel)
    return canvas.latents


def calls(easel: Easel, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pictures share each UNet call from now on."""
    seen: list[int] = []
    predict = easel._predict

    def counted(group: list[Canvas]) -> torch.Tensor:
        seen.append(len(group))
        return predict(group)

    monkeypatch.setattr(easel, "_predict", counted)
    return seen


def test_eight_members_share_every_call(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    easel = Easel(base)
    seen = calls(easel, monkeypatch)
    for seed in range(8):
        easel.add(replace(REQUEST, adapter=loaded(base, seed), guidance=1.0 + seed))
    finish(easel)
    assert seen == [8] * REQUEST.steps


def test_who_comes_later_joins_at_the_next_step(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    easel = Easel(base)
    seen = calls(easel, monkeypatch)
    first = easel.add(replace(REQUEST, adapter=loaded(base, 1)))
    easel.step()
    request = replace(REQUEST, adapter=loaded(base, 2), steps=3)
    later = easel.add(request)
    assert not easel.step().done
    assert not easel.step().done
    # both at once, though one was asked for later and for fewer steps
    assert set(easel.step().done) == {first, later}
    assert seen == [1, 2, 2, 2]
    assert torch.allclose(later.latents, alone(base, request), atol=1e-4)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_company_changes_no_picture(base: Base, data: st.DataObject) -> None:
    adapters = [None, loaded(base, 1), loaded(base, 2, rank=2), loaded(base, 3, rank=8)]
    wish = st.builds(
        Request,
        prompt=st.sampled_from(["a man", "a tkn man in the snow"]),
        negative=st.sampled_from(["", "blurry"]),
        seed=st.integers(0, 99),
        steps=st.integers(1, 4),
        guidance=st.sampled_from([1.0, 2.5, 7.0]),
        adapter=st.sampled_from(adapters),
        scale=st.sampled_from([0.0, 0.5, 1.0]),
    )
    easel = Easel(base, at_once=data.draw(st.integers(1, 4)))
    canvases = []
    for request in data.draw(st.lists(wish, min_size=1, max_size=6)):
        canvases.append(easel.add(request))
        for _ in range(data.draw(st.integers(0, 2))):
            easel.step()
    finish(easel)
    for canvas in canvases:
        by_itself = alone(base, canvas.request)
        # what is drawn at a guidance of many has large numbers, and rounding goes with them
        largest = max(1.0, float(by_itself.abs().max()))
        assert torch.allclose(canvas.latents, by_itself, atol=1e-3 * largest)


def test_one_that_cannot_be_drawn_is_dropped_alone(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    easel = Easel(base)
    canvases = [easel.add(replace(REQUEST, seed=seed)) for seed in range(5)]
    guilty = canvases[2]
    predict = easel._predict

    def refused(group: list[Canvas]) -> torch.Tensor:
        if guilty in group:
            raise torch.OutOfMemoryError
        return predict(group)

    monkeypatch.setattr(easel, "_predict", refused)
    done: list[Canvas] = []
    failed: list[Canvas] = []
    while len(easel):
        stepped = easel.step()
        done += stepped.done
        failed += [canvas for canvas, _ in stepped.failed]
    assert failed == [guilty]
    assert set(done) == set(canvases) - {guilty}


def test_too_many_at_once_are_halved_until_they_fit(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = answer(base)
    easel = Easel(base)
    for seed in range(8):
        easel.add(replace(REQUEST, adapter=loaded(base, seed)))
    predict, seen = easel._predict, []

    def small(group: list[Canvas]) -> torch.Tensor:
        seen.append(len(group))
        if len(group) > 2:
            raise torch.OutOfMemoryError
        return predict(group)

    monkeypatch.setattr(easel, "_predict", small)
    finish(easel)
    assert seen == [8, 4] + [2] * (4 * REQUEST.steps)
    assert torch.equal(answer(base), bare)


def test_the_words_of_an_erased_subject_are_forgotten(base: Base) -> None:
    easel = Easel(base)
    adapter = loaded(base, 1)
    easel.add(replace(REQUEST, adapter=adapter))
    easel.add(REQUEST)
    finish(easel)
    assert len(easel._words) == 2
    easel.forget(adapter.sha256)
    assert [key[0] for key in easel._words] == [""]
