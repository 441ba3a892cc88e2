"""Forms of responses: what came back, its label, its papers, and the answers in it."""

import re
from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from cases.codes import ENDINGS
from cases.forms.new_case import LabelChoice, form_key, labels_for, read_key
from cases.forms.pickers import RowField
from cases.forms.record_form import RecordForm
from casetracker.access.models import Compartment, User
from casetracker.access.roles import marking_choices
from casetracker.access.see import Label, sees
from rounds.codes import Form
from rounds.forms import ONE_SENTENCE, day, line, text
from rounds.models import Partner, Response, Round

# BCP 47 tag → what it is called: what replies come in. A tag that stands in a row already is offered, too.
LANGUAGES = (
    ("", "not known"),
    ("zh-Hans", "Chinese, simplified characters"),
    ("zh-Hant", "Chinese, traditional characters"),
    ("zh", "Chinese"),
    ("en", "English"),
    ("fr", "French"),
    ("de", "German"),
    ("es", "Spanish"),
    ("ru", "Russian"),
    ("ar", "Arabic"),
    ("bo", "Tibetan"),
    ("ug", "Uyghur"),
    ("kk-Cyrl", "Kazakh"),
    ("mn-Mong", "Mongolian"),
    ("ko", "Korean"),
    ("vi", "Vietnamese"),
    ("fa", "Persian"),
)
LONGEST = 100_000
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,12})$")


def words(label: str, rows: int, *, length: int = LONGEST, **kwargs: Any) -> forms.CharField:
    """A text as long as a reply may be."""
    tall = {"class": "tall"} if rows >= 8 else {}
    widget = forms.Textarea(attrs={"rows": str(rows), "dir": "auto", **tall})
    return forms.CharField(label=label, max_length=length, required=False, widget=widget, **kwargs)


def reason_field() -> forms.CharField:
    """Why something is done that cannot simply be undone."""
    return text("Reason", 2, required=True, help_text=ONE_SENTENCE)


def extension_of(name: str) -> str:
    """The ending of a file's name, in lower case, where it is a known one; nothing else of the name is kept."""
    match = _EXTENSION.search(name)
    ending = match[1].lower() if match else ""
    return ending if ending in ENDINGS else ""


class ResponseForm(RecordForm):
    """The facts and the words of a reply."""

    first: ClassVar[str] = "on"

    on = day("Received on", help_text="2024-06-16 or 16 June 2024.")
    round = RowField(label="Received at", required=False, empty="between rounds, or not known")
    form = forms.ChoiceField(label="Form", choices=Form.choices)
    partner = RowField(label="Relayed by", required=False, empty="no partner")
    speaker = line("Said or signed by", 200, help_text="Office or name, as the counterpart gives it.")
    language = forms.ChoiceField(label="Language", required=False, choices=LANGUAGES)
    verbatim = words("Words, as they came", 8)
    translation = words("Translation", 8)
    note = text("Note", 2)
    why = line("Why it is changed", 1000, help_text="Kept with the history. Needed once an answer in it is coded.")

    def __init__(
        self,
        data: Any = None,
        *,
        row: Response | None = None,
        rounds: Iterable[Round],
        partners: Iterable[Partner],
        **kwargs: Any,
    ) -> None:
        self.rounds, self.partners = list(rounds), list(partners)
        super().__init__(data, row=row, **kwargs)

    def offer(self) -> None:
        self.fields["on"].required = True
        for name, rows in (("round", self.rounds), ("partner", self.partners)):
            field = self.fields[name]
            assert isinstance(field, RowField)
            field.offer(rows)
        self.fields["round"].choices = self._round_choices()  # type: ignore[attr-defined]
        known = self.row.language if self.row else ""
        if known and known not in dict(LANGUAGES):
            self.fields["language"].choices = [*LANGUAGES, (known, known)]  # type: ignore[attr-defined]
        if self.row is None:
            del self.fields["why"]

    def _round_choices(self) -> list[tuple[str, str]]:
        """Rounds by number and days; the dialogue beside them where there are several."""
        several = len({one.dialogue_id for one in self.rounds}) > 1
        found = [("", "between rounds, or not known")]
        for one in self.rounds:
            parts = [str(one), *([one.dates] if one.ordinal and one.dates else [])]
            found.append((str(one.pk), ", ".join([*parts, *([one.dialogue.prefix] if several else [])])))
        return found


class NewResponseForm(ResponseForm):
    """A reply is recorded: its label, its facts and words, and a paper."""

    aside: ClassVar[frozenset[str]] = frozenset({"label", "key", "file", "title", "nevertheless"})

    label = forms.ChoiceField(label="Label", help_text="At least that of every case and list it answers.")
    file = forms.FileField(
        label="Paper",
        required=False,
        max_length=255,
        help_text="At most 25 MB. Kept encrypted; its name is not kept. More papers can be added afterwards.",
    )
    title = line("What the paper is", 200)
    key = forms.CharField(widget=forms.HiddenInput)
    nevertheless = forms.BooleanField(label="It is another one: record it", required=False)

    def __init__(
        self, data: Any = None, *, user: User, lowest: Label | None = None, alike: bool = False, **kwargs: Any
    ) -> None:
        self.user, self.lowest, self.alike = user, lowest, alike
        every = labels_for(user)
        self.labels: list[LabelChoice] = [one for one in every if lowest and one.label.dominates(lowest)] or every
        super().__init__(data, **kwargs)

    def offer(self) -> None:
        super().offer()
        self.fields["label"].choices = [(one.value, one.words) for one in self.labels]  # type: ignore[attr-defined]
        self.initial.setdefault("key", form_key(self.user))
        if not self.alike:
            self.fields["nevertheless"].widget = forms.HiddenInput()

    def clean_key(self) -> UUID:
        """The key of the response to be made."""
        return read_key(self.user, self.cleaned_data["key"])

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("file") and not found.get("title"):
            self.add_error("title", "Say what the paper is: “note of the embassy”, “page of the reply”.")
        return found

    @property
    def chosen(self) -> LabelChoice:
        """The label picked: the one sent while it is one of ours, else the lowest."""
        value = self["label"].value()
        return next((one for one in self.labels if one.value == value), self.labels[0])


class ResponseLabelForm(RecordForm):
    """A new label for a response: marking and circle."""

    aside: ClassVar[frozenset[str]] = frozenset({"marking", "compartment", "reason"})

    marking = forms.TypedChoiceField(label="Marking", coerce=int, widget=forms.RadioSelect)
    compartment = RowField(label="Circle", required=False, empty="none: the whole dialogue")
    reason = reason_field()

    def __init__(self, data: Any = None, *, row: Response, user: User, circles: Iterable[Compartment]) -> None:
        self.user, self.response = user, row
        self.circles = {circle.pk: circle for circle in circles}
        super().__init__(data, row=row)
        self.initial = {**self.initial, "marking": row.marking, "compartment": str(row.compartment_id or "")}

    def offer(self) -> None:
        dialogue = self.response.dialogue_id
        reach = [
            choice
            for choice in marking_choices()
            if any(sees(self.user, Label(dialogue, choice[0], circle)) for circle in (None, *self.circles))
        ]
        self.fields["marking"].choices = reach  # type: ignore[attr-defined]
        field = self.fields["compartment"]
        assert isinstance(field, RowField)
        field.offer(self.circles.values())

    @property
    def new_label(self) -> Label:
        """The label asked for. The form must be valid."""
        return Label(self.response.dialogue_id, self.cleaned_data["marking"], self.cleaned_data["compartment"])

    @property
    def new_compartment(self) -> Compartment | None:
        """The circle asked for."""
        return self.circles.get(self.cleaned_data["compartment"])


class PaperForm(RecordForm):
    """One more paper of a reply."""

    aside: ClassVar[frozenset[str]] = frozenset({"file", "title"})
    first: ClassVar[str] = "title"

    title = forms.CharField(label="What the paper is", max_length=200)
    file = forms.FileField(label="Paper", max_length=255, help_text="At most 25 MB. Kept encrypted.")


class WordsForm(RecordForm):
    """The words of one answer, and the name as the counterpart writes it."""

    verbatim = words("Words of this answer", 4, length=20_000)
    translation = words("Translation", 4, length=20_000)
    written_as = line("Name as they write it", 200)


class AddItemsForm(WordsForm):
    """The words go to each raising ticked, or wait to be matched. What is ticked is looked up by the view."""

    aside: ClassVar[frozenset[str]] = frozenset({"key", "q"})

    q = forms.CharField(label="Reference or name", max_length=200, required=False)
    key = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, user: User) -> None:
        self.user = user
        super().__init__(data)
        self.initial["key"] = form_key(user)

    def clean_key(self) -> UUID:
        """The key from which those of the items are made."""
        return read_key(self.user, self.cleaned_data["key"])


class ReasonForm(RecordForm):
    """Something is taken out, with the reason."""

    aside: ClassVar[frozenset[str]] = frozenset({"reason"})
    first: ClassVar[str] = "reason"

    reason = reason_field()


class MatchForm(RecordForm):
    """One raising is chosen. What is chosen is looked up by the view."""

    aside: ClassVar[frozenset[str]] = frozenset({"q", "raising"})

    q = forms.CharField(label="Reference or name", max_length=200, required=False)
    raising = forms.UUIDField(required=False, error_messages={"invalid": "Choose a raising."})

    def wants(self) -> UUID | None:
        """The key chosen. The form must be valid."""
        chosen: UUID | None = self.cleaned_data["raising"]
        return chosen


class CorrectForm(MatchForm, WordsForm):
    """A coded answer is corrected: other words, another raising, or both, with the reason."""

    aside: ClassVar[frozenset[str]] = frozenset({"q", "raising", "reason"})

    reason = reason_field()
