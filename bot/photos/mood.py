"""Whether a face smiles or laughs, told only where everybody would say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from bot.photos.seen import Face

#: "open" is an open mouth that does not laugh: speaking, singing, surprised.
Mood: TypeAlias = Literal["neutral", "smiling", "laughing", "open"]

#: Degrees: a man shouting in profile was seen with his mouth shut.
_TOLD_BELOW: Final = 25.0
#: What the corners of the mouth seem to sink by, its widths a degree, when the face looks up.
_SINKS: Final = 0.005
# Read off the 76 larger faces of the tune part of tests/photographs.
_TEETH_FROM: Final = 0.14
_OPEN_FROM: Final = 0.38
_SHUT_BELOW: Final = 0.1
_SMILE_WITH_TEETH: Final = 0.05
_SMILE: Final = 0.09
_CALM_BELOW: Final = 0.07


def mood_of(face: Face) -> Mood | None:
    """The mood of a face; None where it cannot be told, or only perhaps."""
    if abs(face.yaw) >= _TOLD_BELOW:
        return None
    smile = face.smile + _SINKS * face.pitch
    if face.mouth >= _OPEN_FROM:
        return "laughing" if smile >= _SMILE else "open"
    if smile >= (_SMILE_WITH_TEETH if face.mouth >= _TEETH_FROM else _SMILE):
        return "smiling"
    return "neutral" if face.mouth < _SHUT_BELOW and smile < _CALM_BELOW else None
