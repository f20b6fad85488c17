"""What a subject's owner takes along or changes of it: its adapter as files, another token."""

from __future__ import annotations

EXPORT_UNTRAINED = "There is nothing to take along yet. Start with `/train start`, then come back."
EXPORT_DAMAGED = "The file of this version is missing or damaged. `/subject versions` may have"
EXPORT_DAMAGED += " another one to go back to."
EXPORT_UNAGREED = "Whoever it shows has not said yes to it, so it stays here for now."
SHARE_SHOWS_ANOTHER = (
    "It shows somebody who said yes to you alone, so it is not yours to share. Thank"
)
SHARE_SHOWS_ANOTHER += " you for keeping their trust."
EXPORT_README = "README.txt"


RENAME_SAME = "That is its token already."
RENAME_TRAINING = "I am learning it right now, by the token it has. Rename it once that has ended."
RENAME_TO = "Take it"


def renamed(old: str, new: str, *, trained: bool) -> str:
    if not trained:
        return f"`{old}` is called `{new}` from now on, in the captions of its photos as well."
    return (
        f"`{old}` is called `{new}` from now on. What I have learned stays as it is. `{old}` still"
        " works in prompts from before, and nobody else can take it while I keep what was learned."
    )


def exported(token: str, class_word: str) -> str:
    return (
        f"Here is `{token}` for your own tools; `{EXPORT_README}` says which file goes where. Write"
        f" `{token} {class_word}` in your prompts there. Whoever has these files can draw it: keep"
        " them safe."
    )


def export_too_large(token: str) -> str:
    return (
        f"`{token}` is too large to be sent here. The people who run this bot can hand it to you:"
        f" ask them for `darkroom export {token} FOLDER`."
    )


def export_readme(  # noqa: PLR0917 - what there is to know of a file, in its order
    token: str, class_word: str, base: str, steps: int, single: str, stock: str, embedding: str
) -> str:
    """A file beside the others. `embedding` may be empty: no token was learned."""
    said = [
        f"{token} {class_word}: a LoRA for {base}, after {steps} steps.",
        "",
        f"{single}: for A1111, Forge and ComfyUI. Put it among their LoRAs and write",
        f"    <lora:{token}:1> {token} {class_word}",
        f'{stock}: for diffusers: pipeline.load_lora_weights("{stock}")',
    ]
    if embedding:
        said += [f"{embedding}: the learned token. Name it {token}.safetensors among embeddings;"]
        said += [f'    in diffusers: pipeline.load_textual_inversion("{embedding}")']
    return "\n".join([*said, "", f"In prompts it is called: {token} {class_word}", ""])
