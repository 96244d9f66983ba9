"""Signing in through a real identity provider on this machine: its keys, its signed tokens, and its lies."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from joserfc import jwt
from joserfc.jwk import RSAKey

from xirang.people.tests.conftest import District

CLIENT_ID, SECRET = "xirang", "between-us-two"
KEY, OTHER_KEY = (RSAKey.generate_key(2048, parameters={"kid": "one"}) for _ in range(2))


class Provider:
    """A small OpenID provider: discovery, keys, authorization, and tokens for whoever shows code, PKCE and secret."""

    def __init__(self) -> None:
        self.key = KEY
        self.codes: dict[str, dict[str, str]] = {}
        self.username: Any = "shen.lan"
        self.spoil: Callable[[dict[str, Any]], None] = lambda claims: None
        self.sign: Callable[[dict[str, Any]], str] = self.sign_honestly
        self.announced = ""
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.answer(self, urlsplit(self.path).path, {})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                provider.answer(self, urlsplit(self.path).path, {k: v[0] for k, v in parse_qs(body).items()})

            def log_message(self, *args: Any) -> None:
                """Tests are quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, handler: BaseHTTPRequestHandler, path: str, form: dict[str, str]) -> None:
        status, body = 200, {}
        if path == "/.well-known/openid-configuration":
            body = {
                "issuer": self.announced or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        elif path == "/keys":
            body = {"keys": [self.key.as_dict(private=False)]}
        elif path == "/token":
            status, body = self.exchange(form, handler.headers.get("Authorization", ""))
        data = json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def authorize(self, url: str) -> str:
        """What the browser would do there: the user signs in, and the provider sends it back."""
        asked = {k: v[0] for k, v in parse_qs(urlsplit(url).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT_ID
        code = hashlib.sha256(asked["state"].encode()).hexdigest()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?code={code}&state={asked['state']}"

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
        if asked is None or authorization != f"Basic {basic}":
            return 400, {"error": "invalid_grant"}
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        )
        if challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "u-1",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "preferred_username": self.username,
        }
        self.spoil(claims)
        return 200, {"access_token": "x", "token_type": "Bearer", "expires_in": 300, "id_token": self.sign(claims)}

    def sign_honestly(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    made = Provider()
    settings.XIRANG_OIDC = {
        "issuer": made.issuer,
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        "username_claim": "preferred_username",
        "title": "统一身份认证",
    }
    yield made
    made.server.shutdown()
    made.server.server_close()


def go_there(client: Client, provider: Provider, target: str = "") -> str:
    """Ask to sign in and let the provider answer; the address that the browser is sent back to."""
    began = client.get(reverse("people:oidc_begin"), {"next": target or reverse("people:own_account")})
    assert began["Location"].startswith(f"{provider.issuer}/authorize?")
    return provider.authorize(began["Location"])


def come_back(client: Client, url: str):
    parts = urlsplit(url)
    return client.get(parts.path, parse_qs(parts.query))


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("people:own_account")).status_code == 200


def test_whoever_the_provider_vouches_for_is_let_in(district: District, client: Client, provider: Provider) -> None:
    assert "统一身份认证" in client.get(reverse("people:sign_in")).content.decode()
    done = come_back(client, go_there(client, provider))
    assert done["Location"] == reverse("people:own_account")
    assert is_signed_in(client)
    assert "沈岚" in client.get(reverse("people:own_account")).content.decode()


@pytest.mark.parametrize("name", ["no.such.one", "", None, 7])
def test_without_an_account_there_is_a_clear_sentence(
    district: District, client: Client, provider: Provider, name: Any
) -> None:
    provider.username = name
    done = come_back(client, go_there(client, provider))
    text = (client.get(done["Location"]) if done.status_code == 302 else done).content.decode()
    assert "没有可用的账号" in text or "没有给出用户名" in text
    assert not is_signed_in(client)


def test_a_locked_account_stays_out(district: District, client: Client, provider: Provider) -> None:
    district.account("shen.lan").__class__.sign_ins.filter(username="shen.lan").update(is_active=False)
    come_back(client, go_there(client, provider))
    assert not is_signed_in(client)


LIES: dict[str, Callable[[dict[str, Any]], None]] = {
    "other issuer": lambda claims: claims.update(iss="https://evil.example"),
    "other audience": lambda claims: claims.update(aud="another"),
    "several audiences, not for us": lambda claims: claims.update(aud=[CLIENT_ID, "another"], azp="another"),
    "expired": lambda claims: claims.update(exp=int(time.time()) - 600),
    "never expires": lambda claims: claims.pop("exp"),
    "old nonce": lambda claims: claims.update(nonce="replayed"),
    "no nonce": lambda claims: claims.pop("nonce"),
    "nobody": lambda claims: claims.pop("sub"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_with_a_wrong_claim_opens_nothing(
    district: District, client: Client, provider: Provider, lie: str
) -> None:
    provider.spoil = LIES[lie]
    done = come_back(client, go_there(client, provider))
    assert done.status_code == 400
    assert not is_signed_in(client)


def forged(provider: Provider, kind: str) -> Callable[[dict[str, Any]], str]:
    def signed_by_hand(algorithm: str, secret: bytes, claims: dict[str, Any]) -> str:
        def part(value: bytes) -> str:
            return base64.urlsafe_b64encode(value).decode().rstrip("=")

        body = f"{part(json.dumps({'alg': algorithm, 'kid': 'one'}).encode())}.{part(json.dumps(claims).encode())}"
        mac = hmac.digest(secret, body.encode(), "sha256") if secret else b""
        return f"{body}.{part(mac)}"

    return {
        "foreign key": lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, OTHER_KEY),
        "public key as secret": lambda claims: signed_by_hand("HS256", provider.key.as_pem(private=False), claims),
        "unsigned": lambda claims: signed_by_hand("none", b"", claims),
        "no token": lambda claims: "",
        "nonsense": lambda claims: "a.b.c",
    }[kind]


@pytest.mark.parametrize("kind", ["foreign key", "public key as secret", "unsigned", "no token", "nonsense"])
def test_a_forged_token_opens_nothing(district: District, client: Client, provider: Provider, kind: str) -> None:
    provider.sign = forged(provider, kind)
    assert come_back(client, go_there(client, provider)).status_code == 400
    assert not is_signed_in(client)


def test_an_answer_to_somebody_else_s_question_opens_nothing(
    district: District, client: Client, provider: Provider
) -> None:
    victim = Client()
    attackers = go_there(client, provider)
    assert come_back(victim, attackers).status_code == 302  # The victim never asked.
    go_there(victim, provider)
    assert come_back(victim, attackers).status_code == 400  # The victim asked something else.
    assert not is_signed_in(victim)


def test_an_answer_counts_once(district: District, client: Client, provider: Provider) -> None:
    back = go_there(client, provider)
    come_back(client, back)
    client.post(reverse("people:sign_out"))
    assert come_back(client, back)["Location"] == reverse("people:sign_in")
    assert not is_signed_in(client)


def test_a_refusal_and_a_wrong_issuer_are_told(district: District, client: Client, provider: Provider) -> None:
    parts = urlsplit(go_there(client, provider))
    state = parse_qs(parts.query)["state"][0]
    assert client.get(parts.path, {"error": "access_denied", "state": state}).status_code == 400
    provider.announced = "https://evil.example"
    assert client.get(reverse("people:oidc_begin")).status_code == 400


def test_a_provider_that_is_gone_says_so(district: District, client: Client, provider: Provider, settings) -> None:
    settings.XIRANG_OIDC = settings.XIRANG_OIDC | {"issuer": "http://127.0.0.1:1"}
    gone = client.get(reverse("people:oidc_begin"))
    assert gone.status_code == 503
    assert "连不上" in gone.content.decode()


def test_without_configuration_nothing_is_offered(district: District, client: Client, settings) -> None:
    settings.XIRANG_OIDC = {"issuer": "", "client_id": "", "title": "统一身份认证"}
    assert "统一身份认证" not in client.get(reverse("people:sign_in")).content.decode()
    for name in ("oidc_begin", "oidc_back"):
        assert client.get(reverse(f"people:{name}"))["Location"] == reverse("people:sign_in")
