from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import BotSettings
from storage.spelling import NAMES, unread
from trainer.settings import TrainerSettings


def test_every_setting_is_known() -> None:
    fields = {*BotSettings.model_fields, *TrainerSettings.model_fields}
    assert {name.upper() for name in fields} == NAMES


def test_a_name_that_nobody_reads_is_said_with_the_nearest_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("DARKROOM_BASE=tiny\nDARKROOM_PHOTO_DAYS=3\nOTHER=1\n")
    monkeypatch.setenv("DARKROOM_XYLOPHONE", "1")
    photo_days, xylophone = unread()
    assert photo_days.endswith("Did you mean DARKROOM_PHOTOS_DAYS?")
    assert xylophone == "DARKROOM_XYLOPHONE is no setting of Darkroom's and is not read."
