"""A picture's file: how it was made, and the open mark that no camera made it.

Both are text chunks of the PNG: `parameters` in the form that web UIs and galleries read, and an
XMP packet with IPTC's Digital Source Type, which search engines, photo archives and press systems
read (IPTC Photo Metadata Standard 2025.1; https://cv.iptc.org/newscodes/digitalsourcetype/). It is
a label and no seal: who wants to can take it out, as a signature could be taken out, too.
"""

from __future__ import annotations

import io

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from trainer.base import Base
from trainer.canvas import FAST_SAMPLER, SAMPLER, size_of
from trainer.request import Request

_TERMS = "http://cv.iptc.org/newscodes/digitalsourcetype/"
#: Made by a trained model alone, and by one from somebody's photo.
ALONE = _TERMS + "trainedAlgorithmicMedia"
FROM_A_PHOTO = _TERMS + "compositeWithTrainedAlgorithmicMedia"
#: Adobe XMP Specification Part 3 (2020), section 1.1.5: the keyword of its chunk in a PNG.
_XMP = "XML:com.adobe.xmp"
_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    xmp:CreatorTool="Darkroom"
    Iptc4xmpExt:DigitalSourceType="{source_type}"/>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def source_type(request: Request) -> str:
    """Which of IPTC's sources a picture is of."""
    is_of_a_photo = request.start is not None and not request.start.drawn
    return FROM_A_PHOTO if is_of_a_photo else ALONE


def parameters_text(request: Request, base: Base) -> str:
    """The settings in the form that web UIs and galleries read."""
    lines = [request.prompt]
    if request.negative:
        lines.append(f"Negative prompt: {request.negative}")
    # the file's, which readers compare it with
    width, height = request.start.size if request.start is not None else size_of(base, request)
    sampler = FAST_SAMPLER if request.fast else SAMPLER
    last = (
        f"Steps: {request.steps}, Sampler: {sampler}, CFG scale: {request.guidance:g}, "
        f"Seed: {request.seed}, Size: {width}x{height}, Model: {base.id}"
    )
    if request.start is not None:
        last += f", Denoising strength: {request.start.strength:g}"
    lines.append(last)
    return "\n".join(lines)


def marked_png(picture: Image.Image, text: str, source: str = ALONE) -> bytes:
    """A PNG with `text` as its parameters (what is beyond Latin-1 goes to an iTXt chunk) and with
    the mark of its `source`, one of ALONE and FROM_A_PHOTO."""
    notes = PngInfo()
    notes.add_text("parameters", text)
    notes.add_itxt(_XMP, _PACKET.format(source_type=source))
    file = io.BytesIO()
    picture.save(file, "PNG", pnginfo=notes)
    return file.getvalue()
