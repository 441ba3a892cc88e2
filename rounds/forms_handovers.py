"""Forms of handovers, of raisings off the list, and of partners."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils import timezone
from django.utils.html import format_html

from cases.forms.pickers import RowField, one_line
from cases.forms.record_form import RecordForm
from rounds.codes import Acceptance, Channel
from rounds.consent import stopped
from rounds.forms import ONE_SENTENCE, WHY, day, line, text
from rounds.models import Handover, ListEntry, Raising
from rounds.states import EntryState

DAYS = "2024-06-16 or 16 June 2024."
AHEAD = "This day lies ahead. Record it once it has happened."
# What each outcome does, in plain words (vocabulary.md, "List acceptance").
OUTCOMES = {
    Acceptance.ACCEPTED: "The counterpart took the list. Every case on it counts as raised.",
    Acceptance.PARTLY: (
        "Some cases were taken, others not: tick those that were. Every case counts as raised; "
        "which were taken is kept with each."
    ),
    Acceptance.REFUSED: (
        "The list was offered and not taken. Every case counts as raised; refused lists have a line of their own."
    ),
    Acceptance.READ_OUT: "The cases were read out, no paper was left. Every case counts as raised.",
    Acceptance.NOT_TENDERED: (
        "The list was not offered. No case counts as raised; the list stays approved and can be handed over later."
    ),
}
OFF_THE_LIST = [(channel.value, channel.label) for channel in Channel if channel != Channel.LIST]
TICK = "accepted-"
WORDS = "words-"


def past_day(field: str, found: dict[str, Any]) -> dict[str, str]:
    """What is wrong with a day that should have been: field → message, or nothing."""
    on = found.get(field)
    return {field: AHEAD} if on and on > timezone.localdate() else {}


class HandoverForm(RecordForm):
    """When, by whom, to whom, how, and what became of it."""

    first: ClassVar[str] = "on"

    on = day("Day", help_text=DAYS)
    by = line("Handed over by", 200, help_text="Name or function on our side.")
    to = line("Handed over to", 200, help_text="Name or function on the other side.")
    medium = line("Medium", 120, help_text="On paper, by the embassy, in a sealed envelope …")
    outcome = forms.ChoiceField(
        label="What became of it",
        choices=[
            (one.value, format_html("<span><b>{}</b><br><small>{}</small></span>", one.label.capitalize(), words))
            for one, words in OUTCOMES.items()
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what became of the list."},
    )
    note = text("Note", 2)
    confirmed = forms.BooleanField(
        label="What was handed over is this sheet, with these cases and no others",
        required=False,
    )

    consent_reason = text(
        "Why they were handed over all the same", 2, help_text="Only for what has happened. Kept with this record."
    )

    def __init__(self, data: Any = None, *, entries: Sequence[ListEntry], seen: int, **kwargs: Any) -> None:
        self.entries = entries
        self.version = seen
        super().__init__(data, **kwargs)

    def offer(self) -> None:
        self.fields["seen"].initial = self.version
        for name in ("on", "by", "to"):
            self.fields[name].required = True
        for entry in self.entries:
            self.fields[f"{TICK}{entry.pk}"] = forms.BooleanField(
                label=entry.case.reference, required=False, initial=bool(entry.accepted)
            )

    def column_fields(self) -> list[str]:
        """None: a handover is a new record, so there are no two versions of it to choose from."""
        return []

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for name, wrong in past_day("on", found).items():
            self.add_error(name, wrong)
        tendered = found.get("outcome") not in (None, "", Acceptance.NOT_TENDERED)
        if tendered and not found.get("confirmed"):
            self.add_error("confirmed", "Compare the paper with the sheet, then tick this.")
        if tendered and self.unconsented and not found.get("consent_reason", "").strip():
            self.add_error("consent_reason", "Say why cases without consent were handed over, if they were.")
        return found

    @property
    def unconsented(self) -> list[ListEntry]:
        """Entries for which no consent holds on the day typed (today, before one is)."""
        return stopped(self.entries, self.day_typed or timezone.localdate())

    @property
    def day_typed(self) -> date | None:
        """The day of the handover, once one is typed."""
        found: date | None = getattr(self, "cleaned_data", {}).get("on")
        return found

    @property
    def values(self) -> dict[str, Any]:
        """The facts, as the action takes them."""
        return {name: self.cleaned_data[name] for name in ("on", "by", "to", "medium", "outcome", "note")}

    @property
    def accepted(self) -> dict[UUID, bool]:
        """Entry → whether it is ticked as accepted."""
        return {entry.pk: bool(self.cleaned_data.get(f"{TICK}{entry.pk}")) for entry in self.entries}

    @property
    def partly(self) -> bool:
        """Whether the ticks count, as far as typed."""
        return bool(self["outcome"].value() == Acceptance.PARTLY)

    def lines(self) -> list[tuple[ListEntry, BoundField]]:
        """Each entry with its tick."""
        return [(entry, self[f"{TICK}{entry.pk}"]) for entry in self.entries]

    def facts(self) -> list[BoundField]:
        """The fields before the outcome."""
        return [self[name] for name in ("on", "by", "to", "medium")]


class CorrectionForm(HandoverForm):
    """A record that supersedes `old`, which was written by mistake."""

    reason = text("What was wrong", 2, required=True, help_text=ONE_SENTENCE)

    def __init__(self, data: Any = None, *, old: Handover, entries: Sequence[ListEntry]) -> None:
        kept = {name: getattr(old, name) for name in ("on", "by", "to", "medium", "outcome", "note")}
        self.old = old
        super().__init__(data, entries=entries, seen=old.version, initial={**kept, "confirmed": False})

    @property
    def unconsented(self) -> list[ListEntry]:
        """As for a new record; where the old one made raisings, only once another day is typed."""
        if self.old.outcome == Acceptance.NOT_TENDERED:
            return super().unconsented
        moved = self.day_typed not in (None, self.old.on)
        return stopped(self.entries, self.day_typed, [EntryState.RAISED]) if self.day_typed and moved else []


class RaisingForm(RecordForm):
    """How cases were raised off the list. With `row` one raising is edited; else each case may have its own words."""

    on = day("Day", help_text=DAYS)
    channel = forms.ChoiceField(label="Channel", choices=[("", "choose"), *OFF_THE_LIST])
    round = RowField(label="Round", required=False, empty="between rounds")
    partner = RowField(label="By", required=False, empty="us")
    theme = RowField(label="Under the theme", required=False, empty="no theme")
    speaker = line("Speaker", 200, help_text="Who said it: name or function.")
    words = text("In these words", 4)
    why = line("Why it is changed", 1000, help_text=WHY)

    def __init__(
        self,
        data: Any = None,
        *,
        row: Raising | None = None,
        offered: Mapping[str, Iterable[Any]],
        own_words: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        self.offered = offered
        self.own_words = own_words
        super().__init__(data, row=row, **kwargs)

    def offer(self) -> None:
        self.fields["on"].required = True
        for name in ("round", "partner", "theme"):
            field = self.fields[name]
            assert isinstance(field, RowField)
            field.offer(self.offered[name], getattr(self.row, name) if self.row is not None else None)
        if self.row is None:
            del self.fields["why"]
        for reference in self.own_words:
            self.fields[WORDS + reference] = text(f"Other words for {reference}", 2)

    def column_fields(self) -> list[str]:
        return [name for name in super().column_fields() if not name.startswith(WORDS)]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for name, wrong in past_day("on", found).items():
            self.add_error(name, wrong)
        return found

    def words_of(self, reference: str) -> str:
        """The words of one case, "" when it has the shared ones."""
        return str(self.cleaned_data.get(WORDS + reference, ""))

    def words_field(self, reference: str) -> BoundField:
        """The field for them."""
        return self[WORDS + reference]

    def facts(self) -> list[BoundField]:
        """The fields that all cases share, in order."""
        return [self[name] for name in ("on", "channel", "round", "partner", "theme", "speaker", "words")]


class VoidForm(RecordForm):
    """A raising was recorded by mistake."""

    aside: ClassVar[frozenset[str]] = frozenset({"reason"})
    first: ClassVar[str] = "reason"

    reason = text("Reason", 2, required=True, help_text=ONE_SENTENCE)

    def __init__(self, data: Any = None, *, row: Raising) -> None:
        super().__init__(data, row=row)


class PartnerForm(RecordForm):
    """A partner: another government with its own dialogue."""

    first: ClassVar[str] = "name"

    name = line("Name", 120, help_text="Of the government or organisation: never a person’s name.")
    note = text("Note", 2, help_text="Seen by everybody in every dialogue.")

    def offer(self) -> None:
        self.fields["name"].required = True

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not name:
            raise ValidationError("Give the name of the partner.")
        one_line(name)
        return name
