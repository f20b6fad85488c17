"""Settings that bot and trainer share, read once from the environment (`DARKROOM_...`)."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

#: Training resolution in px of bases that are known by name; others: DARKROOM_RESOLUTION.
RESOLUTIONS = {
    "tiny": 64,
    "stabilityai/stable-diffusion-2-1": 768,
    "stabilityai/stable-diffusion-2": 768,
}


def explain(error: ValidationError) -> str:
    """What is wrong with the settings, a line for each, with the names an operator typed."""
    lines = [
        f"DARKROOM_{'_'.join(map(str, fault['loc'])).upper()}={fault['input']!r}: {fault['msg']}."
        for fault in error.errors()
    ]
    return "\n".join(["Some settings cannot be used (README, 'On your own server'):", *lines])


class StorageSettings(BaseSettings):
    """Where everything is kept, and which base it is for."""

    model_config = SettingsConfigDict(
        env_prefix="darkroom_", env_file=".env", extra="ignore", env_ignore_empty=True
    )

    data: Path = Field(Path("var/darkroom"), description="Folder of the database and the blobs.")
    base: str = Field(
        "tiny", description="The base: `tiny`, a Stable Diffusion 1.x/2.x hub id, or a folder."
    )
    resolution: int | None = Field(
        None,
        ge=64,
        le=2048,
        multiple_of=8,
        description="Training resolution in px, where the base's own is not known by name.",
    )

    @property
    def database(self) -> Path:
        return self.data / "darkroom.sqlite3"

    @property
    def blobs(self) -> Path:
        return self.data / "blobs"

    @property
    def side(self) -> int:
        """The side in px of a crop: the base's resolution, 512 where nothing else is known."""
        return self.resolution or RESOLUTIONS.get(self.base, 512)
