"""What an installed Xirang declares and must carry; hatchling asks here whenever it builds a wheel or an sdist.

Pages and the English catalogue are built, not committed. Without this check a wheel made from a bare clone would look
sound and show neither style nor English.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

LICENCES = "third-party-licences.txt"


class DeclaredLibraries(MetadataHookInterface):
    """The libraries that pip installs with the wheel: the same list from which the lock is made."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Fill in `dependencies`, which pyproject.toml leaves to this hook."""
        metadata["dependencies"] = declared_libraries(Path(self.root))


class BuiltParts(BuildHookInterface[Any]):
    """Refuses to build a wheel or an sdist that lacks what `make setup` makes."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Stop with one sentence where a built part is missing or older than its sources."""
        faults = [] if version == "editable" else list(faults_of_built_parts(Path(self.root)))
        if faults:
            self.app.abort(
                f"安装包没有生成：{'；'.join(zh for zh, _ in faults)}。请先运行 make setup。\n"
                f"No package was built: {'; '.join(en for _, en in faults)}. Run make setup first."
            )


def declared_libraries(root: Path) -> list[str]:
    """The requirements of requirements/base.in, one a line, as they stand."""
    lines = (
        line.partition("#")[0].strip() for line in (root / "requirements" / "base.in").read_text("utf-8").split("\n")
    )
    return [line for line in lines if line and not line.startswith("-")]


def faults_of_built_parts(root: Path) -> Iterator[tuple[str, str]]:
    """What is wrong with the built pages and the catalogue, in Chinese and English."""
    ui = root / "src" / "xirang" / "ui"
    built = ui / "static" / "ui"
    manifest = built / "manifest.json"
    if not manifest.is_file():
        yield "还没有生成样式和脚本", "styles and scripts are not built"
    else:
        names = [*json.loads(manifest.read_text("utf-8"))["files"].values(), LICENCES]
        names += [name + form for name in names if name.endswith((".css", ".js")) for form in (".br", ".gz")]
        if missing := [name for name in names if not (built / name).is_file()]:
            yield f"生成的样式和脚本缺了 {'、'.join(missing)}", f"built files are missing: {', '.join(missing)}"
        elif _newest(ui / "frontend") > manifest.stat().st_mtime:
            yield "样式和脚本比源文件旧", "styles and scripts are older than their sources"
    catalogue = root / "src" / "xirang" / "project" / "locale" / "en" / "LC_MESSAGES" / "django.mo"
    if not catalogue.is_file():
        yield "还没有编译英文译文", "the English catalogue is not compiled"
    elif catalogue.with_suffix(".po").stat().st_mtime > catalogue.stat().st_mtime:
        yield "编译的英文译文比译文旧", "the compiled English catalogue is older than its source"


def _newest(folder: Path) -> float:
    """The time of the latest change below a folder, but for the libraries in node_modules; 0 where it is empty."""
    files = [path for path in folder.iterdir() if path.name != "node_modules"]
    files += [path for one in files if one.is_dir() for path in one.rglob("*")]
    return max((path.stat().st_mtime for path in files if path.is_file()), default=0.0)
