"""What may differ, and why. Each line is tested to be needed still (test_twin_world.py)."""

from django.db import connection

from tests.access.compare import Declared

# The answer itself differs: an auditor knows that hidden things happened; that no content is told is tested instead.
ANSWERS: list[Declared] = [
    Declared("audit:trail", "an auditor reads who did what to which reference, never what it says", ("otto",)),
    Declared("desk:home", "shows the same trail", ("otto",)),
]
# Only what is fetched differs. The library's list of sessions numbers its rows by a sequence, which PostgreSQL does
# not take back with the rest of a world; nobody is shown the number.
NUMBERED = ("account_login", "account_change_password")
ROWS = [
    Declared(name, "the sequence of the sessions", (), "usersessions_usersession")
    for name in NUMBERED
    if connection.vendor == "postgresql"
]
