"""A form that makes one record, however often it is sent."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from cases.forms.new_case import form_key, read_key
from cases.forms.record_form import RecordForm
from casetracker.access.models import User


class KeyedForm(RecordForm):
    """Carries the signed key that the record made from it will have. `user` is whom the form is given to."""

    own: ClassVar[frozenset[str]] = frozenset({"key"})

    key = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(data, **kwargs)
        self.initial.setdefault("key", form_key(user))

    def column_fields(self) -> list[str]:
        """All but the key: it is no column that anybody changes."""
        return [name for name in super().column_fields() if name not in self.own]

    def clean_key(self) -> UUID | None:
        """The key of the record to be made; none where the form can do without. In place of one that is not ours it
        shows a new one.
        """
        if not self.cleaned_data["key"]:
            return None
        try:
            return read_key(self.user, self.cleaned_data["key"])
        except ValidationError:
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["key"] = form_key(self.user)  # type: ignore[index]
            raise
