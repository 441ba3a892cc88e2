"""The filter of the trail."""

from typing import Any

from django import forms
from django.db.models import Q

from casetracker.access.models import User
from casetracker.audit.verbs import Verb


class TrailFilter(forms.Form):
    """By person, verb, reference and days."""

    person = forms.ChoiceField(required=False, label="Person")
    verb = forms.ChoiceField(required=False, label="Did what", choices=[("", "anything"), *Verb.choices])
    reference = forms.CharField(
        required=False, max_length=20, label="Reference", widget=forms.TextInput({"placeholder": "CN-7K3QF2-Z"})
    )
    since = forms.DateField(required=False, label="From", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(required=False, label="To", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["person"]
        people = User.objects.visible_to(user).values_list("pk", "name")
        choice.choices = [("", "anybody"), *((str(pk), name) for pk, name in people)]

    def wanted(self) -> Q:
        """The entries asked for. All of them while the form does not hold."""
        if not self.is_valid():
            return Q()
        data, wanted = self.cleaned_data, Q()
        lookups = {"person": "actor_id", "verb": "verb", "since": "at__date__gte", "until": "at__date__lte"}
        for name, lookup in lookups.items():
            if data[name]:
                wanted &= Q(**{lookup: data[name]})
        if data["reference"]:
            wanted &= Q(reference=data["reference"].strip().upper())
        return wanted

    def chosen(self) -> list[str]:
        """Names of the filters in use: what the trail keeps about reading it."""
        return sorted(name for name in self.fields if self.is_valid() and self.cleaned_data[name])
