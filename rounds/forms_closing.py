"""Forms of the end of a round: dispositions, closing, carrying forward; and the filters of the matrix."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms

from cases.forms.keyed_form import KeyedForm
from cases.forms.pickers import RowField
from cases.forms.record_form import RecordForm
from casetracker.access.models import User
from rounds.codes import Grade
from rounds.forms import text
from rounds.models import ListEntry, Round
from rounds.states import Disposition

NOT_OFFERED = "This choice is not available (any more). Choose another, or leave it open."
# Written into a cell of a table, past the filter that says this of other fields.
KEPT_HERE = {"placeholder": "Reason", "autocomplete": "off", "spellcheck": "false"}
DECISIONS = [(one.value, str(one.label)) for one in Disposition if one != Disposition.NONE]


class DispositionForm(RecordForm):
    """What becomes of one entry; or, with `never_tendered`, why it was not raised."""

    aside: ClassVar[frozenset[str]] = frozenset({"disposition", "disposition_reason"})

    disposition = forms.ChoiceField(label="Decision", choices=[("", "choose"), *DECISIONS])
    disposition_reason = forms.CharField(label="Reason", max_length=1000, required=False)

    def __init__(self, data: Any = None, *, row: ListEntry, never_tendered: bool = False) -> None:
        self.never_tendered = never_tendered
        super().__init__(data, row=row)
        # Many of them stand on one page, in the cells of a table: each field says to which form it belongs.
        self.auto_id, about = f"id_{row.pk}_%s", row.case.reference
        for name, words in (("disposition", "Decision about"), ("disposition_reason", "Reason for"), ("seen", "")):
            if name in self.fields:
                attrs = {"form": f"entry-{row.pk}-form"} | ({"aria-label": f"{words} {about}"} if words else {})
                self.fields[name].widget.attrs |= attrs

    def offer(self) -> None:
        self.fields["disposition_reason"].widget.attrs |= KEPT_HERE
        if self.never_tendered:
            del self.fields["disposition"]
            self.fields["disposition_reason"].required = True
            self.fields["disposition_reason"].error_messages["required"] = "Say why it was not raised."

    def initial_of(self, row: Any) -> dict[str, Any]:
        return {
            "seen": row.version, "disposition": row.disposition, "disposition_reason": row.disposition_reason
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("disposition") == Disposition.DROP and not found.get("disposition_reason", "").strip():
            self.add_error("disposition_reason", "Say why the case is dropped.")
        return found


class BulkForm(RecordForm):
    """One decision about the ticked entries: a disposition, or that they were not raised."""

    aside: ClassVar[frozenset[str]] = frozenset({"decision", "why_all"})

    decision = forms.ChoiceField(
        label="Decide for the ticked ones",
        choices=[("", "choose"), *DECISIONS, ("not_raised", "not raised (never tendered)")],
        error_messages={"required": "Choose what is decided about the ticked entries."},
    )
    why_all = forms.CharField(label="Reason", max_length=1000, required=False)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("decision") in (Disposition.DROP, "not_raised") and not found.get("why_all", "").strip():
            self.add_error("why_all", "Say why.")
        return found


class CloseForm(RecordForm):
    """The round is closed."""

    aside: ClassVar[frozenset[str]] = frozenset({"state_reason"})

    state_reason = text("What is to be said about the round", 2)

    def __init__(self, data: Any = None, *, row: Round) -> None:
        super().__init__(data, row=row)

    def initial_of(self, row: Any) -> dict[str, Any]:
        """Nothing of the reason of an earlier state."""
        return {"seen": row.version}


class CarryForm(KeyedForm):
    """Where the entries go: a list that is worked on, or a new one. `targets`: value and words."""

    aside: ClassVar[frozenset[str]] = frozenset({"target"})

    target = forms.ChoiceField(label="Carry them forward to", widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, user: User, targets: Sequence[tuple[str, str]]) -> None:
        self.targets = targets
        super().__init__(data, user=user)

    def offer(self) -> None:
        field = self.fields["target"]
        field.choices = list(self.targets)  # type: ignore[attr-defined]
        field.error_messages["required"] = "Choose a list."
        field.error_messages["invalid_choice"] = "Choose one of those offered."
        if self.targets:
            self.initial["target"] = self.targets[0][0]


class MatrixFilter(forms.Form):
    """The matrix: of which dialogue, from which round to which, and which of its cases. All scoped to the viewer.

    `from`, `to` and `list` are called in the address what they are called by people, so they are added by name.
    """

    dialogue = RowField(label="Dialogue", required=False, empty="–")
    theme = RowField(label="Theme", required=False, empty="any")
    grade = forms.ChoiceField(label="With an answer that is", required=False, choices=[("", "any"), *Grade.choices])
    waiting = forms.BooleanField(label="Only cases waiting for an answer", required=False)

    def __init__(self, data: Any, *, offered: Mapping[str, Iterable[Any]]) -> None:
        super().__init__(data)
        added = {"from": ("From round", "the first"), "to": ("To round", "the latest"), "list": ("List", "any")}
        for name, (label, empty) in added.items():
            self.fields[name] = RowField(label=label, required=False, empty=empty)
        for name in ("dialogue", "from", "to", "list", "theme"):
            rows = list(offered[name])
            field: Any = self.fields[name]
            field.offer(rows)
            if len(rows) < (2 if name == "dialogue" else 1):
                field.widget = forms.HiddenInput()
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = NOT_OFFERED
        self.order_fields(["dialogue", "from", "to", "list", "theme", "grade", "waiting"])
