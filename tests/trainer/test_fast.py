"""Pictures in few steps: the distilled adapter against stock diffusers, and beside everything
else that the base wears."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import LCMScheduler, StableDiffusionPipeline, StableDiffusionXLPipeline
from peft import LoraConfig, get_peft_model_state_dict
from safetensors.torch import load_file, save_file

from storage import gallery
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.tables import Worker as WorkerRow
from tests.trainer import serving
from tests.trainer.conftest import undressed
from tests.trainer.test_canvas import apart
from tests.trainer.test_easel import alone, calls, finish
from tests.trainer.test_wardrobe import answer, loaded
from trainer.adapters import LoadedAdapter
from trainer.base import Base
from trainer.easel import Easel
from trainer.fast import FastUnavailable, put_in
from trainer.generate import generate
from trainer.loading import load_base
from trainer.provenance import parameters_text
from trainer.request import Request
from trainer.seeds import stream
from trainer.settings import TrainerSettings
from trainer.studio import Studio

REQUEST = Request("a man", seed=5, steps=4, guidance=1.0, fast=True)
CPU = torch.device("cpu")
#: the layers that the published LCM-LoRAs have
TARGETS = (
    "to_q", "to_k", "to_v", "to_out.0", "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2",
    "conv1", "conv2", "conv_shortcut", "downsamplers.0.conv", "upsamplers.0.conv", "time_emb_proj",
)  # fmt: skip


@pytest.fixture(params=["sd", "xl"], scope="module")
def folder(request: pytest.FixtureRequest) -> Path:
    """That of a Stable Diffusion 1.x base, and of an XL one."""
    found: Path = request.getfixturevalue("nano_folder" if request.param == "sd" else "xl_folder")
    return found


@pytest.fixture(scope="module")
def stock(folder: Path, distilled: Path) -> Any:
    """The stock pipeline with the adapter, as the adapters' model cards set it up."""
    is_xl = (folder / "text_encoder_2").is_dir()
    kind: Any = StableDiffusionXLPipeline if is_xl else StableDiffusionPipeline
    made = kind.from_pretrained(folder, **({} if is_xl else {"safety_checker": None}))
    made.scheduler = LCMScheduler.from_config(made.scheduler.config)
    made.load_lora_weights(distilled)
    made.set_progress_bar_config(disable=True)
    return made


@pytest.fixture(scope="module")
def distilled(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of low-rank additions, convolutions' too, that show when they are worn."""
    unet = load_base(str(folder), CPU).unet
    with torch.random.fork_rng():
        torch.manual_seed(7)
        unet.add_adapter(
            LoraConfig(r=4, lora_alpha=4, target_modules=list(TARGETS), init_lora_weights=False)
        )
    layers = {f"unet.{key}": value * 0.5 for key, value in get_peft_model_state_dict(unet).items()}
    path = tmp_path_factory.mktemp("fast") / "fast.safetensors"
    save_file(layers, path)
    return path


@pytest.fixture(scope="module")
def hasty(folder: Path, distilled: Path) -> Base:
    base = load_base(str(folder), CPU)
    put_in(base, str(distilled))
    return base


@pytest.fixture
def base(hasty: Base) -> Iterator[Base]:
    yield from undressed(hasty)


def theirs(stock: Any, request: Request) -> Any:
    return stock(
        request.prompt,
        negative_prompt=request.negative,
        num_inference_steps=request.steps,
        guidance_scale=request.guidance,
        generator=torch.Generator().manual_seed(request.seed),
    ).images[0]


@pytest.mark.parametrize(("guidance", "negative"), [(1.0, ""), (1.5, "blurry")])
def test_a_fast_picture_is_that_of_the_stock_pipeline(
    base: Base, stock: Any, guidance: float, negative: str
) -> None:
    request = replace(REQUEST, guidance=guidance, negative=negative)
    [ours] = generate(base, [request])
    assert apart(ours, theirs(stock, request)) < 0.05
    [usual] = generate(base, [replace(request, fast=False)])
    assert apart(ours, usual) > 1


def test_the_layout_of_web_uis_is_read_too(
    base: Base, folder: Path, distilled: Path, tmp_path: Path
) -> None:
    """That of the published LCM-LoRAs, where a layer says how much it counts."""
    written: dict[str, torch.Tensor] = {}
    for key, value in load_file(distilled).items():
        layer, _, half = key.removeprefix("unet.").partition(".lora_")
        name = "lora_unet_" + layer.replace(".", "_")
        down = half == "A.weight"
        written[f"{name}.lora_{'down' if down else 'up'}.weight"] = value * (2.0 if down else 1.0)
        written[f"{name}.alpha"] = torch.tensor(2.0)  # half of its rank
    path = tmp_path / "lcm.safetensors"
    save_file({key: value.contiguous() for key, value in written.items()}, path)
    other = load_base(str(folder), CPU)
    put_in(other, str(path))
    assert torch.allclose(alone(other, REQUEST), alone(base, REQUEST), rtol=1e-4, atol=1e-3)


def test_outside_fast_pictures_the_base_is_what_it_was(base: Base, folder: Path) -> None:
    bare = load_base(str(folder), CPU)
    own = dict(base.unet.named_parameters())
    usual = replace(REQUEST, fast=False)
    before = alone(base, usual)
    assert not torch.allclose(alone(base, REQUEST), before, atol=1e-2)
    assert torch.equal(alone(base, usual), before)
    assert torch.equal(before, alone(bare, usual))
    assert all(value is own[key] for key, value in base.unet.named_parameters())


@pytest.mark.filterwarnings("ignore:Already found a `peft_config`")
def test_a_subject_is_in_its_fast_pictures_too(base: Base, stock: Any) -> None:
    adapter = loaded(base, 1)
    stock.load_lora_weights(dict(adapter.weights), adapter_name="subject")
    try:
        stock.set_adapters(["default_0", "subject"], [1.0, 1.0])
        expected = theirs(stock, REQUEST)
    finally:
        stock.delete_adapters("subject")
        stock.set_adapters(["default_0"])
    [ours] = generate(base, [replace(REQUEST, adapter=adapter)])
    assert apart(ours, expected) < 0.05
    [without] = generate(base, [REQUEST])
    assert apart(ours, without) > 1


def test_members_who_draw_fast_share_their_calls_and_with_nobody_else(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = [replace(REQUEST, adapter=loaded(base, seed), seed=seed) for seed in range(3)]
    requests.append(replace(REQUEST, fast=False))
    by_themselves = [alone(base, request) for request in requests]
    easel = Easel(base)
    seen = calls(easel, monkeypatch)
    canvases = [easel.add(request) for request in requests]
    finish(easel)
    assert seen == [3] * REQUEST.steps + [1] * REQUEST.steps
    for canvas, expected in zip(canvases, by_themselves, strict=True):
        assert torch.allclose(canvas.latents, expected, rtol=1e-4, atol=1e-3)


def test_a_subject_learned_with_every_weight_changes_as_the_base_does(base: Base) -> None:
    wardrobe = base.wardrobe
    generator = stream("whole")
    learned = {
        key: value + 0.05 * torch.randn(value.shape, generator=generator)
        for key, value in wardrobe.whole_weights().items()
    }
    own = loaded(base, 1)
    name = wardrobe.keep(LoadedAdapter("f" * 64, own.origin, learned))
    slow = {key: value.clone() for key, value in base.unet.named_parameters()}
    with wardrobe.fast():
        fast = {key: value.clone() for key, value in base.unet.named_parameters()}
    with wardrobe.wearing(name), wardrobe.fast():
        for key, value in base.unet.named_parameters():
            expected = learned[f"whole.{key}"] + fast[key] - slow[key]
            assert torch.allclose(value, expected, atol=1e-6)


def test_an_error_in_a_fast_call_gives_the_base_its_own_weights_back(base: Base) -> None:
    bare = answer(base)
    with base.wardrobe.fast():
        assert not torch.allclose(answer(base), bare, atol=1e-2)
    with pytest.raises(ZeroDivisionError), base.wardrobe.fast():
        raise ZeroDivisionError
    assert torch.equal(answer(base), bare)


def test_its_file_says_which_sampler_drew_it(base: Base) -> None:
    assert "Sampler: LCM," in parameters_text(REQUEST, base)
    assert "Sampler: DPM++ 2M," in parameters_text(replace(REQUEST, fast=False), base)


@pytest.mark.parametrize("wrong", ["nothing", "elsewhere", "other", "text", "garbage", "numbers"])
def test_what_cannot_be_used_is_said_and_changes_nothing(
    folder: Path, distilled: Path, tmp_path: Path, wrong: str
) -> None:
    base = load_base(str(folder), CPU)
    path = tmp_path / "wrong.safetensors"
    like = torch.zeros(4, 24), torch.zeros(24, 4)
    if wrong == "nothing":
        save_file({}, path)
    elif wrong == "garbage":
        path.write_bytes(bytes(range(256)) * 20)
    elif wrong == "numbers":
        save_file({k: v * float("nan") for k, v in load_file(distilled).items()}, path)
    elif wrong == "other":
        layer = "unet.down_blocks.7.attentions.0.proj_in"
        save_file({f"{layer}.lora_A.weight": like[0], f"{layer}.lora_B.weight": like[1]}, path)
    elif wrong == "text":
        layer = "text_encoder.text_model.encoder.layers.0.self_attn.q_proj"
        save_file({f"{layer}.lora_A.weight": like[0], f"{layer}.lora_B.weight": like[1]}, path)
    with pytest.raises(FastUnavailable, match=f"DARKROOM_FAST_ADAPTER={path}"):
        put_in(base, str(path))
    assert not base.wardrobe.is_fast


@pytest.mark.parametrize("negative", ["", "blurry"])
async def test_a_fast_picture_takes_few_steps(worker: serving.Watched, negative: str) -> None:
    settings = await said_of_a_fast_picture(worker, negative=negative)
    guidance = 1.5 if negative else 1
    assert f"Steps: 6, Sampler: LCM, CFG scale: {guidance}, " in settings


async def test_a_trainer_without_the_adapter_takes_fewer_of_its_usual_steps(
    database: Database, blobs: FolderBlobs, sd: Base
) -> None:
    row = WorkerRow(base=sd.id, base_hash=sd.weights_hash, device="cpu")
    studio = Studio(database, blobs, sd)
    worker = serving.Watched(
        studio, TrainerSettings(lease_s=3), await gallery.check_in(database, row)
    )
    settings = await said_of_a_fast_picture(worker)
    assert "Steps: 15, Sampler: DPM++ 2M, CFG scale: 7, " in settings
    studio.close()


async def said_of_a_fast_picture(worker: serving.Watched, **more: object) -> str:
    subject = await serving.ready(worker)
    await serving.ask_training(worker, subject, steps=1)
    await worker.serve_one()
    job = await serving.ask_picture(worker, subject, fast=True, **more)
    await worker.serve_one()
    [picture] = await serving.drawn(worker, job)
    return str(picture.info["parameters"])
