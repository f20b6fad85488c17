"""One worker: it claims jobs and does them.

Interactive work never waits for a training to end: between two steps the worker looks for
prompts and draws them on the same weights, all that wait in one batch. A worker that runs out of
memory does not go on; it gives its job back and leaves, and the supervisor starts a fresh one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

from storage import clock, gallery, queue
from storage.errors import (
    Busy,
    LeaseLost,
    StorageFull,
)
from storage.wake import Watch
from trainer import drawing, training
from trainer.credit import Credit
from trainer.failures import final_code, is_passing
from trainer.fit import is_out_of_memory
from trainer.lane import Lane
from trainer.printing import PrintingRoom
from trainer.pulse import JobCancelled, Pulse
from trainer.settings import TrainerSettings
from trainer.studio import Studio

log = logging.getLogger("darkroom.trainer")

#: An idle worker is woken by writes; it looks by itself this often, for jobs whose wait is over
#: and for wake-ups that got lost.
LOOK_S = 1.0
#: After a database that was busy, or a disk that was full.
PAUSE_S = 5.0
#: A job that such a thing interrupted waits this long.
PUT_OFF_S = 15.0
#: How often a worker says that it is awake, idle or not.
SIGN_OF_LIFE_S = 15.0


class OutOfMemory(Exception):
    """The device is full; what comes after that in the same process cannot be relied on."""


def never() -> bool:
    """For what may not be done at all."""
    return False


class Worker:
    """The loop of claims over one studio."""

    def __init__(self, studio: Studio, settings: TrainerSettings, worker_id: int) -> None:
        self.studio = studio
        self.settings = settings
        self.worker_id = worker_id
        self.stopping = asyncio.Event()
        self.room = PrintingRoom(studio)
        self.lane = Lane(self.room, self._bring_to_end)
        self._credit = Credit()
        self._watch: Watch | None = None
        self._looked_at = -math.inf

    async def run(self) -> None:
        """Work until `stopping` is set. Raises OutOfMemory after giving the job back."""
        signs = asyncio.create_task(self._give_signs_of_life())
        try:
            async with Watch(self.studio.database) as self._watch:
                while not self.stopping.is_set():
                    if not await self.serve_one():
                        await self._watch.changed(self.stopping, LOOK_S)
        finally:
            await self.lane.leave(_Stopping())
            self.stopping.set()  # ends the signs too, and never inside a transaction
            await signs

    async def _give_signs_of_life(self) -> None:
        """Beside the work: a training of an hour must not look like a trainer asleep."""
        while not self.stopping.is_set():
            try:
                await gallery.report_speed(self.studio.database, self.worker_id)
                await self._forget_erased()
            except Exception:
                log.exception("a sign of life did not land")
            await self._pause(SIGN_OF_LIFE_S)

    async def _forget_erased(self) -> None:
        """What was erased from rows and files leaves the memory too."""
        for sha256 in await gallery.gone(self.studio.database, self.room.remembers):
            await self.studio.on_device(partial(self.room.forget, sha256))

    async def _pause(self, seconds: float) -> None:
        """Wait, but not beyond the moment somebody asks us to stop."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)

    async def serve_one(self) -> bool:
        """Claim a job and bring it to an end of some kind, pictures with all that join them; False
        when nothing waits, or when this is no time to begin anything."""
        self._credit.save()
        try:
            if not len(self.lane):
                lease = await self._claim(interactive_only=False)
                if lease is None:
                    return False
                if lease.job.kind == "generate":
                    self.lane.take(lease)
                else:
                    await self._without_pictures(lease)
            if len(self.lane):
                # a flood must not keep away a training that is overdue either
                may_train = self._credit.is_spent
                await self.lane.serve(never, partial(self._joining, may_train=may_train))
        finally:
            self._credit.spend()
        return True

    async def _joining(self, may_train: Callable[[], bool] = never) -> queue.Lease | None:
        """A job of pictures that joins those in hand. Where it `may_train` and that is whose turn
        it is, a training is brought to its end instead, with the pictures between its steps."""
        if self.stopping.is_set():
            return None
        lease = await self._claim(interactive_only=not may_train())
        if lease is not None and lease.job.kind != "generate":
            await self._without_pictures(lease)
            return None
        return lease

    async def _without_pictures(self, lease: queue.Lease) -> None:
        """Bring a job of another kind to its end; its time is not the pictures'."""
        self._credit.spend()
        await self._bring_to_end(lease)
        self._credit.save()

    async def _bring_to_end(self, lease: queue.Lease) -> None:
        """Do a claimed job; whatever comes of it is written down. Raises OutOfMemory."""
        job = lease.job
        log.info("job %s (%s), attempt %s", job.id, job.kind, job.attempt)
        try:
            async with Pulse(self.studio.database, lease, self.settings.lease_s) as pulse:
                await self._do(lease, pulse)
            log.info("job %s done", job.id)
        except LeaseLost:
            log.warning("job %s is no longer ours", job.id)
        except JobCancelled:
            await self._ended(queue.stop(self.studio.database, lease))
        except _Stopping:
            await self._ended(queue.give_back(self.studio.database, lease, count_attempt=False))
        except OutOfMemory:  # of a prompt that was served between two steps of this job
            await self._ended(queue.give_back(self.studio.database, lease, count_attempt=False))
            raise
        except Exception as error:
            await self._ended(self._after(error, lease))
            if is_out_of_memory(error):
                raise OutOfMemory from error

    async def _after(self, error: Exception, lease: queue.Lease) -> None:
        """End a job that raised, or put it back in line to be tried again."""
        job, database = lease.job, self.studio.database
        code = final_code(error)
        if code is not None:
            log.warning("job %s failed: %s", job.id, error)
            await queue.fail(database, lease, code)
            return
        if is_passing(error):
            log.warning("job %s is put off: %s", job.id, error)
            await queue.give_back(database, lease, count_attempt=False, wait_s=PUT_OFF_S)
            return
        log.error("job %s broke", job.id, exc_info=error)
        if job.attempt < job.max_attempts:
            await queue.give_back(database, lease, count_attempt=True)
        else:
            code = "out_of_memory" if is_out_of_memory(error) else "error"
            await queue.fail(database, lease, code)

    async def _claim(self, *, interactive_only: bool) -> queue.Lease | None:
        try:
            if _free_bytes(self.settings.data) < self.settings.reserve_mb * 1_000_000:
                raise StorageFull(
                    f"less than DARKROOM_RESERVE_MB={self.settings.reserve_mb} is left on the disk"
                    f" of {self.settings.data}"
                )
            return await queue.claim(
                self.studio.database,
                lease_s=self.settings.lease_s,
                interactive_only=interactive_only,
            )
        except (Busy, StorageFull) as error:
            # an idle worker waits a while; what is in hand goes on without looking for more
            log.warning("no job is begun now: %s", error)
            if not interactive_only and not len(self.lane):
                await self._pause(PAUSE_S)
            return None

    async def _do(self, lease: queue.Lease, pulse: Pulse) -> None:
        if lease.job.kind == "train":
            speed = await training.run(self.studio, lease, pulse, self._between_steps)
        elif lease.job.kind == "generate":
            speed = await drawing.run(self.studio, self.room, lease, pulse)
        else:
            # the table allows class images as a job of their own; nothing asks for one yet
            raise NotImplementedError(lease.job.kind)
        with contextlib.suppress(Busy, StorageFull):  # the job is done; this is only a figure
            await gallery.report_speed(self.studio.database, self.worker_id, **asdict(speed))

    async def _between_steps(self) -> bool:
        """Pictures go first, within their share of the device; whether nobody waits for one then.
        Called after every step: what a member asks for meanwhile is begun at the next."""
        if self.stopping.is_set():
            raise _Stopping
        now = clock.monotonic_s()
        is_news = self._watch is None or self._watch.is_news()
        if not is_news and not len(self.lane) and now - self._looked_at < LOOK_S:
            return True
        self._looked_at = now
        self._credit.save()
        try:
            await self.lane.serve(self._credit.is_spent, self._joining)
            return not (len(self.lane) or self._credit.is_spent())
        finally:
            self._credit.spend()

    @staticmethod
    async def _ended(ending: Awaitable[None]) -> None:
        """Write a job's end; where that cannot be done, its lease runs out and others do."""
        try:
            await ending
        except LeaseLost:
            log.warning("the job was taken over before its end was written")
        except (Busy, StorageFull) as error:
            log.warning("the job's lease has to run out: %s", error)


class _Stopping(Exception):
    """The worker was asked to leave in the middle of a job."""


def _free_bytes(folder: Path) -> int:
    """The room on the disk of a folder that may not be there yet."""
    whole = folder.resolve()
    there = next(place for place in (whole, *whole.parents) if place.exists())
    return shutil.disk_usage(there).free
