"""What no page and no bundle of Xirang may hold."""

import gzip
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import brotli
import pytest
from django.core.exceptions import ImproperlyConfigured

from xirang.ui import assets

SOURCE = Path(__file__).parents[2]
PAGES = sorted(path for path in SOURCE.rglob("jinja2/**/*.html") if "node_modules" not in path.parts)
WIDEST = 120
# The files of components, each with its name in a page; docs/templates.md lists what is in them.
COMPONENTS = {"parts", "lists", "cards", "forms", "shell"}
# Where text is said to be HTML already: a QR code of our own making.
SAFE = {"ui/cards.html": 1}
FORBIDDEN = ("color-mix(", "oklch(", ":has(", "@container", "@layer", "dvh", "structuredClone", "Object.hasOwn", ".at(")
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
ATTRIBUTE = re.compile(r"<[a-zA-Z][^<>]*?\s(style|on[a-z]+)\s*=", re.DOTALL)


class Inline(HTMLParser):
    """Finds inline scripts, inline styles and on… attributes, the way a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _value in attrs}
        if tag == "style" or (tag == "script" and "src" not in names and dict(attrs).get("type") != "application/json"):
            self.found.append(f"<{tag}> in the page")
        for name, value in attrs:
            if name == "style" or name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"{name} on <{tag}>")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_template_holds_inline_script_or_style(path: Path) -> None:
    text = TAG.sub("", path.read_text(encoding="utf-8"))
    watcher = Inline()
    watcher.feed(text)
    assert watcher.found == []
    assert ATTRIBUTE.search(text) is None


def name_of(path: Path) -> str:
    """A page as it is named in code: `cases/list.html`."""
    return str(path.relative_to(next(one for one in path.parents if one.name == "jinja2")))


def widths(text: str) -> list[int]:
    """How wide each line is; a Chinese character counts as one."""
    return [len(line) for line in text.splitlines()]


def test_pages_are_written_in_lines_that_can_be_read() -> None:
    assert PAGES
    wide = {
        f"{name_of(path)}:{number}": width
        for path in PAGES
        for number, width in enumerate(widths(path.read_text(encoding="utf-8")), start=1)
        if width > WIDEST
    }
    assert wide == {}


def test_nothing_switches_the_escaping_off() -> None:
    safe = {name_of(path): text.count("|safe") for path in PAGES if "|safe" in (text := path.read_text("utf-8"))}
    assert safe == SAFE
    switched = [name_of(path) for path in PAGES if re.search(r"autoescape\s|Markup\(", path.read_text("utf-8"))]
    assert switched == []


def test_components_stand_in_the_files_that_the_guide_lists() -> None:
    """Macros that several pages use stand in few files; a page may keep small ones of its own at its end."""
    imported = {
        found
        for path in PAGES
        for found in re.findall(r"""{%-?\s*(?:import|from)\s+["']ui/([a-z_]+)\.html["']""", path.read_text("utf-8"))
    }
    assert imported == COMPONENTS
    guide = (SOURCE.parents[1] / "docs" / "templates.md").read_text(encoding="utf-8")
    missing = [
        f"{name}.{macro}"
        for name in sorted(COMPONENTS - {"shell"})
        for path in PAGES
        if name_of(path) == f"ui/{name}.html"
        for macro in re.findall(r"{%-?\s*macro\s+([a-z]\w*)\(", path.read_text(encoding="utf-8"))
        if f"`{name}.{macro}(" not in guide
    ]
    assert missing == []


def test_the_guard_itself_sees_what_it_should() -> None:
    watcher = Inline()
    watcher.feed('<p style="a"><a onclick="b()"><script>c</script><script src="/d"></script><a href="javascript:e">')
    assert len(watcher.found) == 4


def test_no_bundle_holds_what_chromium_91_lacks() -> None:
    bundles = [
        assets.FOLDER / name for name in assets.load_manifest()["files"].values() if name.endswith((".css", ".js"))
    ]
    assert bundles
    found = [
        f"{path.name}: {word}" for path in bundles for word in FORBIDDEN if word in path.read_text(encoding="utf-8")
    ]
    assert found == []


def test_the_manifest_names_files_that_exist_and_are_hashed() -> None:
    files = assets.load_manifest()["files"]
    assert {"site.css", "site.js", "icons.svg", "select.js", "dates.js", "map.js", "charts.js"} <= set(files)
    for name in files.values():
        assert (assets.FOLDER / name).is_file()
        assert re.fullmatch(r".+-[0-9A-Z]{8}\.(css|js|svg)", name)


def test_the_page_every_reader_loads_stays_light() -> None:
    files = assets.load_manifest()["files"]
    assert (assets.FOLDER / files["site.js"]).stat().st_size < 100_000
    assert (assets.FOLDER / files["site.css"]).stat().st_size < 100_000


def test_a_missing_build_says_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    with pytest.raises(ImproperlyConfigured, match=r"build\.mjs"):
        assets.asset_url("site.css")
    (tmp_path / "manifest.json").write_text(json.dumps({"files": {}, "icons": []}), encoding="utf-8")
    assets._read.cache_clear()
    with pytest.raises(ImproperlyConfigured, match=r"没有 site\.css"):
        assets.asset_url("site.css")
    assets._read.cache_clear()


def test_the_stylesheet_holds_no_class_of_others_that_no_page_names() -> None:
    """Bootstrap has 1,484 classes; whoever names one more of them in a page adds it to our own styles."""
    style = (assets.FOLDER / assets.load_manifest()["files"]["site.css"]).read_text(encoding="utf-8")
    classes = {name for rule in re.findall(r"([^{}]+)\{", style) for name in re.findall(r"\.([A-Za-z][\w-]*)", rule)}
    ours = {name for name in classes if name.startswith(("x-", "is-", "has-"))}
    assert len(ours) > 300
    pages = [path for path in SOURCE.rglob("*.html") if "node_modules" not in path.parts]
    scripts = [*SOURCE.glob("ui/frontend/src/**/*.js"), *SOURCE.glob("ui/**/*.py")]
    named = set(re.findall(r"[\w-]+", "\n".join(path.read_text(encoding="utf-8") for path in [*pages, *scripts])))
    assert classes - ours - named - {"htmx-request"} == set()
    spacing = {name for name in named if re.fullmatch(r"[mp][tbesxy]?-[0-7]|d-(?:none|flex|block|inline-flex)", name)}
    assert spacing - classes == set()


def test_every_built_text_lies_there_compressed() -> None:
    texts = [path for path in assets.FOLDER.iterdir() if path.suffix in (".css", ".js")]
    texts.append(assets.FOLDER / assets.load_manifest()["files"]["icons.svg"])
    assert len(texts) > 8
    for path in texts:
        packed = path.with_name(f"{path.name}.gz").read_bytes()
        assert gzip.decompress(packed) == path.read_bytes()
        best = path.with_name(f"{path.name}.br").read_bytes()
        assert brotli.decompress(best) == path.read_bytes()
        assert len(best) < len(packed) < path.stat().st_size / 2


@pytest.mark.parametrize(
    "folder", [SOURCE / "ui" / "frontend", SOURCE.parents[1] / "tools" / "lint"], ids=lambda path: path.name
)
def test_the_lock_file_names_no_address(folder: Path) -> None:
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    versions = wanted.get("dependencies", {}) | wanted["devDependencies"]
    assert not [name for name, version in versions.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)]


def test_every_icon_used_is_in_the_sprite() -> None:
    used = {
        name
        for path in PAGES
        for name in re.findall(r"\bicon\([\"']([a-z0-9-]+)[\"']", path.read_text(encoding="utf-8"))
    }
    assert used - assets.icon_names() == set()
