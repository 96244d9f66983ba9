"""Real files made on the spot, and the two things tests do with them: keep one, or see it refused."""

import io
import struct
import zipfile
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from xirang.foundation import files

ANY = ("image", "pdf", "office", "audio", "video")


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options) -> bytes:
    image = Image.new(
        mode, size, 120 if mode in ("L", "P") else (200, 30, 30, 255)[: len(Image.new(mode, (1, 1)).getbands())]
    )
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    data = Image.Exif()
    data[ExifTags.Base.Orientation] = orientation
    data[ExifTags.Base.Make] = "SecretPhone"
    data.get_ifd(ExifTags.IFD.GPSInfo).update({
        ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (30.0, 45.0, 4.0),
        ExifTags.GPS.GPSLongitudeRef: "E", ExifTags.GPS.GPSLongitude: (120.0, 45.0, 29.0),
    })  # fmt: skip
    return data


def office(main: str = "wordprocessingml.document.main+xml", extra: dict[str, bytes] | None = None) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types><Override ContentType="application/vnd.openxmlformats-officedocument.{main}"/></Types>',
        )
        archive.writestr("word/document.xml", "<w:document/>")
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return stream.getvalue()


def pdf(body: bytes = b"1 0 obj << /Type /Catalog >> endobj") -> bytes:
    return b"%PDF-1.7\n" + body + b"\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


def video(brand: bytes = b"isom", place: bytes = b"") -> bytes:
    return (
        box(b"ftyp", brand + bytes(8)) + box(b"moov", box(b"udta", box(b"\xa9xyz", place))) + box(b"mdat", b"x" * 500)
    )


def keep(root: Path, content: bytes, name: str = "照片.jpg", accept=ANY, **options) -> files.StoredFile:
    return files.store(io.BytesIO(content), root=root, name=name, accept=accept, **options)


def refused(
    root: Path, content: bytes, error: type[files.FileError], name: str = "照片.jpg", **options
) -> files.FileError:
    with pytest.raises(error) as caught:
        keep(root, content, name, **options)
    assert caught.value.zh.endswith("。")
    assert caught.value.en.endswith(".")
    assert [path for path in root.rglob("*") if path.is_file()] == []
    return caught.value
