"""Finds the hashed names of built stylesheets, scripts and icons."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static

FOLDER = Path(__file__).parent / "static" / "ui"


def asset_url(name: str) -> str:
    """Public address of the built file ``name`` such as ``site.css``; refuses names the build did not make."""
    files = load_manifest()["files"]
    if name not in files:
        raise ImproperlyConfigured(f"界面构建里没有 {name}。已有：{', '.join(sorted(files))}")
    return static(f"ui/{files[name]}")


def icon_names() -> frozenset[str]:
    """Names of the icons inside the sprite."""
    return frozenset(load_manifest()["icons"])


def load_manifest() -> dict[str, Any]:
    """The manifest of the last build; read again on every call while DEBUG is on, so a rebuild shows at once."""
    path = FOLDER / "manifest.json"
    return _read(path, path.stat().st_mtime_ns if settings.DEBUG and path.exists() else 0)


@lru_cache(maxsize=4)
def _read(path: Path, _stamp: int) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ImproperlyConfigured(
            "界面还没有构建。请在 src/xirang/ui/frontend 里运行 npm ci --ignore-scripts 和 node build.mjs。"
        ) from error
    return found
