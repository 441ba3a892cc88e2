"""Forms about recusals."""

from typing import Any

from django import forms

from casetracker.access.models import Compartment, Dialogue, User
from casetracker.access.roles import Role
from casetracker.access.see import active_now, holdings

WHY = "In general words: no name, nothing of a case. It is kept with the history."


class RecusalForm(forms.Form):
    """Who keeps out of what, and why. Only approvers record one for others."""

    user = forms.TypedChoiceField(label="Who keeps out")
    scope = forms.TypedChoiceField(label="Of what", widget=forms.RadioSelect)
    reason = forms.CharField(max_length=1000, label="Reason", help_text=WHY, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = _scopes(user)
        field: Any = self.fields["scope"]
        field.coerce = scopes.get
        field.choices = [(key, _words(*pair)) for key, pair in scopes.items()]
        people = {str(one.pk): one for one in _people(user)}
        choose: Any = self.fields["user"]
        choose.coerce = people.get
        choose.choices = [(key, "myself" if one.pk == user.pk else one.name) for key, one in people.items()]

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        dialogue, compartment = self.cleaned_data["scope"]
        return {
            "user": self.cleaned_data["user"],
            "dialogue": dialogue,
            "compartment": compartment,
            "reason": self.cleaned_data["reason"],
        }


def _scopes(user: User) -> dict[str, tuple[Dialogue, Compartment | None]]:
    mine = {one.dialogue_id for one in holdings(user)}
    dialogues = {one.pk: one for one in Dialogue.objects.visible_to(user).filter(pk__in=sorted(mine))}
    found: dict[str, tuple[Dialogue, Compartment | None]] = {}
    circles = list(Compartment.objects.visible_to(user).filter(dialogue__in=sorted(mine)))
    for dialogue in dialogues.values():
        found[str(dialogue.pk)] = (dialogue, None)
        found |= {str(circle.pk): (dialogue, circle) for circle in circles if circle.dialogue_id == dialogue.pk}
    return found


def _words(dialogue: Dialogue, compartment: Compartment | None) -> str:
    return f"{dialogue.name}, {compartment.name} only" if compartment else f"{dialogue.name}, all of it"


def _people(user: User) -> list[User]:
    """Oneself, and for approvers whoever has a grant in force in a dialogue they approve for."""
    approves = sorted({one.dialogue_id for one in holdings(user) if one.role == Role.APPROVER})
    inside = active_now("grants__")
    others = User.objects.visible_to(user).filter(inside, grants__dialogue__in=approves) if approves else []
    return [user, *(one for one in {one.pk: one for one in others}.values() if one.pk != user.pk)]
