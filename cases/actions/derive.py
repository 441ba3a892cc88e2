"""The derived columns of a case: computed here from its parts, after every change of a part, and nowhere else."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from cases.models import Case, CaseEvent, CaseName, CaseTheme, FollowUp, LedgerDay, LedgerDayKind, NameKey
from cases.names.keys import Key, name_keys, sort_key
from cases.names.scripts import Script, bcp47
from cases.names.systems import NameSystem
from cases.status import in_order, standing
from casetracker.audit.acting import current_act

WHY = "derives columns of a case whose part was just written"


def derived_columns(
    names: list[CaseName], events: list[CaseEvent], themes: list[CaseTheme], follow_ups: list[FollowUp]
) -> dict[str, Any]:
    """Column → value, from the parts of one case in memory. Pure but for the places and themes they point to."""
    return {**_of_names(names), **_of_events(events), **_of_themes(themes), **_of_follow_ups(follow_ups)}


def derive(case: Case) -> None:
    """Recomputes and stores the derived columns of `case`; history is that of the parts, so none is written here."""
    columns = derived_columns(
        list(CaseName.objects.unscoped(WHY).of(case)),
        list(CaseEvent.objects.unscoped(WHY).of(case).select_related("place", "facility__place")),
        list(CaseTheme.objects.unscoped(WHY).of(case).select_related("theme")),
        list(FollowUp.objects.unscoped(WHY).of(case).filter(done_at__isnull=True)),
    )
    columns["changed_at"] = current_act().at
    Case.objects.unscoped(WHY).filter(pk=case.pk).update(**columns)
    for column, value in columns.items():
        setattr(case, column, value)


def derive_raised(cases: Iterable[UUID]) -> None:
    """Stores until when these cases count as told, after their days of the ledger or their labels were written.

    Only raisings under the label of the case itself count: those who see the case see them, so the column tells nobody
    anything new.
    """
    keys = set(cases)
    days = LedgerDay.objects.unscoped(WHY).filter(case_id__in=keys, kind=LedgerDayKind.RAISED).order_by("on")
    openly = Q(compartment__isnull=True) | Q(compartment=F("case__compartment"))
    days = days.filter(openly, marking__lte=F("case__marking"))
    last = dict(days.values_list("case_id", "on"))
    by_day: dict[date | None, list[UUID]] = defaultdict(list)
    for key in keys:
        by_day[last.get(key)].append(key)
    for day, some in by_day.items():
        Case.objects.unscoped(WHY).filter(pk__in=some).update(raised_until=_end_of(day) if day else None)


def _end_of(day: date) -> datetime:
    """The first moment after a day."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def rebuild_keys(name: CaseName) -> None:
    """The search keys of one name, made anew."""
    NameKey.objects.unscoped(WHY).filter(name=name).delete()
    NameKey.objects.bulk_create(keys_of(name))


def keys_of(name: CaseName, keys: Sequence[Key] | None = None) -> list[NameKey]:
    """Unsaved keys of a name, whose case is at hand; `keys` where they are worked out already."""
    return [
        NameKey(
            dialogue_id=name.case.dialogue_id,
            case_id=name.case_id,
            name=name,
            kind=key.kind,
            key=key.key,
            words=key.words,
        )
        for key in (name_keys(name.text) if keys is None else keys)
    ]


def _of_names(names: list[CaseName]) -> dict[str, Any]:
    ordered = sorted(names, key=lambda name: (name.position, name.created_at))
    latin = next((name for name in ordered if name.script == Script.LATIN), None)
    original = next((name for name in ordered if name.script != Script.LATIN), None)
    shown = latin or original
    return {
        "latin_name": latin.text if latin else "",
        "original_name": original.text if original else "",
        "original_lang": bcp47(Script(original.script), NameSystem(original.system))[0] if original else "",
        "sort_key": sort_key(shown.text) if shown else "",
    }


def _of_events(events: list[CaseEvent]) -> dict[str, Any]:
    now = standing(events)
    columns: dict[str, Any] = {
        "status": now.status.value,
        "status_since": now.since.isoformat() if now.since else "",
        "detained_since": now.detained_since.isoformat() if now.detained_since else "",
        "detained_text": str(now.detained_when or "")[:60],
        "term_ends": now.term_ends.isoformat() if now.term_ends else "",
        "place": None,
        "facility": None,
        "place_name": "",
        "place_key": "",
    }
    for event in reversed(in_order(events)):
        if event.place or event.facility or event.place_text or event.facility_text:
            columns |= _where(event)
            break
    return columns


def _where(event: CaseEvent) -> dict[str, Any]:
    place = event.place or (event.facility.place if event.facility else None)
    spots = [
        event.facility.name if event.facility else event.facility_text,
        event.place_text,
        place.name if place else "",
    ]
    name = ", ".join(dict.fromkeys(spot for spot in spots if spot))[:200]
    return {"place": place, "facility": event.facility, "place_name": name, "place_key": sort_key(name)}


def _of_themes(themes: list[CaseTheme]) -> dict[str, Any]:
    text = ", ".join(sorted(link.theme.name for link in themes))[:300]
    return {"themes_text": text, "themes_key": sort_key(text)}


def _of_follow_ups(follow_ups: list[FollowUp]) -> dict[str, Any]:
    first = min(follow_ups, key=lambda one: (one.due, one.created_at), default=None)
    return {"next_due": first.due.isoformat() if first else "", "next_step": first.what if first else ""}
