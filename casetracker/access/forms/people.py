"""Forms about users."""

from typing import Any

from django import forms

from casetracker.access.models import Dialogue, User
from casetracker.access.roles import Office

STANDINGS = [("", "any"), ("active", "active"), ("invited", "invited, not joined"), ("deactivated", "deactivated")]
REASON = "One sentence that a colleague understands in five years. It is kept with the history."


class UserForm(forms.Form):
    """Name, address and office; `seen` when an account is edited."""

    name = forms.CharField(max_length=120, label="Name")
    email = forms.EmailField(
        max_length=254,
        label="E-mail address",
        help_text="They sign in with it. A new address suspends their grants until an approver reconfirms them.",
    )
    office = forms.ChoiceField(
        choices=Office.choices,
        required=False,
        label="Office",
        help_text="Whoever holds an office reads no cases. Officials, approvers and reviewers hold none.",
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_email(self) -> str:
        """Addresses are kept in small letters."""
        return str(self.cleaned_data["email"]).lower()


class ReasonForm(forms.Form):
    """Why; and the version that was looked at."""

    reason = forms.CharField(max_length=1000, label="Reason", help_text=REASON, widget=forms.Textarea({"rows": 2}))
    seen = forms.IntegerField(widget=forms.HiddenInput)


class UserFilter(forms.Form):
    """Which users the list shows. Nothing is searched by name: that would stand in the address."""

    standing = forms.ChoiceField(choices=STANDINGS, required=False, label="Account")
    office = forms.ChoiceField(
        choices=[("", "any"), ("none", "no office"), (Office.ADMIN, "access admin"), (Office.AUDITOR, "auditor")],
        required=False,
        label="Office",
    )
    dialogue = forms.ChoiceField(required=False, label="Active grant in")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["dialogue"]
        choice.choices = dialogue_choices(user)


def dialogue_choices(user: User) -> list[tuple[str, str]]:
    """The dialogues `user` knows of, for a filter."""
    return [("", "any"), *((str(pk), name) for pk, name in Dialogue.objects.visible_to(user).values_list("pk", "name"))]
