"""Forms of the rounds: facts, state, events, agenda, suspensions."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from cases.fields import PartialDateFormField
from cases.forms.keyed_form import KeyedForm
from cases.forms.pickers import RowField, one_line
from cases.forms.record_form import RecordForm
from cases.models import Theme
from casetracker.access.models import Dialogue
from rounds.codes import HostSide, RoundEventKind, SuspendedBy
from rounds.models import Round, RoundEvent
from rounds.states import RoundState

ONE_SENTENCE = "One sentence that a colleague understands in five years."
WHY = "Kept with the history. Needed once the round is closed."


def _on_one_line(value: Any) -> None:
    one_line(value)


def line(label: str, length: int, **kwargs: Any) -> forms.CharField:
    """A text on one line."""
    return forms.CharField(label=label, max_length=length, required=False, validators=[_on_one_line], **kwargs)


def day(label: str, **kwargs: Any) -> forms.DateField:
    """A whole day, typed as people write it."""
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d %B %Y", "%d %b %Y"],
        error_messages={"invalid": "Write the day as 2024-06-16 or 16 June 2024."},
        widget=forms.DateInput(format="%Y-%m-%d"),
        **kwargs,
    )


def text(label: str, rows: int = 3, *, required: bool = False, **kwargs: Any) -> forms.CharField:
    """A text of several lines."""
    widget = forms.Textarea(attrs={"rows": str(rows)})
    return forms.CharField(label=label, max_length=5000, required=required, widget=widget, **kwargs)


class Spanned(RecordForm):
    """Has a first and a last day."""

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        starts, ends = found.get("starts"), found.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", "The last day lies before the first.")
        if ends and not starts and "starts" not in self.errors:
            self.add_error("starts", "Give the first day, too.")
        return found


class RoundForm(Spanned):
    """The facts of a round. Choosing the dialogue is part of it only while a round is made."""

    aside: ClassVar[frozenset[str]] = frozenset({"dialogue"})
    first: ClassVar[str] = "ordinal"

    dialogue = RowField(label="Dialogue")
    ordinal = forms.IntegerField(
        label="Number", required=False, min_value=1, max_value=999, help_text="Empty when it is not known."
    )
    starts = day("First day", help_text="2024-06-16 or 16 June 2024.")
    ends = day("Last day", help_text="Empty for a round of one day.")
    venue = line("Venue", 120)
    host_side = forms.ChoiceField(label="Host", required=False, choices=[("", "not known"), *HostSide.choices])
    chair = line("Chair", 200)
    presidency = line("Presidency", 80, help_text="Only where it led the dialogue.")
    note = text("Note", help_text="Seen by everybody in the dialogue: never a person’s name.")
    why = line("Why it is changed", 1000, help_text=WHY)

    def __init__(self, data: Any = None, *, row: Round | None = None, dialogues: Iterable[Dialogue] = ()) -> None:
        self.dialogues = {dialogue.pk: dialogue for dialogue in dialogues}
        super().__init__(data, row=row)

    def offer(self) -> None:
        if self.row is not None:
            del self.fields["dialogue"]
            return
        del self.fields["why"]
        field = self.fields["dialogue"]
        assert isinstance(field, RowField)
        field.offer(self.dialogues.values())
        if len(self.dialogues) == 1:
            self.initial["dialogue"] = str(next(iter(self.dialogues)))

    @property
    def chosen(self) -> Dialogue:
        """The dialogue the round is made in."""
        return self.dialogues[self.cleaned_data["dialogue"]]


class NewRoundForm(KeyedForm, RoundForm):
    """A round is planned, once however often the form is sent. Without a key it is planned all the same."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)


class MoveForm(RecordForm):
    """A round changes its state: postponed and cancelled with the reason, cancelled by whom."""

    aside: ClassVar[frozenset[str]] = frozenset({"to", "cancelled_by", "state_reason"})

    to = forms.CharField(max_length=12, widget=forms.HiddenInput)
    cancelled_by = forms.ChoiceField(label="Cancelled by", choices=[("", "choose"), *SuspendedBy.choices])
    state_reason = text(
        "Reason", 2, required=True, help_text="One sentence that a colleague understands in five years."
    )

    def __init__(self, data: Any = None, *, row: Round, to: str) -> None:
        self.towards = to
        super().__init__(data, row=row)

    def offer(self) -> None:
        self.fields["to"].initial = self.towards
        if self.towards != RoundState.CANCELLED:
            del self.fields["cancelled_by"]
        if self.towards not in (RoundState.CANCELLED, RoundState.POSTPONED):
            del self.fields["state_reason"]
        for name in ("cancelled_by", "state_reason"):
            if name in self.fields:
                self.fields[name].widget.attrs["autofocus"] = True
                break

    @property
    def told(self) -> dict[str, str]:
        """Why, and by whom, as the action takes it."""
        found = self.cleaned_data
        return {"reason": found.get("state_reason", ""), "cancelled_by": found.get("cancelled_by", "")}


class EventForm(Spanned):
    """A side event. Whether it was cancelled can be taken back here; cancelling has a form of its own."""

    first: ClassVar[str] = "kind"

    kind = forms.ChoiceField(label="Kind", choices=RoundEventKind.choices)
    title = line("Title", 200, help_text="Seen by everybody in the dialogue: never a person’s name.")
    starts = day("First day")
    ends = day("Last day", help_text="Empty for one day.")
    venue = line("Place", 120)
    note = text("Note", 2)
    cancelled = forms.BooleanField(label="Cancelled", required=False)
    cancelled_reason = text("Reason of the cancellation", 2)
    why = line("Why it is changed", 1000, help_text=WHY)

    def __init__(self, data: Any = None, *, row: RoundEvent | None = None, asks_why: bool = True) -> None:
        self.asks_why = asks_why
        super().__init__(data, row=row)

    def offer(self) -> None:
        if self.row is None or not self.row.cancelled:
            del self.fields["cancelled"], self.fields["cancelled_reason"]
        if not self.asks_why:
            del self.fields["why"]

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if found.get("cancelled") and not found.get("cancelled_reason"):
            self.add_error("cancelled_reason", "Say why the event was cancelled.")
        return found


class CancelEventForm(RecordForm):
    """An event is cancelled, with the reason."""

    aside: ClassVar[frozenset[str]] = frozenset({"cancelled_reason"})
    first: ClassVar[str] = "cancelled_reason"

    cancelled_reason = text(
        "Reason", 2, required=True, help_text="One sentence that a colleague understands in five years."
    )

    def __init__(self, data: Any = None, *, row: RoundEvent) -> None:
        super().__init__(data, row=row)


class AgendaForm(RecordForm):
    """One more item of the agenda: a theme, words of one's own, or both."""

    aside: ClassVar[frozenset[str]] = frozenset({"theme", "title"})

    theme = RowField(label="Theme", required=False, empty="no theme of the vocabulary")
    title = line("In other words", 200, help_text="Never a person’s name.")

    def __init__(self, data: Any = None, *, themes: Iterable[Theme]) -> None:
        self.themes = {theme.pk: theme for theme in themes}
        super().__init__(data)

    def offer(self) -> None:
        field = self.fields["theme"]
        assert isinstance(field, RowField)
        field.offer(self.themes.values())

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not found["theme"] and not found["title"]:
            raise ValidationError("Choose a theme, or say in other words what is on the agenda.")
        return found

    @property
    def chosen(self) -> Theme | None:
        """The theme picked, if any."""
        return self.themes.get(self.cleaned_data["theme"])


class SuspensionForm(RecordForm):
    """A time when the dialogue was suspended."""

    aside: ClassVar[frozenset[str]] = frozenset({"dialogue"})
    first: ClassVar[str] = "since"

    dialogue = RowField(label="Dialogue")
    since = PartialDateFormField(label="From", help_text="As exactly as it is known: 2019, May 2019, 14 May 2019.")
    until = PartialDateFormField(label="To", required=False, help_text="Empty while it goes on.")
    by = forms.ChoiceField(label="Suspended by", choices=SuspendedBy.choices, initial=SuspendedBy.UNKNOWN)
    reason = text("Reason", 2)
    why = line("Why it is changed", 1000, help_text="Kept with the history.")

    def __init__(self, data: Any = None, *, row: Any = None, dialogues: Iterable[Dialogue] = ()) -> None:
        self.dialogues = {dialogue.pk: dialogue for dialogue in dialogues}
        super().__init__(data, row=row)

    def offer(self) -> None:
        if self.row is not None:
            del self.fields["dialogue"]
            return
        del self.fields["why"]
        field = self.fields["dialogue"]
        assert isinstance(field, RowField)
        field.offer(self.dialogues.values())
        if len(self.dialogues) == 1:
            self.initial["dialogue"] = str(next(iter(self.dialogues)))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = found.get("since"), found.get("until")
        if since and until and until.latest < since.earliest:
            self.add_error("until", "The end lies before the beginning.")
        return found

    @property
    def chosen(self) -> Dialogue:
        """The dialogue that was suspended."""
        return self.dialogues[self.cleaned_data["dialogue"]]
