from __future__ import annotations

import pytest

from storage.settings import StorageSettings, explain


def test_members_choose_between_a_lora_and_one_with_its_own_token_unless_more_is_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert StorageSettings().methods == ("lora", "pivotal")
    for typed, meant in (
        ("lora,pivotal,full", ("lora", "pivotal", "full")),
        (" Full , lora,full,", ("full", "lora")),
        ("", ("lora", "pivotal")),
    ):
        monkeypatch.setenv("DARKROOM_METHODS", typed)
        assert StorageSettings().methods == meant


@pytest.mark.parametrize("wrong", ["lora,dora", ",", "lora pivotal", '["lora"]'])
def test_what_is_no_method_is_refused_with_a_sentence(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARKROOM_METHODS", wrong)
    with pytest.raises(ValueError) as refused:
        StorageSettings()
    said = explain(refused.value)  # type: ignore[arg-type]  # pydantic's is a ValueError
    assert f"DARKROOM_METHODS={wrong!r}" in said
    assert "one or more of lora, lora-text, pivotal, full" in said
