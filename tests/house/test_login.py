"""Closed unless opened: what a signed-out stranger can reach is this list."""

import pytest
from django.test import Client

from tests.access.conftest import stage  # noqa: F401
from tests.access.twin import all_probes, url_names

OPEN = {
    "healthz",
    "account_login",
    "mfa_login_webauthn",
    "access:invitation",
}
CLOSED_ANSWERS = {302, 404, 405}


@pytest.mark.django_db
def test_every_other_url_asks_for_login(stage):  # noqa: F811
    aims = stage.aims["linked"]
    reached, client = set(), Client()
    for name, probes in all_probes(aims).items():
        for probe in probes:
            client.cookies.clear()
            response = getattr(client, probe.method.lower())(probe.path, probe.data or {})
            sent_to_login = response.status_code == 302 and response["Location"].startswith("/login/")
            if not sent_to_login and response.status_code not in {404, 405}:
                reached.add(name)
    assert reached - OPEN == set()
    assert set(url_names()) >= OPEN
