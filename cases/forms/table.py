"""Forms around the table of cases: what to do to the ticked ones, exporting, saving a filter."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from cases.codes import Use
from cases.forms.consent import ConsentFields, usual_end
from cases.forms.pickers import RowField
from cases.models import Theme
from cases.paging import as_key
from cases.states import CaseState
from casetracker.access.models import Compartment, User
from casetracker.access.roles import marking_choices

NOT_OFFERED = "Choose one of those offered."
KEEP = "keep"


@dataclass(frozen=True)
class Selection:
    """Which cases were ticked: keys with the versions looked at (where known), or all that the query holds."""

    query: str = ""
    whole: bool = False
    keys: Sequence[UUID] = ()
    seen: Mapping[UUID, int] = field(default_factory=dict)

    @classmethod
    def read(cls, data: QueryDict) -> "Selection":
        """From a form with `case` (key, or key:version) once for each row, `whole` and `query`. What is no key is
        passed over; whether the viewer sees a case is asked when it is fetched.
        """
        keys: list[UUID] = []
        seen: dict[UUID, int] = {}
        for text in data.getlist("case"):
            key_text, _, version = text.partition(":")
            if key := as_key(key_text):
                keys.append(key)
                if version.isdecimal() and len(version) < 10:
                    seen[key] = int(version)
        return cls(data.get("query", ""), data.get("whole") == "1", tuple(dict.fromkeys(keys)), seen)


def _reason(kept: str = "with the history") -> forms.CharField:
    return forms.CharField(
        label="Reason",
        max_length=1000,
        help_text=f"One sentence that a colleague understands in five years. It is kept {kept}.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why."},
    )


class ReasonForm(forms.Form):
    """Why many cases change."""

    reason = _reason()


class AssignForm(forms.Form):
    """Whom the cases go to."""

    owner = RowField(label="Assign to", required=False, empty="nobody")

    def __init__(self, data: Any = None, *, people: Iterable[User]) -> None:
        super().__init__(data)
        _field(self, "owner").offer(people)


class LabelForm(forms.Form):
    """Which marking and compartment the cases get; each can stay as it is."""

    marking = forms.ChoiceField(label="Marking")
    compartment = forms.ChoiceField(label="Compartment")

    def __init__(self, data: Any = None, *, reach: int, circles: Iterable[Compartment]) -> None:
        super().__init__(data)
        stays = (KEEP, "as it is")
        markings = [(str(value), word) for value, word in marking_choices() if value <= reach]
        _field(self, "marking").choices = [stays, *markings]
        named = [(str(circle.pk), f"{circle.name} ({circle.dialogue.name})") for circle in circles]
        _field(self, "compartment").choices = [stays, ("", "none"), *named]
        self.fields["compartment"].required = False
        if not named:
            self.fields["compartment"].widget = forms.HiddenInput()
            self.fields["compartment"].initial = KEEP

    def clean(self) -> dict[str, Any]:
        """At least one of the two changes."""
        values = super().clean() or {}
        if values.get("marking") == KEEP and values.get("compartment", KEEP) == KEEP:
            raise forms.ValidationError("Choose a marking or a compartment: as it is, nothing would change.")
        return values


class ThemeForm(forms.Form):
    """Which theme is added."""

    theme = RowField(label="Add the theme")

    def __init__(self, data: Any = None, *, themes: Iterable[Theme]) -> None:
        super().__init__(data)
        _field(self, "theme").offer(themes)


class StateForm(forms.Form):
    """Which state the cases move to."""

    to = forms.ChoiceField(
        label="Move to",
        choices=[(state.value, state.label) for state in CaseState if state not in (CaseState.DRAFT, CaseState.MERGED)],
    )


class ConsentForm(ConsentFields):
    """How one use of the cases is assessed."""

    use = forms.ChoiceField(label="For which use", choices=Use.choices, initial=Use.WRITTEN)
    field_order = ("use", "outcome", "consent_by", "consent_until", "risk")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"consent_until": usual_end()})


class ExportForm(forms.Form):
    """How a copy leaves, and why."""

    form = forms.ChoiceField(
        label="Form", choices=[("xlsx", "XLSX, for a spreadsheet program"), ("csv", "CSV, plain text")]
    )
    reason = _reason("in the trail")


class FilterNameForm(forms.Form):
    """What a saved filter is called."""

    name = forms.CharField(label="Name", max_length=80, error_messages={"required": "Give it a name."})


class FilterForm(FilterNameForm):
    """One saved filter in the list of one's own."""

    is_default = forms.BooleanField(label="The table opens with it", required=False)


def _field(form: forms.Form, name: str) -> Any:
    field = form.fields[name]
    field.error_messages["invalid_choice"] = NOT_OFFERED
    return field
