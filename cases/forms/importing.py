"""Forms of the import: the upload, the columns, the values, the confirmation."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases.codes import Certainty, ClaimedBy, EventKind, GroupKind, SourceKind
from cases.dates import PartialDate
from cases.fields import PartialDateFormField
from cases.forms.pickers import RowField
from cases.importing import fields
from cases.importing.guessing import meanings_of
from cases.importing.limits import UPLOAD_BYTES
from cases.importing.mapping import DEFAULTS, MOST_VALUES, CodeColumn, shared_wrongly
from cases.names.systems import NameSystem
from cases.states import CaseState
from casetracker.access.act import Doing, may
from casetracker.access.models import Compartment, Dialogue, User
from casetracker.access.roles import Marking
from casetracker.access.see import Label, holdings


class UploadForm(forms.Form):
    """A table, who sent it, and the label that it and all its cases get."""

    file = forms.FileField(
        label="File",
        help_text="CSV, Excel (.xlsx) or OpenDocument (.ods), up to 25 MB. The first row holds the headings.",
        widget=forms.FileInput({"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.ods"}),
    )
    provider = forms.CharField(
        max_length=120, label="Who sent it", help_text="The columns are remembered for the next list they send."
    )
    title = forms.CharField(
        max_length=200, label="What it is", help_text="It becomes the title of the source. Name no person."
    )
    dialogue = RowField(label="Dialogue")
    marking = forms.TypedChoiceField(coerce=int, label="Marking", help_text="The label of every case it makes.")
    compartment = RowField(label="Compartment", required=False, empty="none")

    def __init__(self, data: Any = None, files: Any = None, *, user: User) -> None:
        super().__init__(data, files)
        self.user = user
        mine = [
            held for held in holdings(user) if may(user, Doing.IMPORT_CASES, Label(held.dialogue_id, Marking.NORMAL))
        ]
        highest = max((held.marking for held in mine), default=Marking.NORMAL)
        dialogues = {held.dialogue_id for held in mine}
        markings = [(mark.value, mark.on_paper) for mark in Marking if mark <= highest]
        self.fields["marking"].choices = markings  # type: ignore[attr-defined]
        offered = list(Dialogue.objects.visible_to(user).filter(pk__in=dialogues))
        circles = list(Compartment.objects.visible_to(user).filter(dialogue__in=dialogues))
        self._offer("dialogue", offered)
        self._offer("compartment", circles)
        if len(offered) == 1:
            self.fields["dialogue"].initial = str(offered[0].pk)
        if not circles:
            self.fields["compartment"].widget = forms.HiddenInput()

    def _offer(self, name: str, rows: Sequence[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, RowField):
            field.offer(rows)

    def clean_file(self) -> Any:
        """Not larger than what is read."""
        file = self.cleaned_data["file"]
        if file.size > UPLOAD_BYTES:
            raise ValidationError("The file is larger than 25 MB. Remove pictures from it or split the list.")
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not may(self.user, Doing.IMPORT_CASES, self.label()):
            raise ValidationError("You cannot give this label in this dialogue. Choose another marking or compartment.")
        return cleaned

    def label(self) -> Label:
        """The label chosen."""
        cleaned = self.cleaned_data
        return Label(cleaned["dialogue"], cleaned["marking"], cleaned["compartment"])

    @property
    def ending(self) -> str:
        """The ending of the file's name (".csv"): all that is kept of it, for names of files name persons."""
        return PurePath(self.cleaned_data["file"].name).suffix.lower()


class ColumnsForm(forms.Form):
    """A target for every column, and what holds for all rows."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    missing = forms.CharField(
        required=False,
        max_length=200,
        label="Words that mean “not known”",
        help_text="Separated by commas, compared exactly; empty cells always count. Often: NA, n/a, -, unknown, NULL.",
    )
    kind = forms.ChoiceField(
        required=False,
        choices=[("", "nothing: keep dates and places in the notes"), *EventKind.choices],
        label="What happened, where no column says it",
    )
    order = forms.ChoiceField(
        choices=[("given", "Given name, then family name"), ("family", "Family name, then given name")],
        label="Order of names in two columns",
    )
    name_system = forms.ChoiceField(choices=NameSystem.choices, label="Names in Latin letters are")
    certainty = forms.ChoiceField(choices=Certainty.choices, label="How certain the list is")
    claimed_by = forms.ChoiceField(
        required=False, choices=[("", "not said"), *ClaimedBy.choices], label="Who claims it"
    )
    source_kind = forms.ChoiceField(choices=SourceKind.choices, label="Kind of source")
    source_date = PartialDateFormField(required=False, label="Date of the list")
    group_kind = forms.ChoiceField(choices=GroupKind.choices, label="Persons of one group share")

    def __init__(self, data: Any = None, *, columns: Sequence[str], initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.columns = columns
        picker: Any = fields.choices()
        for position, column in enumerate(columns):
            self.fields[f"c{position}"] = forms.ChoiceField(choices=picker, label=column)

    def settings(self) -> list[forms.BoundField]:
        """The fields that are not columns."""
        return [self[name] for name in DEFAULTS if name in self.fields]

    def pickers(self) -> list[forms.BoundField]:
        """One field for each column, in order."""
        return [self[f"c{position}"] for position in range(len(self.columns))]

    def clean_missing(self) -> list[str]:
        """The words, each once."""
        words = (word.strip() for word in self.cleaned_data["missing"].split(","))
        return list(dict.fromkeys(word for word in words if word))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        targets = self.targets()
        for wrong in sorted(shared_wrongly(targets)):
            for position, target in enumerate(targets):
                if target == wrong:
                    self.add_error(f"c{position}", f"“{fields.LABELS[wrong]}” takes one column only.")
        if not self.errors and not {"name", "family", "given", "original"} & set(targets):
            self.add_error(None, "No column gives a name. Choose the column with the names.")
        return cleaned

    def targets(self) -> list[str]:
        """Targets in the order of the columns ("" where the choice was not valid)."""
        return [self.cleaned_data.get(f"c{position}", "") for position in range(len(self.columns))]

    def mapping(self) -> dict[str, str]:
        """Heading → target."""
        return dict(zip(self.columns, self.targets(), strict=True))

    def chosen(self) -> dict[str, Any]:
        """What holds for all rows, as `ImportBatch.settings` keeps it."""
        date: PartialDate | None = self.cleaned_data["source_date"]
        chosen = {name: self.cleaned_data[name] for name in DEFAULTS if name in self.fields}
        return {**chosen, "source_date": str(date) if date else ""}


class ValuesForm(forms.Form):
    """What the values of the coded columns mean. Fields are numbered; `rows` runs beside them."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, coded: Sequence[CodeColumn], initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.coded = coded
        self.keys: list[tuple[str, str, str]] = []
        for column in coded:
            choices = [("", "choose…"), *meanings_of(column.target)]
            for value, _, meaning in column.values[:MOST_VALUES]:
                name = f"v{len(self.keys)}"
                label = f"{column.column}: {value}"
                self.fields[name] = forms.ChoiceField(choices=choices, label=label, initial=meaning)
                self.keys.append((name, column.column, value))

    def tables(self) -> list[dict[str, Any]]:
        """For the page: each coded column with its values, how many rows have each, and the field."""
        names = iter(self.keys)
        return [
            {
                "column": column.column,
                "target": fields.LABELS[column.target],
                "rows": [(value, count, self[next(names)[0]]) for value, count, _ in column.values[:MOST_VALUES]],
            }
            for column in self.coded
        ]

    def meanings(self) -> dict[str, dict[str, str]]:
        """Heading → value → meaning."""
        said: dict[str, dict[str, str]] = {}
        for name, column, value in self.keys:
            said.setdefault(column, {})[value] = self.cleaned_data[name]
        return said


class ConfirmForm(forms.Form):
    """The number of cases typed back, and how the cases begin."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    state = forms.ChoiceField(
        choices=[(CaseState.DRAFT.value, "as drafts"), (CaseState.ACTIVE.value, "active")], label="The cases begin"
    )
    owner = forms.ChoiceField(choices=[("nobody", "nobody yet"), ("importer", "me")], label="They belong to")
    count = forms.IntegerField(
        label="Number of cases, typed", widget=forms.TextInput({"inputmode": "numeric", "size": "8"})
    )
    reason = forms.CharField(
        required=False, max_length=1000, label="Note for the record", widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, data: Any = None, *, expected: int, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.expected = expected
        self.fields["count"].help_text = f"Type {expected} to show that you mean it."

    def clean_count(self) -> int:
        """The number shown."""
        count: int = self.cleaned_data["count"]
        if count != self.expected:
            raise ValidationError(f"{self.expected} cases would be made. Type this number.")
        return count


class ReasonForm(forms.Form):
    """Why something is taken back."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        max_length=1000,
        label="Reason",
        help_text="One sentence that a colleague understands in five years.",
        widget=forms.Textarea({"rows": 2}),
    )
