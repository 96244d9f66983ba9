"""Reads a pack's folder into memory, refusing what is not data: code, links, foreign files, too much of anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xirang.foundation.declarations import Finding
from xirang.packs.checking.manifest import engine_files

OWN_FILES = ("pack.yaml", "README.md", "wiring.yaml", "scenarios.yaml")
FOLDERS = ("values", "texts", "images")
PICTURES = (".png", ".jpg", ".jpeg", ".webp")
MOST_FILES = 200
MOST_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class PackFiles:
    """The texts of a pack by relative path (`/` between folders), and the name of its folder."""

    name: str
    texts: Mapping[str, bytes]


def read_folder(path: Path) -> tuple[PackFiles, list[Finding]]:
    """Every file of a pack that may be there, and findings about those that may not. Pictures are left alone."""
    findings: list[Finding] = []
    if not path.is_dir():
        return PackFiles(path.name, {}), [
            _refuse(str(path), "no_folder", "没有这个文件夹。请核对路径。", "There is no such folder. Check the path.")
        ]
    texts: dict[str, bytes] = {}
    files = sorted(found for found in path.rglob("*") if not _hidden(found.relative_to(path)))
    for place, file in enumerate(files):
        name = file.relative_to(path).as_posix()
        if place >= MOST_FILES:
            findings.append(
                _refuse(name, "too_many", f"文件超过 {MOST_FILES} 个。", f"There are more than {MOST_FILES} files.")
            )
            break
        refusal = _refusal(file, name)
        if refusal:
            findings.append(refusal)
        elif file.is_file() and file.suffix not in PICTURES and _in_place(name):
            texts[name] = file.read_bytes()
    return PackFiles(path.resolve().name, texts), findings


def top_files() -> tuple[str, ...]:
    """The files that may lie at the top of a pack: its own, and those that speak to engines."""
    return (*OWN_FILES, *engine_files())


def _hidden(relative: Path) -> bool:
    return any(step.startswith(".") or step == "__pycache__" for step in relative.parts)


def _refuse(file: str, code: str, zh: str, en: str) -> Finding:
    return Finding(file, 0, 0, code, "error", zh, en)


def _refusal(file: Path, name: str) -> Finding | None:
    """Why a file may not be part of a pack of grade A, or None when it may."""
    if file.is_symlink():
        return _refuse(
            name,
            "link",
            "应用包里不能有链接文件。请放入文件本身。",
            "A pack holds no links. Put the file itself there.",
        )
    if file.is_dir():
        if name in FOLDERS:
            return None
        return _refuse(
            name,
            "folder",
            f"应用包里没有叫 {name} 的文件夹。可以有的是 values、texts、images。",
            f"A pack has no folder {name}. It may have values, texts and images.",
        )
    if file.suffix == ".py":
        return _refuse(
            name,
            "code",
            "A 级应用包只能有数据，不能有程序文件。请删去这个文件。",
            "A pack of grade A is data only. Remove this file.",
        )
    if file.stat().st_size > (MOST_BYTES if file.suffix not in PICTURES else 20 * MOST_BYTES):
        return _refuse(name, "too_big", "文件过大。请精简或拆分。", "The file is too big. Shorten or split it.")
    # A strange folder was refused once; its contents need no refusal of their own.
    return None if not _in_place(name) or _is_known(name) else _unknown(name)


def _in_place(name: str) -> bool:
    return name.rpartition("/")[0] in ("", *FOLDERS)


def _is_known(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    if not folder:
        return name in top_files() or name.endswith(PICTURES)
    return {"values": file.endswith(".yaml"), "texts": file.endswith(".md"), "images": file.endswith(PICTURES)}[folder]


def _unknown(name: str) -> Finding:
    if name.endswith(".yml"):
        return _refuse(
            name, "suffix", "文件名请用 .yaml 结尾，不要用 .yml。", "Let the name of the file end in .yaml, not .yml."
        )
    from xirang.foundation.declarations import did_you_mean

    zh, en = did_you_mean(name, top_files())
    return _refuse(name, "unknown_file", f"应用包里不需要 {name} 这个文件{zh}", f"A pack has no file {name}{en}")
