"""The unified identity provider: authorization code with PKCE, state and nonce, and a checked identity token."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from xirang.foundation.errors import InvalidError, UnavailableError

TIMEOUT = 8.0
# Symmetric algorithms and "none" are not listed: a token must be signed by a key only the provider has.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]


class ProviderUnavailableError(UnavailableError):
    code = "oidc_unavailable"
    zh = "统一身份认证暂时连不上。请稍后再试，或用本系统的用户名和口令登录。"
    en = "The identity provider cannot be reached. Try again later, or sign in with user name and password."


class ProviderAnswerError(InvalidError):
    """The provider's answer does not fit the question, or the identity token does not hold."""

    code = "oidc_answer"
    zh = "统一身份认证的回应没有通过核对，请重新登录。"
    en = "The identity provider's answer failed a check. Please sign in again."


@dataclass(frozen=True, slots=True)
class Question:
    """What must be remembered until the provider sends the browser back; lives in the session, used once."""

    state: str
    nonce: str
    verifier: str
    next: str


def is_configured() -> bool:
    """True when an issuer and a client id are set."""
    return bool(settings.XIRANG_OIDC.get("issuer") and settings.XIRANG_OIDC.get("client_id"))


def begin(redirect_uri: str, next_url: str) -> tuple[str, Question]:
    """The address to send the browser to, and what to remember; ProviderUnavailableError."""
    from authlib.common.security import generate_token

    question = Question(generate_token(32), generate_token(32), generate_token(64), next_url)
    provider = _discover()
    with _client(redirect_uri) as client:
        url, _state = client.create_authorization_url(
            provider["authorization_endpoint"],
            state=question.state,
            nonce=question.nonce,
            code_verifier=question.verifier,
        )
    return url, question


def finish(redirect_uri: str, question: Question, answer: Mapping[str, str]) -> str:
    """The user name that the provider vouches for; ProviderAnswerError when anything does not fit."""
    if not hmac.compare_digest(answer.get("state", "").encode(), question.state.encode()):
        raise ProviderAnswerError()
    if "error" in answer or not answer.get("code"):
        raise ProviderAnswerError(zh="统一身份认证没有放行。请重新登录，或联系管理员。")
    provider = _discover()
    token = _token(provider, redirect_uri, question, answer["code"])
    claims = _claims(provider, str(token.get("id_token", "")), question.nonce)
    username = claims.get(settings.XIRANG_OIDC.get("username_claim") or "preferred_username")
    if not isinstance(username, str) or not username.strip():
        raise ProviderAnswerError(zh="统一身份认证没有给出用户名，请联系管理员检查对接设置。")
    return username


def _client(redirect_uri: str) -> Any:
    from authlib.integrations.httpx_client import OAuth2Client

    config = settings.XIRANG_OIDC
    return OAuth2Client(
        config["client_id"],
        config.get("client_secret") or None,
        scope="openid profile",
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        timeout=TIMEOUT,
    )


def _token(provider: Mapping[str, Any], redirect_uri: str, question: Question, code: str) -> Mapping[str, Any]:
    import httpx
    from authlib.common.errors import AuthlibBaseError

    try:
        with _client(redirect_uri) as client:
            token: Mapping[str, Any] = client.fetch_token(
                provider["token_endpoint"], code=code, code_verifier=question.verifier, grant_type="authorization_code"
            )
            return token
    except AuthlibBaseError as error:
        raise ProviderAnswerError() from error
    except (httpx.HTTPError, ValueError) as error:
        raise ProviderUnavailableError() from error


def _claims(provider: Mapping[str, Any], id_token: str, nonce: str) -> dict[str, Any]:
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    config = settings.XIRANG_OIDC
    try:
        keys = KeySet.import_key_set({"keys": _fetch(provider["jwks_uri"])["keys"]})
        token = jwt.decode(id_token, keys, algorithms=ALGORITHMS)
        registry = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": config["issuer"]},
            aud={"essential": True, "value": config["client_id"]},
            exp={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
            leeway=60,
        )
        registry.validate(token.claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise ProviderAnswerError() from error
    # A token made out to several parties must name us as the one it was issued for.
    audience = token.claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and token.claims.get("azp") != config["client_id"]:
        raise ProviderAnswerError()
    return token.claims


def _discover() -> dict[str, Any]:
    issuer = settings.XIRANG_OIDC["issuer"]
    found = _fetch(issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != issuer or not all(
        found.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    ):
        raise ProviderAnswerError(zh="统一身份认证的地址与它自报的不一致，请联系管理员检查对接设置。")
    return found


def _fetch(url: str) -> dict[str, Any]:
    import httpx

    try:
        response = httpx.get(url, timeout=TIMEOUT, follow_redirects=False)
        response.raise_for_status()
        found = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise ProviderUnavailableError() from error
    if not isinstance(found, dict):
        raise ProviderAnswerError()
    return found
