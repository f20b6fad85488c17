"""The bot's own settings, beside those it shares with the trainer."""

from __future__ import annotations

from pydantic import Field, SecretStr

from storage.queue import Quotas
from storage.settings import StorageSettings


class BotSettings(StorageSettings):
    """Read from the environment or `.env`: DARKROOM_TOKEN, DARKROOM_GUILD, ..."""

    token: SecretStr = Field(SecretStr(""), description="The bot's token from Discord.")
    guild: int | None = Field(
        None, description="A server's id: commands appear there at once instead of everywhere."
    )
    photos_per_subject: int = Field(60, ge=8, description="Most photos a subject may have.")
    open_jobs_per_member: int = Field(10, ge=1, description="Most jobs a member may have in line.")
    open_jobs_per_server: int = Field(
        200, ge=1, description="Most jobs all members of a server may have in line together."
    )
    subjects_per_member: int = Field(10, ge=1, description="Most subjects a member may have.")
    privacy_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s()<>]+$",
        description="Address of your privacy page (docs/privacy.md is a template for one): the"
        " consent text, `/help` and `/me data` link to it.",
    )

    identity: bool = Field(
        False,
        description="Compare the faces of a person's photos and ask about one that may be somebody"
        " else's. It measures faces, which the law of many places has something to say about, and"
        " needs pip install '.[identity]'. Nothing of it is kept.",
    )

    @property
    def quotas(self) -> Quotas:
        return Quotas(per_member=self.open_jobs_per_member, per_server=self.open_jobs_per_server)
