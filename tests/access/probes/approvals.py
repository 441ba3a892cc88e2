"""Probes of what needs two persons: the inbox, one request, deciding, taking back, asking again."""

from tests.access.probes import Probe, World, gets

INBOX = ("", "?tab=asked", "?tab=decided&sort=by", "?kind=list.approve", "?tab=asked&kind=grant.approve&sort=-kind")
VERDICTS = (
    {"decision": "approve", "seen": "1"},
    {"decision": "approve", "sure": "on", "seen": "1"},
    {"decision": "refuse", "reason": "Why.", "seen": "1"},
)


def probes(world: World) -> dict[str, list[Probe]]:
    """A boundary of a page that is hidden or missing is aimed at, too."""
    aims = world.aims("approval")
    at = {name: [f"/approvals/{pk}/{end}" for pk in aims] for name, end in ENDS.items()}
    return {
        "access:approvals": gets(
            *(f"/approvals/{query}" for query in INBOX),
            *(f"/approvals/?tab={tab}&after={pk}" for tab in ("asked", "decided") for pk in aims),
        ),
        "access:approval": gets(*at["approval"]),
        "access:approval_decide": [*gets(*at["decide"]), *_posts(at["decide"], ({}, *VERDICTS))],
        "access:approval_withdraw": [*gets(*at["withdraw"]), *_posts(at["withdraw"], ({}, {"seen": "1"}))],
        "access:approval_again": [*gets(*at["again"]), *_posts(at["again"], ({},))],
    }


ENDS = {"approval": "", "decide": "decide/", "withdraw": "withdraw/", "again": "again/"}


def _posts(urls: list[str], sent: tuple[dict[str, str], ...]) -> list[Probe]:
    return [Probe("POST", url, data) for url in urls for data in sent]
