"""The form of an attachment: the file is handed over once, the words about it can be edited."""

import re
from typing import Any

from django import forms

from cases.codes import ENDINGS
from cases.forms.part_form import PartForm
from cases.forms.parts import markings_from

_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,12})$")


class AttachmentForm(PartForm):
    """A file, what it is, and who may open it. Its name is not kept, only the ending."""

    first = "title"
    aside = frozenset({"file", "marking"})
    file = forms.FileField(
        label="File", max_length=255, help_text="At most 25 MB. Kept encrypted; its name is not kept."
    )
    title = forms.CharField(label="What it is", max_length=200)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    marking = forms.TypedChoiceField(label="Who may open it", coerce=int)

    def offer(self) -> None:
        self.fields["marking"].choices = markings_from(self.case.label(), self.user)  # type: ignore[attr-defined]
        if self.part is not None:
            del self.fields["file"], self.fields["marking"]

    def initial_new(self) -> dict[str, Any]:
        return {"marking": self.case.marking}

    def extension(self) -> str:
        """The ending of the file's name, in lower case; only a known one, for another may be part of a name."""
        match = _EXTENSION.search(self.cleaned_data["file"].name)
        ending = match[1].lower() if match else ""
        return ending if ending in ENDINGS else ""
