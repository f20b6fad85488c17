"""What I keep of a member: seen, taken along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill

from bot.words.en.measures import count

#: Of a page that is no message, in letters.
_WIDTH = 96

DATA_TITLE = "### What I keep of you"
DATA_HAND_OVER = "Hand me all of it"
DATA_SHOWS_YOU = "**Subjects that show you**"
DATA_UNDER_WAY = "I am packing it for you already. It comes here as soon as it is done."
DATA_HINT = (
    "The button hands you everything, as files and as one page of data. `/me forget` removes"
    " everything."
)
SESSION_UNNAMED = "A session"
DATA_FILE = "data.json"
DATA_README = "README.txt"


def privacy_line(url: str | None) -> str:
    """Where the people who run this say more; empty where they do not."""
    return "" if url is None else f"More about your data: [privacy page]({url})"


def data_counts(subjects: int, photos: int, adapters: int, pictures: int, jobs: int) -> str:
    return ", ".join(
        (
            count(subjects, "subject"),
            count(photos, "photo"),
            count(adapters, "training"),
            count(pictures, "picture"),
            count(jobs, "request"),
        )
    )


def data_showing(token: str, owner_id: int, photos: int, *, agreed: bool) -> str:
    state = "you said yes" if agreed else "waits for your answer"
    return f"• `{token}` of <@{owner_id}>, {count(photos, 'photo')}: {state}"


def data_lately(minutes: int) -> str:
    return (
        f"I handed it to you within the last hour. In {count(minutes, 'minute')} I gladly pack it"
        " anew."
    )


def data_part(number: int, of: int) -> str:
    if of == 1:
        return f"Here is everything that I keep of you; `{DATA_README}` explains it."
    return f"Here is part {number} of {of}; `{DATA_README}` in the first one explains it."


def data_too_large(names: Sequence[str], member_id: int) -> str:
    named = ", ".join(f"`{name}`" for name in names[:3])
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return (
        f"Too large to be sent here: {named}{more}. The people who run this bot can hand it to you:"
        f" ask them for `darkroom data {member_id} --out FILE`."
    )


def data_readme(
    member_id: int,
    files: Mapping[str, int],
    missing: Sequence[str],
    too_large: Sequence[str],
    privacy_url: str | None,
) -> str:
    """A page beside the files. `files`: how many lie in each folder."""
    what = {
        "photos": "your photos upright, without metadata, and NUMBER-crop-N: the squares of them",
        "adapters": "what I learned of your subjects (safetensors)",
        "pictures": "pictures that were drawn for you, named by the request and their number",
        "sources": "pictures that you handed me to work on, and their masks",
        "previews": "how a training under way draws by now",
    }
    said = [
        f"Everything that this Darkroom keeps of the Discord member {member_id}.",
        "",
        fill(
            f"{DATA_FILE}: all rows, a list for each kind: your subjects, photos with what was seen"
            " on them (`seen`: faces, directions, light, sharpness) and the captions of their"
            " squares, requests with what was asked (`spec`) and what became of it (`outcome`),"
            " consents, shares, sessions with entries and votes, refused prompts and breaks, and"
            " your wishes. Times are UTC. Others are left out: of who used your subjects only the"
            " number of their pictures is there.",
            _WIDTH,
        ),
        "",
        *(f"{name}/: {what.get(name, name)} ({number})" for name, number in sorted(files.items())),
    ]
    if missing:
        said += ["", "Named in the rows, but not there any more:", *missing]
    if too_large:
        said += ["", "Too large to be sent here; the operator can hand these out:", *too_large]
        said += [f"    darkroom data {member_id} --out FILE"]
    said += ["", "Pictures that were withheld, or that nobody looked at yet, are left out."]
    if privacy_url is not None:
        said += ["", f"More: {privacy_url}"]
    said += ["", "To have all of it removed: /me forget", ""]
    return "\n".join(said)
