"""`darkroom look` as a real process on real files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from tests.bot.photos.pictures import ASTRONAUT, encoded, opened
from tests.deploy.test_cli import darkroom

FIELDS = {"file", "faces", "framing", "verdict", "reasons", "crop", "blur", "duplicate_of"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "her.jpg").write_bytes(ASTRONAUT)
    (tmp_path / "mirrored.png").write_bytes(encoded(ImageOps.mirror(opened(ASTRONAUT)), "PNG"))
    (tmp_path / "wall.png").write_bytes(encoded(Image.effect_noise((300, 300), 60), "PNG"))
    (tmp_path / "notes.txt").write_text("no picture at all")
    return tmp_path


def test_every_file_gets_its_verdict_in_words_and_all_of_them_advice(folder: Path) -> None:
    done = darkroom(folder, "look", *sorted(folder.glob("*.*")))
    assert done.returncode == 0, done.stderr
    her, mirrored, notes, wall, *rest = done.stdout.splitlines()
    assert her == "✅ `her.jpg`: head to waist"
    assert "nearly the same as photo 1" in mirrored
    assert "not a picture" in notes
    assert "cannot find a real face" in wall
    assert "torsos 1/2" in rest[0]
    assert any(line.startswith("Variety ") for line in rest)


def test_json_has_an_object_for_each_file_in_their_order(folder: Path) -> None:
    files = [folder / name for name in ("her.jpg", "mirrored.png", "wall.png", "notes.txt")]
    done = darkroom(folder, "look", "--json", *files)
    her, mirrored, wall, notes = (json.loads(line) for line in done.stdout.splitlines())
    assert all(set(one) >= FIELDS for one in (her, mirrored, wall, notes))
    assert [one["file"] for one in (her, mirrored, wall, notes)] == [str(file) for file in files]
    assert (her["faces"], her["framing"], her["verdict"], her["blur"]) == (
        1,
        "torso",
        "counts",
        False,
    )
    assert her["crop"]["side"] <= 512
    assert mirrored["duplicate_of"] == str(files[0])
    assert (mirrored["verdict"], mirrored["reasons"]) == ("does not count", ["duplicate"])
    assert (wall["faces"], wall["framing"], wall["reasons"]) == (0, "other", ["no_face"])
    assert (notes["verdict"], notes["reasons"]) == ("refused", ["not_a_picture"])
    assert set(notes) == set(her)


def test_boxes_and_squares_are_told_in_the_files_own_pixels(folder: Path) -> None:
    large = folder / "large.jpg"
    large.write_bytes(encoded(opened(ASTRONAUT).resize((4096, 4096)), "JPEG", quality=90))
    small, big = (
        json.loads(line)
        for line in darkroom(
            folder, "look", "--json", folder / "her.jpg", large
        ).stdout.splitlines()
    )
    assert big["crop"]["side"] == pytest.approx(8 * small["crop"]["side"], rel=0.1)
    assert big["face_boxes"][0]["height"] == pytest.approx(
        8 * small["face_boxes"][0]["height"], rel=0.15
    )


def test_a_sheet_is_drawn(folder: Path) -> None:
    sheet = folder / "sheet.png"
    done = darkroom(folder, "look", folder / "her.jpg", folder / "wall.png", "--sheet", sheet)
    assert done.returncode == 0, done.stderr
    with Image.open(sheet) as picture:
        assert picture.width > 1000


def test_of_a_pet_the_caller_says_what_is_shown(folder: Path) -> None:
    done = darkroom(
        folder, "look", "--json", "--kind", "pet", "--framing", "face", folder / "wall.png"
    )
    assert json.loads(done.stdout)["verdict"] == "counts"


def test_a_missing_file_is_told_by_name(folder: Path) -> None:
    done = darkroom(folder, "look", folder / "none.jpg", folder, folder / "her.jpg")
    assert done.returncode == 74
    none, no_file, her, *_ = done.stdout.splitlines()
    assert "none.jpg" in none
    assert "No such file" in none
    assert "Not a file" in no_file
    assert her == "✅ `her.jpg`: head to waist"
    assert "Traceback" not in done.stderr


def test_a_sheet_that_cannot_be_written_is_told_before_any_work(folder: Path) -> None:
    done = darkroom(folder, "look", folder / "her.jpg", "--sheet", folder / "no" / "sheet.png")
    assert done.returncode == 74
    assert "sheet.png" in done.stderr
    assert done.stdout == ""


def test_a_sheet_never_takes_the_place_of_a_photo(folder: Path) -> None:
    done = darkroom(folder, "look", folder / "her.jpg", "--sheet", folder / "her.jpg")
    assert done.returncode == 64
    assert (folder / "her.jpg").read_bytes() == ASTRONAUT
