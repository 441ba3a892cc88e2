"""Filters people keep for themselves. The trail says that one was saved, never what it is called."""

from django.db import IntegrityError

from cases.models import SavedFilter
from casetracker.access.errors import WrongState
from casetracker.access.models import User
from casetracker.audit.acting import acting
from casetracker.audit.verbs import Verb

MOST = 50
TAKEN = "You have a filter of this name already. Give it another name."


def save_filter(*, by: User, name: str, query: str) -> SavedFilter:
    """Keeps a query string under a name. Raises WrongState (name taken, too many)."""
    mine = SavedFilter.objects.filter(user=by)
    if mine.count() >= MOST:
        raise WrongState(f"You have {MOST} filters. Delete one that you no longer need.")
    kept = SavedFilter(user=by, name=name.strip(), query=query)
    _write(kept, by)
    return kept


def change_filter(*, saved: SavedFilter, by: User, name: str, is_default: bool) -> None:
    """Renames it, and makes it the one the table opens with or not. Raises WrongState (name taken)."""
    saved.name, saved.is_default = name.strip(), is_default
    _write(saved, by)


def delete_filter(*, saved: SavedFilter, by: User) -> None:
    """Removes it for good."""
    with acting(Verb.FILTER_DELETED, by=by):
        SavedFilter.objects.filter(pk=saved.pk, user=by).delete()


def _write(saved: SavedFilter, by: User) -> None:
    try:
        with acting(Verb.FILTER_SAVED, by=by):
            if saved.is_default:
                others = SavedFilter.objects.filter(user=by, is_default=True).exclude(pk=saved.pk)
                others.update(is_default=False)
            saved.save()
    except IntegrityError as error:
        raise WrongState(TAKEN) from error
