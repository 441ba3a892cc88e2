"""The filters of the list of rounds. They take rounds and suspensions alike, so they are a plain form over both."""

from collections.abc import Iterable
from typing import Any

from django import forms

from cases.forms.pickers import RowField
from casetracker.access.models import Dialogue
from rounds.models import Round, Suspension
from rounds.states import RoundState


class RoundFilter(forms.Form):
    """Dialogue, state and years; every field may stay empty. An impossible value filters nothing."""

    dialogue = RowField(label="Dialogue", required=False, empty="all")
    state = forms.ChoiceField(label="State", required=False, choices=[("", "all"), *RoundState.choices])
    since = forms.IntegerField(label="From year", required=False, min_value=1900, max_value=2200)
    until = forms.IntegerField(label="To year", required=False, min_value=1900, max_value=2200)

    def __init__(self, data: Any, *, dialogues: Iterable[Dialogue]) -> None:
        super().__init__(data, auto_id="filter_%s")
        offered = list(dialogues)
        field = self.fields["dialogue"]
        assert isinstance(field, RowField)
        field.offer(offered)
        if len(offered) < 2:
            del self.fields["dialogue"]
        self.is_valid()

    def value(self, name: str) -> Any:
        """What a filter is set to, or None."""
        return self.cleaned_data.get(name) or None

    def passes_dialogue(self, dialogue: Dialogue) -> bool:
        """Whether a dialogue is shown."""
        return self.value("dialogue") in (None, dialogue.pk)

    def passes_round(self, round: Round) -> bool:
        """Whether a round is shown. One without a day passes every year: it may be in it."""
        if self.value("state") not in (None, round.state):
            return False
        first, last = self.value("since") or 0, self.value("until") or 9999
        return round.starts is None or first <= round.starts.year <= last

    def passes_suspension(self, suspension: Suspension) -> bool:
        """Whether a suspension is shown: not among rounds of one state."""
        if self.value("state") or suspension.since is None:
            return False
        first, last = self.value("since") or 0, self.value("until") or 9999
        ended = suspension.until.latest.year if suspension.until else 9999
        return suspension.since.earliest.year <= last and first <= ended
