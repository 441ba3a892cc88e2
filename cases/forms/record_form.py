"""Forms over one row whose fields are called like its columns: what they show and change, and two versions of it.

Used where a row stands for itself (rounds, events, suspensions, terms); parts of a case have `part_form.py`.
"""

from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from cases.dates import PartialDate
from cases.fields import PartialDateFormField
from cases.forms.pickers import RowField

KEEP = "keep-"


class RecordForm(forms.Form):
    """`row` is the row edited, None while one is added. `aside` names fields that stand for no column.

    Every form carries `seen` (the version that was read) and may carry `why` (kept with the history).
    """

    aside: ClassVar[frozenset[str]] = frozenset()
    first: ClassVar[str] = ""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, data: Any = None, *, row: Any = None, **kwargs: Any) -> None:
        self.row = row
        super().__init__(data, auto_id=f"id_{type(self).__name__.lower()}_%s", **kwargs)
        self.offer()
        if row is not None:
            self.initial = self.initial_of(row)
            if data is not None:
                self.data = self._settled(data)
        if self.first:
            self.fields[self.first].widget.attrs["autofocus"] = True

    def offer(self) -> None:
        """Sets what pickers offer."""

    @property
    def version_seen(self) -> int:
        """The version that was read; 0 (never current) when the form came without one."""
        return self.cleaned_data.get("seen") or 0

    @property
    def reason_given(self) -> str:
        """The reason typed, "" when the form asks for none."""
        return str(self.cleaned_data.get("why", ""))

    def column_fields(self) -> list[str]:
        """Names of the fields that stand for columns."""
        return [name for name in self.fields if name not in {"seen", "why", *self.aside}]

    def columns(self) -> dict[str, Any]:
        """Column → value as typed. The form must be valid."""
        found: dict[str, Any] = {}
        for name in self.column_fields():
            field, value = self.fields[name], self.cleaned_data[name]
            found[f"{name}_id" if isinstance(field, RowField) else name] = value
            if isinstance(field, PartialDateFormField):
                found[f"{name}_text"] = field.typed
        return found

    def initial_of(self, row: Any) -> dict[str, Any]:
        """What the form shows of a row."""
        return {"seen": row.version} | {name: self._shown(name, row) for name in self.column_fields()}

    def versus(self, current: Any) -> list[dict[str, str]]:
        """Rows of the conflict page: the fields in which what was typed differs from the row as it is now."""
        rows = []
        for name in self.column_fields():
            theirs, yours = self._words(name, self._shown(name, current)), self._words(name, self[name].value())
            if theirs != yours:
                label = str(self.fields[name].label or name)
                rows.append({"name": name, "label": label, "theirs": theirs, "yours": yours})
        return rows

    def carried(self, current: Any) -> list[tuple[str, str]]:
        """Hidden fields of the conflict page: everything typed, over the version as it is now."""
        kept = [(name, str(self._typed(name))) for name in [*self.column_fields(), *({"why"} & set(self.fields))]]
        return [("seen", str(current.version)), *kept]

    def _settled(self, data: Any) -> Any:
        """What was posted, with the current value wherever the conflict page was told to keep theirs."""
        settled: QueryDict = data.copy()
        for name in self.column_fields():
            if data.get(KEEP + name) == "theirs":
                value = self._shown(name, self.row)
                settled[name] = "" if value in (None, False) else str(value)
        return settled

    def _typed(self, name: str) -> Any:
        value = self[name].value()
        return "" if value in (None, False) else value

    def _shown(self, name: str, row: Any) -> Any:
        field = self.fields[name]
        if isinstance(field, RowField):
            return str(getattr(row, f"{name}_id") or "")
        value = getattr(row, name)
        if isinstance(field, PartialDateFormField):
            return getattr(row, f"{name}_text") or str(value or "")
        return value

    def _words(self, name: str, value: Any) -> str:
        """A value, typed or stored, as people read it; equal values have equal words."""
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return "yes" if field.to_python(value) else "no"
        if value in (None, ""):
            return ""
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices).get(str(value), value))  # type: ignore[arg-type]
        if isinstance(field, PartialDateFormField):
            return str(value) if isinstance(value, PartialDate) else str(value).strip()
        return str(field.to_python(value)).replace("\r\n", "\n").strip()
