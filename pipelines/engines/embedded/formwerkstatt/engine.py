"""The engine: a prompt in, one PNG out. Rules and a seed, no learned model."""

from __future__ import annotations

import io
from collections.abc import Iterable
from random import Random

from django.utils.translation import gettext_noop
from PIL import Image, PngImagePlugin

from pipelines.engines.base import Progress
from pipelines.engines.embedded.base import RuleBasedEngine
from pipelines.engines.jobs import EngineError, ErrorKind, MediaJob, Output

from . import palette as inks
from .blueprint import dimensions
from .canvas import Canvas
from .finish import finish
from .geometrie import Geometrie
from .reading import read
from .szene import Szene

VERSION = "2"
HANDS: dict[str, type[Szene] | type[Geometrie]] = {"geometrie": Geometrie, "szene": Szene}
SMALLEST, LARGEST = 256, 1536
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"
XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
    ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
    f' xmp:CreatorTool="Formwerkstatt {VERSION}">'
    f'<Iptc4xmpExt:DigitalSourceType rdf:resource="{SOURCE_TYPE}"/>'
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
)


class Formwerkstatt(RuleBasedEngine):
    """Draws what it reads in the words. `parameters["hand"]`: "geometrie" or "szene".

    A negative prompt has no meaning here and is ignored.
    """

    version = VERSION
    about = "draws by rules, embedded"

    def generate(self, job: MediaJob, on_progress: Progress) -> Iterable[Output]:
        """One PNG of width × height; raises `EngineError` for sizes and hands it doesn't know."""
        hand = str(job.parameters.get("hand", "szene"))
        if hand not in HANDS:
            raise EngineError(ErrorKind.BAD_REQUEST, "", detail=f"no such hand: {hand!r}")
        if not all(SMALLEST <= side <= LARGEST for side in (job.width, job.height)):
            raise EngineError(
                ErrorKind.BAD_REQUEST,
                "",
                detail=f"{job.width}×{job.height}, allowed {SMALLEST}…{LARGEST}",
            )
        on_progress(0.0, gettext_noop("Reading your words"))
        reading = read(job.prompt)
        rng = Random(f"{job.seed}|{hand}|{job.prompt}")  # noqa: S311 (a picture, not a secret)
        palette = inks.choose(reading, rng)
        canvas = Canvas(job.width, job.height, palette, rng, reading.style)
        drawing = HANDS[hand](canvas, reading, rng)
        for share, (name, layer) in enumerate(drawing.layers(), start=1):
            layer()
            on_progress(0.16 * share, name)
        if reading.style == "blueprint":
            dimensions(canvas, rng)
        image = finish(canvas.finished(), palette, reading.style, rng)
        on_progress(0.85, gettext_noop("Printing"))
        data = _png(image)
        on_progress(1.0, gettext_noop("Done"))
        metadata = {
            "hand": hand,
            "seed": job.seed,
            "version": VERSION,
            "read": reading.as_metadata(),
            "drawn": drawing.drawn,
        }
        return [Output(data, "image/png", "png", metadata=metadata)]


def _png(image: Image.Image) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", XMP)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1, pnginfo=info)
    return buffer.getvalue()
