"""Model and form fields for partial dates, and for keys made in Python.

Both are stored as text that must sort the same on both engines. SQLite compares text byte by byte unless told
otherwise; PostgreSQL follows the language of the database, so there the columns carry the collation "C".
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Substr

from cases.dates import PartialDate

if TYPE_CHECKING:
    # What may be set and what is read: known to the type checker only, a field takes no such parameters.
    _TextOfKey = models.CharField[str, str]
    _TextOfDate = models.CharField[PartialDate | str | None, PartialDate | None]
else:
    _TextOfKey = _TextOfDate = models.CharField

ENCODED_LENGTH = len("YYYY-MM-DD/YYYY-MM-DD~")
DAY_LENGTH = len("YYYY-MM-DD")


class KeyField(_TextOfKey):
    """A key made in Python (sort key, search key): compared byte by byte, cut at `max_length`.

    Cutting is safe because a looked-up key is cut alike, and a key is never shown.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _without_length_check(self)

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        return _compared_by_bytes(super().db_parameters(connection), connection)

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return prepared[: self.max_length] if isinstance(prepared, str) else prepared


class PartialDateField(_TextOfDate):
    """A `PartialDate` in one sortable text column (`PartialDate.encode`); unknown is NULL, never "".

    Lookups take a PartialDate, its stored form, or anything `PartialDate.parse` reads, and compare as
    PartialDates sort: by earliest day, then latest, then "about".
    """

    description = "Partial date"
    empty_strings_allowed = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = ENCODED_LENGTH
        super().__init__(*args, **kwargs)
        _without_length_check(self)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        return _compared_by_bytes(super().db_parameters(connection), connection)

    def from_db_value(self, value: str | None, *_: object) -> PartialDate | None:
        """Stored text to value; also called for expressions over the column (Min, Max, Coalesce)."""
        return None if value is None else PartialDate.decode(value)

    def to_python(self, value: Any) -> Any:
        """Value from stored form or typed text; raises ValidationError with the sentence of the parser."""
        if value is None or isinstance(value, PartialDate):
            return value
        if not isinstance(value, str):
            raise ValidationError("This is not a date.", code="invalid")
        return _read(value)

    def get_prep_value(self, value: Any) -> Any:
        # Expressions know how to prepare themselves; models.Field resolves lazy text only.
        value = models.Field.get_prep_value(self, value)
        if value is None or hasattr(value, "as_sql"):
            return value
        date = self.to_python(value)
        return None if date is None else date.encode()

    def value_to_string(self, obj: models.Model) -> str:
        """Stored form, for serialised data."""
        return self.get_prep_value(self.value_from_object(obj)) or ""

    def formfield(self, **kwargs: Any) -> Any:
        # The limit of the column is that of the stored form, not of what a person types.
        return models.Field.formfield(self, **{"form_class": PartialDateFormField, **kwargs})


class PartialDateFormField(forms.CharField):
    """Cleans typed text to a PartialDate, or None when left empty.

    What was typed stays in `typed` (for a column that keeps the words) and is shown again on an error.
    """

    typed: str = ""

    def __init__(self, *, max_length: int | None = 60, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"size": "18", "autocomplete": "off"}))
        super().__init__(max_length=max_length, **kwargs)
        # The limit concerns the text typed; the check of the base class would measure the value.
        _without_length_check(self)

    def to_python(self, value: Any) -> Any:
        """Value from typed text; raises ValidationError with the sentence of the parser."""
        if isinstance(value, PartialDate):
            return value
        text = super().to_python(value) or ""
        if self.max_length is not None and len(text) > self.max_length:
            raise ValidationError(f"Write at most {self.max_length} characters.", code="max_length")
        return _read(text)

    def clean(self, value: Any) -> Any:
        self.typed = "" if value is None else str(value).strip()
        return super().clean(value)

    def prepare_value(self, value: Any) -> Any:
        """Words of a value; typed text as it is."""
        return str(value) if isinstance(value, PartialDate) else value


def earliest_of(column: str) -> models.GeneratedField:
    """Generated column with the earliest day (`YYYY-MM-DD`, or NULL) of the PartialDateField `column`."""
    return _end_of(column, 1)


def latest_of(column: str) -> models.GeneratedField:
    """Generated column with the latest day (`YYYY-MM-DD`, or NULL) of the PartialDateField `column`."""
    return _end_of(column, DAY_LENGTH + 2)


def _end_of(column: str, position: int) -> models.GeneratedField:
    return models.GeneratedField(
        expression=Substr(column, position, DAY_LENGTH),
        output_field=KeyField(max_length=DAY_LENGTH),
        db_persist=True,
    )


def _read(text: str) -> PartialDate | None:
    if not text.strip():
        return None
    try:
        return PartialDate.parse(text)
    except ValueError as error:
        raise ValidationError(str(error), code="invalid") from error


def _compared_by_bytes(parameters: Any, connection: BaseDatabaseWrapper) -> Any:
    return {**parameters, "collation": "C"} if connection.vendor == "postgresql" else parameters


def _without_length_check(field: Any) -> None:
    field.validators[:] = [kept for kept in field.validators if not isinstance(kept, MaxLengthValidator)]
