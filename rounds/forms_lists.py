"""Forms of the lists: beginning one, its label, its entries, comments, review."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from cases.forms.keyed_form import KeyedForm
from cases.forms.record_form import RecordForm
from cases.sight import who_sees
from casetracker.access.act import Doing, may
from casetracker.access.models import Compartment, Dialogue, User
from casetracker.access.roles import Marking
from casetracker.access.see import Label, sees
from rounds.forms import ONE_SENTENCE, line, text
from rounds.models import ListEntry


@dataclass(frozen=True)
class LabelOffered:
    """A label that may be given, in words, and the people who would see what has it."""

    label: Label
    words: str
    seen_by: tuple[str, ...]

    @property
    def value(self) -> str:
        """What the form sends: marking and compartment."""
        return f"{self.label.marking}/{self.label.compartment_id or ''}"


def labels_offered(user: User, dialogue: Dialogue, doing: Doing | None = None) -> list[LabelOffered]:
    """Labels of `dialogue` that `user` sees (and may do `doing` under), the lowest first. One query, and one for each
    label: a dialogue has two markings and a few circles.
    """
    circles = {one.pk: one for one in Compartment.objects.visible_to(user).filter(dialogue=dialogue)}
    keys: list[UUID | None] = [None, *circles]
    labels = [Label(dialogue.pk, marking.value, circle) for circle in keys for marking in Marking]
    return [
        LabelOffered(label, label_words(label, circles), tuple(one.name for one in who_sees(label)))
        for label in labels
        if sees(user, label) and (doing is None or may(user, doing, label))
    ]


def label_words(label: Label, circles: dict[UUID, Compartment]) -> str:
    """ "normal", "restricted, North circle"."""
    circle = circles.get(label.compartment_id) if label.compartment_id else None
    return f"{Marking(label.marking).on_paper}{f', {circle.name}' if circle else ''}"


class Labelling(RecordForm):
    """Chooses a label among those offered."""

    label = forms.ChoiceField(label="Label", widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, offered: list[LabelOffered], **kwargs: Any) -> None:
        self.offered = {one.value: one for one in offered}
        super().__init__(data, **kwargs)

    def offer(self) -> None:
        field = self.fields["label"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(value, one.words) for value, one in self.offered.items()]

    @property
    def chosen(self) -> Label:
        """The label chosen. The form must be valid."""
        return self.offered[self.cleaned_data["label"]].label


class NewListForm(KeyedForm, Labelling):
    """A list is begun, once however often the form is sent; without a key it is begun all the same. The lowest label
    is offered first: it can be raised when a case needs it.
    """

    aside: ClassVar[frozenset[str]] = frozenset({"label"})

    key = forms.CharField(required=False, widget=forms.HiddenInput)

    label = forms.ChoiceField(label="Who may see it", widget=forms.RadioSelect, help_text="It can be raised later.")
    supplementary = forms.BooleanField(
        label="Supplementary list", required=False, help_text="It adds to a list of the same round; nothing is dropped."
    )
    note = text("Note", 2, help_text="Internal: why this list, what to take care of.")

    def offer(self) -> None:
        super().offer()
        self.initial.setdefault("label", next(iter(self.offered), ""))


class ListForm(RecordForm):
    """Kind and note of a list."""

    first: ClassVar[str] = "note"

    note = text("Note", 3, help_text="Internal: why this list, what to take care of.")
    supplementary = forms.BooleanField(
        label="Supplementary list", required=False, help_text="It adds to a list of the same round; nothing is dropped."
    )


class RelabelForm(Labelling):
    """Another label, with the reason."""

    aside: ClassVar[frozenset[str]] = frozenset({"label", "reason"})

    reason = text("Reason", 2, required=True, help_text=ONE_SENTENCE)

    def initial_of(self, row: Any) -> dict[str, Any]:
        return {**super().initial_of(row), "label": f"{row.marking}/{row.compartment_id or ''}"}


class EntryForm(RecordForm):
    """What is asked for one case, and why it is on the list. Empty, the ask begins as that of the case."""

    first: ClassVar[str] = "ask"

    ask = forms.CharField(
        label="What we ask",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
        help_text="It leaves on the sheet as it stands here.",
    )
    why = line("Why it is on the list", 300, help_text="Internal; never leaves.")

    def column_fields(self) -> list[str]:
        """Both: here `why` is a column, not the reason of the change."""
        return ["ask", "why"]

    def initial_of(self, row: ListEntry) -> dict[str, Any]:
        found = super().initial_of(row)
        return {**found, "ask": row.ask or row.case.ask}


class ReasonForm(RecordForm):
    """Why something is done to a list or an entry."""

    aside: ClassVar[frozenset[str]] = frozenset({"reason"})
    first: ClassVar[str] = "reason"

    reason = text("Reason", 2, required=True, help_text=ONE_SENTENCE)

    def __init__(self, data: Any = None, *, row: Any, required: bool = True) -> None:
        self.needed = required
        super().__init__(data, row=row)

    def offer(self) -> None:
        self.fields["reason"].required = self.needed


class CommentForm(RecordForm):
    """Something said about a list or an entry; `entry` holds the key of one."""

    aside: ClassVar[frozenset[str]] = frozenset({"text", "entry"})

    text = forms.CharField(label="Comment", max_length=5000, widget=forms.Textarea(attrs={"rows": "2"}))
    entry = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if self["entry"].value():
            # Beside the form for the list as a whole, which stands on the same page.
            self.auto_id = "id_entrycomment_%s"


class SeenForm(RecordForm):
    """One step over the version that was read."""


class ApproveForm(RecordForm):
    """Approves what was looked at: the version of the list and the digest of its sheet."""

    aside: ClassVar[frozenset[str]] = frozenset({"digest"})

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)


class OrderForm(RecordForm):
    """The whole order: keys of entries, and the order the page had (`was`), to tell whether others moved something."""

    aside: ClassVar[frozenset[str]] = frozenset({"order", "was"})

    order = forms.CharField(widget=forms.HiddenInput)
    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def keys(self) -> list[UUID]:
        """The order asked for; nothing for what is not keys."""
        return _keys(self.cleaned_data["order"])

    def keys_before(self) -> list[UUID]:
        """The order the page had."""
        return _keys(self.cleaned_data["was"])


def _keys(text: str) -> list[UUID]:
    try:
        return [UUID(key) for key in text.split()]
    except ValueError:
        return []
