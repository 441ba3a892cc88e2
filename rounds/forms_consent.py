"""The form that assesses all cases of a list that lack consent, at once."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms

from cases.forms.consent import ConsentFields, usual_end
from cases.forms.pickers import RowsField
from cases.forms.record_form import RecordForm
from cases.models import Case
from rounds.forms import ONE_SENTENCE, text
from rounds.models import CaseList


class AssessTheseForm(ConsentFields, RecordForm):
    """The same assessment for each case that is ticked."""

    aside: ClassVar[frozenset[str]] = frozenset({"cases", "reason", *ConsentFields.base_fields})
    first: ClassVar[str] = "outcome"
    field_order = ("cases", "outcome", "consent_by", "consent_until", "risk", "reason")

    cases = RowsField(label="Cases", error_messages={"required": "Tick at least one case."})
    reason = text("Reason", 2, required=True, help_text=ONE_SENTENCE)

    def __init__(self, data: Any = None, *, row: CaseList, lacking: Iterable[Case]) -> None:
        self.lacking = {case.pk: case for case in lacking}
        super().__init__(data, row=row)
        self.initial.update(consent_until=usual_end(), cases=[str(key) for key in self.lacking])

    def offer(self) -> None:
        field = self.fields["cases"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(case.pk), case.reference) for case in self.lacking.values()]

    def chosen(self) -> list[Case]:
        """The cases ticked. The form must be valid."""
        return [case for key, case in self.lacking.items() if key in self.cleaned_data["cases"]]
