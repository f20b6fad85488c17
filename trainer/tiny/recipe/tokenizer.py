"""CLIP's own tokenizer, rebuilt from the merge list that the `open_clip_torch` package ships.

The first 48,894 merges, 256 bytes, the same 256 ending a word, and two specials make the
49,408 entries that every Stable Diffusion text encoder indexes (Radford et al. 2021; the list is
MIT-licensed, by OpenAI).
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
from pathlib import Path

from transformers import CLIPTokenizer

MERGES = 48_894


def byte_symbols() -> list[str]:
    """The printable stand-ins for the 256 bytes, in the order of CLIP's vocabulary."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in printable]
    return [chr(b) for b in printable] + [chr(256 + i) for i in range(len(others))]


def write_tokenizer(folder: Path) -> None:
    """Write vocab.json and merges.txt to `folder`."""
    found = importlib.util.find_spec("open_clip")
    if found is None or found.origin is None:
        raise RuntimeError("pip install --no-deps open_clip_torch==3.3.0: it ships the merge list")
    packed = Path(found.origin).parent / "bpe_simple_vocab_16e6.txt.gz"
    merges = gzip.decompress(packed.read_bytes()).decode().split("\n")[1 : MERGES + 1]
    symbols = byte_symbols()
    entries = [*symbols, *(s + "</w>" for s in symbols), *("".join(m.split()) for m in merges)]
    entries += ["<|startoftext|>", "<|endoftext|>"]
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {entry: index for index, entry in enumerate(entries)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n")


def new_tokenizer(folder: Path) -> CLIPTokenizer:
    if not (folder / "vocab.json").exists():
        write_tokenizer(folder)
    return CLIPTokenizer.from_pretrained(folder, model_max_length=77)


def ordinary_words(vocabulary: dict[str, int]) -> list[str]:
    """Whole words of the vocabulary that a subject's token must not be, because every text
    encoder of the family already knows them. Late entries without a vowel, like "sks", carry
    next to no meaning and stay free."""
    whole = {entry.removesuffix("</w>"): i for entry, i in vocabulary.items() if "</w>" in entry}
    return sorted(
        word
        for word, rank in whole.items()
        if re.fullmatch("[a-z0-9]{3,16}", word) and (rank < 40_000 or re.search("[aeiouy]", word))
    )


def write_ordinary_words(tokenizer: Path, target: Path) -> None:
    """Write the bot's copy, so that it can judge a token without any model."""
    words = ordinary_words(json.loads((tokenizer / "vocab.json").read_text()))
    target.write_bytes(gzip.compress("\n".join(words).encode(), mtime=0))
