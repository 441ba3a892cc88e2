"""Forms of commitments: what was promised, and what came of it."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django import forms

from cases.forms.keyed_form import KeyedForm
from cases.forms.pickers import RowField
from cases.forms.record_form import RecordForm
from casetracker.access.models import User
from casetracker.access.see import Label
from rounds.codes import CommitmentState
from rounds.forms import ONE_SENTENCE, day, line, text
from rounds.models import Commitment


class CommitmentForm(KeyedForm):
    """What the counterpart promised. While it is made its label is chosen, from `labels` (value, words, label)."""

    aside: ClassVar[frozenset[str]] = frozenset({"label"})
    first: ClassVar[str] = "what"

    what = forms.CharField(
        label="What was promised", max_length=2000, widget=forms.Textarea(attrs={"rows": "3"}),
        help_text="In their words as far as possible.",
    )  # fmt: skip
    promised_on = day("Promised on")
    due = day("By when", help_text="2024-06-16 or 16 June 2024. Empty when no day was named.")
    owner = RowField(label="Who watches it", required=False, empty="nobody")
    reason = text("Why we keep it in view", 2)
    label = forms.ChoiceField(label="Who may see it")
    why = line("Why it is changed", 1000, help_text="Kept with the history.")

    def __init__(
        self,
        data: Any = None,
        *,
        user: User,
        people: Iterable[User],
        row: Commitment | None = None,
        labels: Sequence[tuple[str, str, Label]] = (),
        initial: dict[str, Any] | None = None,
    ) -> None:
        self.people = {one.pk: one for one in people}
        self.labels = labels
        super().__init__(data, user=user, row=row, **({} if initial is None else {"initial": initial}))

    def offer(self) -> None:
        owner = self.fields["owner"]
        assert isinstance(owner, RowField)
        owner.offer(self.people.values(), self.row.owner if self.row else None)
        if self.row is not None:
            del self.fields["label"], self.fields["key"]
            return
        del self.fields["why"]
        choice = self.fields["label"]
        choice.choices = [(value, words) for value, words, _ in self.labels]  # type: ignore[attr-defined]
        if len(self.labels) == 1:
            choice.widget = forms.HiddenInput()
            self.initial.setdefault("label", self.labels[0][0])

    @property
    def chosen_label(self) -> Label:
        """The label picked. The form must be valid."""
        return next(label for value, _, label in self.labels if value == self.cleaned_data["label"])

    def values(self) -> dict[str, Any]:
        """Columns as the actions take them, the owner as a person; one who left stays as they are."""
        found = self.columns()
        picked = found.pop("owner_id")
        stays = self.row.owner if self.row is not None and self.row.owner_id == picked else None
        return {**found, "owner": self.people.get(picked) or stays if picked else None}


class SettleForm(RecordForm):
    """Whether a commitment was kept, and what came of it."""

    first: ClassVar[str] = "state"

    state = forms.ChoiceField(
        label="Was it kept?",
        choices=[(state.value, str(state.label)) for state in CommitmentState if state != CommitmentState.OPEN],
        widget=forms.RadioSelect,
    )
    outcome = text("What came of it", 3, required=True, help_text=ONE_SENTENCE)

    def initial_of(self, row: Any) -> dict[str, Any]:
        """Nothing is proposed: the verdict is the reader's."""
        return {"seen": row.version}


class ReopenForm(RecordForm):
    """Why a settled commitment is open again."""

    aside: ClassVar[frozenset[str]] = frozenset({"again"})
    first: ClassVar[str] = "why"

    again = forms.CharField(widget=forms.HiddenInput, initial="1")
    why = text("Why is it open again?", 2, required=True, help_text=ONE_SENTENCE)
