"""The office's own sign-in: OpenID Connect, authorization code with PKCE, one provider. Off unless configured.

It stands in for the password only. The second factor is asked here afterwards as always: what a provider says about
its own (`acr`, `amr`) is not looked at, for it cannot be checked from here. Nobody gets an account by it: see
actions/outside.py for whom it opens.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings

# What waits in the session while the person is away at the provider.
WAITING = "outside"
_AWAY_SECONDS = 600
_ANSWER_SECONDS = 5
_ANSWER_BYTES = 256 * 1024
_CLOCK_SECONDS = 60


class Refused(Exception):
    """The provider's answer opens nothing. The reason is for tests and for whoever debugs, never for the page."""


@dataclass(frozen=True)
class Claims:
    """Who the provider says it is. `email` is empty unless the provider has verified it."""

    subject: str
    email: str


def is_on() -> bool:
    """Whether a provider is configured."""
    return bool(settings.OIDC_ISSUER)


def begin(session: Any, back: str, goal: str) -> str:
    """The address at the provider where somebody signs in; it sends them to `back`, and we send them on to `goal`.

    Raises Refused when the provider does not answer.
    """
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    address = _provider()["authorization_endpoint"]
    session[WAITING] = {"state": state, "nonce": nonce, "verifier": verifier, "at": int(time.time()), "goal": goal}
    asked = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": back,
        "scope": "openid email",
        "state": state,
        "nonce": nonce,
        "code_challenge": _text(hashlib.sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
    }
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def finish(session: Any, asked: Any, back: str) -> tuple[Claims, str]:
    """Who came back with the query `asked`, and the goal of `begin`. Works once for each `begin`. Raises Refused."""
    kept = session.pop(WAITING, None)
    if not kept or not hmac.compare_digest(kept["state"].encode(), asked.get("state", "").encode()):
        raise Refused("No sign-in was begun here, or another one.")
    if time.time() - kept["at"] > _AWAY_SECONDS:
        raise Refused("It took too long.")
    provider = _provider()
    if provider.get("authorization_response_iss_parameter_supported") and asked.get("iss") != settings.OIDC_ISSUER:
        raise Refused("Another provider answers.")
    if not asked.get("code"):
        raise Refused("The provider gave no code.")
    sent = {
        "grant_type": "authorization_code",
        "code": asked["code"],
        "redirect_uri": back,
        "code_verifier": kept["verifier"],
        "client_id": settings.OIDC_CLIENT_ID,
        "client_secret": settings.OIDC_CLIENT_SECRET,
    }
    token = _fetch(provider["token_endpoint"], sent).get("id_token")
    return _claims(str(token), provider, kept["nonce"]), kept["goal"]


def _claims(token: str, provider: dict[str, Any], nonce: str) -> Claims:
    """What a token says, once signature, issuer, audience, age and nonce are right (OpenID Connect Core 3.1.3.7)."""
    try:
        head, body, signature = token.split(".")
        header, said = json.loads(_bytes(head)), json.loads(_bytes(body))
        signed = _is_signed(header, f"{head}.{body}".encode(), _bytes(signature), _fetch(provider["jwks_uri"]))
        audience = [said["aud"]] if isinstance(said["aud"], str) else list(said["aud"])
        now = time.time()
        right = {
            "signature": signed,
            "issuer": said["iss"] == settings.OIDC_ISSUER,
            "audience": audience == [settings.OIDC_CLIENT_ID],
            "age": now - _CLOCK_SECONDS < said["exp"] and said["iat"] < now + _CLOCK_SECONDS,
            "nonce": hmac.compare_digest(str(said["nonce"]).encode(), nonce.encode()),
            "subject": isinstance(said["sub"], str) and bool(said["sub"]),
        }
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise Refused("The token cannot be read.") from error
    if not all(right.values()):
        raise Refused(f"Wrong: {', '.join(name for name, holds in right.items() if not holds)}.")
    email = said.get("email") if said.get("email_verified") is True else ""
    return Claims(said["sub"], email if isinstance(email, str) else "")


def _is_signed(header: dict[str, Any], text: bytes, signature: bytes, keys: dict[str, Any]) -> bool:
    """RS256 or ES256 by one of the provider's keys; nothing else, least of all `none` or a shared secret."""
    if header["alg"] not in ("RS256", "ES256"):
        return False
    for key in keys["keys"]:
        if key.get("use", "sig") != "sig" or header.get("kid", key.get("kid")) != key.get("kid"):
            continue
        try:
            if header["alg"] == "RS256" and key["kty"] == "RSA":
                numbers = rsa.RSAPublicNumbers(_number(key["e"]), _number(key["n"]))
                numbers.public_key().verify(signature, text, padding.PKCS1v15(), SHA256())
                return True
            if header["alg"] == "ES256" and key["kty"] == "EC" and key["crv"] == "P-256" and len(signature) == 64:
                point = ec.EllipticCurvePublicNumbers(_number(key["x"]), _number(key["y"]), ec.SECP256R1())
                parts = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
                point.public_key().verify(encode_dss_signature(*parts), text, ec.ECDSA(SHA256()))
                return True
        except InvalidSignature:
            continue
    return False


def _provider() -> dict[str, Any]:
    """What the provider says about itself. Raises Refused unless it is the one configured."""
    found = _fetch(settings.OIDC_ISSUER.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != settings.OIDC_ISSUER:
        raise Refused("The provider calls itself something else.")
    if not all(isinstance(found.get(name), str) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")):
        raise Refused("The provider does not say where its pages are.")
    return found


class _Nowhere(HTTPRedirectHandler):
    """A provider that sends us elsewhere is not followed."""

    def redirect_request(self, *args: Any) -> None:
        return None


def _fetch(address: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    """JSON from the provider: within seconds, of a sane size, by HTTPS (in production), past no proxy or redirect."""
    if urlsplit(address).scheme != "https" and (settings.HTTPS or urlsplit(address).scheme != "http"):
        raise Refused("The provider is not asked over a line that anybody reads.")
    body = urlencode(form).encode() if form is not None else None
    asked = Request(address, body, {"Accept": "application/json"})  # noqa: S310  (http and https only, just above)
    try:
        with build_opener(_Nowhere, ProxyHandler({})).open(asked, timeout=_ANSWER_SECONDS) as answer:
            found = json.loads(answer.read(_ANSWER_BYTES))
    except (URLError, OSError, ValueError) as error:
        raise Refused("The provider does not answer.") from error
    if not isinstance(found, dict):
        raise Refused("The provider answers something else.")
    return found


def _text(some: bytes) -> str:
    return base64.urlsafe_b64encode(some).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _number(text: str) -> int:
    return int.from_bytes(_bytes(text))
