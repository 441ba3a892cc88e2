"""`python -m bench.fill 10000`: tables and generated cases in the database that bench/settings.py names."""

import json
import sys
from dataclasses import asdict

import django
from django.core.management import call_command
from django.db import connection

django.setup()

from bench.generate import generate  # noqa: E402


def main() -> None:
    """Prints, as JSON, what was made."""
    call_command("migrate", verbosity=0, run_syncdb=True)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        # Speed while filling only: tests/house/test_bench.py fills with every check switched on.
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("SET synchronous_commit = off")
        else:
            cursor.execute("PRAGMA foreign_keys = OFF")
            cursor.execute("PRAGMA synchronous = OFF")
    made = generate(int(sys.argv[1]), say=lambda text: print(text, file=sys.stderr))
    print(json.dumps(asdict(made)))


if __name__ == "__main__":
    main()
