"""The networks that look: bundled files, each of them exactly the one that Darkroom was checked
with. models/NOTICE.md says where they come from and under which licence.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np

FOLDER: Final = Path(__file__).parent / "models"
SHA256: Final = {
    "face_detection_yunet_2023mar.onnx": (
        "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
    ),
    "face_landmark.tflite": "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
    "pose_landmark_full.tflite": (
        "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f"
    ),
    "selfie_segmentation.tflite": (
        "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c"
    ),
    "open_nsfw.onnx": "fb29e60f4b224afa2a4a16d5f3e5993375efe15f88b4c591311eb3a6e5b251d8",
}


def weights(name: str) -> bytes:
    """The file's bytes. Raises RuntimeError if it is another file than the one known."""
    data = (FOLDER / name).read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256[name]:
        raise RuntimeError(f"{name} is not the file that Darkroom was checked with")
    return data


@cache
def network(stem: str) -> cv2.dnn.Net:
    """The network of that file (its name without the ending), loaded once for each process."""
    name = next(name for name in SHA256 if Path(name).stem == stem)
    return cv2.dnn.readNet(Path(name).suffix[1:], np.frombuffer(weights(name), np.uint8))
