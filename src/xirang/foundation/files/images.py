"""Pictures are written anew: turned upright, without position, camera data, comments or anything hung on behind."""

from __future__ import annotations

import contextlib
import io
import struct
import threading
import zlib
from typing import Any, BinaryIO

from PIL import Image, ImageCms, ImageOps, ImageSequence, JpegImagePlugin

from xirang.foundation.files.errors import BrokenFileError, TooLargeError
from xirang.foundation.files.kinds import FileKind

MOST_PIXELS = 50_000_000
MOST_FRAMES = 100
_JPEG_QUALITY = 90
# An unpacked picture takes four bytes a pixel, and twice that while it is turned: large ones wait for each other.
_LARGE_PIXELS = 12_000_000
_one_large_at_a_time = threading.Lock()
_FORMATS = {FileKind.JPEG: "JPEG", FileKind.PNG: "PNG", FileKind.WEBP: "WEBP", FileKind.GIF: "GIF"}
_KEPT_INFO = ("transparency", "duration", "loop", "background")
_DECODING_ERRORS = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError,
                    MemoryError, struct.error, zlib.error, Image.DecompressionBombError,
                    Image.DecompressionBombWarning)  # fmt: skip


def _too_many_pixels(most_pixels: int) -> TooLargeError:
    return TooLargeError(
        f"图片太大，超过 {most_pixels // 10_000} 万像素。请缩小后再传。",
        f"The picture has more than {most_pixels // 1_000_000} million pixels. Please make it smaller.",
    )


def _to_srgb(frame: Image.Image) -> Image.Image:
    """Apply an embedded colour profile, so that it can be dropped without the colours changing."""
    profile = frame.info.get("icc_profile")
    if not profile or frame.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return frame
    try:
        source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        mode = "RGBA" if frame.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(frame, source, target, outputMode=mode) or frame
    except (ImageCms.PyCMSError, OSError, ValueError):
        # A broken profile is common and harmless; the picture is then shown with plain colours.
        return frame


def _clean_frame(frame: Image.Image, kind: FileKind) -> Image.Image:
    kept: dict[str | tuple[int, int], Any] = {key: frame.info[key] for key in _KEPT_INFO if key in frame.info}
    ImageOps.exif_transpose(frame, in_place=True)
    upright = _to_srgb(frame)
    if kind is FileKind.JPEG and upright.mode not in ("L", "RGB"):
        upright = upright.convert("RGB")
    upright.info = kept
    return upright


def _frames(image: Image.Image, kind: FileKind, most_pixels: int) -> list[Image.Image]:
    """Return the cleaned frames; more than one only for kinds that move."""
    moving = kind in (FileKind.GIF, FileKind.WEBP, FileKind.PNG) and getattr(image, "n_frames", 1) > 1
    if not moving:
        return [_clean_frame(image, kind)]
    count = getattr(image, "n_frames", 1)
    if count > MOST_FRAMES or count * image.width * image.height > most_pixels:
        raise TooLargeError(
            "动图的帧数太多或尺寸太大。请改传静态图片。",
            "The moving picture has too many or too large frames. Please upload a still one.",
        )
    return [_clean_frame(frame.copy(), kind) for frame in ImageSequence.Iterator(image)]


def _jpeg_options(image: Image.Image) -> dict[str, Any]:
    """Return the settings with which a JPEG was written, so that writing it anew neither coarsens nor swells it."""
    tables = getattr(image, "quantization", None) or {}
    plain = all(len(table) == 64 and all(0 < step < 256 for step in table) for table in tables.values())
    if image.mode not in ("L", "RGB") or not 1 <= len(tables) <= 4 or not plain:
        return {"quality": _JPEG_QUALITY}
    sampling = JpegImagePlugin.get_sampling(image)
    return {"qtables": tables} | ({"subsampling": sampling} if sampling >= 0 else {})


def _save(frames: list[Image.Image], kind: FileKind, target: BinaryIO, options: dict[str, Any]) -> None:
    options = {"format": _FORMATS[kind], **options}
    if kind is FileKind.WEBP:
        options |= {"quality": _JPEG_QUALITY, "exif": b"", "icc_profile": b"", "xmp": b""}
    if len(frames) > 1:
        durations = [frame.info.get("duration", 100) for frame in frames]
        options |= {"save_all": True, "append_images": frames[1:], "duration": durations, "loop": 0}
    frames[0].save(target, **options)


def rewrite_image(source: BinaryIO, target: BinaryIO, kind: FileKind, most_pixels: int = MOST_PIXELS) -> None:
    """Decode a picture of a known kind and write it anew to `target`.

    TooLargeError when its size (read before anything is unpacked) or its frames exceed the limits, BrokenFileError
    when it cannot be decoded to the end.
    """
    try:
        with Image.open(source, formats=[_FORMATS[kind]]) as image:
            if image.width * image.height > most_pixels:
                raise _too_many_pixels(most_pixels)
            with _one_large_at_a_time if image.width * image.height > _LARGE_PIXELS else contextlib.nullcontext():
                image.load()
                options = _jpeg_options(image) if kind is FileKind.JPEG else {}
                _save(_frames(image, kind, most_pixels), kind, target, options)
    except TooLargeError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(most_pixels) from None
    except _DECODING_ERRORS as error:
        raise BrokenFileError from error
