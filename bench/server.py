"""The measured server: gunicorn with two processes of two threads, on a port of its own."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from bench.database import Database

PROCESSES, THREADS = 2, 2
HOST = "127.0.0.1"


@contextmanager
def serving(database: Database) -> Iterator[int]:
    """Serves product and floor over `database`; gives the port. Raises RuntimeError when nothing answers."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "bench.wsgi:application", "--bind", f"{HOST}:{port}"]
    command += ["--workers", str(PROCESSES), "--threads", str(THREADS), "--keep-alive", "75", "--log-level", "warning"]
    root = Path(__file__).resolve().parent.parent
    process = subprocess.Popen(command, env=database.environment(), cwd=root)
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int) -> None:
    for _ in range(150):
        try:
            asked = HTTPConnection(HOST, port, timeout=5)
            asked.request("GET", "/healthz", headers={"Host": "localhost", "X-Forwarded-Proto": "https"})
            if asked.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise RuntimeError("The server does not answer.")
