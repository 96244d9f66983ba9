"""The pages in a browser's place: sessions, attackers at the door, forms, lists with their queries counted."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pyotp
import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from xirang.foundation.actor import SYSTEM
from xirang.people import commands, middleware
from xirang.people.models import Account
from xirang.people.tests.conftest import NOW, PASSWORD, District
from xirang.people.tests.test_commands_staff import GOOD, sheet


@pytest.fixture
def browser(client: Client) -> Client:
    client.raise_request_exception = True
    return client


def enter(browser: Client, username: str, password: str = PASSWORD, **more):
    return browser.post(reverse("people:sign_in"), {"username": username, "password": password, **more})


def page(browser: Client, name: str, *args, **query):
    return browser.get(reverse(f"people:{name}", args=args), query)


def test_signing_in_leads_where_one_wanted_to_go(district: District, browser: Client) -> None:
    wanted = reverse("people:accounts")
    asked = browser.get(wanted)
    assert asked.status_code == 302
    assert asked["Location"].startswith(reverse("people:sign_in"))
    assert enter(browser, "sys.guan", next=wanted)["Location"] == wanted
    assert browser.get(wanted).status_code == 200


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"])
def test_no_address_smuggled_into_next(district: District, browser: Client, evil: str) -> None:
    assert enter(browser, "sys.guan", next=evil)["Location"] == "/"


def test_a_session_planted_beforehand_is_worth_nothing(district: District, browser: Client) -> None:
    browser.get(reverse("people:sign_in"))
    session = browser.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key
    browser.cookies["xirang_session"] = planted
    enter(browser, "sys.guan")
    assert browser.cookies["xirang_session"].value != planted
    assert not Session.objects.filter(pk=planted).exists()
    assert "planted" not in browser.session


def test_the_cookie_is_out_of_reach_of_scripts_and_strangers(district: District, browser: Client) -> None:
    enter(browser, "sys.guan")
    cookie = browser.cookies["xirang_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_signing_out_needs_a_post_and_a_token(district: District) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(district.account("sys.guan"))
    assert strict.get(reverse("people:sign_out")).status_code == 405
    assert strict.post(reverse("people:sign_out")).status_code == 403
    assert strict.post(reverse("people:sign_in"), {"username": "a", "password": "b"}).status_code == 403


def test_signing_out_ends_the_session(district: District, browser: Client) -> None:
    enter(browser, "sys.guan")
    key = browser.session.session_key
    assert browser.post(reverse("people:sign_out")).status_code == 302
    assert not Session.objects.filter(pk=key).exists()
    assert page(browser, "own_account").status_code == 302


def move_marks(browser: Client, **back) -> None:
    session = browser.session
    for name, delta in back.items():
        session[name] = session[name] - int(delta.total_seconds())
    session.save()


def test_an_office_session_ends_after_half_an_hour_of_rest(district: District, browser: Client) -> None:
    enter(browser, "sys.guan")
    move_marks(browser, seen_at=timedelta(minutes=29))
    assert page(browser, "own_account").status_code == 200
    move_marks(browser, seen_at=timedelta(minutes=31))
    assert page(browser, "own_account").status_code == 302


def test_a_resident_may_rest_longer_but_nobody_beyond_twelve_hours(district: District, browser: Client) -> None:
    district.open("zhou.yu", "county", roles=("resident",))
    enter(browser, "zhou.yu")
    move_marks(browser, seen_at=timedelta(hours=3))
    assert page(browser, "own_account").status_code == 200
    move_marks(browser, signed_in_at=timedelta(hours=12, minutes=1))
    assert page(browser, "own_account").status_code == 302


def test_a_session_without_marks_is_not_believed(district: District, browser: Client) -> None:
    browser.force_login(district.account("sys.guan"))
    assert page(browser, "own_account").status_code == 302


def test_locking_and_changing_the_password_end_other_sessions(district: District, browser: Client) -> None:
    other = Client()
    enter(other, "shen.lan")
    enter(browser, "shen.lan")
    changed = browser.post(
        reverse("people:change_password"),
        {"old_password": PASSWORD, "new_password": "another-good-one", "repeated": "another-good-one"},
    )
    assert changed.status_code == 302
    assert page(browser, "own_account").status_code == 200
    assert page(other, "own_account").status_code == 302
    commands.lock_account(actor=SYSTEM, account_id=district.accounts["shen.lan"], because="离职", now=NOW)
    assert page(browser, "own_account").status_code == 302


def test_a_first_password_must_be_changed_before_anything_else(district: District, browser: Client) -> None:
    opened = commands.reset_password(actor=SYSTEM, account_id=district.accounts["sys.guan"], now=timezone.now())
    enter(browser, "sys.guan", opened.password)
    for name in ("accounts", "own_account", "totp"):
        assert page(browser, name)["Location"] == reverse("people:change_password")
    assert browser.get(reverse("people:accounts"), HTTP_HX_REQUEST="true")["HX-Redirect"] == reverse(
        "people:change_password"
    )
    assert page(browser, "change_password").status_code == 200


def test_moving_codes_may_be_demanded_of_roles(district: District, browser: Client, settings) -> None:
    settings.TOTP_REQUIRED_ROLES = ("security_admin",)
    enter(browser, "sec.guan")
    assert page(browser, "accounts")["Location"] == reverse("people:totp")
    other = Client()
    enter(other, "sys.guan")
    assert page(other, "accounts").status_code == 200


def test_the_whole_way_of_moving_codes(district: District, browser: Client) -> None:
    enter(browser, "shen.lan")
    assert "x-qr" not in page(browser, "totp").content.decode()
    browser.post(reverse("people:totp"))
    shown = page(browser, "totp").content.decode()
    assert "<svg" in shown
    assert "style=" not in shown[shown.index("<svg") : shown.index("</svg>", shown.index('class="x-qr"'))]
    from xirang.people.queries.vault import open_totp_secret

    device = pyotp.TOTP(open_totp_secret(district.account("shen.lan")))
    moment = timezone.now()
    codes = browser.post(reverse("people:totp"), {"code": device.at(moment)})
    assert codes.status_code == 200
    recovery = re.findall(r"<li><code>([^<]+)</code></li>", codes.content.decode())
    assert len(recovery) == 10
    assert page(browser, "totp").status_code == 302
    other = Client()
    first = enter(other, "shen.lan", next=reverse("people:own_account"))
    assert first["Location"] == reverse("people:sign_in_second")
    assert page(other, "own_account").status_code == 302  # The password alone opens nothing.
    replayed = other.post(reverse("people:sign_in_second"), {"code": device.at(moment)})
    assert replayed.status_code == 200
    done = other.post(reverse("people:sign_in_second"), {"code": recovery[0]})
    assert done["Location"] == reverse("people:own_account")
    assert page(other, "own_account").status_code == 200


def test_the_second_step_cannot_be_entered_from_outside(district: District, browser: Client) -> None:
    assert page(browser, "sign_in_second")["Location"] == reverse("people:sign_in")
    posted = browser.post(
        reverse("people:sign_in_second"), {"code": "123456", "account": district.accounts["sys.guan"]}
    )
    assert posted["Location"] == reverse("people:sign_in")


def test_known_and_unknown_names_see_the_same_page(district: District) -> None:
    def seen(username: str) -> str:
        visitor = Client()
        text = enter(visitor, username, "wrong").content.decode().replace(username, "NAME")
        token = visitor.cookies["xirang_csrf"].value
        import re

        return re.sub(r'(csrfmiddlewaretoken" value=|csrf-token" content=)"[^"]+"', "", text).replace(token, "")

    for _ in range(6):
        assert seen("shen.lan") == seen("nobody.here")


def test_an_account_out_of_my_area_is_not_found(district: District, browser: Client) -> None:
    enter(browser, "listen.sec")
    for name in (
        "account",
        "grant_role",
        "reveal_field",
        "reset_password",
        "lock_account",
        "erase_person",
        "start_preview",
    ):
        assert page(browser, name, district.accounts["hill.worker"]).status_code == 404
    posted = browser.post(
        reverse("people:erase_person", args=[district.accounts["hill.worker"]]), {"because": "本人申请"}
    )
    assert posted.status_code == 404


def test_pages_refuse_those_without_the_role(district: District, browser: Client) -> None:
    enter(browser, "shen.lan")
    own = district.accounts["shen.lan"]
    for name, args in (
        ("accounts", ()),
        ("open_account", ()),
        ("import_staff", ()),
        ("role_requests", ()),
        ("create_organisation", ()),
        ("grant_role", (own,)),
        ("reveal_field", (own,)),
    ):
        assert page(browser, name, *args).status_code == 403
    enter(browser, "aud.guan")
    for name in ("lock_account", "unlock_account", "grant_role", "erase_person", "start_preview", "set_stand_in"):
        assert browser.post(reverse(f"people:{name}", args=[own]), {"because": "试试"}).status_code == 403


def test_extra_fields_of_a_form_change_nothing(district: District, browser: Client) -> None:
    enter(browser, "sys.guan")
    made = browser.post(
        reverse("people:open_account"),
        {
            "name": "林知远",
            "title_name": "林知远",
            "username": "lin.zhiyuan",
            "phone": "",
            "area": str(district.areas["listen"]),
            "organisation_id": "",
            "role": "security_admin",
            "is_active": "0",
            "must_change_password": "",
            "is_demo": "1",
            "person_id": str(district.account("shen.lan").person_id),
            "password": "chosen-by-attacker",
            "totp_confirmed_at": "x",
        },
    )
    assert made.status_code == 200
    account = Account.sign_ins.get(username="lin.zhiyuan")
    assert account.is_active
    assert account.must_change_password
    assert not account.is_demo
    assert not account.grants.exists()
    assert account.person_id != district.account("shen.lan").person_id
    assert not account.check_password("chosen-by-attacker")
    browser.post(reverse("people:choose_language"), {"language": "en", "title_name": "别人", "username": "boss"})
    own = district.account("sys.guan")
    assert (own.language, own.username) == ("en", "sys.guan")


def test_registering_takes_no_role_from_the_form(district: District, browser: Client) -> None:
    done = browser.post(
        reverse("people:register"),
        {
            "name": "周雨桐",
            "phone": "13600000000",
            "username": "zhou.yu",
            "password": "yu-tong-8846-x",
            "credit_code": "",
            "role": "dispatcher",
            "title_name": "区长",
            "is_demo": "1",
        },
    )
    assert done.status_code == 302
    district.accounts["zhou.yu"] = Account.sign_ins.get(username="zhou.yu").pk
    assert [one.role for one in district.actor("zhou.yu", timezone.now()).grants] == ["resident"]
    assert district.account("zhou.yu").title_name == "周**"


def test_revealing_shows_the_value_once_and_asks_why(district: District, browser: Client) -> None:
    enter(browser, "sec.guan")
    url = reverse("people:reveal_field", args=[district.accounts["shen.lan"]])
    assert "13812342076" not in page(browser, "account", district.accounts["shen.lan"]).content.decode()
    refused = browser.post(url, {"field": "phone", "purpose": "x"})
    assert "13812342076" not in refused.content.decode()
    assert "用途" in refused.content.decode()
    shown = browser.post(url, {"field": "phone", "purpose": "回访诉求人"})
    assert "13812342076" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]


def test_a_preview_shows_the_other_s_pages_and_lets_nothing_through(
    district: District, browser: Client, people_records
) -> None:
    enter(browser, "sec.guan")
    began = browser.post(reverse("people:start_preview", args=[district.accounts["shen.lan"]]), {"because": "核对权限"})
    assert began.status_code == 302
    seen = page(browser, "own_account").content.decode()
    assert "正以沈岚的身份查看" in seen
    assert reverse("people:end_preview") in seen
    assert reverse("people:accounts") not in seen
    assert page(browser, "accounts").status_code == 403  # A handler lists no accounts.
    for name, body in (("choose_language", {"language": "en"}), ("set_own_stand_in", {})):
        assert browser.post(reverse(f"people:{name}"), body).status_code == 403
    assert (
        browser.post(
            reverse("people:lock_account", args=[district.accounts["lu.yuan"]]), {"because": "试试"}
        ).status_code
        == 403
    )
    assert district.account("sec.guan").language == "zh-hans"
    ended = browser.post(reverse("people:end_preview"))
    assert ended.status_code == 302
    assert page(browser, "accounts").status_code == 200
    assert [body["preview"] for body in people_records.of("people.end_preview")] == ["ended"]


def test_a_preview_ends_with_the_right_to_it(district: District, browser: Client) -> None:
    enter(browser, "sec.guan")
    browser.post(reverse("people:start_preview", args=[district.accounts["shen.lan"]]), {"because": "核对权限"})
    grant = district.account("sec.guan").grants.get()
    commands.end_role(actor=SYSTEM, grant_id=grant.pk, now=timezone.now())
    seen = page(browser, "own_account")
    assert seen.status_code == 200
    assert "preview" not in browser.session


def test_granting_and_taking_back_through_the_pages(district: District, browser: Client) -> None:
    enter(browser, "sec.guan")
    account = district.accounts["lu.yuan"]
    wrong = browser.post(reverse("people:grant_role", args=[account]), {"role": "dispatcher", "area": "nonsense"})
    assert wrong.status_code == 200
    done = browser.post(
        reverse("people:grant_role", args=[account]), {"role": "dispatcher", "area": str(district.areas["listen"])}
    )
    assert done["Location"] == reverse("people:account", args=[account])
    assert "指挥中心调度" in page(browser, "account", account).content.decode()
    grant = district.account("lu.yuan").grants.get(role="dispatcher")
    assert browser.post(reverse("people:end_role", args=[grant.pk]), {"because": "调离"}).status_code == 302
    assert not district.actor("lu.yuan", timezone.now()).holds("dispatcher")


def test_the_sheet_goes_through_dry_run_faults_and_import(district: District, browser: Client) -> None:
    enter(browser, "sys.guan")
    url = reverse("people:import_staff")

    def post(data: bytes, **more):
        upload = io.BytesIO(data)
        upload.name = "staff.xlsx"
        return browser.post(url, {"file": upload, **more})

    bad = sheet(GOOD, ("", "x.yz", "power_supply", "", "", "", "", ""))
    tried = post(bad, **{"try": "1"})
    assert "试读 2 行" in tried.content.decode()
    assert not Account.sign_ins.filter(username="lin.zhiyuan").exists()
    assert "请填写姓名" in post(bad, go="1").content.decode()
    assert browser.get(reverse("people:staff_faults"))["Content-Type"].startswith("application/vnd.openxml")
    done = post(bad, go="1", only_good="on")
    opened = re.findall(r"<td>([^<]+)</td><td><code>[^<]+</code></td></tr>", done.content.decode())
    assert opened == ["lin.zhiyuan"]
    assert "no-store" in done["Cache-Control"]
    assert "xlsx" in browser.get(reverse("people:staff_template"))["Content-Disposition"]
    assert "打不开这个文件" in post(b"nonsense").content.decode()


def test_every_page_answers_and_carries_nothing_inline(district: District, browser: Client) -> None:
    one, unit = district.accounts["lu.yuan"], district.units["power_supply"]
    commands.request_role(
        actor=district.actor("sys.guan"), account_id=one, role="leader", area_id=district.areas["county"], now=NOW
    )
    for login, pages in (
        (
            "sys.guan",
            [
                ("accounts",),
                ("account", one),
                ("open_account",),
                ("import_staff",),
                ("organisations",),
                ("organisation", unit),
                ("create_organisation",),
                ("retire_organisation", unit),
                ("own_account",),
            ],
        ),
        (
            "sec.guan",
            [
                ("grant_role", one),
                ("role_requests",),
                ("set_stand_in", one),
                ("reveal_field", one),
                ("reset_password", one),
                ("lock_account", one),
                ("unlock_account", one),
                ("disable_totp_of", one),
                ("erase_person", one),
                ("start_preview", one),
                ("account", one),
            ],
        ),
        ("shen.lan", [("own_account",), ("set_own_stand_in",), ("change_password",), ("totp",), ("disable_totp",)]),
    ):
        enter(browser, login)
        for name, *args in pages:
            answer = page(browser, name, *args)
            text = answer.content.decode()
            assert answer.status_code == 200, (name, text[:300])
            assert " style=" not in text, name
            assert " onclick=" not in text, name
            assert "<script>" not in text, name
            assert "no-store" in answer["Cache-Control"], name
    browser.post(reverse("people:sign_out"))
    for name in ("sign_in", "register"):
        assert page(browser, name).status_code == 200


def test_the_marks_are_pure() -> None:
    marks: dict = {}
    middleware.begin_marks(marks, office=True, now=NOW)
    assert not middleware.has_expired(marks, NOW)
    assert middleware.has_expired(marks, NOW + timedelta(minutes=31))
    assert middleware.has_expired({}, NOW)
    assert middleware.has_expired(marks | {"seen_at": "soon"}, NOW)
