"""What is said around the panels of pictures, trainings and offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

TAKE_AWAY_EDIT_QUESTION = (
    "Delete these pictures, here and on my side? They began with another picture, so I cannot draw"
    " the same ones again."
)
YOURS_ALREADY = "`{token}` is yours already. `/photos add` takes its first photos."


def preview_line(step: int) -> str:
    """Below the picture of a training under way."""
    return f"This is how I draw it after step {step}. It is a quick sketch; the sheet comes later."


KEEP_PICTURE = "Keep"
KEPT_PICTURE = "Kept"
PICTURE_IS_KEPT = (
    "Kept. It stays on my side for as long as you like, and `/gallery kept:True` shows it. Press"
    " once more to let it go."
)
PICTURE_LET_GO = "Let go. It is still here, and goes when the time of all other pictures is over."

RESTYLE = "Restyle"
RESTYLE_TITLE = "In which style?"
RESTYLE_HINT = (
    "Choose one, and I draw the picture anew in it. For words of your own there is `/edit restyle`."
)


def restyle_menu(number: int | None) -> str:
    """`number` is the picture's, as one counts; None where there is but one."""
    return "A style …" if number is None else f"Picture {number}: a style …"


PARAMETERS = "Parameters"
PARAMETERS_TITLE = "How I drew this"
PARAMETERS_VERSION_GONE = "The training that it was drawn with is no longer here."


def parameters_words(prompt: str, negative: str) -> str:
    """The words as the base read them."""
    without = f"\n**Without** {negative}" if negative else ""
    return f"**Words** {prompt}{without}"


def parameters_facts(facts: Mapping[str, str], seeds: Sequence[int]) -> str:
    """`facts` are the parameters by the names that web UIs give them."""
    seed = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {', '.join(map(str, seeds))}"
    told = [
        seed,
        *([f"{facts['Steps']} steps"] if "Steps" in facts else []),
        *([f"guidance {facts['CFG scale']}"] if "CFG scale" in facts else []),
        *([facts["Sampler"]] if "Sampler" in facts else []),
        *([f"{facts['Size']} px"] if "Size" in facts else []),
        *([f"base {facts['Model']}"] if "Model" in facts else []),
        *([f"strength {facts['Denoising strength']}"] if "Denoising strength" in facts else []),
    ]
    return " · ".join(told)


def parameters_version(token: str, step: int, made_at: datetime) -> str:
    return f"With `{token}` as I knew it at step {step}, <t:{made_at.timestamp():.0f}:f>."


def parameters_elsewhere(token: str) -> str:
    return (
        f"With other tools: `/subject export {token}` gives you the adapter as a file. Put it"
        " beside your LoRAs, paste these lines into the prompt, and let your tool read them."
    )


GALLERY_KEPT_TITLE = "The pictures you keep"
GALLERY_KEPT = "Only those I keep"
GALLERY_ALL = "All pictures"
GALLERY_NONE_KEPT = (
    "You keep no picture yet. Press Keep under one that you like, and it hangs here for good."
)
