"""One member's whole story, from the first word to being forgotten, and a session of three."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngImageFile
from sqlalchemy import func, select

from deploy.demo.album import Album
from deploy.demo.answers import private, shown, text_of
from deploy.demo.counter import stands_at_the_counter
from deploy.demo.editing import works_on_pictures
from deploy.demo.props import as_gif, photo_files, recompressed, shrunk
from deploy.demo.session import hold_a_session
from deploy.demo.stage import Stage
from storage import gallery, outbox, queue, tables

TOKEN = "zwx"
PROMPTS = (
    "a portrait of zwx at the beach",
    "a close-up of an angry zwx woman on a red background",
    "an upper body picture of a zwx woman under a night sky",
    "a portrait of a smiling zwx woman in front of a brick wall",
)
SEXUAL = "a naked zwx woman at the beach"


class Story:
    """The steps in order. `check` notes a promise and whether it held; `tell` reports progress
    as (fraction from 0 to 1, what happens)."""

    def __init__(
        self, stage: Stage, check: Callable[[str, bool], None], tell: Callable[[float, str], None]
    ) -> None:
        self.stage = stage
        self.check = check
        self.tell = tell
        self.album = Album()

    async def play(self) -> None:
        await self.opens_a_folder()
        await self.hands_in_photos()
        await self.is_told_what_is_missing()
        await self.adds_the_rest()
        panel = await self.starts_training()
        await self.watches(panel)
        await self.sees_the_sample_sheet()
        first = await self.asks_for_pictures()
        await works_on_pictures(self, first)
        await hold_a_session(self)
        await stands_at_the_counter(self)
        await self.asks_too_little_and_too_much()
        await self.comes_back_after_a_restart()
        await self.is_forgotten()

    def scene(self, at: float, title: str) -> None:
        self.stage.transcript.scene(title)
        self.tell(at, title)

    async def opens_a_folder(self) -> None:
        stage = self.stage
        self.scene(0.02, "Alice opens a folder")
        for token, reason in (
            ("../x", "3 to 16 letters"),
            ("dog", "a word I already know"),
            ("everyone", "a word I need myself"),
        ):
            answer = await stage.slash(stage.alice, "subject create", token=token, kind="character")
            self.check(f"the token {token} is refused with a reason", private(answer, reason))
        answer = await stage.slash(
            stage.alice, "subject create", token=TOKEN, kind="character", **{"class": "woman"}
        )
        self.check("a subject is opened", private(answer, "opened a folder for `zwx`"))
        answer = await stage.slash(stage.bob, "subject create", token=TOKEN, kind="pet")
        self.check("a token that is taken is refused", private(answer, "already somebody's"))

    async def hands_in_photos(self) -> None:
        stage = self.stage
        self.scene(0.05, "Consent, then photos, good and bad")
        faces = photo_files("face")
        first = faces[0]
        batch = [
            *faces,
            ("broken.jpg", first[1][:4000]),
            ("again.jpg", recompressed(first[1])),
            ("too-small.png", shrunk(first[1], 48)),
            ("really-a-gif.jpg", as_gif(first[1])),
            ("from-my-iphone.heic", b"\x00\x00\x00\x18ftypheic" + bytes(64)),
        ]
        options = {f"photo{n}": file for n, file in enumerate(batch, 1)}
        answer = await stage.slash(
            stage.alice, "photos add", token=TOKEN, framing="face", **options
        )
        self.check("no photo is taken before consent", private(answer, "Before the first photo"))
        self.check("nothing is stored before consent", await self.count(tables.Photo) == 0)
        answer = await stage.click(stage.alice, answer.response, "I agree")
        said = text_of(answer)
        self.check("the photos that waited are looked at", faces[0][0] in said)
        self.check("a broken file is refused with what to do", "damaged or cut off" in said)
        self.check("a small file is refused with its size", "only 48 x 48" in said)
        self.check("a renamed GIF is recognised", "this is GIF" in said)
        self.check("HEIC is refused with how to export it", "Most Compatible" in said)
        self.check("a near-duplicate does not count", "nearly the same as photo 1" in said)
        self.check("the good ones are kept", "close-ups 4/6" in said and "full views 0/2" in said)
        self.album.photos += faces

    async def is_told_what_is_missing(self) -> None:
        stage = self.stage
        self.scene(0.10, "Training is refused until the photos suffice")
        answer = await stage.slash(stage.alice, "train start", token=TOKEN)
        self.check(
            "training waits for coverage",
            private(answer, "2 more photos close up and 2 more photos of the whole"),
        )
        answer = await stage.slash(stage.alice, "imagine", prompt=PROMPTS[0])
        self.check("an untrained subject cannot be drawn", private(answer, "not trained yet"))

    async def adds_the_rest(self) -> None:
        stage = self.stage
        self.scene(0.13, "The missing photos, through a private form")
        for framing in ("torso", "chest"):
            files = photo_files(framing)
            form = await stage.slash(stage.alice, "photos add", token=TOKEN)
            answer = await stage.submit(stage.alice, form, [files, [framing]])
            self.album.photos += files
        said = text_of(answer)
        self.check(
            "the checklist is complete", "✅ close-ups 7/6" in said and "✅ full views 3/2" in said
        )
        crops = [row.blob_key for row in await self.rows(tables.Crop)]
        sizes = {Image.open(io.BytesIO(await stage.bot.blobs.get(key))).size for key in crops}
        self.check("every crop is a square of the base's size", sizes == {(64, 64)})

    async def starts_training(self) -> Any:
        stage = self.stage
        self.scene(0.16, "The plan, confirmed")

        async def is_awake() -> bool:
            return gallery.is_awake(await gallery.latest_worker(stage.bot.database))

        await stage.wait_for("the trainer to wake up", is_awake)
        answer = await stage.slash(stage.alice, "train start", token=TOKEN)
        self.check(
            "a plan is shown first", private(answer, "**Steps**", "**In line** You are next")
        )
        panel = await stage.click(stage.alice, answer.response, "Start training")
        self.check("a progress panel appears", not panel.response.ephemeral)
        again = await stage.click(stage.alice, answer.response, "Start training")
        self.check("a second press starts nothing", private(again, "already on its way"))
        stranger = await stage.click(stage.bob, panel.response, "Cancel")
        self.check("a stranger cannot cancel it", private(stranger, "somebody else"))
        return panel.response

    async def watches(self, panel: Any) -> None:
        stage = self.stage
        self.scene(0.18, "Training, watched live")
        seen: list[tuple[str, int]] = []
        noted: set[str] = set()
        told_last = ""
        job_id = (await self.rows(tables.Job))[0].id
        assert job_id is not None

        async def is_over() -> bool:
            nonlocal told_last
            job = await queue.get(stage.bot.database, job_id)
            assert job is not None
            told = job.progress
            phase, step, total = told.get("phase", ""), told.get("step", 0), told.get("total", 0)
            seen.append((phase, step))
            share = {"class-images": (0.2, 0.2), "training": (0.4, 0.35), "samples": (0.75, 0.05)}
            start, length = share.get(phase, (0.18, 0.0))
            self.tell(start + length * step / max(1, total), f"{phase or 'waiting'} {step}/{total}")
            quarter = f"{phase} {4 * step // max(1, total)}"
            says = shown(self.again(panel))
            if phase in share and quarter not in noted and 0 < step < total and says != told_last:
                noted.add(quarter)
                told_last = says
                await stage.transcript.bot(self.again(panel))
            return job.finished_at is not None and not await outbox.waiting(stage.bot.database)

        await stage.wait_for("the training", is_over, limit_s=1800)
        await stage.transcript.bot(self.again(panel))
        steps = [step for phase, step in seen if phase == "training"]
        self.check("progress is live", len(set(steps)) > 5 and steps == sorted(steps))
        job = await queue.get(stage.bot.database, job_id)
        assert job is not None
        adapter = await gallery.current_adapter(stage.bot.database, job.subject_id or 0)
        self.check("the training ends well", job.state == "done")
        self.check("its panel says so", "is ready, after" in shown(self.again(panel)))
        self.check(
            "an adapter is kept as safetensors",
            adapter is not None and adapter.blob_key.endswith(".safetensors"),
        )
        for row in (await self.rows(tables.ClassImage))[:6]:
            self.album.class_images.append(await stage.bot.blobs.get(row.blob_key))

    async def sees_the_sample_sheet(self) -> None:
        stage = self.stage
        self.scene(0.82, "The sample sheet, for Alice alone")
        ping = stage.channel.last_message
        await stage.transcript.bot(ping)
        stranger = await stage.click(stage.bob, ping, "Show me the sample sheet")
        self.check("a stranger does not see it", private(stranger, "somebody else"))
        answer = await stage.click(stage.alice, ping, "Show me the sample sheet")
        messages = [m for m in (answer.response, *answer.followups) if m is not None]
        self.check("she sees it, privately", any(m.attachments and m.ephemeral for m in messages))
        steps = sorted(adapter.step for adapter in await self.rows(tables.Adapter))
        images = await self.rows(tables.Image)
        for place, image in enumerate(sorted(images, key=lambda image: image.number)):
            tile = image.parameters.split("\n")[0], await stage.bot.blobs.get(image.blob_key)
            step = steps[place * len(steps) // len(images)]
            self.album.samples.setdefault(step, []).append(tile)

    async def asks_for_pictures(self) -> Any:
        """Prompts; the message that answered the first of them."""
        stage = self.stage
        self.scene(0.85, "Prompts, answered with pictures")
        messages = []
        for number, prompt in enumerate(PROMPTS):
            answer = await stage.slash(stage.alice, "imagine", prompt=prompt, seed=3)
            messages.append(answer.response)
            (picture,) = await self.answered(answer.response, f"a picture of “{prompt}”")
            self.album.answers.append((prompt, picture))
            self.check(
                f"a picture for “{prompt}”", Image.open(io.BytesIO(picture)).size == (64, 64)
            )
            self.tell(0.85 + 0.08 * (number + 1) / len(PROMPTS), "pictures")
        first = Image.open(io.BytesIO(self.album.answers[0][1]))
        assert isinstance(first, PngImageFile)
        noted = first.text["parameters"]
        self.check("settings are written into the picture", "Seed: 3" in noted)
        self.check("the class word was added after the token", "zwx woman at the beach" in noted)
        answer = await stage.slash(
            stage.alice, "imagine", prompt=PROMPTS[0], seed=3, shape="landscape"
        )
        (picture,) = await self.answered(answer.response, "a landscape")
        self.album.answers.append((f"{PROMPTS[0]}, landscape", picture))
        self.check("a landscape is wider", Image.open(io.BytesIO(picture)).size == (96, 64))
        return self.again(messages[0])

    async def asks_too_little_and_too_much(self) -> None:
        stage = self.stage
        self.scene(0.94, "What is refused, and how")
        answer = await stage.slash(stage.alice, "imagine", prompt="zwx smiling")
        self.check("2 words are refused with the count", private(answer, "2 words"))
        answer = await stage.slash(stage.alice, "imagine", prompt=" ".join(["zwx", *["very"] * 60]))
        self.check("61 words are refused with the count", private(answer, "61 words"))
        answer = await stage.slash(stage.bob, "imagine", prompt=PROMPTS[0])
        unknown = await stage.slash(stage.bob, "imagine", prompt="a portrait of qqxy at the beach")
        self.check("a stranger cannot use the subject", private(answer, "no token of yours"))
        self.check(
            "and cannot tell it from one that does not exist", text_of(answer) == text_of(unknown)
        )
        answer = await stage.slash(stage.alice, "imagine", prompt=SEXUAL)
        self.check("a sexual prompt is refused", private(answer, "do not make sexual pictures"))

    async def comes_back_after_a_restart(self) -> None:
        stage = self.stage
        self.scene(0.96, "The bot restarts; old buttons still work")
        ping = next(m for m in stage.channel.history() if "is ready." in shown(m))
        await stage.restart_bot()
        answer = await stage.click(stage.alice, ping, "Show me the sample sheet")
        self.check(
            "a button from before the restart works", bool(answer.followups or answer.response)
        )

    async def is_forgotten(self) -> None:
        stage = self.stage
        self.scene(0.97, "Everything is forgotten")
        answer = await stage.slash(stage.alice, "me forget")
        answer = await stage.click(stage.alice, answer.response, "Forget me")
        self.check(
            "a receipt is given",
            "you are forgotten. Receipt: 1 subject, 11 photos" in text_of(answer),
        )
        left = [
            await self.count(t)
            for t in (
                tables.Member,
                tables.Subject,
                tables.Photo,
                tables.Job,
                tables.Adapter,
                tables.Image,
            )
        ]
        self.check("no row of hers is left", left[1:] == [0] * 5)
        kept = {row.blob_key for row in await self.rows(tables.ClassImage)}
        there = {name async for name, _ in self.stage.bot.blobs.ages()}
        self.check("no file of hers is left", there == kept)

    # --- looking things up ---

    async def answered(self, message: Any, what: str) -> list[bytes]:
        """The files of a message, once it has some."""

        async def has_files() -> bool:
            return bool(self.again(message).attachments)

        await self.stage.wait_for(what, has_files)
        await self.stage.transcript.bot(self.again(message))
        return [await file.read() for file in self.again(message).attachments]

    async def rows(self, table: Any) -> list[Any]:
        async with self.stage.bot.database.read() as session:
            return list((await session.scalars(select(table).order_by(table.id))).all())

    async def count(self, table: Any) -> int:
        async with self.stage.bot.database.read() as session:
            return await session.scalar(select(func.count()).select_from(table)) or 0

    def again(self, message: Any) -> Any:
        """The message as it is now."""
        places = [self.stage.channel, *self.stage.channel.threads]
        return next(m for place in places for m in place.history() if m.id == message.id)
