"""The trainer's own settings, beside those it shares with the bot."""

from __future__ import annotations

from pydantic import Field

from storage.settings import StorageSettings


class TrainerSettings(StorageSettings):
    """Read from the environment or `.env`: DARKROOM_DEVICE, DARKROOM_LEASE_S, ..."""

    device: str | None = Field(None, description="`cuda`, `cpu`, ...; the best there is if unset.")
    lease_s: float = Field(
        30.0,
        ge=0.5,
        le=300,
        description="How long a job waits for a silent trainer before it moves on.",
    )
    reserve_mb: int = Field(
        500, ge=0, description="No job is begun while the disk has less room than this, in MB."
    )
    fast_adapter: str | None = Field(
        None,
        description="The distilled adapter that `/imagine fast` draws with: a safetensors"
        " file or the hub id of an LCM-LoRA that was made for the base.",
    )
