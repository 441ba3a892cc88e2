"""`python -m bench.aims 8`: who signs in and what is asked for, found in the database to be measured; and, apart from
all timing, how many queries each page runs. Prints JSON.
"""

import json
import sys
from dataclasses import asdict

import django

django.setup()

from allauth.mfa.models import Authenticator  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.middleware.csrf import _get_new_csrf_string  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.pages import pages  # noqa: E402
from bench.queries import COUNTED, count_queries  # noqa: E402
from bench.world import VIEWER  # noqa: E402
from casetracker.access.models import User  # noqa: E402


def sign_in(user: User) -> str:
    """The key of a new session of `user`."""
    now = int(timezone.now().timestamp())
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["begun"] = session["touched"] = now
    session.create()
    return str(session.session_key)


def main() -> None:
    """Writes sessions, and pages with their query counts."""
    user = User.objects.get(email=VIEWER)
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})
    client = Client(SERVER_NAME="localhost")
    client.cookies[settings.SESSION_COOKIE_NAME] = sign_in(user)
    found = pages(user)
    for page in found:
        count_queries(page, client)
    # Their versions have moved on.
    found[-1].asks = found[-1].asks[COUNTED:]
    sessions = [sign_in(user) for _ in range(int(sys.argv[1]))]
    told = {"sessions": sessions, "csrf": _get_new_csrf_string(), "pages": [asdict(page) for page in found]}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
