"""Every sentence a member can read, in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from storage.erase import Receipt

CONSENT_VERSION = 1

CONSENT = (
    "**Before the first photo**\n"
    "I am a portrait studio: from your photos I learn to draw one subject, for you alone.\n\n"
    "• I keep your photos upright, without their metadata (no place, no date, no camera), on"
    " this server operator's own machine, for as long as the subject exists.\n"
    "• They are used for one thing: training your own subject. No shared model learns from them.\n"
    "• Only you can use your subject. Sexual pictures of anybody are refused, always.\n"
    "• `/subject delete` removes one subject, `/me forget` removes everything of yours, files"
    " included.\n\n"
    "Hand me only pictures of yourself, of somebody who said yes to this, or of a pet, object or"
    " character you may use."
)
CONSENT_YES = "I agree"
CONSENT_NO = "No, thank you"
CONSENT_GIVEN = "Thank you. Now hand me your photos with `/photos add`."
CONSENT_FIRST = "Before the first photo I ask for your yes: `/photos add` shows what I keep."
CONSENT_AND_PHOTOS = "Thank you. I am looking at your photos now."
CONSENT_STANDS = "You agreed before, so your photos stay. `/me forget` removes everything."
CONSENT_REFUSED = "That is perfectly fine. I kept nothing."
NOT_FOR_YOU = (
    "That button belongs to somebody else. Your own are a `/queue` or `/photos show` away."
)
SUBJECT_GONE = "That subject is no longer here. `/subject list` shows the ones you have."
TROUBLE = (
    "Something went wrong on my side, and I have written it down for the person who runs me."
    " Nothing of yours was lost; please try once more in a moment."
)

_TOKENS = {
    "token_grammar": (
        "A token is 3 to 16 letters a-z or digits, with nothing else in it. Something like"
        " `zwx` or `mira7` works well."
    ),
    "token_digits": "Digits alone could be a year or a price. Add a letter, like `k{token}`.",
    "token_reserved": "`{token}` is a word I need myself. Pick one that means nothing: `zwx`?",
    "token_ordinary": (
        "`{token}` is a word I already know, and your subject would get mixed up with it. Pick"
        " one that means nothing, like `zwx` or `mira7`."
    ),
    "token_sexual": "I do not keep that kind of name. Pick one that means nothing, like `zwx`.",
    "token_taken": "`{token}` is already taken. Add a digit or two and it is yours.",
    "class_grammar": (
        "The class is one or two plain words for what it is: `woman`, `dog`, `toy robot`."
    ),
}


def token_refusal(reason: str, token: str) -> str:
    return _TOKENS[reason].format(token=plain(token))


def plain(typed: str, most: int = 40) -> str:
    """Words of a member, safe to show: no back-ticks, no line breaks, not endless."""
    text = " ".join(typed.replace("`", "'").replace("](", "] (").split())
    return text if len(text) <= most else text[: most - 1] + "…"


def subject_created(token: str, class_word: str, kind: str) -> str:
    photos = (
        "6 of the face and 2 down to the waist."
        if kind == "person"
        else "6 close up and 2 of the whole. Say with `framing` which they are: `face` for close"
        " up, `torso` for the whole."
    )
    return (
        f"Lovely, I have opened a folder for `{token}`, {article(class_word)} {class_word}. Next:"
        f" `/photos add` with at least 8 photos, {photos}"
    )


def too_many_subjects(most: int) -> str:
    return f"You have {most} subjects, which is all I can keep. `/subject delete` makes room."


NO_SUBJECTS = "You have no subjects yet. `/subject create` opens the first folder."


def subject_line(token: str, class_word: str, kind: str, photos: int, trained: bool) -> str:
    state = "ready for `/imagine`" if trained else "not trained yet"
    return f"`{token}` · {class_word} ({kind}) · {count(photos, 'photo')} · {state}"


def delete_question(token: str, photos: int) -> str:
    return (
        f"Delete `{token}` with its {count(photos, 'photo')}, its training and every picture of"
        " it that I keep? This cannot be undone."
    )


DELETE_YES = "Delete it"
DELETE_NO = "Keep it"
KEPT = "Kept. Nothing has changed."


def deleted(token: str, freed_bytes: int) -> str:
    return f"`{token}` is gone, with {size(freed_bytes)} of files."


def unknown_subject(token: str) -> str:
    return f"You have no subject called `{plain(token)}`. `/subject list` shows yours."


# --- photos ---------------------------------------------------------------------------------

_PHOTOS = {
    "empty": "the file is empty. Please send it once more.",
    "too_many_bytes": "it is over 20 MB. Export it smaller, as a JPEG of good quality.",
    "not_a_picture": "this is not a picture I can read. Send a JPEG, PNG or WebP.",
    "heic": (
        "this is HEIC or AVIF, which I cannot open safely. On an iPhone, Settings > Camera >"
        " Formats > Most Compatible takes JPEGs; or share it as a JPEG."
    ),
    "format": "I take JPEG, PNG and WebP, and this is {format}. Export it as one of those.",
    "animated": "it moves. Send me one still frame of it.",
    "too_many_pixels": "it has over 40 megapixels. Please send it smaller.",
    "too_small": (
        "it is only {width} x {height}; its short side must be at least {needed} pixels. The"
        " original from the camera will do."
    ),
    "damaged": "the file is damaged or cut off. Please send it once more.",
    "took_too_long": "I could not open it in a reasonable time. Export it anew as a JPEG.",
    "no_framing": (
        "tell me what it shows: choose `face` or `torso` as the framing, then send it again."
    ),
    "same_file": (
        "I already have this very file. To change what it shows, drop it with `/photos show` first."
    ),
    "subject_gone": "its subject was deleted meanwhile, so I kept nothing of it.",
    "full": "the folder is full ({most} photos). Drop one with `/photos show` to make room.",
    "unreachable": "Discord would not give me the file. Please send it once more.",
    "too_many_files": "I take {most} files at a time. Please send it with the next handful.",
}

_WARNINGS = {
    "no_face": "I cannot find a face in it, so it does not count; one with the face in view would",
    "many_faces": "several people are in it, so it does not count; one of them alone would",
    "blurry": "a little blurry",
    "dark": "rather dark",
}


def photo_refusal(filename: str, reason: str, facts: Mapping[str, object]) -> str:
    return f"✗ `{plain(filename)}`: {_PHOTOS[reason].format(**facts)}"


def photo_accepted(
    filename: str, framing: str, warnings: Sequence[str], repeats: int | None
) -> str:
    return f"✓ `{plain(filename)}`: {photo_verdict(framing, warnings, repeats)}"


def photo_verdict(framing: str, warnings: Sequence[str], repeats: int | None) -> str:
    """`repeats` is the number of the photo it is too much like."""
    if repeats is not None:
        return f"nearly the same as photo {repeats}, so it does not count"
    remarks = [_WARNINGS[w] for w in warnings if w in _WARNINGS]
    glue = ", but " if framing == "other" else ", "
    return (
        glue.join([framing_words(framing), ", ".join(remarks)])
        if remarks
        else framing_words(framing)
    )


def framing_words(framing: str) -> str:
    return {"face": "a good face", "torso": "head to waist"}.get(framing, "kept")


def earlier_photos(number: int) -> str:
    return f"… and {count(number, 'earlier photo')}"


def photo_line(
    number: int, filename: str, framing: str, warnings: Sequence[str], repeats: int | None
) -> str:
    """One line of the checklist."""
    mark = "▫️" if repeats is not None or framing == "other" else "▪️"
    return f"{mark} {number}. {plain(filename, 28)}: {photo_verdict(framing, warnings, repeats)}"


def checklist_title(token: str) -> str:
    return f"Photos of {token}"


def coverage_line(faces: int, torsos: int, faces_needed: int, torsos_needed: int) -> str:
    def part(name: str, have: int, need: int) -> str:
        return f"{'✅' if have >= need else '⬜'} {name} {have}/{need}"

    return part("faces", faces, faces_needed) + "   " + part("torsos", torsos, torsos_needed)


def missing_line(missing_faces: int, missing_torsos: int, photos: int) -> str:
    wants = []
    if missing_faces:
        wants.append(count(missing_faces, "more face photo"))
    if missing_torsos:
        wants.append(count(missing_torsos, "more photo") + " down to the waist")
    if wants:
        return (
            "Still needed: " + " and ".join(wants) + ". Different days, places and moods help most."
        )
    if photos < 12:
        return "That is enough to begin. A few more from other places would make it better still."
    return "That is a fine set. `/train` when you like."


NOTHING_YET = "No photos yet. Add some with the button below."
ADD_PHOTOS = "Add photos"
TRAIN = "Train"
PHOTO_GONE = "That photo is gone already. `/photos show` has the list as it is now."
DROP_PHOTO = "Drop a photo…"
MODAL_TITLE = "Photos of {token}"
MODAL_FILES = "Photos"
MODAL_FILES_HINT = "Up to 10 at once: JPEG, PNG or WebP, up to 20 MB each."
MODAL_FRAMING = "What they show"
FRAMING_CHOICES = {"face": "The face", "torso": "Head to waist, or all of it"}


def dropped(filename: str) -> str:
    return f"Dropped `{plain(filename)}`."


# --- training -------------------------------------------------------------------------------

PLAN_TITLE = "The plan for {token}"
START = "Start training"
NEVER_MIND = "Not now"
NEVER_MINDED = "No hurry. Your photos are safe; `/train` whenever you like."
TRAINING_TITLE = "Training {token}"

_PLAN_WARNINGS = {
    "underfit": (
        "That is few steps for so many photos: it may not look like your subject yet. I would"
        " take {best}."
    ),
    "overfit": (
        "That is a lot of steps for so few photos: it may repeat your photos instead of"
        " following the prompt. I would take {best}."
    ),
    "no_class_images": (
        "Without class images I may forget what any other {class_word} looks like. I would keep"
        " some."
    ),
}


def plan_warning(code: str, best_steps: int, class_word: str) -> str:
    return "⚠️ " + _PLAN_WARNINGS[code].format(best=best_steps, class_word=class_word)


def not_covered(missing_faces: int, missing_torsos: int) -> str:
    return "I cannot start just yet. " + missing_line(missing_faces, missing_torsos, 0)


def plan_lines(
    photos: int, steps: int, class_images: int, wait_s: float | None, ahead: int
) -> list[str]:
    place = "You are next." if ahead == 0 else f"{count(ahead, 'job')} before yours."
    time = "I have not measured this trainer yet" if wait_s is None else f"about {span(wait_s)}"
    return [
        f"**Photos** {photos}",
        f"**Steps** {steps}",
        f"**Class images** {class_images}",
        f"**Time** {time}",
        f"**In line** {place}",
    ]


ALREADY_TRAINING = "That one is already on its way. `/queue` shows how far it is."
TRAINER_ASLEEP = "The trainer is asleep just now; your place in line is kept until it wakes."
CANCEL = "Cancel"
SHOW_SHEET = "Show me the sample sheet"
SHEET_TITLE = "Sample sheet of {token}"
SHEET_HINT = "Like it? `/imagine a {token} {class_word} at the beach` and see."
SHEET_GONE = "That sheet is no longer here. Train again to get a new one."


def waiting_line(place: int) -> str:
    return "You are next in line." if place == 0 else f"In line: {count(place, 'job')} before you."


def progress_line(phase: str, step: int, total: int, rate: float | None) -> str:
    name = {
        "loading": "Warming up",
        "dataset": "Looking at your photos",
        "class-images": "Painting class images",
        "training": "Learning",
        "samples": "Drawing the sample sheet",
    }.get(phase, "Working")
    if not total:
        return f"{name}…"
    filled = round(16 * step / total)
    bar = "█" * filled + "░" * (16 - filled)
    speed = f" · {rate:.1f} a second" if rate and rate >= 1 else ""
    left = f" · about {span((total - step) / rate)} left" if rate and step < total else ""
    return f"{name}\n`{bar}` {step} of {total}{speed}{left}"


CANCEL_ASKED = "Stopping after this step…"
CANCELLED = "Stopped, as you asked. Nothing was kept of it; your photos are safe."
RETRYING = "The trainer stumbled and has picked this up again (try {attempt})."


def trained(token: str, class_word: str, steps: int, seconds: float) -> str:
    return (
        f"`{token}` is ready, after {steps} steps and {span(seconds)}. Use it in any prompt:"
        f" `/imagine a {token} {class_word} at the beach`."
    )


def trained_ping(mention: str, token: str) -> str:
    return f"{mention} `{token}` is ready."


_FAILURES = {
    "crashed": (
        "I tried several times and the trainer went down each time, so I stopped. Your photos"
        " are safe. Please tell the person who runs me; trying later costs nothing."
    ),
    "out_of_memory": (
        "There was not enough memory for this one. Your photos are safe; fewer class images may"
        " help, or try again when less is going on."
    ),
    "no_photos": "The photos of that subject are gone, so there was nothing to learn from.",
    "photo_missing": (
        "One of the photo files is missing on my side. Drop it with `/photos show`, send it"
        " again, and train once more."
    ),
    "adapter_missing": "That subject is not trained any more. `/train` it, then ask me again.",
    "adapter_damaged": (
        "What I had learned of that subject is damaged on disk, so I will not use it. `/train`"
        " makes it anew from your photos, which are safe."
    ),
    "picture_failed": "That picture came out broken, twice. Another seed or wording will do it.",
    "base_failed": (
        "I could not open the model I draw with. Please tell the person who runs me; nothing"
        " of yours is lost."
    ),
    "error": TROUBLE,
}


def failure(code: str | None) -> str:
    return _FAILURES.get(code or "error", TROUBLE)


# --- pictures -------------------------------------------------------------------------------

_PROMPTS = {
    "too_few_words": (
        "That is {count}: a prompt needs at least 3 words, your token among them. Say where"
        " they are or what they wear: `a {example} at the beach`."
    ),
    "too_many_words": (
        "That is {count}, and I can hold 60. Keep what matters most: who, where, wearing what."
    ),
    "too_long": "That is {count} characters; 600 is the most I read. Shorter words will do.",
    "control_characters": (
        "There are invisible characters in that prompt. Please type it afresh, in plain letters."
    ),
    "loader_syntax": "No `<...:...>` is needed here: your token alone brings your subject.",
    "sexual": (
        "I do not make sexual pictures of anybody's likeness, on any server. Ask me for"
        " something else and I will gladly do it."
    ),
    "no_token": (
        "There is no token of yours in that prompt. Put one in, followed by what it is:"
        " `{example} at the beach`. {list}"
    ),
    "two_tokens": (
        "I can draw one subject at a time, and that names {tokens}. Keep the one you want most."
    ),
    "too_many_open": (
        "You have {count} jobs in line already. Let me finish those first; `/queue` shows them."
    ),
    "not_trained": "`{token}` is not trained yet. `/train` first, then I can draw it.",
}


def prompt_refusal(
    reason: str, facts: Mapping[str, object], trained_tokens: Sequence[tuple[str, str]]
) -> str:
    """`trained_tokens`: the (token, class word) pairs of the member's trained subjects."""
    token, class_word = trained_tokens[0] if trained_tokens else ("zwx", "woman")
    listed = ", ".join(f"`{t}`" for t, _ in trained_tokens)
    known = f"Yours: {listed}." if listed else "You have none trained yet: `/subject create`."
    words = dict(facts)
    if reason in {"too_few_words", "too_many_words"}:
        words["count"] = count(int(str(facts["count"])), "word")
    return _PROMPTS[reason].format(**words, example=f"{token} {class_word}", list=known)


def picture_waiting(prompt: str, place: int) -> str:
    return f"> {plain(prompt, 400)}\n{waiting_line(place)}"


def picture_running(prompt: str) -> str:
    return f"> {plain(prompt, 400)}\nDrawing…"


def picture_done(mention: str, prompt: str, seeds: Sequence[int], with_class: bool) -> str:
    seed = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"
    hint = " · I added the class word after the token" if with_class else ""
    return f"> {plain(prompt, 400)}\n{mention} · {seed}{hint}"


def picture_failed(prompt: str, code: str | None) -> str:
    return f"> {plain(prompt, 400)}\n{failure(code)}"


def picture_cancelled(prompt: str) -> str:
    return f"> {plain(prompt, 400)}\nStopped, as you asked."


# --- queue ----------------------------------------------------------------------------------

QUEUE_TITLE = "The queue"
QUEUE_EMPTY = "Nobody is waiting. It is your moment."
NOTHING_OPEN = "That one has ended already, so there was nothing to stop."


def trainer_line(awake: bool, base: str | None, device: str | None) -> str:
    if not awake:
        return "The trainer is asleep. Jobs keep their place until it wakes."
    return f"The trainer is awake ({base} on {device})."


def more_in_line(number: int) -> str:
    return f"… and {count(number, 'other')}"


def queue_line(number: int, kind: str, mine: str | None, running: bool) -> str:
    """`mine` is the token of the member's own job; others' jobs have no name here."""
    what = {"train": "a training", "generate": "a picture", "class-images": "class images"}[kind]
    whose = f"**yours**, `{mine}`" if mine else "somebody's"
    state = "under way" if running else f"number {number} in line"
    return f"{what}, {whose}: {state}"


# --- forgetting -----------------------------------------------------------------------------

FORGET_QUESTION = (
    "I will remove everything of yours: your consent, every subject, photo, training and"
    " picture that I keep, whatever of yours is in line or under way, and the messages in which I"
    " answered you. This cannot be undone. Shall I?"
)
FORGET_YES = "Forget me"
FORGET_NO = "Keep everything"


def forgotten(receipt: Receipt) -> str:
    if not (receipt.subjects or receipt.photos or receipt.jobs or receipt.pictures):
        return "I keep nothing of yours. It was nice to meet you."
    parts = [
        count(receipt.subjects, "subject"),
        count(receipt.photos, "photo"),
        count(receipt.adapters, "training"),
        count(receipt.pictures, "picture"),
        count(receipt.jobs, "job"),
    ]
    return (
        "Done: you are forgotten. Receipt: "
        + ", ".join(parts)
        + f", {size(receipt.freed_bytes)} of files removed."
    )


# --- small change ---------------------------------------------------------------------------


def article(noun: str) -> str:
    return "an" if noun[:1] in "aeiou" else "a"


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def size(size_bytes: int) -> str:
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:.0f} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def span(seconds: float) -> str:
    if seconds < 90:
        return count(max(1, round(seconds)), "second")
    if seconds < 5400:
        return count(round(seconds / 60), "minute")
    return f"{seconds / 3600:.1f} hours"
