"""The pictures of the story, for the contact sheet."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Album:
    """What was handed in and what came of it; a title with each picture that has one."""

    photos: list[tuple[str, bytes]] = field(default_factory=list)
    class_images: list[bytes] = field(default_factory=list)
    #: by the steps of the candidate that they show
    samples: dict[int, list[tuple[str, bytes]]] = field(default_factory=dict)
    answers: list[tuple[str, bytes]] = field(default_factory=list)
    edits: list[tuple[str, bytes]] = field(default_factory=list)
    session: list[tuple[str, bytes]] = field(default_factory=list)
    #: the winners' sheet
    results: bytes | None = None

    def gallery(self) -> list[tuple[str, list[tuple[str, bytes]]]]:
        """What can be done with one picture, and how."""
        if not self.answers or not self.edits:
            return []
        (prompt, first), *_, landscape = self.answers
        tiles = [(f"/imagine {prompt}", first), (f"/imagine {landscape[0]}", landscape[1])]
        return [("One subject, and what its member can ask for", [*tiles, *self.edits])]

    def rows(self) -> list[tuple[str, list[tuple[str, bytes]]]]:
        """The contact sheet's rows; those the story did not reach are left out."""
        rows = [
            ("Handed in: a character the base has never seen", self.photos),
            (
                "What the base draws for “a picture of a woman”",
                [("", p) for p in self.class_images],
            ),
            *((f"Sample sheet: after {step} steps", tiles) for step, tiles in self.samples.items()),
            ("Answers to /imagine", self.answers),
            ("Worked on with /edit: the first of them", self.edits),
            ("A session: three members, one lent subject", self.session),
        ]
        return [(title, tiles) for title, tiles in rows if tiles]
