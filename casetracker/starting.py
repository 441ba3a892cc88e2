"""Production starts only where every deployment check holds; a warning of Django's counts, too."""

from django.apps import apps
from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from casetracker.checks import MARK_PLACE, MARK_TEXT
from casetracker.sealing import seal


def refuse_unless_ready() -> None:
    """For the web process and the worker: nothing outside production.

    Raises ImproperlyConfigured with all that is wrong. The first start leaves the mark by which later ones know
    that they have the same sealing key. Connections are closed: a server that forks afterwards must not share them.
    """
    if not settings.PRODUCTION:
        return
    try:
        found = run_checks(include_deployment_checks=True, databases=list(connections))
        wrong = [one for one in found if one.level >= WARNING and not one.is_silenced()]
        if wrong:
            raise ImproperlyConfigured("Not started:\n" + "\n".join(f"- {one.id}: {one.msg}" for one in wrong))
        _leave_mark()
    finally:
        connections.close_all()


def _leave_mark() -> None:
    rows = apps.get_model("access", "KeyMark")._base_manager
    if not rows.exists():
        rows.bulk_create([rows.model(sealed=seal(MARK_TEXT, place=MARK_PLACE))], ignore_conflicts=True)
