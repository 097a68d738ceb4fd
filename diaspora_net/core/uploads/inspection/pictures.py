"""Pictures are drawn anew: what leaves is only what a person sees, upright, at most SIDE pixels long."""

import io
import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from diaspora_net.core.uploads.inspection.verdict import Facts, Refused

MOST_PIXELS = 24_000_000
SIDE = 2048
SMALL_SIDE = 240
SMALL_BYTES = 8 * 1024
FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
SIGNATURES = {"jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n", "webp": b"RIFF"}


def inspect_picture(source: Path, kind: str, place: Path) -> Facts:
    """Write the picture anew as ``place/content`` and a small one of at most SMALL_BYTES as ``place/small``.

    Place, camera, comments and everything behind the picture go; of a moving picture the first frame stays. Refuses
    pictures above MOST_PIXELS by what their header says, before anything is drawn.
    """
    with source.open("rb") as file:
        if not file.read(16).startswith(SIGNATURES[kind]):
            raise Refused("mismatch")
    clean = _drawn(source, kind)
    options = {"jpeg": {"quality": 85, "optimize": True}, "png": {}, "webp": {"quality": 85}}[kind]
    clean.save(place / "content", FORMATS[kind], **options)
    (place / "small").write_bytes(_small(clean))
    return Facts(is_remade=True, has_small=True, width=clean.width, height=clean.height)


def _drawn(source: Path, kind: str) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(source, formats=[FORMATS[kind]]) as picture:
            if kind == "jpeg":
                picture.draft("RGB", (SIDE, SIDE))
            picture.load()
            upright = ImageOps.exif_transpose(picture)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise Refused("pixels") from None
    except UnidentifiedImageError:
        raise Refused("mismatch") from None
    upright.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    is_clear = kind != "jpeg" and (upright.has_transparency_data)
    clean = upright.convert("RGBA" if is_clear else "RGB")
    clean.info.clear()
    return clean


def _small(picture: Image.Image) -> bytes:
    """Return a small WebP, coarser until it fits."""
    small = picture.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
    content = b""
    for quality in (70, 50, 30, 10):
        buffer = io.BytesIO()
        small.save(buffer, "WEBP", quality=quality)
        content = buffer.getvalue()
        if len(content) <= SMALL_BYTES:
            break
    return content
