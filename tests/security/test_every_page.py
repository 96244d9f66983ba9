"""Every address of the resolver, as the public and as each role: no fault, no script, no way round the token."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
from django.test import Client

from tests.security.ground import MACHINES, RAW, Ground, addresses, body_of
from xirang.people.spec import PLATFORM_ROLES

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PEOPLE = ("", "receipt", *PLATFORM_ROLES)
# Not attributes of our own making: an inline script, an inline style, an event handler or an address that runs.
INLINE = {
    "script without source": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", re.I),
    "style element": re.compile(r"<style[\s>]", re.I),
    "style attribute": re.compile(r"<[a-z][^>]*\sstyle=", re.I),
    "event handler": re.compile(r"<[a-z][^>]*\son[a-z]+=", re.I),
    "javascript address": re.compile(r"(?:href|src|action)=[\"']?\s*javascript:", re.I),
}
HOSTILE = (
    "\"'><svg/onload=alert(1)>",
    "\x00",
    "9" * 400,
    "') union select null--",
    "(a+)+$" + "[" * 300,
    "0001-01-01",
    "WzAseyJ0IjoiMDAwMS0wMS0wMSJ9LCJ4Il0",  # [0,{"t":"0001-01-01"},"x"]: a key of pages with the wrong kinds.
    "WzAsMTIsInkiXQ",  # [0,12,"y"]
    "WzAseyJ0IjoiMjAyNi0wMS0wMVQwMDowMDowMFoifSwieCJd",  # [0,{"t":"2026-01-01T00:00:00Z"},"x"]
)
NAMES = (
    *("key", "q", "text", "due", "state", "process", "stage", "outcome", "unit", "unit_id", "area", "area_id", "since"),
    *("role", "kind", "view", "sort", "size", "page", "number", "as", "parent", "format", "said", "next", "mine"),
    *("reopened", "actor", "subject", "verb", "from", "to", "id", "tab", "large", "organisation"),
)


def browser(ground: Ground, who: str) -> Client:
    client = ground.receipt_client() if who == "receipt" else ground.client(who)
    client.raise_request_exception = False
    return client


class Seat:
    """Somebody's browser; whenever a request has signed it out or changed its session, it is replaced by a new one.

    To sign in takes as long as ten requests. A browser whose session is as it was is as good as a new one.
    """

    def __init__(self, ground: Ground, who: str) -> None:
        self.ground, self.who = ground, who
        self._begin()

    def _begin(self) -> None:
        self.client = browser(self.ground, self.who)
        self.cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}
        self.session = dict(self.client.session.items())

    def take(self) -> Client:
        """The browser, signed in, and with no other cookies than those it began with."""
        self.client.cookies.clear()
        self.client.cookies.load(self.cookies)
        if dict(self.client.session.items()) != self.session:
            self._begin()
        return self.client


@pytest.mark.parametrize(
    ("who", "language"), [*((who, "zh-hans") for who in PEOPLE), ("", "en"), ("dispatcher", "en"), ("receipt", "en")]
)
def test_every_page_answers_and_runs_nothing_of_strangers(ground: Ground, who: str, language: str) -> None:
    faults: list[str] = []
    client = browser(ground, who)
    for address in addresses():
        if address.name == "people:sign_out":
            continue
        url = ground.url(address)
        answer = client.get(url, headers={"Accept-Language": language})
        if answer.status_code >= 500:
            faults.append(f"{url}: {answer.status_code}")
            continue
        faults += [f"{url}: {what}" for what in _unsafe(answer)]
    assert not faults, "\n".join(faults)


def _unsafe(answer: Any) -> list[str]:
    found = []
    policy = answer.get("Content-Security-Policy", "")
    if "default-src" not in policy or "unsafe-inline" in policy.replace("style-src 'unsafe-inline'; img-src", ""):
        found.append(f"content policy {policy!r}")
    if "unsafe-eval" in policy or "*" in policy:
        found.append(f"content policy {policy!r}")
    expected = {"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
    found += [f"{name} is {answer.get(name)!r}" for name, value in expected.items() if answer.get(name) != value]
    if answer.get("Content-Type", "").startswith("text/html"):
        text = body_of(answer)
        found += [f"raw {raw!r}" for raw in RAW if raw in text]
        found += [f"{what}: {match[0][:90]}" for what, sign in INLINE.items() if (match := sign.search(text))]
    return found


def test_the_attack_is_really_on_the_pages(ground: Ground) -> None:
    """The test above would prove nothing if the poisoned texts were shown nowhere."""
    seen = ""
    for who in ("dispatcher", "receipt"):
        client = browser(ground, who)
        seen += "".join(
            body_of(client.get(ground.url(one))) for one in addresses(machines=False) if "case_id" in one.converters
        )
    assert "&lt;script&gt;alert(" in seen
    assert "onerror=alert(1)&gt;" in seen


class Asked:
    """Whether anybody has looked at the parameters of the address since `begin`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.looked = False
        of_django = WSGIRequest.GET.func

        def look(request: WSGIRequest) -> QueryDict:
            self.looked = True
            given: QueryDict = of_django(request)
            return given

        monkeypatch.setattr(WSGIRequest, "GET", property(look))


@pytest.mark.parametrize("who", ["", "dispatcher", "system_admin"], ids=lambda who: who or "public")
def test_hostile_filters_and_page_keys_are_no_fault(ground: Ground, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = []
    client, asked = browser(ground, who), Asked(monkeypatch)
    for address in addresses():
        if address.converters or address.name == "people:sign_out":  # Lists have no parameters in their path.
            continue
        url = ground.url(address)
        asked.looked = False
        for place, value in enumerate(HOSTILE):
            if place == 2 and not asked.looked:  # Nobody reads them: all further values would say the same.
                break
            answer = client.get(url, dict.fromkeys(NAMES, value))
            if answer.status_code >= 500:
                faults.append(f"{url} with {value[:30]!r}: {answer.status_code}")
            elif answer.get("Content-Type", "").startswith("text/html") and "<svg/onload" in body_of(answer):
                faults.append(f"{url} repeats {value[:30]!r}")
    assert not faults, "\n".join(faults[:40])


def test_what_looks_at_parameters_is_seen(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    client, asked = browser(ground, "dispatcher"), Asked(monkeypatch)
    client.get("/about/accessibility/", {"q": "x"})
    assert not asked.looked
    client.get("/cases/", {"q": "x"})
    assert asked.looked


@pytest.mark.parametrize("who", ["receipt", "dispatcher", "security_admin"])
def test_senseless_forms_are_no_fault(ground: Ground, who: str) -> None:
    """Every address as a target of forms that it never made: empty, and full of attacks under every usual name."""
    faults = []
    names = (
        *NAMES,
        "what",
        "topic",
        "where",
        "contact",
        "reply",
        "reason",
        "note",
        "purpose",
        "code",
        "seq",
        "username",
    )
    names += (
        "password",
        "language",
        "title_name",
        "phone",
        "name",
        "valid_from",
        "submission",
        "credit_code",
        "case_ids",
    )
    forms: list[dict[str, str]] = [{}, *(dict.fromkeys(names, value) for value in HOSTILE[:3])]
    seat = Seat(ground, who)
    for address in addresses():
        for form in forms:
            answer = seat.take().post(ground.url(address), form)
            if answer.status_code >= 500:
                faults.append(f"{address.name} with {str(form)[:50]}: {answer.status_code}")
                break
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("who", ["", "dispatcher", "enterprise", "security_admin"], ids=lambda who: who or "public")
def test_every_form_demands_its_token(ground: Ground, who: str) -> None:
    client = ground.client(who, enforce_csrf_checks=True)
    open_doors = []
    for address in addresses():
        answer = client.post(ground.url(address), {"text": "x"})
        if answer.status_code != 403 and address.name.partition(":")[0] not in MACHINES:
            open_doors.append(f"{address.name}: {answer.status_code}")
    assert not open_doors, "\n".join(open_doors)


def test_a_token_from_elsewhere_does_not_help(ground: Ground) -> None:
    client = ground.client("dispatcher", enforce_csrf_checks=True)
    client.get("/sign-in/")
    for token in ("a" * 32, "b" * 64, "", "\x00"):
        assert client.post("/language/", {"language": "en", "csrfmiddlewaretoken": token}).status_code == 403
    right = client.cookies["xirang_csrf"].value if "xirang_csrf" in client.cookies else "a" * 32
    sent = {"language": "en", "csrfmiddlewaretoken": right}
    assert client.post("/language/", sent, headers={"Origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "PROPFIND"])
def test_other_methods_are_405(ground: Ground, method: str) -> None:
    wrong = []
    client = browser(ground, "dispatcher")
    for address in addresses():
        answer = client.generic(method, ground.url(address))
        if answer.status_code != 405 and address.name not in ("api:api-root", "api:openapi-json"):
            wrong.append(f"{address.name}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
