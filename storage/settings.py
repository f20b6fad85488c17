"""Settings that bot and trainer share, read once from the environment (`DARKROOM_...`)."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

#: Training resolution in px of bases that are known by name; others: DARKROOM_RESOLUTION.
RESOLUTIONS = {
    "tiny": 64,
    "stabilityai/stable-diffusion-2-1": 768,
    "stabilityai/stable-diffusion-2": 768,
}


class StorageSettings(BaseSettings):
    """Where everything is kept, and which base it is for."""

    model_config = SettingsConfigDict(env_prefix="darkroom_", env_file=".env", extra="ignore")

    data: Path = Field(Path("var/darkroom"), description="Folder of the database and the blobs.")
    base: str = Field(
        "tiny", description="The base: `tiny`, a Stable Diffusion 1.x/2.x hub id, or a folder."
    )
    resolution: int | None = Field(
        None, description="Training resolution in px, where the base's own is not known by name."
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
