"""Codes have owners: a code belongs to the pack that brought it first, and a stranger is refused in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from xirang.foundation.declarations import Document, Finding, read_yaml
from xirang.foundation.packs import Code, pack_words
from xirang.packs.checking.folder import MOST_BYTES

Owners = Mapping[tuple[str, str], str]
"""Which pack owns a code: (kind, code) → the pack."""


def check_owners(document: Document, codes: Iterable[Code], owners: Owners, pack: str) -> list[Finding]:
    """An error for every code of this file that belongs to another pack."""
    findings = []
    for code in codes:
        owner = owners.get((code.kind, code.code), pack)
        if owner != pack:
            findings.append(
                document.finding(
                    code.path,
                    "taken",
                    f"{code.zh} {code.code} 已经属于应用包“{owner}”，别的应用包不能再用。请换一个代码。",
                    f'The {code.en} {code.code} belongs to the pack "{owner}" already. Choose another code.',
                )
            )
    return findings


def owners_beside(path: Path) -> dict[tuple[str, str], str]:
    """The codes of the packs in the folders beside: which of two came first no folder knows, so both are told."""
    owners: dict[tuple[str, str], str] = {}
    for manifest in sorted(path.resolve().parent.glob("*/pack.yaml")):
        if manifest.parent.name != path.resolve().name:
            owners |= {(code.kind, code.code): manifest.parent.name for code in _codes_in(manifest.parent)}
    return owners


def _codes_in(folder: Path) -> Iterable[Code]:
    """The codes that a neighbour's files bring; what cannot be read brings none."""
    for name, file in pack_words().files.items():
        source = folder / name
        if source.is_file() and not source.is_symlink() and source.stat().st_size <= MOST_BYTES:
            document, _findings = read_yaml(source.read_bytes(), name)
            yield from file.codes(document) if document is not None else ()
