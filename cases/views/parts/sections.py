"""The sections of the case page that are edited in place: one description each, one mechanism for all (edit.py)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Q
from django.http import Http404

from cases.actions import attachment as attachments
from cases.actions import connection, consent
from cases.actions.case import edit_case
from cases.actions.part import add_part, edit_part, remove_part
from cases.actions.source import add_source, edit_source
from cases.forms.attachments import AttachmentForm
from cases.forms.case import PersonForm, TextsForm
from cases.forms.consent import AssessmentForm
from cases.forms.groups import JoinForm
from cases.forms.part_form import PartForm
from cases.forms.parts import ClaimForm, EventForm, FollowUpForm, LinkForm, NameForm, SourceForm, ThemeForm
from cases.models import (
    Attachment,
    Case,
    CaseEvent,
    CaseLink,
    CaseName,
    CaseTheme,
    Claim,
    FollowUp,
    GroupMember,
    Source,
    UseAssessment,
)
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.models import User
from casetracker.access.see import Label


@dataclass(frozen=True)
class Section:
    """One section: what its rows are, the form for one, the blocks that show something of it, and how it is written.

    `blocks` begins with the section's own; `identity` (who changed something last) is always sent with them.
    """

    key: str
    title: str
    noun: str
    form: type[PartForm]
    model: type[Any]
    blocks: tuple[str, ...] = ()
    add: "Callable[[Section, Any, Case, User], Any] | None" = None
    edit: "Callable[[Any, Any, dict[str, Any], int, User], None] | None" = None
    remove: "Callable[..., None] | None" = None
    related: tuple[str, ...] = ("case__dialogue", "case__compartment")
    wide: bool = True
    by_htmx: bool = True

    @property
    def a_noun(self) -> str:
        """ "an event", "a name"."""
        return f"a{'n' if self.noun[0] in 'aeiou' else ''} {self.noun}"

    @property
    def touched(self) -> tuple[str, ...]:
        """Every block that an edit here may change."""
        return ("identity", self.key, *self.blocks)

    def rows(self, case: Case, user: User) -> Any:
        """The rows of this section on one case, as far as `user` sees them."""
        rows = self.model.objects.visible_to(user).select_related(*self.related)
        if self.model is CaseLink:
            return rows.filter(Q(from_case=case) | Q(to_case=case))
        return rows.filter(case=case)


def section_or_404(key: str) -> Section:
    """The section with this key, of those whose rows are parts. Raises Http404."""
    if key not in SECTIONS:
        raise Http404
    return SECTIONS[key]


def _columns(form: PartForm) -> dict[str, Any]:
    return {column: value for columns in form.wanted().values() for column, value in columns.items()}


def _add(section: Section, form: PartForm, case: Case, by: User) -> Any:
    part = section.model(**_columns(form))
    add_part(part=part, case=case, by=by)
    return part


def _edit(row: Any, form: PartForm, changes: dict[str, Any], seen: int, by: User) -> None:
    edit_part(part=row, by=by, seen=seen, changes=changes)


def _remove(row: Any, *, by: User, seen: int, reason: str) -> None:
    remove_part(part=row, by=by, seen=seen, reason=reason)


def _behind(case: Case, by: User, keys: Any) -> list[Source]:
    return list(Source.objects.visible_to(by).of(case).filter(pk__in=keys))


def _add_event(section: Section, form: PartForm, case: Case, by: User) -> Any:
    columns = _columns(form)
    sources = _behind(case, by, columns.pop("sources", ()))
    event = CaseEvent(**columns)
    add_part(part=event, case=case, by=by, sources=sources)
    return event


def _edit_event(row: Any, form: PartForm, changes: dict[str, Any], seen: int, by: User) -> None:
    rest = {column: value for column, value in changes.items() if column != "sources"}
    sources = _behind(row.case, by, changes["sources"]) if "sources" in changes else None
    edit_part(part=row, by=by, seen=seen, changes=rest, sources=sources)


def _sealed(form: PartForm) -> dict[str, Any]:
    data = form.cleaned_data
    return {"identity": data.get("identity", "").strip(), "marking": data.get("identity_marking") or None}


def _add_source(section: Section, form: PartForm, case: Case, by: User) -> Any:
    source = Source(**_columns(form))
    add_source(source=source, case=case, by=by, **_sealed(form))
    return source


def _edit_source(row: Any, form: PartForm, changes: dict[str, Any], seen: int, by: User) -> None:
    edit_source(source=row, by=by, seen=seen, changes=changes, **_sealed(form))


def _add_link(section: Section, form: PartForm, case: Case, by: User) -> Any:
    columns = _columns(form)
    return connection.link_cases(case=case, other=form.cleaned_data["reference"], by=by, **columns)


def _edit_link(row: Any, form: PartForm, changes: dict[str, Any], seen: int, by: User) -> None:
    connection.edit_link(link=row, by=by, seen=seen, changes=changes)


def _remove_link(row: Any, *, by: User, seen: int, reason: str) -> None:
    connection.unlink_cases(link=row, by=by, seen=seen, reason=reason)


def _join(section: Section, form: PartForm, case: Case, by: User) -> Any:
    data = form.cleaned_data
    if data["group"]:
        return connection.join_group(group=cast(JoinForm, form).groups[data["group"]], case=case, by=by)
    label = Label(case.dialogue_id, data["marking"] or case.marking, case.compartment_id)
    values = {"title": data["title"], "kind": data["kind"] or "incident", "note": data["note"]}
    group = connection.create_group(by=by, label=label, values=values, case=case)
    return GroupMember.objects.visible_to(by).get(group=group, case=case)


def _leave(row: Any, *, by: User, seen: int, reason: str) -> None:
    connection.leave_group(member=row, by=by, seen=seen, reason=reason)


def _assess(section: Section, form: PartForm, case: Case, by: User) -> Any:
    uses = form.cleaned_data["uses"]
    try:
        return consent.assess_uses(case=case, by=by, uses=uses, values=cast(AssessmentForm, form).assessed())[0]
    except Conflict as found:
        raise WrongState("Somebody assessed this at the same moment. Reload the page to see it.") from found


def _assess_anew(row: Any, form: PartForm, changes: dict[str, Any], seen: int, by: User) -> None:
    values = {name: getattr(row, name) for name in consent.VALUES} | changes
    consent.assess_uses(case=row.case, by=by, uses=[row.use], values=values, seen={row.use: seen})


def _unassess(row: Any, *, by: User, seen: int, reason: str) -> None:
    consent.remove_assessment(assessment=row, by=by, seen=seen, reason=reason)


def _attach(section: Section, form: PartForm, case: Case, by: User) -> Any:
    data = form.cleaned_data
    return attachments.add_attachment(
        case=case,
        by=by,
        content=data["file"].read(),
        title=data["title"],
        extension=cast(AttachmentForm, form).extension(),
        marking=data["marking"],
        note=data["note"],
    )


def _edit_attachment(row: Any, form: PartForm, changes: dict[str, Any], seen: int, by: User) -> None:
    attachments.edit_attachment(attachment=row, by=by, seen=seen, changes=changes)


def _detach(row: Any, *, by: User, seen: int, reason: str) -> None:
    attachments.remove_attachment(attachment=row, by=by, seen=seen, reason=reason)


def _edit_own(row: Any, form: PartForm, changes: dict[str, Any], seen: int, by: User) -> None:
    edit_case(case=row, by=by, seen=seen, changes=changes)


_EVENT_RELATED = ("case__dialogue", "case__compartment", "place", "facility", "statute")

SECTIONS: dict[str, Section] = {
    one.key: one
    for one in (
        Section(
            "timeline", "Timeline", "event", EventForm, CaseEvent, ("person", "clocks"),
            add=_add_event, edit=_edit_event, remove=_remove, related=_EVENT_RELATED,
        ),
        Section("names", "Names", "name", NameForm, CaseName, add=_add, edit=_edit, remove=_remove),
        Section(
            "claims", "Claims", "claim", ClaimForm, Claim, ("person", "clocks"),
            add=_add, edit=_edit, remove=_remove,
        ),
        Section(
            "sources", "Sources", "source", SourceForm, Source, ("timeline", "names", "claims"),
            add=_add_source, edit=_edit_source, remove=_remove,
        ),
        Section(
            "attachments", "Attachments", "file", AttachmentForm, Attachment,
            add=_attach, edit=_edit_attachment, remove=_detach, by_htmx=False,
        ),
        Section(
            "follow-ups", "Follow-ups", "follow-up", FollowUpForm, FollowUp, add=_add, edit=_edit, remove=_remove,
            related=("case__dialogue", "case__compartment", "owner"),
        ),
        Section(
            "consent", "Consent and harm", "assessment", AssessmentForm, UseAssessment,
            add=_assess, edit=_assess_anew, remove=_unassess, wide=False,
        ),
        Section("themes", "Themes", "theme", ThemeForm, CaseTheme, add=_add, remove=_remove, wide=False),
        Section(
            "groups", "Groups", "group", JoinForm, GroupMember, add=_join, remove=_leave,
            related=("case", "group"), wide=False,
        ),
        Section(
            "links", "Links", "link", LinkForm, CaseLink, add=_add_link, edit=_edit_link, remove=_remove_link,
            related=("from_case", "to_case"), wide=False,
        ),
    )
}  # fmt: skip
OWN: dict[str, Section] = {
    "person": Section("person", "Person", "person", PersonForm, Case, ("clocks", "claims"), edit=_edit_own, wide=False),
    "texts": Section("texts", "Summary and ask", "texts", TextsForm, Case, edit=_edit_own, wide=False),
}
