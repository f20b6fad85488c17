"""Rectangles in pixels of the upright picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A face in whole pixels of its picture, wholly inside it."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Square:
    """A crop: upper left corner and side. It may reach over the picture's edges, where the
    member asked for the whole picture: what lies outside is padded.
    """

    x: int
    y: int
    side: int
