"""Probes of signing in, people, grants, dialogues, the own account, handing on, and the trail."""

from tests.access.probes import Probe, World, gets

SECRET = "correct horse battery"
ALLAUTH = {
    "mfa_authenticate": "/login/code/",
    "account_inactive": "/login/inactive/",
    "account_email_verification_sent": "/login/confirm/",
    "account_set_password": "/me/password/set/",
    "account_reauthenticate": "/me/again/",
    "mfa_reauthenticate": "/me/again/code/",
    "mfa_index": "/me/second-factor/",
    "mfa_activate_totp": "/me/second-factor/set-up/",
    "mfa_deactivate_totp": "/me/second-factor/remove/",
    "mfa_view_recovery_codes": "/me/second-factor/codes/",
    "mfa_generate_recovery_codes": "/me/second-factor/codes/new/",
}


def probes(world: World) -> dict[str, list[Probe]]:
    return {**_signing_in(), **_people(world), **_grants(world), **_dialogues(world), **_reading(world)}


def _signing_in() -> dict[str, list[Probe]]:
    login = {"login": "olga@office.example", "password": SECRET}
    change = {"oldpassword": SECRET, "password1": "quite another phrase", "password2": "quite another phrase"}
    return {
        **{
            name: [*gets(path), Probe("POST", path, {"code": "123456", "password": "x"})]
            for name, path in ALLAUTH.items()
        },
        "account_login": [
            *gets("/login/"),
            Probe("POST", "/login/", {"login": "nobody@office.example", "password": "x"}),
            Probe("POST", "/login/", login),
        ],
        "account_logout": [*gets("/logout/"), Probe("POST", "/logout/", {})],
        "account_change_password": [
            *gets("/me/password/"),
            Probe("POST", "/me/password/", {**change, "password2": "x"}),
            Probe("POST", "/me/password/", change),
        ],
        "access:me": gets("/me/"),
        "access:set_keys": [*gets("/me/keys/"), Probe("POST", "/me/keys/", {"off": "1"})],
        "access:end_sessions": [*gets("/me/sessions/"), Probe("POST", "/me/sessions/", {})],
        "access:invitation": [*gets("/invitation/made-up/"), Probe("POST", "/invitation/made-up/", {"name": "X"})],
    }


def _people(world: World) -> dict[str, list[Probe]]:
    found = {
        "access:users": gets("/people/", "/people/?standing=active&sort=-email&office=none"),
        "access:user_invite": [
            *gets("/people/invite/"),
            Probe("POST", "/people/invite/", {"name": "", "email": "x"}),
            Probe("POST", "/people/invite/", {"name": "Ina New", "email": "olga@office.example", "office": ""}),
            Probe("POST", "/people/invite/", {"name": "Ina New", "email": "ina@office.example", "office": ""}),
        ],
    }
    aims, why = world.aims("user"), {"reason": "Left the office.", "seen": "1"}
    edited = {"name": "Another", "email": "another@office.example", "office": "", "seen": "1"}
    for name, end, data in [
        ("user", "", {}), ("user_edit", "edit/", edited), ("user_link", "link/", why),
        ("user_deactivate", "deactivate/", why), ("user_reactivate", "reactivate/", why),
    ]:  # fmt: skip
        found[f"access:{name}"] = [
            probe
            for pk in aims
            for path in [f"/people/{pk}/{end}"]
            for probe in [*gets(path), Probe("POST", path, {}), Probe("POST", path, data)]
        ]
    return found


def _grants(world: World) -> dict[str, list[Probe]]:
    why = {"reason": "Works on it.", "seen": "1"}
    asked = {"role": "official", "marking": "1", "valid_from": "2030-01-07", "valid_to": "2030-03-01", "reason": "Why."}
    found = {
        "access:grants": gets("/grants/", "/grants/?standing=active&sort=-person&role=official"),
        "access:grant_new": gets("/grants/new/"),
    }
    for dialogue in world.aims("dialogue"):
        path = f"/grants/new/?dialogue={dialogue}"
        found["access:grant_new"] += [*gets(path), Probe("POST", path, {})]
        for person in world.aims("user"):
            for circle in world.aims("compartment"):
                data = {**asked, "user": person, "compartments": circle}
                found["access:grant_new"].append(Probe("POST", path, data))
    for name, end, data in [
        ("grant", "", {}), ("grant_decide", "decide/", {**why, "decision": "approve"}),
        ("grant_revoke", "revoke/", why), ("grant_reconfirm", "reconfirm/", why),
    ]:  # fmt: skip
        found[f"access:{name}"] = [
            probe
            for pk in world.aims("grant")
            for path in [f"/grants/{pk}/{end}"]
            for probe in [*gets(path), Probe("POST", path, {}), Probe("POST", path, data)]
        ]
    return found


def _dialogues(world: World) -> dict[str, list[Probe]]:
    facts = {
        "name": "EU–Somewhere",
        "prefix": "SW",
        "own_side": "European Union",
        "counterpart": "Somewhere",
        "seen": "1",
    }
    circle = {"name": "South circle", "purpose": "", "seen": "1"}
    found = {
        "access:dialogues": gets("/dialogues/"),
        "access:dialogue_new": [
            *gets("/dialogues/new/"),
            Probe("POST", "/dialogues/new/", {**facts, "prefix": "CN"}),
            Probe("POST", "/dialogues/new/", facts),
        ],
        "access:dialogue": gets(*(f"/dialogues/{pk}/" for pk in world.aims("dialogue"))),
        "access:dialogue_edit": [],
        "access:compartment_new": [],
        "access:compartment_edit": [],
    }
    for pk in world.aims("dialogue"):
        edit, new = f"/dialogues/{pk}/edit/", f"/dialogues/{pk}/compartments/new/"
        found["access:dialogue_edit"] += [*gets(edit), Probe("POST", edit, facts), Probe("POST", edit, {"seen": "0"})]
        found["access:compartment_new"] += [*gets(new), Probe("POST", new, {}), Probe("POST", new, circle)]
    for pk in world.aims("compartment"):
        edit = f"/compartments/{pk}/edit/"
        found["access:compartment_edit"] += [*gets(edit), Probe("POST", edit, {}), Probe("POST", edit, circle)]
    return found


def _reading(world: World) -> dict[str, list[Probe]]:
    handed: list[Probe] = []
    for pk in world.aims("user"):
        path = f"/people/{pk}/leaving/"
        handed += [*gets(path), Probe("POST", path, {})]
        for case in world.aims("case_pk"):
            handed.append(Probe("POST", path, {"owner": pk, "reason": "Leaves.", "pick": f"{case}:1"}))
    references = [f"/trail/?reference={reference}" for reference in world.aims("case")]
    return {
        "desk:leaving": handed,
        "audit:trail": gets("/trail/", "/trail/?verb=case.read&since=2030-01-01&after=nonsense", *references),
    }
