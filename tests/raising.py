"""Every view broken at once: what an error says, to the browser and to the log, does not depend on where it happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.urls import URLPattern, get_resolver


def patterns(found: Any = None) -> Iterator[URLPattern]:
    """All URL patterns of the product."""
    for pattern in get_resolver().url_patterns if found is None else found:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from patterns(pattern.url_patterns)


@contextmanager
def every_view_raises(words: str) -> Iterator[None]:
    """Each view raises an error that says `words`, as a database's does that quotes a row."""
    kept = [(pattern, pattern.callback) for pattern in patterns()]
    for pattern, view in kept:
        pattern.callback = _broken(view, words)
    try:
        yield
    finally:
        for pattern, view in kept:
            pattern.callback = view


def _broken(view: Any, words: str) -> Any:
    @wraps(view)
    def raises(request, *args, **kwargs):
        held = words  # a local variable: a report with variables would show it
        raise ValueError(f"Key (text)=({held}) already exists; sent {dict(request.POST)}")

    return raises
