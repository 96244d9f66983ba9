"""File names as they may be shown and downloaded: Chinese stays, tricks go, the extension tells the truth."""

from __future__ import annotations

import re
import unicodedata

from xirang.foundation.files.kinds import EXTENSIONS, FileKind

_LONGEST_STEM = 80
_LONGEST_STEM_BYTES = 200
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')
_EXTENSION = re.compile(r"\.(?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,8}$")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)


def _visible(text: str) -> str:
    """Drop control signs, bidirectional overrides, zero-width signs and whatever else has no shape of its own."""
    return "".join(sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"))


def _cut(stem: str) -> str:
    stem = stem[:_LONGEST_STEM]
    while len(stem.encode()) > _LONGEST_STEM_BYTES:
        stem = stem[:-1]
    return stem


def clean_file_name(name: str, kind: FileKind) -> str:
    """Return a harmless name for a file of this kind: no path, no invisible signs, the extension of its content.

    “..\\..\\发票\u202egpj.exe” with the content of a JPEG becomes “发票gpj.jpg”.
    """
    last = re.split(r"[/\\]", name[-1000:])[-1]
    plain = _FORBIDDEN.sub("_", _visible(unicodedata.normalize("NFC", last)))
    plain = " ".join(plain.split()).strip(". ")
    extension = EXTENSIONS[kind][0]
    found = _EXTENSION.search(plain)
    if found:
        if found[0][1:].lower() in EXTENSIONS[kind]:
            extension = found[0][1:].lower()
        plain = plain[: found.start()].strip(". ")
    if _DEVICES.match(plain):
        plain = f"_{plain}"
    return f"{_cut(plain).strip('. ') or '附件'}.{extension}"
