"""What an action says when it will not be done. Views answer each: 403, the page again, the conflict page."""

from typing import Any

from django.core.exceptions import PermissionDenied


class Denied(PermissionDenied):
    """The person may see the thing but may not do this to it (403, with `reason` shown)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WrongState(Exception):
    """The thing is not in a state that allows this now (the page again, with `reason` shown)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Conflict(Exception):
    """Somebody saved another version since this one was read. `current` is the row as it is now."""

    def __init__(self, current: Any) -> None:
        super().__init__("This was changed by somebody else in the meantime.")
        self.current = current


class Unscoped(RuntimeError):
    """A labelled row was about to be read while serving a request without `.visible_to()`: a fault in our code."""
