"""The forms of groups: putting a case into one, and what the group itself is."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases.codes import GroupKind
from cases.forms.case import SeenForm
from cases.forms.part_form import PartForm
from cases.forms.parts import markings_from
from cases.forms.pickers import RowField
from cases.forms.references import ReferenceField, case_meant
from cases.models import Case, CaseGroup, GroupMember
from casetracker.access.models import User


class JoinForm(PartForm):
    """Puts the case into a group: one there is, or a new one."""

    first = "group"
    aside = frozenset({"group", "title", "kind", "note", "marking"})
    group = RowField(label="Group", required=False, empty="a new one")
    title = forms.CharField(label="Title of the new group", max_length=200, required=False)
    kind = forms.ChoiceField(label="Why together", choices=GroupKind.choices, required=False)
    marking = forms.TypedChoiceField(label="Who may know of it", coerce=int, required=False)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def offer(self) -> None:
        self.fields["marking"].choices = markings_from(self.case.label(), self.user)  # type: ignore[attr-defined]
        mine = GroupMember.objects.visible_to(self.user).filter(case=self.case).values("group")
        groups = CaseGroup.objects.visible_to(self.user).filter(dialogue=self.case.dialogue_id).exclude(pk__in=mine)
        self.groups = {group.pk: group for group in groups}
        field = self.fields["group"]
        assert isinstance(field, RowField)
        field.offer(self.groups.values())

    def initial_new(self) -> dict[str, Any]:
        return {"marking": self.case.marking}

    def clean(self) -> None:
        data = self.cleaned_data
        if "group" in data and not data["group"] and not data.get("title", "").strip():
            self.add_error("title", "Pick a group, or give the new one a title.")
        if data.get("group") and data.get("title", "").strip():
            self.add_error("title", "Either pick a group or name a new one, not both.")


class GroupForm(SeenForm):
    """What a group is."""

    title = forms.CharField(label="Title", max_length=200)
    kind = forms.ChoiceField(label="Why together", choices=GroupKind.choices)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any = None, *, group: CaseGroup) -> None:
        initial = {"seen": group.version, "title": group.title, "kind": group.kind, "note": group.note}
        super().__init__(data, initial=initial)

    def wanted(self) -> dict[str, Any]:
        """Columns as typed."""
        return {name: self.cleaned_data[name] for name in ("title", "kind", "note")}


class MemberForm(forms.Form):
    """One more case for a group."""

    reference = ReferenceField(label="Reference of the case")

    def __init__(self, data: Any = None, *, user: User, members: set[Any]) -> None:
        super().__init__(data)
        self.user, self.members = user, members

    def clean_reference(self) -> Case:
        case = case_meant(self.cleaned_data["reference"], self.user)
        if case.pk in self.members:
            raise ValidationError("This case is in the group already.")
        return case
