"""At the doors: hosts, cookies, sessions, ways out to other sites, paths, uploads and bodies that are too large."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import httpx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.journeys.site import LiveSite
from tests.roles import PASSWORD
from tests.security.ground import Ground, body_of
from xirang.engines.cases.models import Attachment, Case

REPORT = {"service_code": "TS01", "description": "灯", "address_string": "路", "attribute[topic]": "light"}


class TestHosts:
    @pytest.mark.parametrize(
        "host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "a b", "测试"]
    )
    @pytest.mark.parametrize("path", ["/", "/sign-in/", "/open311/discovery.json", "/api/services", "/work/"])
    def test_a_strange_host_is_refused_and_not_repeated(self, db: None, host: str, path: str) -> None:
        answer = Client().get(path, HTTP_HOST=host)
        assert answer.status_code == 400
        assert "evil" not in body_of(answer)

    def test_a_forwarded_host_does_not_count(self, ground: Ground) -> None:
        answer = Client().get("/open311/discovery.json", HTTP_X_FORWARDED_HOST="evil.example")
        assert "evil" not in answer.content.decode()


class TestCookiesAndSessions:
    @pytest.fixture
    def entered(self, ground: Ground) -> Client:
        client = Client()
        client.get("/sign-in/")
        return client

    def enter(self, client: Client, **more: str) -> Any:
        return client.post("/sign-in/", {"username": "role_handler", "password": PASSWORD} | more)

    def test_the_session_cookie_is_out_of_reach(self, entered: Client) -> None:
        assert self.enter(entered).status_code == 302
        cookie = entered.cookies["xirang_session"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert not cookie["domain"]
        assert entered.cookies["xirang_csrf"]["samesite"] == "Lax" if "xirang_csrf" in entered.cookies else True

    def test_behind_tls_every_cookie_says_so(self, entered: Client, settings: Any) -> None:
        settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
        self.enter(entered)
        assert entered.cookies["xirang_session"]["secure"]

    def test_a_planted_session_is_left_behind(self, entered: Client) -> None:
        session = entered.session
        session["planted"] = "by an attacker"
        session.save()
        before = session.session_key
        entered.cookies["xirang_session"] = before
        assert self.enter(entered).status_code == 302
        assert entered.session.session_key != before
        assert "planted" not in entered.session

    def test_an_invented_session_key_is_not_taken_on(self, entered: Client) -> None:
        entered.cookies["xirang_session"] = "a" * 32
        self.enter(entered)
        assert entered.cookies["xirang_session"].value != "a" * 32

    def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(self, entered: Client) -> None:
        self.enter(entered)
        kept = entered.cookies["xirang_session"].value
        entered.post("/sign-out/")
        thief = Client()
        thief.cookies["xirang_session"] = kept
        assert thief.get("/account/").status_code == 302

    def test_machines_get_no_cookie(self, entered: Client) -> None:
        for path in ("/open311/services.json", "/api/services", "/api/openapi.json"):
            assert not Client().get(path).cookies

    @pytest.mark.parametrize(
        "target",
        [
            *("https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example"),
            *(
                "javascript:alert(1)",
                "http:evil.example",
                "https:///evil.example",
                " //evil.example",
                "/\t/evil.example",
            ),
            *("%2f%2fevil.example", "data:text/html,x", "http://testserver@evil.example/", "\x00//evil.example"),
        ],
    )
    def test_nobody_is_led_away_after_signing_in(self, entered: Client, target: str) -> None:
        for answer in (
            self.enter(entered, next=target),
            Client().post("/language/", {"language": "en", "next": target}),
        ):
            assert answer.status_code in (302, 400), answer.status_code
            where = answer.get("Location", "")
            assert not where.lstrip().startswith(("//", "/\\", "\\")), where
            assert "evil.example" not in httpx.URL(f"http://testserver/{where.lstrip('/')}").host
            assert ":" not in where.partition("/")[0], where

    def test_the_way_back_within_the_house_works(self, entered: Client) -> None:
        assert self.enter(entered, next="/account/")["Location"] == "/account/"


class TestUploads:
    @pytest.fixture
    def caller(self, ground: Ground, settings: Any, tmp_path: Any) -> Client:
        settings.FILES_ROOT = tmp_path / "files"
        return Client()

    @pytest.fixture
    def reported(self, caller: Client) -> Callable[[], list[Case]]:
        """The cases that came in by this caller."""
        before = {case.pk for case in Case.objects.all_unscoped("counted by a test")}
        return lambda: [case for case in Case.objects.all_unscoped("counted by a test") if case.pk not in before]

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("photo.png", b"<html><script>alert(1)</script></html>"),
            ("photo.jpg", b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
            ("photo.png", b"MZ" + b"\x00" * 400),
            ("photo.png", b"\x7fELF" + b"\x00" * 400),
            ("photo.gif", b"GIF89a/*" + b"*/=alert(1)//"),
            ("photo.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40),
            ("photo.jpg", b"%PDF-1.7\n1 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj"),
            ("photo.jpg", b"PK\x03\x04" + b"\x00" * 60),
            ("photo.png", b"#!/bin/sh\nid"),
            ("photo.png", b""),
        ],
    )
    def test_what_only_calls_itself_a_picture_is_refused(
        self, caller: Client, reported: Callable[[], list[Case]], name: str, data: bytes
    ) -> None:
        answer = caller.post("/open311/requests.json", REPORT | {"media": SimpleUploadedFile(name, data, "image/png")})
        assert answer.status_code == 400, answer.content.decode()
        assert reported() == []

    def test_a_picture_comes_back_without_what_was_hidden_in_it(
        self, caller: Client, reported: Callable[[], list[Case]]
    ) -> None:
        picture = BytesIO()
        Image.new("RGB", (30, 30), "green").save(picture, "JPEG", exif=_position())
        data = picture.getvalue() + b"<script>alert(1)</script><?php system($_GET[0]); ?>"
        name = "../../../../tmp/evil\r\nX-Evil: 1.php.jpg"
        answer = caller.post("/open311/requests.json", REPORT | {"media": SimpleUploadedFile(name, data)})
        assert answer.status_code == 200, answer.content.decode()
        (case,) = reported()
        kept = Attachment.objects.get(case=case)
        assert "/" not in kept.name
        assert "\n" not in kept.name
        session = caller.session
        session["receipts"] = [str(case.pk)]
        session.save()
        file = Client().get(caller.get(f"/cases/{case.pk}/files/{kept.pk}/")["Location"])
        served = b"".join(file.streaming_content)
        assert file.status_code == 200
        assert b"alert(1)" not in served
        assert b"php" not in served
        assert not Image.open(BytesIO(served)).getexif()
        assert "sandbox" in file["Content-Security-Policy"]
        assert file["X-Content-Type-Options"] == "nosniff"
        assert not file.cookies
        assert "X-Evil" not in file

    def test_a_bomb_does_not_fill_the_memory(self, caller: Client) -> None:
        bomb = BytesIO()
        Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
        sent = SimpleUploadedFile("big.png", bomb.getvalue())
        assert caller.post("/open311/requests.json", REPORT | {"media": sent}).status_code == 400


class TestSizes:
    @pytest.mark.parametrize("path", ["/open311/requests.json", "/sign-in/", "/track/", "/language/"])
    def test_a_form_that_is_too_large_is_413(self, ground: Ground, path: str) -> None:
        answer = Client().post(path, {"description": "长" * 1_000_000})
        assert answer.status_code == 413, answer.content[:200]

    def test_a_json_body_that_is_too_large_is_413(self, ground: Ground) -> None:
        body = '{"process": "' + "x" * 3_000_000 + '"}'
        answer = Client().post("/api/requests", body, content_type="application/json")
        assert answer.status_code == 413
        assert answer.json()["error"]["code"] == "too_big"

    def test_too_many_fields_and_files_are_refused(self, ground: Ground) -> None:
        many = {f"f{number}": "x" for number in range(600)}
        assert Client().post("/open311/requests.json", many).status_code in (400, 413)
        files = [SimpleUploadedFile(f"{number}.png", b"x") for number in range(30)]
        assert Client().post("/open311/requests.json", REPORT | {"media": files}).status_code in (400, 413)


class TestPaths:
    """Against the running site: clients of Django tidy paths before they send them."""

    @pytest.mark.parametrize(
        "path",
        [
            *(
                "/static/../../../../etc/passwd",
                "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
                "/static/..%2f..%2fetc/passwd",
            ),
            *("/static/....//....//etc/passwd", "/..%5c..%5cetc/passwd", "//etc/passwd", "/static//etc/passwd"),
            *("/files/x/..%2f..%2f..%2fetc%2fpasswd", "/files/../../etc/passwd", "/static/%00", "/%ff%fe", "/static/"),
            *(
                "/.git/config",
                "/var/secrets.json",
                "/manage.py",
                "/static/../project/settings.py",
                "/.env",
                "/secrets.json",
            ),
        ],
    )
    def test_no_path_leads_out(self, small_site: LiveSite, path: str) -> None:
        status, body = _raw(small_site, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        assert status in (301, 302, 400, 404), status
        for secret in (b"root:", b"SECRET_KEY", b"[core]", b"receipts_key"):
            assert secret not in body

    def test_a_body_beyond_all_limits_is_413_before_it_is_read(self, small_site: LiveSite) -> None:
        head = b"POST /open311/requests.json HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n"
        assert _raw(small_site, head)[0] == 413

    @pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:99999x", ""])
    def test_a_strange_host_is_refused_at_the_door(self, small_site: LiveSite, host: str) -> None:
        request = f"GET /sign-in/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
        status, body = _raw(small_site, request)
        assert status == 400
        assert b"evil" not in body


def _position() -> Image.Exif:
    exif = Image.Exif()
    exif[0x9286] = "here lives somebody"
    exif[0x010F] = "maker"
    return exif


def _raw(site: LiveSite, request: bytes) -> tuple[int, bytes]:
    """Send bytes as they are and return status and everything that came back."""
    import socket

    port = int(site.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
                if b"\r\n\r\n" in answer and b"413" in answer[:20]:
                    break
        except TimeoutError:
            pass
    return int(answer.split(b" ", 2)[1]), answer
