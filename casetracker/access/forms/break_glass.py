"""Forms about emergency openings."""

from typing import Any

from django import forms

from casetracker.access.models import Dialogue, Verdict


class OpenForm(forms.Form):
    """What is opened, and why."""

    dialogue = forms.TypedChoiceField(
        label="Dialogue", help_text="Opened up to the highest marking, without its compartments."
    )
    circle = forms.CharField(
        required=False,
        max_length=80,
        label="Compartment",
        help_text="Only where you need one: its exact name. You are not told here whether there is such a compartment.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    reason = forms.CharField(
        max_length=1000,
        label="What is the emergency?",
        help_text="For whoever reviews it. Without the name of a person of concern.",
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, dialogues: list[Dialogue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {str(one.pk): one for one in dialogues}
        field: Any = self.fields["dialogue"]
        field.coerce = offered.get
        first = [("", "choose a dialogue")] if len(offered) != 1 else []
        field.choices = [*first, *((key, one.name) for key, one in offered.items())]


class ReviewForm(forms.Form):
    """Justified or not, and what was found."""

    verdict = forms.ChoiceField(
        choices=[(one.value, one.label.capitalize()) for one in Verdict if one.value],
        widget=forms.RadioSelect,
        label="The opening was",
    )
    words = forms.CharField(
        max_length=1000, label="What you found", help_text="It is kept.", widget=forms.Textarea({"rows": 3})
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)
