"""Case 33: an adapter file that is not what was saved is refused, and nothing of it is run."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from storage import gallery, queue
from storage.blobs import sha256_of
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.tables import Adapter
from tests.faults.trainers import a_studio
from tests.rows import an_adapter, ask, new_subject
from trainer.adapters import AdapterDamaged, Origin, pack_adapter, read_adapter
from trainer.settings import TrainerSettings
from trainer.worker import Worker

ORIGIN = Origin(
    token="zwx", class_word="woman", base="tiny", base_hash="0" * 64, steps=2, seed=1, rank=2,
    alpha=2,
)  # fmt: skip
WHOLE = pack_adapter({"unet.layer.lora_A.weight": torch.ones(2, 4)}, ORIGIN)


class Trap:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self.mark,)


def trap(mark: Path) -> bytes:
    return pickle.dumps(Trap(mark))


def test_the_trap_works(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    pickle.loads(trap(mark))
    assert mark.exists()


@pytest.mark.parametrize(
    ("damage", "is_known"),
    [
        pytest.param(lambda whole, _: whole[:-7], False, id="truncated"),
        pytest.param(lambda whole, _: whole[:-7], True, id="truncated when it was saved"),
        pytest.param(
            lambda whole, _: whole[:-3] + bytes([whole[-3] ^ 4]) + whole[-2:], False, id="a bit"
        ),
        pytest.param(lambda _, mark: trap(mark), False, id="a pickle in its place"),
        pytest.param(lambda _, mark: trap(mark), True, id="a pickle from the beginning"),
    ],
)
async def test_a_damaged_adapter_fails_its_job_and_nothing_is_unpickled(
    database: Database,
    blobs: FolderBlobs,
    tmp_path: Path,
    damage: Callable[[bytes, Path], bytes],
    *,
    is_known: bool,
) -> None:
    """`is_known`: the row has the checksum of the damaged file, so only the reader can tell."""
    mark = tmp_path / "mark"
    damaged = damage(WHOLE, mark)
    subject = await new_subject(database)
    key = await blobs.put("adapters", damaged, "safetensors")
    row: Adapter = an_adapter(subject, None, key, damaged if is_known else WHOLE)
    async with database.write() as session:
        session.add(row)
    spec = {"prompt": "a zwx woman", "adapter": row.id, "seed": 1, "pictures": 1}
    job = await ask(database, subject=subject, spec=spec)
    settings = TrainerSettings(data=tmp_path, reserve_mb=0)
    await Worker(a_studio(database, blobs), settings, worker_id=1).serve_one()
    ended = await queue.get(database, job.id or 0)
    assert ended is not None
    assert (ended.state, ended.error) == ("failed", "adapter_damaged")
    assert await gallery.current_adapter(database, subject.id or 0) is None
    assert not mark.exists()


def test_no_flipped_bit_goes_unseen() -> None:
    sha256 = sha256_of(WHOLE)
    assert read_adapter(WHOLE, sha256).origin == ORIGIN
    dice = random.Random(33)
    for position in dice.sample(range(len(WHOLE)), 100):
        flipped = bytearray(WHOLE)
        flipped[position] ^= 1 << dice.randrange(8)
        with pytest.raises(AdapterDamaged):
            read_adapter(bytes(flipped), sha256)
