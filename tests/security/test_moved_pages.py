"""Every page that has been moved to Jinja2 shows what its old template shows; goes with the last old template.

For one app only (cases people packs ledger cockpit bulletin ui, or site for what stands in project):

    python -m pytest -q -n 0 --show-capture=no tests/security/test_moved_pages.py -k cases

A failure shows the page's address and the lines that differ, each difference once. With `-p tests.same_pages
--same-pages` every other test compares the pages that it renders, too.
"""

from __future__ import annotations

import pytest

from tests.same_pages import Comparison, differences
from tests.security.ground import Ground, addresses
from tests.security.test_every_page import PEOPLE, browser

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def app_of(name: str) -> str:
    """The app that an address belongs to; those without one stand in project."""
    return name.partition(":")[0] if ":" in name else "site"


APPS = sorted({app_of(one.name) for one in addresses(machines=False)})


@pytest.fixture
def comparison(monkeypatch: pytest.MonkeyPatch) -> Comparison:
    """Every page rendered in this test is rendered a second time, by its old template."""
    watching = Comparison()
    watching.watch(monkeypatch)
    return watching


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("app", APPS)
def test_moved_pages_are_as_before(ground: Ground, comparison: Comparison, app: str, language: str) -> None:
    for who in PEOPLE:
        client = browser(ground, who)
        for address in addresses(machines=False):
            if app_of(address.name) != app:
                continue
            url = ground.url(address)
            if address.name != "people:sign_out":
                client.get(url, headers={"Accept-Language": language})
                client.get(url, headers={"Accept-Language": language, "HX-Request": "true"})
    assert comparison.compared
    assert not comparison.found, f"{len(comparison.found)} pages differ\n\n" + "\n\n".join(comparison.found[:8])


@pytest.mark.parametrize("app", APPS)
def test_pages_that_refuse_a_form_are_as_before(ground: Ground, comparison: Comparison, app: str) -> None:
    for who in ("", "dispatcher", "handler", "enterprise", "system_admin", "security_admin"):
        client = browser(ground, who)
        for address in addresses(machines=False):
            if app_of(address.name) == app:
                client.post(ground.url(address), {"text": "x" * 5000, "code": "<b>", "username": "nobody"})
    assert not comparison.found, f"{len(comparison.found)} pages differ\n\n" + "\n\n".join(comparison.found[:8])


def test_the_comparison_sees_what_it_should() -> None:
    assert differences('<p class="a b">1 <b>2</b></p>', '<p  class="b a" >1 <b>2</b>\n</p>') == []
    assert differences("<p>1 <b>2</b></p>", "<p>1<b>2</b></p>") != []
    assert differences('<p class="a">1</p>', '<p class="b">1</p>') != []
    assert differences('<a href="/x">1</a>', "<a>1</a>") != []
    assert differences("<b>1</b> <i>2</i>", "<b>1</b><i>2</i>") != []
