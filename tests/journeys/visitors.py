"""People of the demo district in front of a browser, with everything a page does wrong counted against it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

from PIL import Image

from tests.journeys import browsers
from tests.journeys.site import LiveSite

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Response

MODERN = 115
DESK, PHONE = (1280, 800), (390, 844)
SIZES = {"desk": DESK, "phone": PHONE}
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"
# Playwright's own clicks ask the browser for what kernels before 105 cannot answer; there a script of ours does it.
PRESS = """what => [...document.querySelectorAll(what)]
  .find((one) => one.type === 'radio' || one.getClientRects().length).click()"""
FILL = """([what, value]) => {
  const field = document.querySelector(what);
  field.focus();
  field.value = value;
  for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true }));
}"""
AT_REST_SECONDS = 2
SHOWN = "what => [...document.querySelectorAll(what)].some((one) => one.getClientRects().length)"
_COOKIES: dict[tuple[str, str], Any] = {}
# Windows at which nobody sits: to open one anew costs as much as five pages.
_WINDOWS: dict[tuple[Browser, tuple[int, int]], list[Page]] = {}
CLEAN = """(kept) => {
  sessionStorage.clear();
  localStorage.clear();
  for (const { name, value } of kept) localStorage.setItem(name, value);
}"""
# What a browser says about the answer to a page itself; that answer is what the journey looks at.
_ANSWERED = "Failed to load resource"


@dataclass(slots=True)
class Visitor:
    """One person at one browser window: goes, looks, presses, fills in, and keeps pictures of what there is to see."""

    page: Page
    site: LiveSite
    shots: str
    touch: bool = False
    old: bool = False
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Response:
        """Open an address of the site; returns its answer, and leaves the judgement of its status to the caller."""
        answer = self.page.goto(self.site.url + path)
        assert answer is not None
        return answer

    def press(self, what: str | Locator) -> None:
        """Click with a mouse or tap with a finger; of several the first that can be seen."""
        if self.old:
            self.page.evaluate(PRESS, what)
            return
        target = self.page.locator(f"{what} >> visible=true").first if isinstance(what, str) else what
        target.tap() if self.touch else target.click()

    def fill(self, **answers: str) -> None:
        """Type into fields, choose in lists and press what is to be pressed, by the names of the fields."""
        for name, value in answers.items():
            found = f"main [name={name}]"
            kind = self.page.eval_on_selector(found, "one => one.type")
            if kind == "radio":
                mark = f'[name={name}][value="{value}"]'
                self.press(mark if self.old else self.page.locator(f"main label:has({mark}), main {mark} + label"))
            elif self.old:
                self.page.evaluate(FILL, [found, value])
            elif kind.startswith("select"):
                self.page.select_option(found, value)
            else:
                self.page.fill(found, value)

    def attach(self, name: str, *files: dict[str, Any]) -> None:
        """Choose files, each as a name, a type and its bytes."""
        self.page.set_input_files(f"main [name={name}]", list(files))

    def await_shown(self, what: str) -> None:
        """Wait for what a script brings into view."""
        self.page.wait_for_function(SHOWN, arg=what)

    def submit(self, what: str | Locator = "main form[data-x-form] button.x-btn-primary") -> None:
        """Press a button that leads to another page, and wait for that page."""
        with self.page.expect_navigation():
            self.press(what)

    def show(self, step: str) -> None:
        """Whatever the step shows must fit the width of the screen; on CI a picture of it is kept."""
        if browsers.PICTURES:
            browsers.shoot(self.page, f"{self.shots}/{step}")
        # A drawer that is sliding in stands outside of the screen for a moment; at rest nothing may.
        deadline = time.monotonic() + AT_REST_SECONDS
        while self.page.evaluate(TOO_WIDE):
            assert time.monotonic() < deadline, f"{step}: wider than the screen"
            time.sleep(0.05)

    def text(self, what: str = "main") -> str:
        """What can be read there."""
        return self.page.inner_text(what)

    def see(self, *words: str, within: float = 15) -> None:
        """Read the page again until all of this is there: what the worker does comes a moment later."""
        deadline = time.monotonic() + within
        while missing := [word for word in words if word not in self.text()]:
            assert time.monotonic() < deadline, f"{missing} not in:\n{self.text()}"
            time.sleep(0.4)
            self.page.reload()

    def sign_in(self, username: str) -> None:
        """Through the form, as everybody does; the password is the one of all demo identities."""
        self.go("/sign-in/")
        self.fill(username=username, password=(self.site.var / "demo-password").read_text().strip())
        self.submit("main form button.x-btn-primary")
        assert "/sign-in/" not in self.page.url, self.text()


@contextmanager
def visiting(
    browser: Browser,
    site: LiveSite,
    shots: str,
    username: str = "",
    size: tuple[int, int] = DESK,
    *,
    fresh: bool = False,
    **options: Any,
) -> Iterator[Visitor]:
    """Somebody with a browser of his own, signed in where a user name is given; ends with no complaint of the browser.

    On a phone fingers tap; `options` go to the browser's context. Whoever has signed in before comes back with his
    cookies, as one does in the afternoon; `fresh` goes through the form again, in a window that nobody has used.
    """
    old = int(browser.version.rpartition("/")[2].split(".")[0]) < MODERN
    touch = size == PHONE and not old and options.get("java_script_enabled", True)
    shared = not fresh and not options and not old
    kept = None if fresh else _COOKIES.get((site.url, username))
    free = _WINDOWS.setdefault((browser, size), []) if shared else []
    if old:
        page = _only_page(browser, size)
    elif free:
        page = free.pop()
        _sit_down(page, site, kept or {"cookies": [], "origins": []})
    else:
        page = browsers.open_page(browser, *size, has_touch=touch, **({"storage_state": kept} | options))
    visitor = Visitor(page, site, shots, touch, old)
    heard = listen(page, visitor.complaints)
    in_order = False
    try:
        if username and not kept:
            visitor.sign_in(username)
            if not fresh:
                _COOKIES[site.url, username] = page.context.storage_state()
        yield visitor
        assert visitor.complaints == []
        in_order = True
    finally:
        for event, listener in heard.items():
            page.remove_listener(event, listener)
        if shared and in_order:
            _leave(page)
            free.append(page)
        elif not old:
            page.context.close()


def _sit_down(page: Page, site: LiveSite, state: Any) -> None:
    """Make a used window like a new one with these cookies and nothing else kept in it."""
    page.context.clear_cookies()
    page.goto(f"{site.url}/healthz")
    page.evaluate(CLEAN, [one for origin in state["origins"] for one in origin["localStorage"]])
    page.context.add_cookies(state["cookies"])
    page.goto("about:blank")


def _leave(page: Page) -> None:
    """Close what else was opened and show nothing, so that no script of a page left behind goes on."""
    for other in page.context.pages:
        if other is not page:
            other.close()
    page.goto("about:blank")


def _only_page(browser: Browser, size: tuple[int, int]) -> Page:
    """The one window that an old kernel was opened with: in any other its scripts ask without their cookies."""
    (context,) = browser.contexts
    context.clear_cookies()
    context.set_default_timeout(15_000)
    page = context.pages[0] if context.pages else context.new_page()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    return page


def listen(page: Page, complaints: list[str]) -> dict[Any, Callable[[Any], None]]:
    """Collect errors of scripts, refusals by the content policy, and parts of a page that did not come.

    Returns who listens to what, to be taken away again.
    """

    def fail(error: Any) -> None:
        complaints.append(str(error))

    def say(said: Any) -> None:
        if said.type == "error" and _ANSWERED not in said.text:
            complaints.append(said.text)

    def miss(answer: Any) -> None:
        if answer.status >= 400 and answer.request.resource_type != "document":
            complaints.append(f"{answer.status} {answer.url}")

    heard: dict[Any, Callable[[Any], None]] = {"pageerror": fail, "console": say, "response": miss}
    for event, listener in heard.items():
        page.on(event, listener)
    return heard


def photo(colour: str = "steelblue") -> dict[str, Any]:
    """A photo as a phone takes one, with the place in its data; for a file field."""
    picture, held = Image.new("RGB", (640, 480), colour), BytesIO()
    marks = picture.getexif()
    marks[0x010E] = "private-note-of-the-camera"
    picture.save(held, "JPEG", exif=marks)
    return {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": held.getvalue()}


def id_in(address: str) -> str:
    """The id of the case in an address."""
    found = re.search(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", address)
    assert found, address
    return found.group()
