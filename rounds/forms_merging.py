"""Two cases that may be one person: which one goes, and why."""

from typing import Any

from django import forms

from cases.forms.case import reason_field
from cases.forms.references import ReferenceField, case_meant
from cases.models import Case
from casetracker.access.models import User


class OtherForm(forms.Form):
    """Which case would become a pointer to the one in hand."""

    other = ReferenceField(label="The other case")

    def __init__(self, data: Any = None, *, case: Case, user: User) -> None:
        super().__init__(data)
        self.case, self.user = case, user

    def clean_other(self) -> Case:
        """A case the viewer sees, and not the one in hand."""
        found = case_meant(self.cleaned_data["other"], self.user)
        if found.pk == self.case.pk:
            raise forms.ValidationError("This is the case itself. Name the other one.")
        return found


class MergeForm(forms.Form):
    """Why they are one person; both as they were looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    seen_other = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = reason_field(first=True)
