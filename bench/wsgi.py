"""What the measured server serves: the product, and beside it, in the same processes, the floor."""

from collections.abc import Callable, Iterable
from typing import Any

from bench.floor import FloorHandler  # after Django is set up
from casetracker.wsgi import application as product

_floor = FloorHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Sends /floor/… to the floor and everything else to the product."""
    handler: Any = _floor if environ["PATH_INFO"].startswith("/floor/") else product
    answer: Iterable[bytes] = handler(environ, start_response)
    return answer
