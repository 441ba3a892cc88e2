"""Forms about what needs two persons."""

from typing import Any

from django import forms

from casetracker.access.kinds import kinds


class ApprovalFilter(forms.Form):
    """Which approvals the inbox shows."""

    kind = forms.ChoiceField(required=False, label="What")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["kind"]
        choice.choices = [("", "anything"), *((kind.code, kind.words) for kind in kinds())]


class VerdictForm(forms.Form):
    """Approve, having looked; or refuse, and say why."""

    decision = forms.ChoiceField(
        choices=[("approve", "Approve: do exactly this, now"), ("refuse", "Refuse")],
        widget=forms.RadioSelect,
        label="Decision",
    )
    sure = forms.BooleanField(required=False, label="I have read what will happen, and looked at what it is about")
    reason = forms.CharField(
        required=False,
        max_length=1000,
        label="Reason",
        help_text="Needed to refuse. It is kept with the request.",
        widget=forms.Textarea({"rows": 2}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """A refusal needs its reason, an approval the tick."""
        data = self.cleaned_data
        if data.get("decision") == "refuse" and not data.get("reason", "").strip():
            self.add_error("reason", "Say why this is refused.")
        if data.get("decision") == "approve" and not data.get("sure"):
            self.add_error("sure", "Tick this once you have looked.")
        return data


class TakingBackForm(forms.Form):
    """Taking back what one asked for."""

    reason = forms.CharField(
        required=False, max_length=1000, label="Why", widget=forms.Textarea({"rows": 2}), help_text="Not needed."
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)
