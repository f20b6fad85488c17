"""Settings that bot and trainer share, read once from the environment (`DARKROOM_...`)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias, get_args

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]+[a-z0-9](/[A-Za-z0-9_-]+)*/?")

#: Training resolution in px of bases that are known by name; others: DARKROOM_RESOLUTION.
RESOLUTIONS = {
    "tiny": 64,
    "stabilityai/stable-diffusion-2-1": 768,
    "stabilityai/stable-diffusion-2": 768,
}

#: How a subject is learned: a LoRA; a LoRA in the text encoder, too; a LoRA and a token of its own;
#: every weight of the base.
Method: TypeAlias = Literal["lora", "lora-text", "pivotal", "full"]
METHODS: Final[tuple[Method, ...]] = get_args(Method)

#: Ten years. What is to be kept for ever has no number.
MOST_DAYS = 3650


def explain(error: ValidationError) -> str:
    """What is wrong with the settings, a line for each, with the names an operator typed."""
    lines = [
        f"{_name(fault['loc'])}: {fault['msg']}."
        if "postgresql" in fault["loc"]  # a password may be in it
        else f"{_name(fault['loc'])}={fault['input']!r}: {fault['msg']}."
        for fault in error.errors()
    ]
    return "\n".join(["Some settings cannot be used (README, 'On your own server'):", *lines])


def _name(place: tuple[object, ...]) -> str:
    return f"DARKROOM_{'_'.join(map(str, place)).upper()}"


_POSTGRESQL = ("postgresql", "postgres")


class StorageSettings(BaseSettings):
    """Where everything is kept, and which base it is for."""

    model_config = SettingsConfigDict(
        env_prefix="darkroom_", env_file=".env", extra="ignore", env_ignore_empty=True
    )

    data: Path = Field(Path("var/darkroom"), description="Folder of the database and the blobs.")
    blobs: str | None = Field(
        None,
        description="`s3://bucket` or `s3://bucket/prefix` of any S3-compatible store, where the"
        " files are then kept in place of the folder `blobs` beside the database. Bot and trainers"
        " sign in with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, which belong into their"
        " environment: `.env` is not read for these two.",
    )
    blobs_endpoint: str | None = Field(
        None,
        pattern=r"^https?://[^/\s]+/?$",
        description="Address of a store that is not Amazon's: `https://s3.example.org`, or `http://`"
        " within one's own walls.",
    )
    blobs_region: str | None = Field(
        None, description="Region of the bucket, if the store has any; else AWS_REGION."
    )
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

    methods: Annotated[tuple[Method, ...], NoDecode] = Field(
        ("lora", "pivotal"),
        description="How members may have their subjects learned, with commas between: `lora`,"
        " `lora-text`, `pivotal` and `full`, which trains every weight of the base and needs the"
        " memory and the disk for that. The first is taken where the usual one is not among them.",
    )

    postgresql: str | None = Field(
        None,
        repr=False,
        description="`postgresql://user:password@host/name` of the database to use in place of the"
        " SQLite file: for trainers on several machines.",
    )
    photos_days: int | None = Field(
        None,
        ge=1,
        le=MOST_DAYS,
        description="Photos are deleted so long after their last training; else never.",
    )
    adapters_days: int | None = Field(
        None,
        ge=1,
        le=MOST_DAYS,
        description="Trainings that nobody draws with are deleted after so long.",
    )
    pictures_days: int | None = Field(
        None,
        ge=1,
        le=MOST_DAYS,
        description="Pictures are deleted so long after they were made; else never.",
    )
    backups_days: int = Field(
        30,
        ge=1,
        le=MOST_DAYS,
        description="Backups older than this are deleted by the next `darkroom backup`.",
    )

    @field_validator("postgresql")
    @classmethod
    def _is_postgresql(cls, value: str | None) -> str | None:
        try:
            url = make_url(value) if value else None
        except (ArgumentError, ValueError):
            url = None
        if value is not None and (url is None or url.get_backend_name() not in _POSTGRESQL):
            raise ValueError(
                "this is no address of a PostgreSQL database: write"
                " postgresql://user:password@host:5432/name, with %2F and %23 for / and # in the"
                " password, or leave it out to keep the rows in an SQLite file"
            )
        return value

    @field_validator("methods", mode="before")
    @classmethod
    def _are_methods(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        named = [name.strip().lower() for name in value.split(",") if name.strip()]
        if not named or not set(named) <= set(METHODS):
            raise ValueError(
                f"write one or more of {', '.join(METHODS)}, with commas between, or leave it out"
                " for lora and pivotal"
            )
        return tuple(dict.fromkeys(named))

    @field_validator("blobs")
    @classmethod
    def _is_a_bucket(cls, value: str | None) -> str | None:
        if value is not None and not _BUCKET.fullmatch(value):
            raise ValueError(
                "this is no bucket: write s3://bucket or s3://bucket/prefix, or leave it out to"
                " keep the files in a folder under DARKROOM_DATA"
            )
        return value

    @property
    def database(self) -> Path | str:
        """The SQLite file, or PostgreSQL's address."""
        return self.postgresql or self.data / "darkroom.sqlite3"

    @property
    def side(self) -> int:
        """The side in px of a crop: the base's resolution, 512 where nothing else is known."""
        return self.resolution or RESOLUTIONS.get(self.base, 512)
