"""A passkey in software: answers what a page asks for, as an authenticator and its browser would."""

import hashlib
import json
import os
import re
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

FLAG = AuthenticatorData.FLAG


def asked_for(answer: Any) -> dict[str, Any]:
    """What a page tells the browser to ask for."""
    found = re.search(r'data-options="([^"]*)"', answer.content.decode())
    assert found
    asked: dict[str, Any] = json.loads(found[1].replace("&quot;", '"'))["publicKey"]
    return asked


class SoftKey:
    """One key pair. `knows` says whether it asks its person for a PIN; `site` is where it believes to be."""

    def __init__(self, *, knows: bool = True, site: str = "https://testserver") -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id, self.knows, self.site, self.handle = os.urandom(16), knows, site, b""

    def create(self, asked: dict[str, Any]) -> str:
        """The answer to `navigator.credentials.create`, as the form sends it."""
        self.handle = websafe_decode(asked["user"]["id"])
        public = ES256.from_cryptography_key(self.private.public_key())
        credential = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        data = self._data(asked["rp"]["id"], FLAG.AT, credential)
        return self._sent(
            clientDataJSON=websafe_encode(self._client("webauthn.create", asked)),
            attestationObject=websafe_encode(AttestationObject.create("none", data, {})),
        )

    def get(self, asked: dict[str, Any]) -> str:
        """The answer to `navigator.credentials.get`."""
        data, client = self._data(asked["rpId"], FLAG(0), b""), self._client("webauthn.get", asked)
        signed = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._sent(
            clientDataJSON=websafe_encode(client),
            authenticatorData=websafe_encode(data),
            signature=websafe_encode(signed),
            userHandle=websafe_encode(self.handle),
        )

    def _data(self, site: str, flags: Any, credential: bytes) -> AuthenticatorData:
        flags |= FLAG.UP | (FLAG.UV if self.knows else FLAG(0))
        return AuthenticatorData.create(hashlib.sha256(site.encode()).digest(), flags, 0, credential)

    def _client(self, kind: str, asked: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(kind, websafe_decode(asked["challenge"]), self.site)

    def _sent(self, **response: str) -> str:
        key = websafe_encode(self.id)
        extra: dict[str, Any] = {"clientExtensionResults": {"credProps": {"rk": True}}}
        return json.dumps({"id": key, "rawId": key, "type": "public-key", "response": response, **extra})
