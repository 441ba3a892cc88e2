"""Forms about grants."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from casetracker.access.forms.people import REASON, dialogue_choices
from casetracker.access.models import Compartment, Dialogue, Grant, User
from casetracker.access.roles import Marking, Role, marking_choices

STANDINGS = [
    ("", "any"),
    ("requested", "requested"),
    ("active", "active"),
    ("ending", "ending within 30 days"),
    ("due", "to be reconfirmed"),
    ("suspended", "suspended"),
    ("expired", "expired"),
    ("revoked", "revoked"),
    ("refused", "refused"),
]
ROLE_CHOICES = [
    (Role.OFFICIAL, "official: logs and edits cases, prepares and records"),
    (Role.APPROVER, "approver: reads, approves lists and grants"),
    (Role.REVIEWER, "reviewer: reads, assesses answers, reports"),
]


class GrantForm(forms.Form):
    """A request in one dialogue."""

    user = forms.TypedChoiceField(label="For")
    role = forms.ChoiceField(choices=ROLE_CHOICES, widget=forms.RadioSelect, label="Role")
    marking = forms.TypedChoiceField(
        choices=marking_choices, coerce=int, widget=forms.RadioSelect, label="Highest marking"
    )
    compartments = forms.TypedMultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Compartments",
        help_text="Only what the work needs. Leave empty for what stands in no compartment.",
    )
    valid_from = forms.DateField(label="From", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    valid_to = forms.DateField(
        label="To", help_text="The last day.", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(max_length=1000, label="Reason", help_text=REASON, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, user: User, dialogue: Dialogue, renews: Grant | None = None, **kwargs: Any) -> None:
        begun = renewal_values(dialogue, renews) if renews else first_values(dialogue)
        kwargs["initial"] = {**begun, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        may_hold = User.objects.visible_to(user).filter(is_active=True, office="").exclude(pk=user.pk)
        people = {str(person.pk): person for person in may_hold}
        self._offer("user", people, [("", "choose a person")])
        circles = {str(circle.pk): circle for circle in Compartment.objects.visible_to(user).filter(dialogue=dialogue)}
        self._offer("compartments", circles, [])
        if not circles:
            del self.fields["compartments"]

    def _offer(self, name: str, found: dict[str, Any], first: list[tuple[str, str]]) -> None:
        """Choices fetched now: rendering runs no queries."""
        field: Any = self.fields[name]
        field.coerce = found.get
        field.choices = [*first, *((key, thing.name) for key, thing in found.items())]

    def clean(self) -> dict[str, Any]:
        """Ends after it begins, within what settings allow."""
        data = self.cleaned_data
        start, end = data.get("valid_from"), data.get("valid_to")
        if start and end:
            if end < max(start, timezone.localdate()):
                self.add_error("valid_to", "A grant ends after it begins, and not in the past.")
            elif (end - start).days >= settings.GRANT_MAX_DAYS:
                latest = start + timedelta(days=settings.GRANT_MAX_DAYS - 1)
                told = f"{settings.GRANT_MAX_DAYS} days at most: until {latest.isoformat()}. It can be requested again."
                self.add_error("valid_to", told)
        return data

    def values(self) -> dict[str, Any]:
        """What the action takes: days become moments, the last day is included."""
        data = dict(self.cleaned_data)
        data.setdefault("compartments", [])
        data["valid_from"] = max(_midnight(data["valid_from"]), timezone.now().replace(second=0, microsecond=0))
        data["valid_to"] = _midnight(data["valid_to"] + timedelta(days=1))
        return data


class GrantFilter(forms.Form):
    """Which grants the list shows."""

    standing = forms.ChoiceField(choices=STANDINGS, required=False, label="State")
    role = forms.ChoiceField(choices=[("", "any"), *Role.choices], required=False, label="Role")
    dialogue = forms.ChoiceField(required=False, label="Dialogue")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["dialogue"]
        choice.choices = dialogue_choices(user)


class ReviewForm(forms.Form):
    """Keep or end the grants ticked; an end says why."""

    decision = forms.ChoiceField(
        choices=[("keep", "Keep: still needed, and I know who uses the account"), ("end", "End")],
        widget=forms.RadioSelect,
        label="The grants ticked",
    )
    reason = forms.CharField(
        required=False,
        max_length=1000,
        label="Reason",
        help_text="Needed to end. It is kept with the history.",
        widget=forms.Textarea({"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        """An end needs its reason."""
        if self.cleaned_data.get("decision") == "end" and not self.cleaned_data.get("reason", "").strip():
            self.add_error("reason", "Say why these grants end.")
        return self.cleaned_data


class EndingForm(forms.Form):
    """The number of grants typed back, and why they end."""

    counted = forms.IntegerField(min_value=1, label="How many grants end", help_text="Type the number shown above.")
    reason = forms.CharField(max_length=1000, label="Reason", help_text=REASON, widget=forms.Textarea({"rows": 2}))


class DecisionForm(forms.Form):
    """Approve or refuse; a refusal says why."""

    decision = forms.ChoiceField(
        choices=[("approve", "Approve"), ("refuse", "Refuse")], widget=forms.RadioSelect, label="Decision"
    )
    reason = forms.CharField(
        required=False,
        max_length=1000,
        label="Reason",
        help_text="Needed to refuse. It is kept with the history.",
        widget=forms.Textarea({"rows": 2}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """A refusal needs its reason."""
        if self.cleaned_data.get("decision") == "refuse" and not self.cleaned_data.get("reason", "").strip():
            self.add_error("reason", "Say why this is refused.")
        return self.cleaned_data


def first_values(dialogue: Dialogue, start: date | None = None) -> dict[str, Any]:
    """From today (or `start`) to the dialogue's end of grants or the longest time allowed, the lowest marking."""
    start = start or timezone.localdate()
    longest = start + timedelta(days=settings.GRANT_MAX_DAYS - 1)
    until = dialogue.grants_until if dialogue.grants_until and dialogue.grants_until >= start else longest
    return {"valid_from": start, "valid_to": min(until, longest), "marking": Marking.NORMAL.value}


def renewal_values(dialogue: Dialogue, renews: Grant) -> dict[str, Any]:
    """What the grant to be renewed says, from the day after its last one on."""
    start = max(renews.last_day + timedelta(days=1), timezone.localdate())
    return {
        **first_values(dialogue, start),
        "user": str(renews.user_id),
        "role": renews.role,
        "marking": renews.marking,
        "compartments": [str(link.compartment_id) for link in renews.in_compartments.all()],
        "reason": renews.reason,
    }


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
