"""Signing in: passkeys, and showing once more who is there."""

from tests.access.probes import Probe, World

NOWHERE = "00000000-0000-4000-8000-000000000000"


def probes(world: World) -> dict[str, list[Probe]]:
    found = {}
    for name, path in {
        "mfa_login_webauthn": "/login/passkey/",
        "mfa_add_webauthn": "/me/second-factor/passkeys/new/",
        "mfa_edit_webauthn": f"/me/second-factor/passkeys/{NOWHERE}/",
        "mfa_remove_webauthn": f"/me/second-factor/passkeys/{NOWHERE}/remove/",
        "mfa_reauthenticate_webauthn": "/me/again/passkey/",
    }.items():
        found[name] = [
            *(Probe(method, path) for method in ("GET", "HEAD", "OPTIONS")),
            Probe("POST", path, {}),
            Probe("POST", path, {"credential": "{}", "name": "Key"}),
        ]
    found["access:again_done"] = [Probe(method, "/me/again/done/") for method in ("GET", "HEAD", "OPTIONS", "POST")]
    return found
