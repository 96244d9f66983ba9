"""A closer look at documents, which are kept as they came: no macros, no bombs, nothing hung on before or behind."""

from __future__ import annotations

import os
import re
import struct
import zipfile
import zlib
from typing import BinaryIO

from xirang.foundation.files.errors import BrokenFileError, TooLargeError, UnsafeFileError, WrongKindError
from xirang.foundation.files.kinds import FileKind

MOST_UNPACKED = 200 * 1024 * 1024
MOST_ENTRIES = 5_000
_CHUNK = 64 * 1024
_EOCD = b"PK\x05\x06"
_MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": FileKind.DOCX,
    b"spreadsheetml.sheet.main+xml": FileKind.XLSX,
}
_ACTIVE_NAMES = re.compile(
    r"(?:^|/)vbaProject\.bin$|^customUI/|\.(?:exe|dll|scr|js|jse|vbs|vbe|bat|cmd|com|msi|hta|ps1|lnk|jar|sh)$",
    re.IGNORECASE,
)


def _too_large() -> TooLargeError:
    return TooLargeError(
        "文件解压后过大，不能上传。请另存为较小的文件或 PDF。",
        "The file unpacks to too much. Please save it as a smaller file or a PDF.",
    )


def _check_end_of_zip(source: BinaryIO) -> None:
    """Refuse anything behind the archive, where a second file could hide."""
    size = source.seek(0, os.SEEK_END)
    source.seek(max(0, size - 66_000))
    tail = source.read()
    place = tail.rfind(_EOCD)
    if place < 0 or len(tail) - place < 22:
        raise BrokenFileError
    comment = struct.unpack_from("<H", tail, place + 20)[0]
    if place + 22 + comment != len(tail):
        raise UnsafeFileError


def _check_entries(archive: zipfile.ZipFile, most_unpacked: int) -> None:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > most_unpacked:
        raise _too_large()
    if any(entry.flag_bits & 1 for entry in entries):
        raise WrongKindError(
            "文件加了密码。请去掉密码后再传。", "The file has a password. Please remove it and upload again."
        )
    if len(set(names)) != len(names) or any(_ACTIVE_NAMES.search(name) for name in names):
        raise UnsafeFileError
    if any(name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) for name in names):
        raise UnsafeFileError


def _unpack_once(archive: zipfile.ZipFile, most_unpacked: int) -> None:
    """Unpack everything to nowhere: sizes in a header may lie, and a damaged entry must be found now."""
    left = most_unpacked
    for entry in archive.infolist():
        with archive.open(entry) as stream:
            while piece := stream.read(_CHUNK):
                left -= len(piece)
                if left < 0:
                    raise _too_large()


def inspect_office(source: BinaryIO, most_unpacked: int = MOST_UNPACKED) -> FileKind:
    """Return whether a zip is a Word document or an Excel sheet, refusing macros, programs, passwords and bombs."""
    _check_end_of_zip(source)
    source.seek(0)
    try:
        with zipfile.ZipFile(source) as archive:
            if "[Content_Types].xml" not in archive.namelist():
                raise WrongKindError(
                    "不收压缩包。请解压后逐个上传其中的图片、PDF 或文档。",
                    "Archives are not taken. Please unpack it and upload the pictures, PDFs or documents in it.",
                )
            _check_entries(archive, most_unpacked)
            _unpack_once(archive, most_unpacked)
            types = archive.read("[Content_Types].xml")
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,  # Also what zipfile says of compression that it does not know.
        struct.error,
    ) as error:
        raise BrokenFileError from error
    if b"macroEnabled" in types:
        raise UnsafeFileError
    kinds = {kind for mark, kind in _MAIN_PARTS.items() if mark in types}
    if len(kinds) != 1:
        raise WrongKindError(
            "只收 Word 文档（docx）和 Excel 表格（xlsx）。其他文档请另存为 PDF 后再传。",
            "Of Office files only docx and xlsx are taken. Please save others as PDF.",
        )
    return kinds.pop()


_PDF_ESCAPE = re.compile(rb"#([0-9a-fA-F]{2})")
_PDF_STREAM = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
# Long enough that compressed bytes do not hit upon them by chance; without one of them no action runs.
_PDF_ACTIONS = re.compile(rb"/(?:JavaScript|Launch)(?![A-Za-z0-9])")
_PDF_SCRIPT = re.compile(rb"/JS(?![A-Za-z0-9])")
_PDF_NAME_WITH_ESCAPE = re.compile(rb"/[A-Za-z#0-9]{2,60}")


def inspect_pdf(source: BinaryIO) -> None:
    """Refuse a PDF that runs scripts or programs, or that has another file behind its end.

    Only what stands in the open is seen, not what lies in compressed objects: readers are asked nothing on opening
    because files are served as downloads from a path without cookies.
    """
    source.seek(0)
    content = source.read()
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise BrokenFileError
    if content[end + 5 :].strip(b"\r\n\t \x00\x1a"):
        raise UnsafeFileError
    # What looks like a stream may be made of comments, so the whole file counts; only the short word, which compressed
    # bytes hit upon by chance, is looked for outside of streams.
    if _names(content, _PDF_ACTIONS) or _names(_PDF_STREAM.sub(b"", content), _PDF_SCRIPT):
        raise UnsafeFileError(
            "PDF 中含有脚本或会启动程序。请用“打印为 PDF”另存后再传。",
            "The PDF contains scripts or starts programs. Please save it again with “print to PDF”.",
        )


def _names(content: bytes, wanted: re.Pattern[bytes]) -> bool:
    """Whether a name stands in the content as it is, or with some of its letters written as #xx."""
    escaped = b" ".join(name for name in _PDF_NAME_WITH_ESCAPE.findall(content) if b"#" in name)
    plain = _PDF_ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), escaped)
    return bool(wanted.search(content) or wanted.search(plain))


_PLACE_IN_VIDEO = re.compile(rb"[+-][0-9]{2}(?:\.[0-9]+)?[+-][0-9]{3}(?:\.[0-9]+)?(?:[+-][0-9.]+)?/")
_BOX_NAME = re.compile(rb"[\xa9 -~][ -~]{3}")
_MOST_BOXES = 100_000
_MOST_INDEX = 32 * 1024 * 1024


def clean_media(target: BinaryIO) -> None:
    """Check that an MP4 or M4A is one chain of boxes up to its end, and blank the place of recording in its index.

    `target` is changed in place; phones write the place as an ISO 6709 text, which keeps its length as blanks.
    """
    size = target.seek(0, os.SEEK_END)
    place = 0
    for _ in range(_MOST_BOXES):
        if place == size:
            return
        target.seek(place)
        header = target.read(16)
        if len(header) < 8:
            break
        length, kind = struct.unpack(">I4s", header[:8])
        if length == 1 and len(header) == 16:
            length = struct.unpack(">Q", header[8:])[0]
        elif length == 0:
            length = size - place
        if length < 8 or place + length > size or not _BOX_NAME.fullmatch(kind):
            break
        if kind != b"mdat":
            _blank_places(target, place, length)
        place += length
    raise BrokenFileError


def _blank_places(target: BinaryIO, place: int, length: int) -> None:
    if length > _MOST_INDEX:
        raise BrokenFileError
    target.seek(place)
    box = target.read(length)
    blanked = _PLACE_IN_VIDEO.sub(lambda match: b" " * len(match[0]), box)
    if blanked != box:
        target.seek(place)
        target.write(blanked)
