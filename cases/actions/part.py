"""Adding, editing and removing parts of a case: names, claims, events, sources, themes, follow-ups."""

from typing import Any

from cases.actions.case import check_open, hold, store_part
from cases.actions.derive import derive, rebuild_keys
from cases.codes import ClaimField
from cases.models import Case, CaseEvent, CaseName, Claim, EventSource, FollowUp, Source, SourceIdentity
from cases.models.part import Part
from cases.names.scripts import script_of
from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.access.models import User
from casetracker.access.see import sees
from casetracker.audit.acting import acting
from casetracker.audit.records import remove, save_over
from casetracker.audit.verbs import Verb

# An age stated on some day is another way of stating the birth: both are accepted into the same column.
_BIRTH = (ClaimField.BIRTH, ClaimField.AGE)
_SAME_COLUMN: dict[str, tuple[str, ...]] = dict.fromkeys(_BIRTH, _BIRTH)


def add_part(*, part: Part, case: Case, by: User, reason: str = "", sources: list[Source] | None = None) -> None:
    """Adds an unsaved `part` to `case`; for an event also the sources behind it. Raises Denied, WrongState."""
    check(by, Doing.EDIT_CASE, case.label())
    check_open(case)
    part.case = case
    with acting(Verb.PART_ADDED, by=by, reason=reason, detail={"part": part._meta.model_name}) as act:
        hold(case, by)
        store_part(part)
        act.about = part
        if isinstance(part, CaseEvent):
            _set_sources(part, sources or [])
        derive(case)


def edit_part(
    *,
    part: Part,
    by: User,
    seen: int,
    changes: dict[str, Any],
    reason: str = "",
    sources: list[Source] | None = None,
) -> None:
    """Changes a part over version `seen`; `sources` (None = leave as they are) stand behind an event.

    Raises Denied, WrongState, Conflict.
    """
    case = part.case
    check(by, Doing.EDIT_CASE, case.label())
    check_open(case)
    if isinstance(part, CaseName) and "text" in changes:
        changes["script"] = script_of(changes["text"]).value
    with acting(Verb.PART_EDITED, by=by, about=part, reason=reason, detail={"part": part._meta.model_name}) as act:
        hold(case, by)
        if isinstance(part, CaseEvent) and sources is not None and _sources_differ(part, sources):
            # What stands behind an event is part of what it says: it gives the event a new version.
            changes = {**changes, "changed_at": act.at}
        changed = save_over(part, seen=seen, changes=changes)
        if not changed:
            return
        if isinstance(part, CaseName):
            rebuild_keys(part)
        if isinstance(part, CaseEvent) and sources is not None:
            _set_sources(part, sources)
        derive(case)


def remove_part(*, part: Part, by: User, seen: int, reason: str) -> None:
    """Takes a part out of the case; its history stays. Raises Denied, WrongState (no reason, still used), Conflict."""
    case = part.case
    check(by, Doing.EDIT_CASE, case.label())
    check_open(case)
    if not reason.strip():
        raise WrongState("Say why this is removed.")
    if isinstance(part, Source):
        _refuse_if_used(part)
    with acting(Verb.PART_REMOVED, by=by, about=part, reason=reason, detail={"part": part._meta.model_name}):
        hold(case, by)
        if isinstance(part, CaseEvent):
            _set_sources(part, [])
        if isinstance(part, Source):
            _remove_identity(part, by)
        remove(part, seen=seen)
        derive(case)


def accept_claim(*, claim: Claim, by: User, seen: int, column_value: dict[str, Any], reason: str = "") -> None:
    """Makes `claim` the accepted one of its field and writes `column_value` (column → value) into the case.

    Raises Denied, WrongState, Conflict.
    """
    case = claim.case
    check(by, Doing.EDIT_CASE, case.label())
    check_open(case)
    with acting(Verb.PART_EDITED, by=by, about=claim, reason=reason, detail={"part": "claim", "accepted": True}):
        hold(case, by)
        fields = _SAME_COLUMN.get(claim.field, (claim.field,))
        others = Claim.objects.unscoped("one accepted claim a field").of(case).filter(field__in=fields, accepted=True)
        for other in others.exclude(pk=claim.pk):
            other.case = case
            save_over(other, seen=other.version, changes={"accepted": False})
        if not save_over(claim, seen=seen, changes={"accepted": True}):
            raise WrongState("This claim is accepted already.")
        save_over(case, seen=case.version, changes=column_value)


def finish_follow_up(*, follow_up: FollowUp, by: User, seen: int, outcome: str) -> None:
    """Marks a follow-up as done, with its outcome. Raises Denied, WrongState, Conflict."""
    case = follow_up.case
    check(by, Doing.EDIT_CASE, case.label())
    if follow_up.done_at:
        raise WrongState("This follow-up is done already.")
    with acting(Verb.FOLLOW_UP_DONE, by=by, about=follow_up) as act:
        hold(case, by)
        save_over(follow_up, seen=seen, changes={"done_at": act.at, "done_by": by, "outcome": outcome.strip()})
        derive(case)


def _sources_differ(event: CaseEvent, sources: list[Source]) -> bool:
    links = EventSource.objects.unscoped("compares the sources of an event being written").filter(event=event)
    return set(links.values_list("source_id", flat=True)) != {source.pk for source in sources}


def _set_sources(event: CaseEvent, sources: list[Source]) -> None:
    why = "keeps the sources of an event that is being written"
    standing = {link.source_id: link for link in EventSource.objects.unscoped(why).filter(event=event)}
    wanted = {source.pk for source in sources}
    for source_id, link in standing.items():
        if source_id not in wanted:
            remove(link)
    for source in sources:
        if source.pk not in standing:
            store_part(EventSource(case=event.case, event=event, source=source))


def _remove_identity(source: Source, by: User) -> None:
    identity = SourceIdentity.objects.unscoped("goes with its source").filter(source=source).first()
    if identity is None:
        return
    if not sees(by, identity.label()):
        raise WrongState("Who this source is stays sealed above your grant; somebody who may read it can remove it.")
    identity.delete()


def _refuse_if_used(source: Source) -> None:
    why = "a source is removed only when nothing rests on it"
    for model in (CaseName, Claim, EventSource):
        if model.objects.unscoped(why).filter(source=source).exists():
            raise WrongState("Names, claims or events rest on this source; change those first.")
