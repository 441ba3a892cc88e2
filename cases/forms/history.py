"""Filters of a history: which part, which person."""

from typing import Any

from django import forms

from cases.history import KINDS


class HistoryForm(forms.Form):
    """What the history is narrowed to. `people` are (key, name) of those who stand in it."""

    part = forms.ChoiceField(label="Part", required=False)
    person = forms.ChoiceField(label="Person", required=False)

    def __init__(self, data: Any, *, people: tuple[tuple[str, str], ...]) -> None:
        super().__init__(data, auto_id="id_history_%s")
        self.fields["part"].choices = [("", "all"), *((one.key, one.noun) for one in KINDS)]  # type: ignore[attr-defined]
        self.fields["person"].choices = [("", "all"), *people]  # type: ignore[attr-defined]
