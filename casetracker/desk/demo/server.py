"""Serves the demonstration on this machine: gunicorn and the task worker, started and stopped together."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings

HOST = "127.0.0.1"
READY_SECONDS = 40
STOP_SECONDS = 10
ALIVE_PATH = "/login/"


class PortTaken(RuntimeError):
    """Something else listens on the port."""


class Ended(RuntimeError):
    """One of the two processes ended by itself; the text says which."""


class _Stop(Exception):
    """Asked to stop by a signal."""


def check_port(port: int) -> None:
    """Raises PortTaken when something else listens there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise PortTaken(
                f"Port {port} is in use. Stop what uses it, or choose another: --port {port + 1}"
            ) from error


def serve(port: int, *, when_ready: Callable[[], None]) -> None:
    """Runs web server and worker until Ctrl-C (or SIGTERM), then stops both. Raises PortTaken, Ended."""
    check_port(port)
    before = {sign: signal.signal(sign, _stop) for sign in (signal.SIGINT, signal.SIGTERM)}
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        running["The web server"] = subprocess.Popen(_gunicorn(port), cwd=settings.BASE_DIR)  # noqa: S603
        running["The task worker"] = subprocess.Popen(_worker(), cwd=settings.BASE_DIR)  # noqa: S603
        _wait_until_ready(port, running)
        when_ready()
        while True:
            _check_alive(running)
            time.sleep(0.5)
    except _Stop:
        pass
    finally:
        for sign in before:
            signal.signal(sign, signal.SIG_IGN)
        _end(running)
        for sign, handler in before.items():
            signal.signal(sign, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    raise _Stop


def _gunicorn(port: int) -> list[str]:
    return [
        sys.executable, "-m", "gunicorn", "casetracker.wsgi:application", f"--bind={HOST}:{port}",
        "--preload", "--workers=2", "--threads=4", "--log-level=warning", "--no-control-socket", "--graceful-timeout=3",
    ]  # fmt: skip


def _worker() -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), "db_worker", "--verbosity=0"]


def _wait_until_ready(port: int, running: dict[str, subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        _check_alive(running)
        try:
            with urlopen(f"http://{HOST}:{port}{ALIVE_PATH}", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise Ended(f"The web server did not answer within {READY_SECONDS} seconds.")


def _check_alive(running: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, process in running.items():
        if process.poll() is not None:
            raise Ended(f"{name} ended by itself (code {process.returncode}); see above.")


def _end(running: dict[str, subprocess.Popen[bytes]]) -> None:
    """Asks both to end, and ends what does not."""
    for process in running.values():
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in running.values():
        try:
            process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
