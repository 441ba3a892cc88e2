"""Forms of one answer: its code, the second coder, the assessment, and the claims made in it."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from cases.codes import Certainty, ClaimField, EventKind, TermKind
from cases.fields import PartialDateFormField
from cases.forms.keyed_form import KeyedForm
from cases.forms.parts import MonthsField
from cases.forms.pickers import RowField, Suggested, TermField
from cases.forms.record_form import RecordForm
from casetracker.access.models import Dialogue, User
from rounds.claimed import Effect
from rounds.codes import Assessment, Grade, ItemClaimKind, ResponseCode
from rounds.forms import ONE_SENTENCE, line, text
from rounds.models import ResponseItem, Round

GROUPS = {
    "A": "Says what became of the person",
    "B": "Says something",
    "C": "Says nothing of substance",
    "R": "Refused",
}


class CodeForm(RecordForm):
    """The code, typed or picked; the grade where the coder chooses; what is repeated; why."""

    aside: ClassVar[frozenset[str]] = frozenset({"typed", "code", "grade", "repeats", "note"})

    typed = forms.CharField(
        label="Type the code",
        max_length=2,
        required=False,
        help_text="Such as B3. What is typed counts before what is picked.",
        widget=forms.TextInput(attrs={"size": "4", "data-key": "c", "data-key-label": "Type the code"}),
    )
    code = forms.ChoiceField(label="Code", choices=ResponseCode.choices, required=False, widget=forms.RadioSelect)
    grade = forms.ChoiceField(
        label="Grade, if it is B1",
        choices=[(Grade.PARTIAL, "partial"), (Grade.SUBSTANTIVE, "substantive")],
        initial=Grade.PARTIAL,
        required=False,
        help_text="Substantive only when authority, charge and place are given: name them in the note.",
        widget=forms.RadioSelect,
    )
    repeats = RowField(label="Answer repeated, if it is C8", required=False, empty="not said")
    note = text("Why this code", 2, help_text="For the second coder, and for whoever reads this in five years.")

    def __init__(self, data: Any = None, *, row: ResponseItem, earlier: Sequence[tuple[UUID, str]] = ()) -> None:
        self.earlier = earlier
        super().__init__(data, row=row)

    def offer(self) -> None:
        field = self.fields["repeats"]
        assert isinstance(field, RowField)
        if not self.earlier:
            del self.fields["repeats"]
            return
        field.choices = [("", "not said"), *((str(pk), words) for pk, words in self.earlier)]

    def clean_typed(self) -> str:
        """One of the codes, in whichever case it is typed."""
        typed = str(self.cleaned_data["typed"]).strip().upper()
        if typed and typed not in ResponseCode.values:
            raise ValidationError("There is no such code. Pick one below.")
        return typed

    def clean(self) -> None:
        found = self.cleaned_data
        if not self.errors and not (found["typed"] or found["code"]):
            self.add_error("code", "Choose one of the codes.")

    @property
    def picked(self) -> str:
        """The code as sent, typed before picked, whether or not the form is right."""
        return str(self["typed"].value() or self["code"].value() or "").strip().upper()

    @property
    def chosen(self) -> dict[str, Any]:
        """What `code_item` takes; `repeats` as a key."""
        found = self.cleaned_data
        code = found["typed"] or found["code"]
        grade = found["grade"] if code == ResponseCode.B1 else None
        return {"code": code, "grade": grade or None, "note": found["note"], "repeats": found.get("repeats")}

    def groups(self) -> list[dict[str, Any]]:
        """The picker: codes by letter, each with its plain meaning, the letter with its grade."""
        picked = self["code"].value()
        return [
            {
                "letter": letter,
                "title": title,
                "grade": next(one for one in ResponseCode if one.value.startswith(letter)).grade,
                "codes": [
                    {"code": one.value, "words": one.label, "picked": one.value == picked}
                    for one in ResponseCode
                    if one.value.startswith(letter)
                ],
            }
            for letter, title in GROUPS.items()
        ]


class SecondForm(RecordForm):
    """The second coder: confirms by one button, disputes with a note by the other."""

    aside: ClassVar[frozenset[str]] = frozenset({"second_note"})

    second_note = text("Why you dispute it", 2, help_text="And how you would code it.")

    def __init__(self, data: Any = None, *, row: ResponseItem, disputing: bool = False) -> None:
        self.disputing = disputing
        super().__init__(data, row=row)

    def offer(self) -> None:
        if self.disputing:
            self.fields["second_note"].required = True


class AssessForm(RecordForm):
    """How the answer stands to what else is known."""

    aside: ClassVar[frozenset[str]] = frozenset({"assessment", "note"})

    assessment = forms.ChoiceField(label="Assessment", choices=Assessment.choices, widget=forms.RadioSelect)
    note = text("Note", 2, help_text="Against which sources, and what follows.")


class EventClaimForm(KeyedForm):
    """Something the answer says happened."""

    first: ClassVar[str] = "event_kind"
    kind: ClassVar[str] = ItemClaimKind.EVENT

    event_kind = forms.ChoiceField(label="What happened", choices=[("", "choose…"), *EventKind.choices])
    when = PartialDateFormField(
        label="When", required=False, help_text="2014, May 2014, 14.5.2014, c. 2014, or 1959 or 1960."
    )
    place = TermField(label="Place", required=False, inside=True, help_text="Pick one, or type any.")
    facility_text = line("Facility", 200, widget=Suggested())
    authority = line("Authority", 200, help_text="Police, procuratorate or court.")
    statute_text = line("Charge or statute", 200, widget=Suggested())
    term_kind = forms.ChoiceField(label="Sentence", choices=[("", "–"), *TermKind.choices], required=False)
    term_months = MonthsField(
        label="Length", max_length=40, required=False, help_text="9 years 6 months. Of a fixed term or a reduction."
    )
    note = text("Note", 2)

    def __init__(self, data: Any = None, *, user: User, terms: dict[str, list[Any]], kind: str = "") -> None:
        self.terms = terms
        super().__init__(data, user=user)
        if kind in EventKind.values:
            self.initial["event_kind"] = kind
        if kind == EventKind.SENTENCED:
            self.initial["term_kind"] = TermKind.FIXED

    def offer(self) -> None:
        place = self.fields["place"]
        assert isinstance(place, TermField)
        place.offer(self.terms["place"])
        for name in ("facility_text", "statute_text"):
            widget = self.fields[name].widget
            assert isinstance(widget, Suggested)
            widget.words = [str(term) for term in self.terms[name]]

    def clean(self) -> None:
        data = self.cleaned_data
        reduced = data.get("event_kind") == EventKind.REDUCED
        if data.get("term_months") and not reduced and not data.get("term_kind"):
            data["term_kind"] = TermKind.FIXED.value
        if data.get("term_months") and not reduced and data.get("term_kind") != TermKind.FIXED:
            self.add_error("term_months", "Only a fixed term or a reduction has a length.")
        if data.get("term_kind") and data.get("event_kind") not in ("", None, EventKind.SENTENCED, EventKind.REDUCED):
            data["term_kind"], data["term_months"] = "", None

    def columns(self) -> dict[str, Any]:
        """Column → value as typed, `kind` too."""
        found = super().columns()
        pick = found.pop("place")
        return {"kind": self.kind, **found, "place_id": pick.term_id, "place_text": pick.text}


class IdentityClaimForm(KeyedForm):
    """Something the answer says about who the person is."""

    first: ClassVar[str] = "field"
    kind: ClassVar[str] = ItemClaimKind.IDENTITY

    field = forms.ChoiceField(label="About", choices=[("", "choose…"), *ClaimField.choices])
    value = forms.CharField(label="What is said", max_length=300, help_text="An age is that on the day of the answer.")
    note = text("Note", 2)

    def clean(self) -> None:
        age = self.cleaned_data.get("field") == ClaimField.AGE
        if age and not self.cleaned_data.get("value", "0").strip().isdecimal():
            self.add_error("value", "Write the age as a number of years, for example 34.")

    def columns(self) -> dict[str, Any]:
        """Column → value as typed, `kind` too."""
        return {"kind": self.kind, **super().columns()}


class AcceptForm(RecordForm):
    """A claim goes onto the case: how certain, and why where that has to be said."""

    aside: ClassVar[frozenset[str]] = frozenset({"certainty", "reason"})

    certainty = forms.ChoiceField(
        label="Certainty",
        choices=Certainty.choices,
        initial=Certainty.ALLEGED,
        help_text="The counterpart’s word alone sets nobody free: what is only alleged gives way to what is firm.",
        widget=forms.RadioSelect,
    )
    reason = text("Reason", 2, help_text="Kept with the claim.")

    def __init__(self, data: Any = None, *, row: Any, effects: Sequence[Effect] = (), above: bool = False) -> None:
        self.effects, self.above = effects, above
        super().__init__(data, row=row)
        self.initial["certainty"] = Certainty.ALLEGED.value

    def offer(self) -> None:
        certainty = self.fields["certainty"]
        assert isinstance(certainty, forms.ChoiceField)
        if self.effects:
            certainty.choices = [(one.certainty.value, one.words) for one in self.effects]
        else:
            certainty.choices = [(one.value, one.label) for one in reversed(Certainty)]
        if self.above:
            self.fields["reason"].required = True
            self.fields["reason"].label = "Why it may stand on the case"


class RejectForm(RecordForm):
    """A claim does not go onto the case."""

    aside: ClassVar[frozenset[str]] = frozenset({"reason"})
    first: ClassVar[str] = "reason"

    reason = text("Reason", 2, required=True, help_text=ONE_SENTENCE)


class QueueFilter(forms.Form):
    """Of which dialogue and round; an impossible value filters nothing."""

    dialogue = RowField(label="Dialogue", required=False, empty="all")
    round = RowField(label="Came at", required=False, empty="any round, or none")

    def __init__(self, data: Any, *, dialogues: Iterable[Dialogue], rounds: Iterable[Round]) -> None:
        super().__init__(data, auto_id="filter_%s")
        offered, meetings = list(dialogues), list(rounds)
        names = {one.pk: one.name for one in offered}
        dialogue, meeting = self.fields["dialogue"], self.fields["round"]
        assert isinstance(dialogue, RowField)
        assert isinstance(meeting, RowField)
        dialogue.offer(offered)
        several = len(offered) > 1
        words = [(str(one.pk), f"{names[one.dialogue_id]}, {one}" if several else str(one)) for one in meetings]
        meeting.choices = [("", meeting.empty), *words]
        if not several:
            del self.fields["dialogue"]
        self.is_valid()

    def value(self, name: str) -> UUID | None:
        """What a filter is set to."""
        found: UUID | None = self.cleaned_data.get(name) or None
        return found
