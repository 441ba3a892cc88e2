"""Forms about dialogues and compartments."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator


class DialogueForm(forms.Form):
    """A dialogue. Its prefix is asked for once and stays."""

    name = forms.CharField(max_length=120, label="Name", help_text="As officials call it, for example EU–Norvania.")
    prefix = forms.CharField(  # type: ignore[assignment]  # a field; the form itself has no prefix
        max_length=4,
        label="Prefix",
        help_text="Two to four capital letters. Every reference begins with it, and it cannot be changed later.",
        validators=[RegexValidator(r"^[A-Za-z]{2,4}$", "Two to four capital letters, A to Z.")],
    )
    own_side = forms.CharField(max_length=120, label="Own side")
    counterpart = forms.CharField(max_length=120, label="Counterpart")
    since = forms.CharField(max_length=40, required=False, label="Since", help_text="For example 1995.")
    pack = forms.SlugField(
        max_length=20,
        required=False,
        label="Vocabulary pack",
        help_text="Code of the places, statutes and facilities offered in it, for example cn. May stay empty.",
    )
    grants_until = forms.DateField(
        required=False,
        label="Grants until",
        help_text="Where new grants end if nobody says otherwise, for example the end of a presidency.",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(required=False, label="Note", max_length=2000, widget=forms.Textarea({"rows": 3}))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, editing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if editing:
            del self.fields["prefix"]

    def clean_prefix(self) -> str:
        """Spaces and small letters are nobody's intention."""
        return str(self.cleaned_data["prefix"]).strip().upper()


class CompartmentForm(forms.Form):
    """A circle of need-to-know."""

    name = forms.CharField(
        max_length=80, label="Name", help_text="It is read by those in the circle and by the admins. No person's name."
    )
    purpose = forms.CharField(
        required=False,
        max_length=1000,
        label="Purpose",
        help_text="What is kept in it, in general words, so that approvers know whom to let in.",
        widget=forms.Textarea({"rows": 2}),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
