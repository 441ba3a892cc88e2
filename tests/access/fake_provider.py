"""A provider of sign-ins on this machine: discovery, keys and tokens, and whatever lie a test wants it to tell."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

CLIENT, SECRET = "casetracker", "a secret of the test"


def text(some: bytes) -> str:
    return base64.urlsafe_b64encode(some).rstrip(b"=").decode()


def number(value: int) -> str:
    return text(value.to_bytes((value.bit_length() + 7) // 8))


class Provider:
    """`says` changes the claims of the next token, `head` its header, `about` what it tells of itself."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.curve = ec.generate_private_key(ec.SECP256R1())
        self.stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.says: dict[str, Any] = {}
        self.head: dict[str, Any] = {}
        self.about: dict[str, Any] = {}
        self.signs_with: Any = self.key
        self.asked: dict[str, str] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def sign_in(self, address: str) -> dict[str, str]:
        """What somebody who signs in there brings back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["redirect_uri"] == "http://testserver/login/office/back/"
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        self.codes["one-time-code"] = asked
        return {"code": "one-time-code", "state": asked["state"]}

    def answer(self, path: str, form: dict[str, str]) -> Any:
        if path == "/.well-known/openid-configuration":
            places = {
                name: f"{self.issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
            }
            return {"issuer": self.issuer, **places, **self.about}
        if path == "/jwks_uri":
            public, point = self.key.public_key().public_numbers(), self.curve.public_key().public_numbers()
            axes = {"x": text(point.x.to_bytes(32)), "y": text(point.y.to_bytes(32))}
            return {"keys": [
                {"kty": "RSA", "kid": "a", "use": "sig", "n": number(public.n), "e": number(public.e)},
                {"kty": "EC", "kid": "b", "crv": "P-256", **axes},
            ]}  # fmt: skip
        asked = self.codes.pop(form.get("code", ""), None)
        if path != "/token_endpoint" or asked is None or form["client_secret"] != SECRET:
            return {"error": "invalid_grant"}
        if text(hashlib.sha256(form["code_verifier"].encode()).digest()) != asked["code_challenge"]:
            return {"error": "invalid_grant"}
        return {"id_token": self.token(asked["nonce"])}

    def token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "person-7", "iat": now, "exp": now + 300, "nonce": nonce,
            "email": "olga@office.example", "email_verified": True, **self.says,
        }  # fmt: skip
        head = {"alg": "RS256", "kid": "a", **self.head}
        signed = ".".join(text(json.dumps(part).encode()) for part in (head, claims))
        if self.signs_with is None:
            return f"{signed}."
        if isinstance(self.signs_with, ec.EllipticCurvePrivateKey):
            parts = decode_dss_signature(self.signs_with.sign(signed.encode(), ec.ECDSA(SHA256())))
            return f"{signed}.{text(b''.join(part.to_bytes(32) for part in parts))}"
        return f"{signed}.{text(self.signs_with.sign(signed.encode(), padding.PKCS1v15(), SHA256()))}"

    def _handler(provider) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send({})

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self._send({name: values[0] for name, values in form.items()})

            def _send(self, form: dict[str, str]) -> None:
                path, _, query = self.path.partition("?")
                body = json.dumps(provider.answer(path, form)).encode()
                moved = provider.about.get("moved") and not query
                self.send_response(302 if moved else 200)
                if moved:
                    self.send_header("Location", provider.about["moved"])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        return Handler
