"""Every method on both kinds of base: it learns, resumes, serves others, and leaves no trace."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from storage.blobs import sha256_of
from tests.trainer.conftest import picture
from tests.trainer.test_wardrobe import loaded
from trainer.adapters import LoadedAdapter, Origin, pack_adapter, read_adapter
from trainer.base import Base
from trainer.checkpoint import Checkpoint, pack_checkpoint, unpack_checkpoint
from trainer.dataset import Called, Dataset, TrainingPhoto, build_dataset
from trainer.dreambooth import TRAINING, Progress, first_weights, train
from trainer.fit import Fit
from trainer.generate import Request, generate
from trainer.loss import ask_base, draw_batch, loss_weights, losses
from trainer.plan import METHODS, Method, Plan
from trainer.seeds import stream
from trainer.wardrobe import TOKEN, WHOLE

CALLED = Called("tkn", "man")
LONG = "a photo of tkn man " + "wearing a very long red scarf " * 20
#: of a pivotal training's 6 steps the first 3 teach the token
PLAN = Plan(steps=6, learning_rate=2e-3, rank=4, batch_size=2, seed=7, token_share=0.5)


#: at which every method shows in a few steps what it does
BRISK: dict[Method, float] = {"lora": 1e-2, "lora-text": 1e-2, "pivotal": 1e-2, "full": 2e-3}


def plan_of(method: Method, **changed: Any) -> Plan:
    return replace(PLAN, method=method, **changed)


def photos(caption: str = "a photo of tkn man") -> list[TrainingPhoto]:
    return [TrainingPhoto(picture(seed), caption, side=40 + seed) for seed in range(3)]


def class_pictures() -> list[TrainingPhoto]:
    return [TrainingPhoto(picture(seed), "a picture of a man") for seed in range(10, 14)]


@pytest.fixture(params=["sd", "xl"])
def base(request: pytest.FixtureRequest) -> Base:
    chosen: Base = request.getfixturevalue({"sd": "base_sd", "xl": "xl"}[request.param])
    return chosen


@pytest.fixture
def base_sd(resident: Base) -> Iterator[Base]:
    yield resident
    for sha256 in list(resident.wardrobe.kept):
        resident.wardrobe.forget(sha256)


@pytest.fixture
def dataset(base: Base) -> Dataset:
    return build_dataset(base, photos(), class_pictures(), called=CALLED)


@pytest.fixture
def alone(base: Base) -> Dataset:
    """Without class images: the base itself keeps the class."""
    return build_dataset(base, photos(), called=CALLED)


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest) -> Method:
    chosen: Method = request.param
    return chosen


def run(base: Base, dataset: Dataset, plan: Plan, resume: Checkpoint | None = None) -> Checkpoint:
    last = None
    for progress in train(base, dataset, plan, resume):
        last = progress
    assert last is not None
    return last.checkpoint()


def stopped(base: Base, dataset: Dataset, plan: Plan, at: int) -> Checkpoint:
    """The checkpoint after `at` steps, as it comes back from its file."""
    with closing(train(base, dataset, plan)) as steps:
        for progress in steps:
            if progress.step == at:
                return unpack_checkpoint(pack_checkpoint(progress.checkpoint()))
    raise AssertionError(at)


def assert_same(one: Checkpoint, other: Checkpoint) -> None:
    assert one.weights.keys() == other.weights.keys()
    for key, value in one.weights.items():
        assert torch.equal(value, other.weights[key]), key
    assert one.counts == other.counts
    for key, kept in one.moments.items():
        assert kept.keys() == other.moments[key].keys()
        assert all(torch.equal(value, other.moments[key][part]) for part, value in kept.items())


def adapter_of(base: Base, saved: Checkpoint) -> LoadedAdapter:
    plan = saved.plan
    origin = Origin(
        "tkn", "man", base.id, base.weights_hash, saved.step, plan.seed, plan.rank, plan.rank
    )
    data = pack_adapter(saved.weights, origin)
    return read_adapter(data, sha256_of(data))


@torch.no_grad()
def answer(base: Base, prompt: str = "a man") -> torch.Tensor:
    noise = torch.randn((1, 4, 8, 8), generator=stream("noise"))
    return base.predict(noise, torch.tensor([500]), base.encode_prompts([prompt]))


def state(base: Base) -> dict[str, Any]:
    """All that a training might leave behind on the base's networks."""
    found: dict[str, Any] = {}
    for name, part in (("unet", base.unet), *base.text_encoders.items()):
        for path, module in part.named_modules():
            found[f"{name} {path}"] = (
                type(module),
                module.training,
                len(module._forward_hooks),
                len(module._forward_pre_hooks),
                getattr(module, "gradient_checkpointing", None),
            )
        for path, value in part.named_parameters():
            found[f"{name} {path} weight"] = (id(value), value.requires_grad, value.grad)
    return found


def weights_of(base: Base) -> dict[str, torch.Tensor]:
    parts = {"unet": base.unet, "vae": base.vae, **base.text_encoders}
    return {
        f"{name} {key}": value.clone()
        for name, part in parts.items()
        for key, value in part.state_dict().items()
    }


@contextmanager
def untouched(base: Base) -> Iterator[None]:
    """The base is afterwards what it was: weights, layers, hooks, gradients."""
    before, weights = state(base), weights_of(base)
    yield
    assert state(base) == before
    after = weights_of(base)
    assert weights.keys() == after.keys()
    for key, value in weights.items():
        assert torch.equal(value, after[key]), key


def error_of(base: Base, dataset: Dataset, plan: Plan, name: str | None) -> float:
    """The instance loss of what is worn, over noise that no step has drawn."""
    total = 0.0
    for step in range(8):
        batch = draw_batch(base, dataset, replace(plan, seed=99), step)
        with base.wardrobe.wearing(name), torch.no_grad():
            captions = [dataset.instance.captions[row] for row in batch.caption.tolist()]
            words = base.encode_prompts(captions)
            total += float(losses(base, batch, words)[1][0])
    return total


# --- learning ---------------------------------------------------------------------------------


def test_it_learns_what_it_is_shown(base: Base, alone: Dataset, method: Method) -> None:
    plan = plan_of(method, steps=30, batch_size=4, learning_rate=BRISK[method], token_share=0.2)
    before = error_of(base, alone, plan, None)
    base.wardrobe.put_on("after", run(base, alone, plan).weights, torch.float32, word="tkn")
    after = error_of(base, alone, plan, "after")
    base.wardrobe.take_off("after")
    assert after < 0.98 * before


def test_a_token_alone_learns_too(base: Base, alone: Dataset) -> None:
    plan = plan_of("pivotal", steps=40, batch_size=4, token_share=0.9, token_learning_rate=0.02)
    saved = stopped(base, alone, plan, plan.token_steps)
    untrained = first_weights(base, plan, CALLED)
    for key, value in saved.weights.items():
        assert torch.equal(value, untrained[key]) != key.startswith(TOKEN), key
    before = error_of(base, alone, plan, None)
    base.wardrobe.put_on("after", saved.weights, torch.float32, word="tkn")
    after = error_of(base, alone, plan, "after")
    base.wardrobe.take_off("after")
    assert after < before


def test_a_tokens_rows_start_as_the_class_word_and_keep_its_length(
    base: Base, alone: Dataset
) -> None:
    saved = run(base, alone, plan_of("pivotal"))
    for name, encoder in base.text_encoders.items():
        ids = base.tokenizers[name]("man", add_special_tokens=False).input_ids
        own = encoder.get_input_embeddings().weight[ids]
        learned = saved.weights[TOKEN + name]
        assert learned.shape == own.shape
        assert not torch.allclose(learned, own, atol=1e-4)
        assert torch.allclose(learned.norm(dim=1), own.norm(dim=1), rtol=1e-5)


def test_what_learns_is_what_the_method_says(base: Base, dataset: Dataset, method: Method) -> None:
    plan = plan_of(method)
    before, saved = first_weights(base, plan, CALLED), run(base, dataset, plan)
    assert before.keys() == saved.weights.keys()
    # LoRA's A stands still while its B is zero, one step
    still = {key for key, value in before.items() if torch.equal(value, saved.weights[key])}
    # of XL's first text encoder the last layer's answer is read by nobody
    unread = {key for key in before if key.startswith("text_encoder.encoder.layers.1.")}
    assert still == (unread if base.family == "sdxl" else set())
    parts = {key.split(".")[0] for key in before}
    assert (
        parts
        == {
            "lora": {"unet"},
            "lora-text": {"unet", *base.text_encoders},
            "pivotal": {"unet", "token"},
            "full": {"whole"},
        }[method]
    )
    if method == "full":
        own = {WHOLE + key for key, _ in base.unet.named_parameters()}
        assert saved.weights.keys() == own


def test_the_warm_up_is_each_phases_own(base: Base, alone: Dataset) -> None:
    """With a warm-up as long as the training every step is a share of the full one's."""
    slow = plan_of("pivotal", warm_up=1000)
    first = {key: value.clone() for key, value in first_weights(base, slow, CALLED).items()}
    saved = run(base, alone, slow)
    brisk = run(base, alone, plan_of("pivotal"))
    for key in saved.weights:
        if key.endswith("lora_B.weight"):  # the same three first steps of 1000, not of 4 to 6
            moved, full = (one.weights[key] - first[key] for one in (saved, brisk))
            assert moved.norm() < 0.004 * full.norm()


def test_it_goes_on_from_an_adapter(base: Base, dataset: Dataset, method: Method) -> None:
    begun = run(base, dataset, plan_of(method))
    plan = plan_of(method, steps=1, seed=8, token_share=0.0)
    with closing(train(base, dataset, plan, start=begun.weights)) as steps:
        first = next(iter(steps))
    batch = draw_batch(base, dataset, plan, 0)
    base.wardrobe.put_on("begun", begun.weights, torch.float32, word="tkn")
    with base.wardrobe.wearing("begun"), torch.no_grad():
        captions = [dataset.instance.captions[row] for row in batch.caption.tolist()]
        _, told = losses(base, batch, base.encode_prompts(captions))
    base.wardrobe.take_off("begun")
    assert first.instance_loss == pytest.approx(float(told[0]), rel=1e-5)


# --- resuming ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "at"),
    [
        *((method, 3) for method in METHODS),
        ("pivotal", 1),  # in the token's phase, of which 3 is the end
        ("pivotal", 4),
    ],
)
def test_a_resumed_training_continues_bit_for_bit(
    base: Base, alone: Dataset, method: Method, at: int
) -> None:
    plan = plan_of(method)
    assert_same(run(base, alone, plan, stopped(base, alone, plan, at)), run(base, alone, plan))


# --- the base ---------------------------------------------------------------------------------


def test_the_base_is_left_as_it_was(base: Base, dataset: Dataset, method: Method) -> None:
    with untouched(base):
        run(base, dataset, plan_of(method))


def test_the_base_is_left_as_it_was_midway(base: Base, alone: Dataset, method: Method) -> None:
    small = Fit(checkpointing=True, parts=2)
    with untouched(base):
        bare = answer(base)
        steps = train(base, alone, plan_of(method), fit=small)
        for _ in range(4):
            next(steps)
            assert torch.equal(answer(base), bare)
            assert not any(m.gradient_checkpointing for m in checkpointing(base))
        steps.close()  # type: ignore[attr-defined]


def checkpointing(base: Base) -> list[Any]:
    return [module for module in base.unet.modules() if hasattr(module, "gradient_checkpointing")]


def test_the_base_is_left_as_it_was_by_an_error(base: Base, alone: Dataset, method: Method) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    with untouched(base):
        steps = train(base, alone, plan_of(method), fit=Fit(checkpointing=True))
        next(steps)
        handle = base.unet.mid_block.register_forward_pre_hook(fail)
        with pytest.raises(ZeroDivisionError):
            next(steps)
        handle.remove()


def test_others_are_served_between_two_steps(base: Base, alone: Dataset, method: Method) -> None:
    plan = plan_of(method)
    expected = run(base, alone, plan)
    theirs = adapter_of(base, run(base, alone, plan_of(method, seed=5, steps=2)))
    requests = [
        Request("a tkn man", seed=3, steps=2),
        Request("a tkn man", seed=3, steps=2, adapter=theirs),
        Request("a man", seed=3, steps=2, adapter=loaded(base, 1)),
    ]
    before = [picture.tobytes() for picture in generate(base, requests)]
    for progress in train(base, alone, plan):
        assert [drawn.tobytes() for drawn in generate(base, requests)] == before
        if progress.step % 2:
            base.wardrobe.forget(theirs.sha256)
    assert_same(progress.checkpoint(), expected)


def test_an_adapter_that_was_saved_draws_what_was_learned(
    base: Base, alone: Dataset, method: Method
) -> None:
    saved = run(base, alone, plan_of(method, learning_rate=1e-2))
    prompt = "a photo of tkn man"
    bare = answer(base, prompt)
    base.wardrobe.put_on("learned", saved.weights, torch.float32, word="tkn")
    with base.wardrobe.wearing("learned"):
        learned = answer(base, prompt)
    base.wardrobe.take_off("learned")
    with base.wardrobe.wearing(base.wardrobe.keep(adapter_of(base, saved))):
        kept = answer(base, prompt)
    moved = (learned - bare).norm()
    assert moved > 1e-2
    assert (kept - learned).norm() < 0.05 * moved  # float16


# --- the class --------------------------------------------------------------------------------


def test_without_class_images_the_base_is_asked(base: Base, alone: Dataset, method: Method) -> None:
    plan = plan_of(method, token_share=0.0)
    with closing(train(base, alone, plan)) as steps:
        first = next(steps)
        assert first.prior_loss < 1e-12  # it was asked in another batch
        assert first.instance_loss > 0.1
        for progress in steps:
            last = progress
        assert last.prior_loss > 1e-7


def test_the_bases_answer_is_to_the_class_words(base: Base, alone: Dataset) -> None:
    batch = draw_batch(base, alone, plan_of("lora"), 0)
    assert batch.from_base == (False, False, True, True)
    said = {alone.instance.captions[row] for row in batch.caption[2:].tolist()}
    assert said == {"a photo of man"}
    noise = batch.target.clone()
    ask_base(base, batch, alone.instance.words)
    assert torch.equal(batch.target[:2], noise[:2])
    with torch.no_grad():
        theirs = base.predict(
            batch.noisy[2:],
            batch.timesteps[2:],
            base.encode_prompts(["a photo of man"] * 2),
            batch.sides[2:],
        )
    assert torch.allclose(batch.target[2:], theirs, atol=1e-5)


def test_nothing_keeps_the_class_while_a_token_is_learned(base: Base, alone: Dataset) -> None:
    told = [progress.prior_loss for progress in train(base, alone, plan_of("pivotal"))]
    assert told[:3] == [0, 0, 0]
    assert told[4] > 0


def test_the_base_keeps_the_class_closer_than_nothing_does(base_sd: Base, method: Method) -> None:
    base, alone = base_sd, build_dataset(base_sd, photos(), called=CALLED)
    prompt, bare = "a photo of man", answer(base, "a photo of man")
    moved = {}
    for weight in (0.0, 10.0):
        plan = plan_of(method, steps=20, learning_rate=BRISK[method], prior_weight=weight)
        base.wardrobe.put_on("after", run(base, alone, plan).weights, torch.float32, word="tkn")
        with base.wardrobe.wearing("after"):
            moved[weight] = float((answer(base, prompt) - bare).norm())
        base.wardrobe.take_off("after")
    assert moved[10.0] < 0.7 * moved[0.0]


@pytest.mark.parametrize("gamma", [None, 0.5, 5.0])
def test_every_example_has_the_weight_of_its_own_noise(
    base: Base, dataset: Dataset, gamma: float | None
) -> None:
    """The examples' known defect: the weights of all 2n examples on the n of the subject."""
    plan = plan_of("lora", prior_weight=0.5, min_snr_gamma=gamma)
    batch = draw_batch(base, dataset, plan, 3)
    alphas = base.scheduler.alphas_cumprod[batch.timesteps]
    each = loss_weights(alphas, base.prediction_type, gamma)
    assert torch.allclose(batch.weight, each * torch.tensor([1, 1, 0.5, 0.5]) / 2)
    with closing(train(base, dataset, replace(plan, steps=4))) as steps:
        for progress in steps:
            last = progress
    assert last.loss == pytest.approx(last.instance_loss + 0.5 * last.prior_loss)
    if gamma == 0.5:
        assert not torch.allclose(each, torch.ones(4))


def test_noise_has_no_offset_unless_asked(base: Base, dataset: Dataset) -> None:
    scheduler = base.scheduler
    plain, same, offset = (
        draw_batch(base, dataset, plan_of("lora", noise_offset=by), 0) for by in (0.0, 0.0, 0.2)
    )
    assert torch.equal(plain.noisy, same.noisy)
    assert not torch.equal(plain.noisy, offset.noisy)
    assert torch.equal(plain.timesteps, offset.timesteps)
    # one number for each picture and channel
    alphas = scheduler.alphas_cumprod[plain.timesteps].view(-1, 1, 1, 1)
    added = (offset.noisy - plain.noisy) / (1 - alphas).sqrt()
    assert torch.allclose(added, added.mean(dim=(2, 3), keepdim=True).expand_as(added), atol=1e-3)
    assert added.std() > 0.05


# --- what a step costs ------------------------------------------------------------------------


def test_a_step_reads_and_encodes_nothing_that_stands_still(
    base: Base, alone: Dataset, method: Method
) -> None:
    calls: Counter[str] = Counter()

    def counts(name: str) -> Any:
        def hook(*_: Any) -> None:
            calls[name] += 1

        return hook

    parts: dict[str, list[nn.Module]] = {
        "vae": [base.vae.encoder, base.vae.decoder],
        "text": list(base.text_encoders.values()),
        "unet": [base.unet],
    }
    handles = [m.register_forward_hook(counts(name)) for name in parts for m in parts[name]]
    seen = []
    for _ in train(base, alone, plan_of(method)):
        seen.append((calls["vae"], calls["text"], calls["unet"]))
        calls.clear()
    for handle in handles:
        handle.remove()
    encoders = len(base.text_encoders)
    # one for the step, one for the base's own answer to the class
    still, reading = (0, 0, 2), (0, encoders, 2)
    assert (
        seen
        == {
            "lora": [still] * 6,
            "full": [still] * 6,
            "lora-text": [reading] * 6,
            # once more with the token as it came out
            "pivotal": [(0, encoders, 1)] * 3 + [reading] + [still] * 2,
        }[method]
    )


def test_long_captions_are_learned_whole(base: Base, method: Method) -> None:
    made = build_dataset(base, photos(LONG), called=CALLED)
    assert made.instance.words.states.shape[1] == 2 * 77
    saved = run(base, made, plan_of(method, steps=2))
    assert all(value.isfinite().all() for value in saved.weights.values())


# --- bases of 16 bits -------------------------------------------------------------------------


def rounded(base: Base, dtype: torch.dtype) -> Base:
    """The same base as a GPU would hold it."""
    return Base(
        id=base.id,
        tokenizers=base.tokenizers,
        text_encoders={k: copy.deepcopy(v).to(dtype) for k, v in base.text_encoders.items()},
        unet=copy.deepcopy(base.unet).to(dtype),
        vae=base.vae,
        scheduler=base.scheduler,
        device=base.device,
        dtype=dtype,
        weights_hash=base.weights_hash,
        empty_is_zero=base.empty_is_zero,
    )


@pytest.mark.parametrize(
    ("family", "dtype", "method"),
    [
        *(("base_sd", torch.bfloat16, method) for method in METHODS),
        ("base_sd", torch.float16, "lora"),
        ("base_sd", torch.float16, "full"),
        ("xl", torch.bfloat16, "pivotal"),
    ],
)
def test_a_base_of_16_bits_learns_in_32(
    request: pytest.FixtureRequest, family: str, dtype: torch.dtype, method: Method
) -> None:
    half = rounded(request.getfixturevalue(family), dtype)
    made = build_dataset(half, photos(), called=CALLED)
    steps: Iterator[Progress] = train(half, made, plan_of(method, token_share=0.5))
    with untouched(half), closing(steps):  # type: ignore[type-var]
        bare = answer(half)
        prior = []
        for progress in steps:
            prior.append(progress.prior_loss)
            assert progress.losses.isfinite().all()
            assert all(value.dtype == torch.float32 for value in progress.weights().values())
            with half.wardrobe.wearing(TRAINING):  # as the judge asks
                assert answer(half, "a photo of tkn man").isfinite().all()
            assert torch.equal(answer(half), bare)
        saved = progress.checkpoint()
    untrained = 3 if method == "pivotal" else 0
    assert prior[untrained] < 1e-6
    assert prior[-1] > 1e-6
    [drawn] = generate(half, [Request("a tkn man", steps=2, adapter=adapter_of(half, saved))])
    assert drawn.size == (32, 32)
