"""Small pictures of the images in the store, drawn once and kept under the hash of the large one.

They hold nothing of what a camera writes into its pictures, such as where they were taken; the large one stays as it came.
"""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message

from . import files
from .refusals import told

if TYPE_CHECKING:
    from PIL import Image

MEDIA_TYPE = "image/webp"
SIDES = ("64", "128", "256")
MOST_PIXELS = 25_000_000  # of a picture that has to be opened whole: up to 200 MB
MOST_PIXELS_WEBP = 12_000_000  # its decoder holds it more than once
MOST_PIXELS_JPEG = 200_000_000  # one that comes in a single pass can be opened at an eighth of its width
_one_at_a_time = threading.Lock()


def of(file: files.File, side: str) -> Path:
    """Where the small picture lies, which is at most `side` pixels wide and high, a WebP. It is drawn where it is not there.

    Raises Invalid for another side, for a file that is no picture, and for one with too many pixels.
    """
    if side not in SIDES:
        raise Invalid({"size": Message("Use only: {options}.", options=", ".join(SIDES))})
    target = files.small_of(file.sha256) / side
    if not target.is_file():
        with _one_at_a_time:
            if file.media_type not in files.PICTURES or (not target.is_file() and not _draw(file, int(side), target)):
                raise Invalid({"size": Message("No small picture can be drawn of this file.")})
    return target


def _mode(picture: "Image.Image") -> str:
    return "RGBA" if picture.has_transparency_data else "RGB"


def _most_pixels(opened: "Image.Image") -> int:
    """How many it may have, by what its decoder holds of it."""
    if opened.format == "JPEG" and not _in_passes(opened):
        return MOST_PIXELS_JPEG
    return MOST_PIXELS_WEBP if opened.format == "WEBP" else MOST_PIXELS


def _in_passes(opened: "Image.Image") -> bool:
    """Whether a JPEG comes in several passes, each over the whole picture, so that its decoder keeps all of it until the last: it is
    progressive, or its first scan, which Pillow has just read, has fewer colours than the picture (ITU-T T.81, B.2.3).
    """
    file, layers = getattr(opened, "fp"), getattr(opened, "layers", 1)  # noqa: B009 - what the JPEG plugin adds
    here = file.tell()
    firsts = []
    for colours in range(1, layers):
        file.seek(max(0, here - 8 - 2 * colours))
        firsts.append(file.read(5) == b"\xff\xda\x00" + bytes((6 + 2 * colours, colours)))
    file.seek(here)
    return bool(opened.info.get("progressive")) or any(firsts)


def _draw(file: files.File, side: int, target: Path) -> bool:
    """Whether it could be drawn."""
    from PIL import Image, ImageOps  # a server that shows no pictures does without it

    try:
        with Image.open(files.path_of(file.sha256), formats=("PNG", "JPEG", "WEBP", "GIF")) as opened:
            if opened.width * opened.height > _most_pixels(opened):
                return False
            opened.draft("RGB", (2 * side, 2 * side))
            if opened.width * opened.height > MOST_PIXELS:
                return False
            few = opened if opened.mode not in ("1", "P") else opened.convert(_mode(opened))
            few.thumbnail((4 * side, 4 * side), Image.Resampling.BOX)  # every step below copies it whole
            turned = ImageOps.exif_transpose(few)
            small = turned.convert(_mode(turned))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    small.thumbnail((side, side))
    half = target.with_name(f"{target.name}.half")
    with told():
        target.parent.mkdir(parents=True, exist_ok=True)
        small.save(half, "WEBP", quality=85)
        half.replace(target)
    return True
