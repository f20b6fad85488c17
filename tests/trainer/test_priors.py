from __future__ import annotations

from dataclasses import replace

from trainer.base import Base
from trainer.defaults import guidance_for
from trainer.priors import (
    STEPS,
    class_key,
    class_prompt,
    make_class_pictures,
    missing_seeds,
)


def test_only_what_is_missing_is_drawn() -> None:
    assert missing_seeds(4, []) == [0, 1, 2, 3]
    assert missing_seeds(4, [0, 2]) == [1, 3]
    assert missing_seeds(4, [7, 8, 9]) == [0]
    assert missing_seeds(3, [0, 1, 2, 3]) == []
    assert missing_seeds(0, []) == []


def test_the_prompt_names_the_class_with_its_article() -> None:
    assert class_prompt("man") == "a picture of a man"
    assert class_prompt("animal") == "a picture of an animal"


def test_bases_and_classes_do_not_share_pictures(base: Base) -> None:
    insists_otherwise = replace(base, id="tiny")
    assert guidance_for(insists_otherwise) != guidance_for(base)
    keys = {
        class_key(base, "man"),
        class_key(base, "woman"),
        class_key(replace(base, weights_hash="0"), "man"),
        class_key(insists_otherwise, "man"),
    }
    assert len(keys) == 4


def test_a_class_image_depends_on_its_seed_alone(base: Base) -> None:
    seen: list[tuple[int, int]] = []
    made = list(
        make_class_pictures(
            base, "man", [0, 1, 2, 3, 4], on_step=lambda *counted: seen.append(counted)
        )
    )
    assert [one.seed for one in made] == [0, 1, 2, 3, 4]
    assert len({one.picture.tobytes() for one in made}) == 5
    # four at a time, then the fifth
    counted = [*range(4, 4 * STEPS + 1, 4), *range(4 * STEPS + 1, 5 * STEPS + 1)]
    assert seen == [(done, 5 * STEPS) for done in counted]
    [again] = make_class_pictures(base, "man", [4])
    assert again.picture.tobytes() == made[4].picture.tobytes()
