"""Forms that assess what a case may be used for: on the case, and for many at once."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from cases.codes import ConsentBy, Use, UseOutcome
from cases.consent import NO_CONSENT
from cases.forms.part_form import PartForm
from cases.models import UseAssessment

USUALLY = timedelta(days=365)


def usual_end() -> date:
    """The end that is offered: consent is asked for anew once a year."""
    return timezone.localdate() + USUALLY


class ConsentFields(forms.Form):
    """What an assessment says."""

    outcome = forms.ChoiceField(label="Outcome", choices=[("", "choose…"), *UseOutcome.choices])
    consent_by = forms.ChoiceField(
        label="Consent given, or refused, by",
        choices=[("", "nobody was asked"), *ConsentBy.choices],
        required=False,
    )
    consent_until = forms.DateField(
        label="Consent until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="The last day on which it holds.",
    )
    risk = forms.CharField(
        label="Risk of harm", max_length=300, help_text="To whom, what may happen. If none is known, say that."
    )

    def clean(self) -> None:
        """What may be used rests on consent; what may not has no end."""
        data = self.cleaned_data
        if data.get("outcome") == UseOutcome.NOT:
            data["consent_until"] = None
        elif data.get("outcome") == UseOutcome.ALLOWED:
            for name in ("consent_by", "consent_until"):
                if name in data and not data[name]:
                    self.add_error(name, NO_CONSENT)

    def assessed(self) -> dict[str, Any]:
        """Column → value. The form must be valid."""
        return {name: self.cleaned_data[name] for name in ConsentFields.base_fields}


class AssessmentForm(ConsentFields, PartForm):
    """One use, or when assessed for the first time several alike."""

    first = "outcome"
    aside = frozenset({"uses"})
    field_order = ("uses", "outcome", "consent_by", "consent_until", "risk")

    uses = forms.MultipleChoiceField(
        label="For which use",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one use."},
    )

    def offer(self) -> None:
        """Uses that are not assessed; a use that is, is assessed anew by editing it."""
        if self.part is not None:
            del self.fields["uses"]
            self.fields["outcome"].label = str(self.part.get_use_display()).capitalize()
            return
        there = UseAssessment.objects.visible_to(self.user).of(self.case).order_by()
        assessed = set(there.values_list("use", flat=True))
        choices = [(value, label) for value, label in Use.choices if value not in assessed]
        self.fields["uses"].choices = choices  # type: ignore[attr-defined]
        self.fields["uses"].initial = []
        if not choices:
            self.fields["uses"].help_text = "Every use is assessed; edit the one that changed."

    def initial_new(self) -> dict[str, Any]:
        return {"consent_until": usual_end()}
