"""What every form for a part of a case shares: how its fields stand for columns, and how a column reads in words.

A form field stands for one or two columns: a partial date also keeps the words that were typed, a term also the words
that are in no vocabulary. Columns are called by `attname` ("place_id"), so that a row, a row of history and what was
typed compare without a query.
"""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from cases.dates import PartialDate
from cases.fields import PartialDateFormField
from cases.forms.pickers import RowField, RowsField, TermField, TermPick
from cases.models import Case
from casetracker.access.models import User

type Columns = dict[str, Any]


class PartForm(forms.Form):
    """A form over one row. `part` is the row edited, None while one is added.

    Subclasses offer rows in `offer()` and may leave fields out of the columns by naming them in `aside`.
    """

    aside: ClassVar[frozenset[str]] = frozenset()
    first: ClassVar[str] = ""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, data: Any = None, files: Any = None, *, case: Case, user: User, part: Any = None) -> None:
        # Several forms may be open on the page of a case at the same time.
        key = f"_{part.pk.hex[:8]}" if part is not None else ""
        super().__init__(data, files, auto_id=f"id_{type(self).__name__.lower()}{key}_%s")
        self.case, self.user, self.part = case, user, part
        for field in self.fields.values():
            chosen = isinstance(field, forms.ChoiceField)
            field.error_messages["required"] = "Choose one." if chosen else "Fill this in."
        self.offer()
        self.initial = self.initial_of(part) if part is not None else self.initial_new()
        if self.first in self.fields:
            self.fields[self.first].widget.attrs["data-focus"] = ""

    def clean_seen(self) -> int | None:
        """An edit says which version it began with."""
        seen: int | None = self.cleaned_data["seen"]
        if self.part is not None and seen is None:
            raise ValidationError("This form is incomplete. Reload the page and try again.")
        return seen

    def offer(self) -> None:
        """Fetches what pickers offer, scoped to the viewer."""

    def initial_new(self) -> dict[str, Any]:
        """What stands in the form before anything is typed."""
        return {}

    def initial_of(self, part: Any) -> dict[str, Any]:
        """What the form shows of a row."""
        shown: dict[str, Any] = {"seen": part.version}
        for name in self.shown():
            shown[name] = _typed(self.fields[name], self.standing(part)[name])
        return shown

    def shown(self) -> list[str]:
        """Names of the fields that stand for columns."""
        return [name for name in self.fields if name != "seen" and name not in self.aside]

    def standing(self, row: Any) -> dict[str, Columns]:
        """Field → its columns in a row (or in a row of history)."""
        return {
            name: {column: getattr(row, column) for column in columns_of(name, self.fields[name])}
            for name in self.shown()
        }

    def wanted(self) -> dict[str, Columns]:
        """Field → its columns as typed. The form must be valid."""
        return {name: self._cleaned(name) for name in self.shown()}

    def words(self, name: str, columns: Columns) -> str:
        """Columns of one field as people read them."""
        return in_words(self.fields[name], columns)

    def _cleaned(self, name: str) -> Columns:
        field, value = self.fields[name], self.cleaned_data[name]
        columns = columns_of(name, field)
        if isinstance(field, PartialDateFormField):
            return dict(zip(columns, (value, field.typed[:60]), strict=True))
        if isinstance(field, TermField):
            return dict(zip(columns, (value.term_id, value.text), strict=True))
        # Browsers send line breaks as two characters; stored is one, so that an untouched text compares equal.
        return {columns[0]: value.replace("\r\n", "\n") if isinstance(value, str) else value}


def columns_of(name: str, field: forms.Field) -> tuple[str, ...]:
    """The columns a field stands for."""
    if isinstance(field, PartialDateFormField):
        return (name, f"{name}_text")
    if isinstance(field, TermField):
        return (f"{name}_id", f"{name}_text")
    return (f"{name}_id",) if isinstance(field, RowField) else (name,)


def in_words(field: forms.Field, columns: Columns) -> str:
    """Columns of a field as people read them."""
    typed = _typed(field, columns)
    if isinstance(field, RowsField):
        return "\n".join(str(label) for key, label in _choices(field) if key in typed)
    if isinstance(field, forms.ChoiceField):
        return str(dict(_choices(field)).get(str(typed), typed)) if typed not in (None, "") else ""
    if isinstance(typed, bool):
        return "yes" if typed else "no"
    return "" if typed is None else str(typed)


def _choices(field: forms.ChoiceField) -> list[tuple[str, Any]]:
    pairs: Any = field.choices
    return [(str(key), label) for key, label in pairs]


def _typed(field: forms.Field, columns: Columns) -> Any:
    """What a person would have typed for these columns."""
    values = list(columns.values())
    if isinstance(field, PartialDateFormField):
        when: PartialDate | None = values[0]
        return values[1] or str(when or "")
    if isinstance(field, TermField):
        return field.words(TermPick(*values))
    if isinstance(field, RowsField):
        return [str(key) for key in values[0]]
    if isinstance(field, RowField):
        return str(values[0]) if values[0] else ""
    if hasattr(field, "typed_of"):
        return field.typed_of(values[0])
    return values[0]
