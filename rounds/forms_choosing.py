"""Forms around choosing cases for a list: narrowing suggestions, and saying why a name is missing."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from cases.filters import Offered
from cases.models import CaseTheme, Place
from casetracker.access.models import User
from rounds.difference import Dropped
from rounds.reasons import ReasonCode

NOT_OFFERED = "This choice is not available (any more). Choose another, or leave it open."
OWNERS = [("", "any"), ("me", "me"), ("nobody", "nobody")]


class SuggestionFilter(forms.Form):
    """Reason, theme, owner, place; every one may stay open."""

    reason = forms.ChoiceField(required=False, choices=[("", "any"), *ReasonCode.choices], widget=forms.HiddenInput)
    theme = forms.ChoiceField(label="Theme", required=False)
    owner = forms.ChoiceField(label="Owner", required=False)
    place = forms.ChoiceField(label="Place", required=False)

    def __init__(self, data: Any, *, offered: Offered, user: User) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.user = user
        people = [one for one in offered.choices("owner") if one[0] != str(user.pk)]
        choices = {
            "theme": [("", "any"), *offered.choices("theme")],
            "owner": [*OWNERS, *people],
            "place": [("", "any"), *offered.places()],
        }
        for name, some in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = some
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = NOT_OFFERED

    @property
    def chosen_reason(self) -> ReasonCode | None:
        """The reason asked for, if any."""
        code = self.cleaned_data.get("reason")
        return ReasonCode(code) if code else None

    def narrow(self, cases: Any) -> Any:
        """The cases that fit theme, owner and place; none where something asked for is not available."""
        if not self.is_valid():
            return cases.none()
        found = self.cleaned_data
        if found["theme"]:
            linked = CaseTheme.objects.visible_to(self.user).filter(theme_id=found["theme"])
            cases = cases.filter(pk__in=linked.order_by().values("case_id"))
        if found["place"]:
            at = Q(pk=found["place"]) | Q(region_id=found["place"])
            cases = cases.filter(place_id__in=Place.objects.visible_to(self.user).filter(at).order_by().values("pk"))
        if found["owner"] == "nobody":
            return cases.filter(owner__isnull=True)
        if found["owner"]:
            return cases.filter(owner_id=self.user.pk if found["owner"] == "me" else found["owner"])
        return cases


class MissingForm(forms.Form):
    """Names of the previous list that are missing without a reason: each may get its own, the ticked ones a common
    one. `tick` holds keys of entries of the previous list.
    """

    tick = forms.MultipleChoiceField(label="Cases", required=False, error_messages={"invalid_choice": NOT_OFFERED})
    reason = forms.CharField(
        label="Reason for all that are ticked",
        required=False,
        max_length=1000,
        widget=forms.TextInput,
        help_text="One sentence that a colleague understands in five years. A reason in the row goes before it.",
    )

    def __init__(self, data: Any = None, *, missing: Sequence[Dropped]) -> None:
        super().__init__(data, auto_id="id_missing_%s")
        self.missing = {str(one.entry.pk): one for one in missing}
        ticks = self.fields["tick"]
        assert isinstance(ticks, forms.MultipleChoiceField)
        ticks.choices = [(key, one.entry.case.reference) for key, one in self.missing.items()]
        for key, one in self.missing.items():
            self.fields[f"reason-{key}"] = forms.CharField(
                label=f"Reason for {one.entry.case.reference}", required=False, max_length=1000
            )

    def rows(self) -> list[dict[str, Any]]:
        """For the template: each missing name with its field, and whether it is ticked."""
        ticked = set(self["tick"].value() or [])
        return [
            {"missing": one, "field": self[f"reason-{key}"], "key": key, "ticked": key in ticked}
            for key, one in self.missing.items()
        ]

    @property
    def ticked(self) -> list[Dropped]:
        """The ticked ones, in the order of the previous list."""
        keys = set(self.cleaned_data.get("tick", ()))
        return [one for key, one in self.missing.items() if key in keys]

    def reasons(self) -> dict[UUID, str]:
        """Case → why it is held back. The form must be valid, and `check_reasons` must have passed."""
        common, keys = self.cleaned_data["reason"], set(self.cleaned_data["tick"])
        found = {}
        for key, one in self.missing.items():
            why = self.cleaned_data[f"reason-{key}"] or (common if key in keys else "")
            if why:
                found[one.case_id] = why
        return found

    def check_reasons(self) -> bool:
        """Adds an error where nothing can be done: no reason at all, or a ticked name without one."""
        given = self.reasons()
        bare = [one for one in self.ticked if one.case_id not in given]
        for one in bare:
            self.add_error(f"reason-{one.entry.pk}", ValidationError("Say why, here or for all that are ticked."))
        if not given and not bare:
            self.add_error("reason", ValidationError("Give a reason in a row, or tick rows and give one for all."))
        return not self.errors
