"""Small pictures of the images in the store, drawn once and kept under the hash of the large one.

They hold nothing of what a camera writes into its pictures, such as where they were taken; the large one stays as it came.
"""

import threading
from pathlib import Path

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message

from . import files
from .refusals import told

MEDIA_TYPE = "image/webp"
SIDES = ("64", "128", "256")
MOST_PIXELS = 25_000_000  # of a picture that has to be opened whole: some 100 MB
MOST_PIXELS_JPEG = 200_000_000  # a JPEG can be opened at an eighth of its width
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


def _draw(file: files.File, side: int, target: Path) -> bool:
    """Whether it could be drawn."""
    from PIL import Image, ImageOps  # a server that shows no pictures does without it

    try:
        with Image.open(files.path_of(file.sha256), formats=("PNG", "JPEG", "WEBP", "GIF")) as opened:
            most = MOST_PIXELS_JPEG if opened.format == "JPEG" else MOST_PIXELS
            if opened.width * opened.height > most:
                return False
            opened.draft("RGB", (2 * side, 2 * side))
            if opened.width * opened.height > MOST_PIXELS:
                return False
            turned = ImageOps.exif_transpose(opened)
            small = turned.convert("RGBA" if turned.has_transparency_data else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    small.thumbnail((side, side))
    half = target.with_name(f"{target.name}.half")
    with told():
        target.parent.mkdir(parents=True, exist_ok=True)
        small.save(half, "WEBP", quality=85)
        half.replace(target)
    return True
