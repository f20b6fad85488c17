"""Blobs in a bucket of any store that speaks S3.

One PUT for each blob: the store shows it whole or not at all, and leaves no parts behind as an
upload in parts would. The request's signature covers the content, so what was changed on its way
is refused.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from storage.blobs.keys import checked, new_key
from storage.errors import BlobMissing, StoreUnreachable

if TYPE_CHECKING:  # obstore has this name for type checkers only
    from obstore.store import S3Config

#: A store that does not pick up within this is taken for absent.
CONNECT = timedelta(seconds=3)
#: A stalled transfer is given up; a slow one may go on.
SILENCE = timedelta(seconds=15)
#: The whole of one request: an adapter of 200 MB at 2 MB/s.
REQUEST = timedelta(seconds=120)
#: Three more tries, of a second at most between two, and none after half a minute: what waits for
#: the answer is a member or a lease.
RETRIES = 3
LONGEST_BACKOFF = timedelta(seconds=1)
NO_RETRY_AFTER = timedelta(seconds=30)
#: Entries of one page of a listing, the most that S3 gives.
PAGE = 1000

_REFUSALS = (PermissionDeniedError, UnauthenticatedError)
#: Codes of a server's own trouble, after which our settings need no second look.
_TROUBLES = {"InternalError", "ServiceUnavailable", "SlowDown"}
_CODE = re.compile(r"<Code>(\w+)</Code>")


class BucketBlobs:
    """One bucket, or what lies under `prefix` in it.

    Who we are is read from the environment by the client: AWS_ACCESS_KEY_ID and
    AWS_SECRET_ACCESS_KEY (AWS_SESSION_TOKEN), a web identity, or the machine's own role.
    """

    def __init__(
        self, bucket: str, prefix: str = "", *, endpoint: str | None, region: str | None
    ) -> None:
        self.name = f"s3://{bucket}/{prefix}".rstrip("/")
        if endpoint is not None:
            self.name += f" at {endpoint}"
        config: S3Config = {
            "virtual_hosted_style_request": False,  # own servers seldom have a name per bucket
            "disable_bulk_delete": True,  # not every store has it
        }
        if endpoint is not None:
            config["endpoint"] = endpoint
        if region is not None:
            config["region"] = region
        self._store = S3Store(
            bucket,
            prefix=prefix or None,
            config=config,
            client_options={
                "allow_http": endpoint is not None and endpoint.startswith("http://"),
                "connect_timeout": CONNECT,
                "read_timeout": SILENCE,
                "timeout": REQUEST,
            },
            retry_config={
                "max_retries": RETRIES,
                "retry_timeout": NO_RETRY_AFTER,
                "backoff": {"max_backoff": LONGEST_BACKOFF},
            },
        )

    async def ready(self) -> None:
        """List, write, read and delete once. Raises StoreUnreachable."""
        with self._asking():
            async for _ in self._store.list(chunk_size=1):
                break
            await self._now()

    async def put(self, folder: str, data: bytes, suffix: str) -> str:
        """Write a blob and return its key."""
        key = new_key(folder, suffix)
        await self.put_as(key, data)
        return key

    async def put_as(self, key: str, data: bytes) -> None:
        """Write a blob under a key that it had before."""
        checked(key)
        with self._asking(key):
            await self._store.put_async(key, data, use_multipart=False)

    async def get(self, key: str) -> bytes:
        """Read a blob. Raises BlobMissing."""
        checked(key)
        with self._asking(key):
            found = await self._store.get_async(key)
            return (await found.bytes_async()).to_bytes()

    async def exists(self, key: str) -> bool:
        """Whether a blob is there."""
        return await self._size(key) is not None

    async def delete(self, key: str) -> int:
        """Remove a blob and return its size in bytes, 0 when it was gone already."""
        size = await self._size(key)
        if size is None:
            return 0
        with self._asking(key):
            await self._store.delete_async(key)
        return size

    async def ages(self) -> AsyncIterator[tuple[str, float]]:
        """Every object with the seconds since it was written, by the store's own clock: one that
        goes an hour wrong would make a fresh file look like an old one."""
        with self._asking():
            now = await self._now()
            async for page in self._store.list(chunk_size=PAGE):
                for entry in page:
                    yield entry["path"], (now - entry["last_modified"]).total_seconds()

    async def discard(self, name: str) -> None:
        """Remove an object by its name under the prefix."""
        if all(part not in {"", ".", ".."} for part in name.split("/")):
            with self._asking(name):
                await self._store.delete_async(name)

    async def _size(self, key: str) -> int | None:
        checked(key)
        try:
            with self._asking(key):
                try:
                    return (await self._store.head_async(key))["size"]
                except FileNotFoundError:
                    # the answer to a HEAD does not say whether key or bucket is missing
                    return (await self._store.get_async(key)).meta["size"]
        except BlobMissing:
            return None

    async def _now(self) -> datetime:
        """The time on the store's clock, read off something written just now."""
        probe = new_key("probe", "tmp")
        await self._store.put_async(probe, b"What time is it?", use_multipart=False)
        try:
            return (await self._store.head_async(probe))["last_modified"]
        finally:
            await self._store.delete_async(probe)

    @contextmanager
    def _asking(self, key: str = "") -> Iterator[None]:
        """Say in storage's words what the client met."""
        try:
            yield
        except (FileNotFoundError, BaseError) as error:
            said = _CODE.search(str(error))
            code = said[1] if said else type(error).__name__
            if said is None and not isinstance(error, _REFUSALS):
                raise StoreUnreachable(
                    f"{self.name} does not answer. Check DARKROOM_BLOBS_ENDPOINT, the network, and"
                    " that AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set."
                ) from error
            if code == "NoSuchKey":
                raise BlobMissing(f"The file {key} is missing from {self.name}.") from None
            if code in _TROUBLES:
                raise StoreUnreachable(
                    f"{self.name} is in trouble of its own ({code}); its log says more."
                ) from error
            raise StoreUnreachable(
                f"{self.name} refuses ({code}). Check the bucket's name and region, and that"
                " the owner of AWS_ACCESS_KEY_ID may list, read, write and delete there."
            ) from error
