"""Forms over the terms of one dialogue's vocabulary: one for each kind."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from cases.forms.pickers import RowField, one_line
from cases.forms.record_form import RecordForm
from cases.models import EthnicGroup, Facility, Place, Statute, Theme
from cases.models.vocabulary import Term
from casetracker.access.models import Dialogue


def _on_one_line(value: Any) -> None:
    one_line(value)


def _line(label: str, length: int, *, required: bool = False, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=required, validators=[_on_one_line], **kwargs)


def _day(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d"),
        error_messages={"invalid": "Write the day as 1997-10-01."},
        **kwargs,
    )


class TermForm(RecordForm):
    """Fields of every kind. `dialogues` are those a new term may be added to, `terms` those offered there already."""

    model: ClassVar[type[Any]] = Theme
    aside: ClassVar[frozenset[str]] = frozenset({"dialogue"})
    first: ClassVar[str] = "name"

    dialogue = RowField(label="Dialogue", help_text="Only there it is known.")
    name = _line("Name", 160, required=True)
    code = _line("Code", 40, help_text="A short sign, where there is one.")
    note = forms.CharField(label="Note", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": "2"}))
    valid_from = _day("Valid from", help_text="1997-10-01; empty when not known.")
    valid_to = _day("Valid to")
    retired = forms.BooleanField(
        label="Retired", required=False, help_text="No longer offered; it stays where it is in use."
    )
    why = _line("Why it is changed", 1000, help_text="Kept with the history.")

    def __init__(
        self,
        data: Any = None,
        *,
        row: Any = None,
        dialogues: Iterable[Dialogue] = (),
        terms: Iterable[Term] = (),
        places: Iterable[Place] = (),
    ) -> None:
        self.dialogues = {dialogue.pk: dialogue for dialogue in dialogues}
        self.terms, self.places = list(terms), list(places)
        super().__init__(data, row=row)

    def offer(self) -> None:
        if self.row is None:
            del self.fields["retired"], self.fields["why"]
            self._field("dialogue").offer(self.dialogues.values())
            if len(self.dialogues) == 1:
                self.initial["dialogue"] = str(next(iter(self.dialogues)))
        else:
            del self.fields["dialogue"]

    def _field(self, name: str) -> RowField:
        field = self.fields[name]
        assert isinstance(field, RowField)
        return field

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        begins, ends = found.get("valid_from"), found.get("valid_to")
        if begins and ends and ends < begins:
            self.add_error("valid_to", "The end lies before the beginning.")
        if not self.errors and self._stands_already(found):
            raise ValidationError("This is in the vocabulary already.")
        return found

    def _stands_already(self, found: dict[str, Any]) -> bool:
        dialogue = self.row.dialogue if self.row is not None else self.dialogues[found["dialogue"]]
        mine = self._sign({**found, "place_id": found.get("place")})
        return any(
            self._sign(vars(term)) == mine and term.dialogue_id in (None, dialogue.pk) and _offered(term, dialogue)
            for term in self.terms
            if self.row is None or term.pk != self.row.pk
        )

    def _sign(self, values: dict[str, Any]) -> tuple[Any, ...]:
        """What makes two terms of this kind the same."""
        return (str(values["name"]).casefold(),)

    @property
    def chosen(self) -> Dialogue:
        """The dialogue a new term is added to."""
        return self.dialogues[self.cleaned_data["dialogue"]]


def _offered(term: Term, dialogue: Dialogue) -> bool:
    return term.dialogue_id == dialogue.pk or term.pack in ("", dialogue.pack)


class ThemeForm(TermForm):
    """A theme."""


class EthnicGroupForm(TermForm):
    """An ethnic group."""

    model: ClassVar[type[Any]] = EthnicGroup


class PlaceForm(TermForm):
    """A place, in a region where it is not one itself."""

    model: ClassVar[type[Any]] = Place
    region = RowField(label="Region", required=False, empty="is a region itself")

    field_order = ["dialogue", "name", "region"]

    def offer(self) -> None:
        super().offer()
        itself = self.row.pk if self.row is not None else None
        self._field("region").offer(place for place in self.places if place.region_id is None and place.pk != itself)

    def _sign(self, values: dict[str, Any]) -> tuple[Any, ...]:
        return (*super()._sign(values), values.get("region_id", values.get("region")))


class StatuteForm(TermForm):
    """A rule of the counterpart's law."""

    model: ClassVar[type[Any]] = Statute
    law = _line("Law", 120, required=True)
    article = _line("Article", 20)
    paragraph = _line("Paragraph", 20)

    field_order = ["dialogue", "law", "article", "paragraph", "name"]
    first: ClassVar[str] = "law"

    def _sign(self, values: dict[str, Any]) -> tuple[Any, ...]:
        texts = (str(values.get(part, "")).casefold() for part in ("law", "article", "paragraph"))
        return (*super()._sign(values), *texts)


class FacilityForm(TermForm):
    """A prison, detention centre, hospital or camp."""

    model: ClassVar[type[Any]] = Facility
    place = RowField(label="Place", required=False, empty="not known")

    field_order = ["dialogue", "name", "place"]

    def offer(self) -> None:
        super().offer()
        self._field("place").offer(self.places)


FORMS: dict[str, type[TermForm]] = {
    "theme": ThemeForm,
    "place": PlaceForm,
    "ethnicgroup": EthnicGroupForm,
    "statute": StatuteForm,
    "facility": FacilityForm,
}
