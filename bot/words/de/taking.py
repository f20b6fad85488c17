"""What a subject's owner takes along or changes of it: its adapter as files, another token."""

from __future__ import annotations

EXPORT_UNTRAINED = "Noch gibt es nichts zum Mitnehmen. Beginne mit `/train start` und komm wieder."
EXPORT_DAMAGED = "Die Datei dieser Fassung fehlt oder ist beschädigt. Mit `/subject versions`"
EXPORT_DAMAGED += " kannst du vielleicht zu einer anderen zurück."
EXPORT_UNAGREED = "Wer darauf zu sehen ist, hat noch nicht zugestimmt. Bis dahin bleibt es hier."
SHARE_SHOWS_ANOTHER = "Wer darauf zu sehen ist, hat nur dir zugestimmt. Deshalb kannst du es nicht"
SHARE_SHOWS_ANOTHER += " teilen. Danke für deine Rücksicht."
EXPORT_README = "README.txt"


RENAME_SAME = "So heißt es schon."
RENAME_TRAINING = "Ich lerne es gerade unter diesem Wort. Benenne es um, sobald das fertig ist."
RENAME_TO = "Das nehme ich"


def renamed(old: str, new: str, *, trained: bool) -> str:
    if not trained:
        return f"`{old}` heißt ab jetzt `{new}`, auch in den Bildtexten seiner Fotos."
    return (
        f"`{old}` heißt ab jetzt `{new}`. Was ich gelernt habe, bleibt. `{old}` gilt in früheren"
        " Prompts weiter, und niemand sonst bekommt es, solange ich das Gelernte behalte."
    )


def exported(token: str, class_word: str) -> str:
    return (
        f"Hier ist `{token}` für deine eigenen Programme; in `{EXPORT_README}` steht, welche Datei"
        f" wohin gehört. Schreib dort `{token} {class_word}`. Wer diese Dateien hat, kann es"
        " zeichnen: pass gut auf sie auf."
    )


def export_too_large(token: str) -> str:
    return (
        f"`{token}` ist zu groß, um es hier zu schicken. Wer diesen Bot betreibt, kann es dir"
        f" geben: bitte um `darkroom export {token} FOLDER`."
    )


def export_readme(  # noqa: PLR0917 - what there is to know of a file, in its order
    token: str, class_word: str, base: str, steps: int, single: str, stock: str, embedding: str
) -> str:
    """A file beside the others. `embedding` may be empty: no token was learned."""
    said = [
        f"{token} {class_word}: ein LoRA für {base}, nach {steps} Schritten.",
        "",
        f"{single}: für A1111, Forge und ComfyUI. Leg es zu den LoRAs und schreib",
        f"    <lora:{token}:1> {token} {class_word}",
        f'{stock}: für diffusers: pipeline.load_lora_weights("{stock}")',
    ]
    if embedding:
        said += [f"{embedding}: das gelernte Wort. Leg es als {token}.safetensors zu den"]
        said += [f'    Embeddings; in diffusers: pipeline.load_textual_inversion("{embedding}")']
    return "\n".join([*said, "", f"In Prompts heißt es: {token} {class_word}", ""])
