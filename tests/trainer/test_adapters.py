from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionPipeline
from safetensors.torch import load, save

from storage.blobs import sha256_of
from tests.trainer.test_wardrobe import weights
from trainer.adapters import (
    AdapterDamaged,
    Origin,
    load_adapter,
    pack_adapter,
    read_adapter,
)
from trainer.base import Base


def origin_of(base: Base) -> Origin:
    return Origin("tkn", "man", base.id, base.weights_hash, 6, 7, 4, 4)


def test_stock_diffusers_reads_the_file_and_answers_the_same(
    base: Base, nano_folder: Path, tmp_path: Path
) -> None:
    made = {key: value.half().float() for key, value in weights(base, 1).items()}
    data = pack_adapter(made, origin_of(base))
    path = tmp_path / "tkn.safetensors"
    path.write_bytes(data)
    stock = StableDiffusionPipeline.from_pretrained(nano_folder, safety_checker=None)
    noise = torch.randn((1, 4, 8, 8), generator=torch.Generator().manual_seed(0))
    words = base.encode_prompts(["a man"]).states
    with torch.no_grad():
        bare = stock.unet(noise, 500, words).sample
        assert torch.equal(bare, base.unet(noise, 500, words).sample)
        stock.load_lora_weights(path)
        theirs = stock.unet(noise, 500, words).sample
        with base.wardrobe.wearing(base.wardrobe.keep(read_adapter(data, sha256_of(data)))):
            ours = base.unet(noise, 500, words).sample
    assert not torch.allclose(theirs, bare, atol=1e-2)
    assert torch.allclose(ours, theirs, atol=1e-5)


def test_what_was_packed_is_what_is_read(base: Base) -> None:
    made = {key: value.half().float() for key, value in weights(base, 1).items()}
    data = pack_adapter(made, origin_of(base))
    sha256 = sha256_of(data)
    back = read_adapter(data, sha256)
    assert (back.sha256, back.origin) == (sha256, origin_of(base))
    assert back.weights.keys() == made.keys()
    assert all(torch.equal(back.weights[key], made[key].half()) for key in made)


def test_the_same_adapter_is_the_same_file(base: Base) -> None:
    made = {key: value.half().float() for key, value in weights(base, 1).items()}
    backwards = dict(reversed(made.items()))
    assert pack_adapter(made, origin_of(base)) == pack_adapter(backwards, origin_of(base))


def test_other_bytes_than_the_rows_are_refused(base: Base) -> None:
    data = pack_adapter(weights(base, 1), origin_of(base))
    flipped = data[:-3] + bytes([data[-3] ^ 1]) + data[-2:]
    for other in (flipped, data[:-1], data[: len(data) // 2], b"", data + b"\0"):
        with pytest.raises(AdapterDamaged, match="checksum"):
            read_adapter(other, sha256_of(data))


def test_pickles_and_foreign_files_are_refused(base: Base) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return pytest.fail, ("the pickle was opened",)

    foreign = save({"lora_unet_x.lora_up.weight": torch.ones(2)}, {"darkroom": "{}"})
    for data in (pickle.dumps(Trap()), b"", b"{}", foreign, save({"a": torch.ones(1)})):
        with pytest.raises(AdapterDamaged):
            read_adapter(data, sha256_of(data))


@pytest.mark.parametrize("poison", [float("nan"), float("inf")])
def test_values_that_are_no_numbers_are_refused(base: Base, poison: float) -> None:
    made = {key: value.half().float() for key, value in weights(base, 1).items()}
    next(iter(made.values()))[0, 0] = poison
    with pytest.raises(AdapterDamaged, match="numbers"):
        load_adapter(pack_adapter(made, origin_of(base)))


def test_other_dtypes_and_tensors_are_refused(base: Base) -> None:
    data = pack_adapter(weights(base, 1), origin_of(base))
    tensors, [(_, notes)] = load(data), header(data).items()
    key = next(iter(tensors))
    with pytest.raises(AdapterDamaged, match="numbers"):
        load_adapter(save(tensors | {key: tensors[key].to(torch.int8)}, {"darkroom": notes}))
    with pytest.raises(AdapterDamaged, match="none of a LoRA"):
        load_adapter(save(tensors | {"conv_in.weight": torch.ones(1)}, {"darkroom": notes}))


def header(data: bytes) -> dict[str, str]:
    """The notes in a safetensors file."""
    size = int.from_bytes(data[:8], "little")
    notes: dict[str, str] = json.loads(data[8 : 8 + size])["__metadata__"]
    return notes
