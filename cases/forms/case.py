"""The forms of the case itself: who the person is, the three texts, and what is done with the case as a whole."""

from typing import Any

from django import forms

from cases.codes import Sex
from cases.fields import PartialDateFormField
from cases.forms.part_form import PartForm
from cases.forms.pickers import RowField, TermField
from cases.models import Case, EthnicGroup, Place
from cases.sight import who_edits
from cases.states import CASE, CaseState
from casetracker.access.models import Compartment, User
from casetracker.access.roles import marking_choices
from casetracker.access.see import Label, sees

REASON_HELP = "One sentence that a colleague understands in five years. It is kept with the history."


def reason_field(*, required: bool = True, first: bool = False) -> forms.CharField:
    """Why something is done. `first` where it is the field to begin with."""
    return forms.CharField(
        label="Reason",
        max_length=1000,
        required=required,
        widget=forms.Textarea(attrs={"rows": 2, **({"data-focus": ""} if first else {})}),
        help_text=REASON_HELP,
    )


class PersonForm(PartForm):
    """The accepted facts about the person."""

    first = "sex"
    sex = forms.ChoiceField(label="Sex", choices=[("", "not known"), *Sex.choices], required=False)
    birth = PartialDateFormField(label="Born", required=False, help_text="1981, c. 1981, or 1959 or 1960.")
    origin = TermField(label="From", required=False, inside=True, help_text="Pick one, or type any: Nagchu, Tibet AR.")
    occupation = forms.CharField(label="Occupation", max_length=200, required=False)
    religion = forms.CharField(label="Religion", max_length=120, required=False, help_text="Only where it matters.")
    ethnic_group = RowField(label="Ethnic group", required=False, help_text="Only where it matters.")

    def offer(self) -> None:
        origin, group = self.fields["origin"], self.fields["ethnic_group"]
        assert isinstance(origin, TermField)
        assert isinstance(group, RowField)
        dialogue = self.case.dialogue
        origin.offer(Place.objects.visible_to(self.user).offered_in(dialogue), self.case.origin)
        group.offer(EthnicGroup.objects.visible_to(self.user).offered_in(dialogue), self.case.ethnic_group)


class TextsForm(PartForm):
    """What we know, what the sheet says, and what is asked."""

    first = "summary"
    summary = forms.CharField(
        label="Summary, internal", required=False, widget=forms.Textarea(attrs={"rows": 7}), help_text="Never leaves."
    )
    handover_summary = forms.CharField(
        label="Summary for handover", required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    ask = forms.CharField(label="The ask", required=False, widget=forms.Textarea(attrs={"rows": 3}))


class SeenForm(forms.Form):
    """A form about one version of a case."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class ReasonForm(SeenForm):
    """Why something is removed."""

    reason = reason_field(first=True)


class MoveForm(SeenForm):
    """The next state of a case."""

    to = forms.ChoiceField(label="New state", widget=forms.RadioSelect)
    reason = reason_field(required=False)

    def __init__(self, data: Any = None, *, case: Case) -> None:
        super().__init__(data, initial={"seen": case.version})
        self.state = case.state
        nexts = [state for state in CaseState if state in CASE[case.state] and state != CaseState.MERGED]
        self.fields["to"].choices = [(state.value, _act(case, state)) for state in nexts]  # type: ignore[attr-defined]
        if case.state == CaseState.CLOSED:
            self.initial["to"] = CaseState.ACTIVE

    def clean(self) -> None:
        closing = CaseState.CLOSED in (self.cleaned_data.get("to"), self.state)
        if closing and not self.cleaned_data.get("reason", "").strip():
            self.add_error("reason", "Say why: closing is kept with its reason.")


def _act(case: Case, state: CaseState) -> str:
    if case.state == CaseState.CLOSED:
        return "active again (reopened)"
    return {"closed": "closed, with the reason", "monitoring": "monitoring: watched, not worked on"}.get(
        state.value, str(state.label)
    )


class LabelForm(SeenForm):
    """A new label for a case: marking and circle."""

    marking = forms.TypedChoiceField(label="Marking", coerce=int, widget=forms.RadioSelect)
    compartment = RowField(label="Circle", required=False, empty="none: the whole dialogue")
    reason = reason_field()

    def __init__(self, data: Any = None, *, case: Case, user: User) -> None:
        super().__init__(data)
        self.initial = {"seen": case.version, "marking": case.marking, "compartment": str(case.compartment_id or "")}
        self.case = case
        self.circles = {one.pk: one for one in Compartment.objects.visible_to(user).filter(dialogue=case.dialogue_id)}
        reach = [
            choice
            for choice in marking_choices()
            if any(sees(user, Label(case.dialogue_id, choice[0], circle)) for circle in (None, *self.circles))
        ]
        self.fields["marking"].choices = reach  # type: ignore[attr-defined]
        field = self.fields["compartment"]
        assert isinstance(field, RowField)
        field.offer(self.circles.values())

    def new_label(self) -> Label:
        """The label asked for. The form must be valid."""
        return Label(self.case.dialogue_id, self.cleaned_data["marking"], self.cleaned_data["compartment"])

    def new_compartment(self) -> Compartment | None:
        """The circle asked for."""
        return self.circles.get(self.cleaned_data["compartment"])


class AssignForm(SeenForm):
    """Who has the case."""

    owner = RowField(label="Who has it", required=False, empty="nobody")
    reason = reason_field(required=False)

    def __init__(self, data: Any = None, *, case: Case) -> None:
        super().__init__(data, initial={"seen": case.version, "owner": str(case.owner_id or "")})
        self.people = {one.pk: one for one in who_edits(case.label())}
        field = self.fields["owner"]
        assert isinstance(field, RowField)
        field.offer(self.people.values(), case.owner)

    def new_owner(self) -> User | None:
        """The person picked; a former owner who may no longer edit counts as picked, and is refused later."""
        picked = self.cleaned_data["owner"]
        return self.people.get(picked) or (User(pk=picked) if picked else None)


class UnsealForm(forms.Form):
    """Why a sealed source is read."""

    reason = reason_field(first=True)


class DoneForm(SeenForm):
    """What came of a follow-up."""

    outcome = forms.CharField(
        label="What came of it", max_length=2000, widget=forms.Textarea(attrs={"rows": 2, "data-focus": ""})
    )
