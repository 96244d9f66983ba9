"""What a file is, decided by its content alone; names and declared types are never believed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from xirang.foundation.files.errors import EmptyFileError, UnsafeFileError, WrongKindError

HEAD_BYTES = 4096


class FileKind(StrEnum):
    """The kinds that are kept."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    GIF = "gif"
    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    MP4 = "mp4"
    M4A = "m4a"
    MP3 = "mp3"
    WAV = "wav"


CONTENT_TYPES: Mapping[FileKind, str] = {
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.WEBP: "image/webp",
    FileKind.GIF: "image/gif",
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.MP4: "video/mp4",
    FileKind.M4A: "audio/mp4",
    FileKind.MP3: "audio/mpeg",
    FileKind.WAV: "audio/wav",
}

# The first extension is the one given to a file whose name has none or a wrong one.
EXTENSIONS: Mapping[FileKind, tuple[str, ...]] = {
    FileKind.JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    FileKind.PNG: ("png",),
    FileKind.WEBP: ("webp",),
    FileKind.GIF: ("gif",),
    FileKind.PDF: ("pdf",),
    FileKind.DOCX: ("docx",),
    FileKind.XLSX: ("xlsx",),
    FileKind.MP4: ("mp4", "mov", "m4v"),
    FileKind.M4A: ("m4a",),
    FileKind.MP3: ("mp3",),
    FileKind.WAV: ("wav",),
}

IMAGES = frozenset({FileKind.JPEG, FileKind.PNG, FileKind.WEBP, FileKind.GIF})
OFFICE = frozenset({FileKind.DOCX, FileKind.XLSX})

# The words a form uses for what it takes.
GROUPS: Mapping[str, frozenset[FileKind]] = {
    "image": IMAGES,
    "pdf": frozenset({FileKind.PDF}),
    "document": frozenset({FileKind.DOCX}),
    "sheet": frozenset({FileKind.XLSX}),
    "office": OFFICE,
    "audio": frozenset({FileKind.M4A, FileKind.MP3, FileKind.WAV}),
    "video": frozenset({FileKind.MP4}),
}
_GROUP_TITLES: Mapping[str, tuple[str, str]] = {
    "image": ("图片（JPG、PNG、WebP、GIF）", "pictures (JPG, PNG, WebP, GIF)"),
    "pdf": ("PDF", "PDF"),
    "document": ("Word 文档（docx）", "Word documents (docx)"),
    "sheet": ("Excel 表格（xlsx）", "Excel sheets (xlsx)"),
    "office": ("Word 文档（docx）和 Excel 表格（xlsx）", "Word documents (docx) and Excel sheets (xlsx)"),
    "audio": ("录音（MP3、M4A、WAV）", "sound (MP3, M4A, WAV)"),
    "video": ("视频（MP4）", "video (MP4)"),
}

_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",
             b"dex\n", b"L\x00\x00\x00\x01\x14\x02\x00", b"!<arch>", b"\x00asm")  # fmt: skip
_MARKUP = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*<(?:\?xml|!doctype|!--|svg|html|head|body|script|iframe|\?php|%)", re.IGNORECASE
)
_ACTIVE_MARKUP = re.compile(rb"<(?:script|iframe|html|svg|\?php)[\s>]", re.IGNORECASE)
_VIDEO_BRANDS = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"qt  ",
                           b"MSNV", b"3gp4", b"3gp5", b"3gp6", b"dash"})  # fmt: skip
_PHONE_PICTURES = frozenset({b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif"})


def extensions_for(accept: Iterable[str]) -> str:
    """Return the value of a file input's `accept` attribute for groups such as ("image", "pdf")."""
    kinds = sorted({kind for group in accept for kind in GROUPS[group]})
    return ",".join(f".{extension}" for kind in kinds for extension in EXTENSIONS[kind])


def _media_kind(head: bytes) -> FileKind | None:
    """Return the kind of a file that begins with an ISO media `ftyp` box."""
    brand = head[8:12]
    if brand in _PHONE_PICTURES:
        raise WrongKindError(
            "这是手机的 HEIC 格式照片，暂不能打开。请在相册中导出为 JPG，或在相机设置里选“兼容性最佳”后再传。",
            "This is a HEIC picture, which cannot be opened here. Please export it as JPG from your album.",
        )
    if brand == b"M4A ":
        return FileKind.M4A
    return FileKind.MP4 if brand in _VIDEO_BRANDS else None


def _riff_kind(head: bytes) -> FileKind | None:
    return {b"WEBP": FileKind.WEBP, b"WAVE": FileKind.WAV}.get(head[8:12])


def _refuse_what_acts(head: bytes) -> None:
    if head.startswith(_PROGRAMS) or _MARKUP.match(head):
        raise UnsafeFileError
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise WrongKindError(
            "这是旧版 Office 格式或加了密码的文件。请去掉密码，另存为 docx、xlsx 或 PDF 后再传。",
            "This is an old Office format or a file with a password. Please remove the password and save it as docx, "
            "xlsx or PDF.",
        )


_HEADS: tuple[tuple[tuple[bytes, ...], FileKind], ...] = (
    ((b"\xff\xd8\xff",), FileKind.JPEG),
    ((b"\x89PNG\r\n\x1a\n",), FileKind.PNG),
    ((b"GIF87a", b"GIF89a"), FileKind.GIF),
    ((b"%PDF-",), FileKind.PDF),
    ((b"PK\x03\x04",), FileKind.DOCX),
    ((b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2"), FileKind.MP3),
)


def _kind_by_head(head: bytes) -> FileKind | None:
    if head.startswith(b"RIFF"):
        return _riff_kind(head)
    if head[4:8] == b"ftyp":
        return _media_kind(head)
    return next((kind for heads, kind in _HEADS if head.startswith(heads)), None)


def detect_kind(head: bytes) -> FileKind | None:
    """Return the kind by the first 4,096 bytes; DOCX stands for any zip until its contents have been looked at.

    None when the kind is unknown; EmptyFileError, UnsafeFileError or WrongKindError where more can be said.
    """
    if not head:
        raise EmptyFileError
    _refuse_what_acts(head)
    kind = _kind_by_head(head)
    # A picture or document that a browser could be talked into reading as a page is two files in one. Pictures are
    # written anew, which ends that; the others are refused.
    if kind is not None and kind not in IMAGES and _ACTIVE_MARKUP.search(head[:1024]):
        raise UnsafeFileError
    return kind


def check_accepted(kind: FileKind | None, accept: Iterable[str]) -> FileKind:
    """Return the kind when one of the groups takes it, else WrongKindError naming what is taken."""
    groups = tuple(accept)
    if kind is not None and any(kind in GROUPS[group] for group in groups):
        return kind
    zh = "、".join(_GROUP_TITLES[group][0] for group in groups)
    en = ", ".join(_GROUP_TITLES[group][1] for group in groups)
    raise WrongKindError(
        f"这里只收{zh}。请换一种格式，不要只改文件名。",
        f"Only {en} can be uploaded here. Please convert the file; renaming it is not enough.",
    )
