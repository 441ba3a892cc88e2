"""The forms of the parts of a case, one each."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases.codes import (
    Certainty,
    ClaimedBy,
    ClaimField,
    Connection,
    EventKind,
    LinkKind,
    Reliability,
    SourceKind,
    TermKind,
)
from cases.fields import PartialDateFormField
from cases.forms.part_form import PartForm
from cases.forms.pickers import RowField, RowsField, TermField, WholeNumber
from cases.forms.references import ReferenceField, case_meant
from cases.models import Case, CaseName, CaseTheme, EventSource, Facility, Place, Source, SourceIdentity, Statute, Theme
from cases.names.systems import NameKind, NameSystem
from cases.sentences import length_words, read_months
from cases.sight import who_sees
from cases.unsealing import in_plain_order, is_open
from casetracker.access.roles import Marking
from casetracker.access.see import Label, sees

_NONE = [("", "–")]
_CHOOSE = [("", "choose…")]


class MonthsField(forms.CharField):
    """A length typed as people write it; cleans to months."""

    def clean(self, value: Any) -> int | None:
        try:
            return read_months(super().clean(value))
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def typed_of(self, months: int | None) -> str:
        """What stands in the field for a length."""
        return length_words(months)


def markings_from(case_label: Label, user: Any) -> list[tuple[int, str]]:
    """Markings for something inside a case: not below the case's, and none its maker could not see."""
    return [
        (marking.value, marking.on_paper)
        for marking in Marking
        if marking >= case_label.marking
        and sees(user, Label(case_label.dialogue_id, marking, case_label.compartment_id))
    ]


class SourcedForm(PartForm):
    """A part that rests on one source of the same case."""

    def offer(self) -> None:
        source = self.fields["source"]
        assert isinstance(source, RowField)
        source.offer(in_plain_order(Source.objects.visible_to(self.user).of(self.case)))


class NameForm(SourcedForm):
    """One name."""

    first = "text"
    text = forms.CharField(label="Name", max_length=200)
    system = forms.ChoiceField(label="Written in", choices=NameSystem.choices)
    kind = forms.ChoiceField(label="What it is", choices=NameKind.choices)
    source = RowField(label="Source", required=False, empty="not recorded")
    position = WholeNumber(
        label="Order", help_text="The first in Latin script and the first in another stand in lists."
    )
    note = forms.CharField(label="Note", max_length=300, required=False)

    def initial_new(self) -> dict[str, Any]:
        names = CaseName.objects.visible_to(self.user).of(self.case).values_list("position", flat=True)
        return {"kind": NameKind.OFFICIAL, "system": NameSystem.LATIN, "position": max(names, default=-1) + 1}


class ClaimForm(SourcedForm):
    """Who says what about one field of the person's identity."""

    first = "field"
    field = forms.ChoiceField(label="About", choices=_CHOOSE + ClaimField.choices)
    value = forms.CharField(label="What is said", max_length=300)
    stated = PartialDateFormField(
        label="Stated when", required=False, help_text="Needed for an age: 34 in May 2014 and in 2019 differ."
    )
    claimed_by = forms.ChoiceField(label="Claimed by", choices=_NONE + ClaimedBy.choices, required=False)
    source = RowField(label="Source", required=False, empty="not recorded")
    certainty = forms.ChoiceField(label="Certainty", choices=Certainty.choices, initial=Certainty.LIKELY)

    def clean(self) -> None:
        age = self.cleaned_data.get("field") == ClaimField.AGE
        if age and "value" in self.cleaned_data and not self.cleaned_data["value"].strip().isdecimal():
            self.add_error("value", "Write the age as a number of years, for example 34.")
        if age and "stated" in self.cleaned_data and not self.cleaned_data["stated"]:
            self.add_error("stated", "Say when this age was stated, if only the year.")


class EventForm(PartForm):
    """One event of the timeline."""

    first = "kind"
    kind = forms.ChoiceField(label="What happened", choices=_CHOOSE + EventKind.choices)
    when = PartialDateFormField(
        label="When", required=False, help_text="2014, May 2014, 14.5.2014, c. 2014, or 1959 or 1960."
    )
    until = PartialDateFormField(label="Until", required=False, help_text="Where it lasted and has ended.")
    place = TermField(label="Place", required=False, inside=True, help_text="Pick one, or type any: Nagchu, Tibet AR.")
    facility = TermField(label="Facility", required=False, help_text="Pick one, or type any.")
    authority = forms.CharField(
        label="Authority", max_length=200, required=False, help_text="Police, procuratorate or court."
    )
    statute = TermField(label="Charge or statute", required=False, help_text="Pick one, or type any.")
    term_kind = forms.ChoiceField(label="Sentence", choices=_NONE + TermKind.choices, required=False)
    term_months = MonthsField(
        label="Length", max_length=40, required=False, help_text="9 years 6 months. Of a fixed term or a reduction."
    )
    certainty = forms.ChoiceField(label="Certainty", choices=Certainty.choices, initial=Certainty.LIKELY)
    claimed_by = forms.ChoiceField(label="Claimed by", choices=_NONE + ClaimedBy.choices, required=False)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    sources = RowsField(label="Sources", required=False)

    def offer(self) -> None:
        of_case: Any = {"place": Place, "facility": Facility, "statute": Statute}
        for name, model in of_case.items():
            field = self.fields[name]
            assert isinstance(field, TermField)
            current = getattr(self.part, name) if self.part else None
            field.offer(model.objects.visible_to(self.user).offered_in(self.case.dialogue), current)
        sources = self.fields["sources"]
        assert isinstance(sources, RowsField)
        sources.offer(in_plain_order(Source.objects.visible_to(self.user).of(self.case)))
        if not sources.choices:
            del self.fields["sources"]

    def standing(self, row: Any) -> dict[str, dict[str, Any]]:
        """A row carries the keys of its sources as `sources`; read here where nobody has put them there."""
        if "sources" in self.fields and not hasattr(row, "sources"):
            behind = EventSource.objects.visible_to(self.user).of(self.case).filter(event=row)
            row.sources = frozenset(behind.values_list("source_id", flat=True))
        return super().standing(row)

    def clean(self) -> None:
        data = self.cleaned_data
        if data.get("term_months") and data.get("kind") != EventKind.REDUCED and not data.get("term_kind"):
            data["term_kind"] = TermKind.FIXED
        if data.get("term_months") and data.get("kind") != EventKind.REDUCED and data["term_kind"] != TermKind.FIXED:
            self.add_error("term_months", "Only a fixed term or a reduction has a length.")


class SourceForm(PartForm):
    """One source. The identity of a sealed one is typed here once and then stands apart, encrypted."""

    first = "title"
    aside = frozenset({"identity", "identity_marking"})
    title = forms.CharField(
        label="What it is", max_length=300, help_text="A report, a letter, a conversation. Not who, if it is sealed."
    )
    kind = forms.ChoiceField(label="Kind", choices=SourceKind.choices)
    connection = forms.ChoiceField(label="Knows it", choices=Connection.choices, initial=Connection.UNKNOWN)
    reliability = forms.ChoiceField(label="Reliability", choices=Reliability.choices, initial=Reliability.F)
    date = PartialDateFormField(label="Date", required=False)
    language = forms.CharField(label="Language", max_length=40, required=False)
    where = forms.CharField(label="Where", max_length=300, required=False, help_text="Page, link or file number.")
    sealed = forms.BooleanField(
        label="Seal who it is", required=False, help_text="Kept encrypted and apart. A sealed source stays sealed."
    )
    identity = forms.CharField(
        label="Who it is", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    identity_marking = forms.TypedChoiceField(label="Who may read that", coerce=int, required=False)

    def offer(self) -> None:
        label = self.case.label()
        self.fields["identity_marking"].choices = markings_from(label, self.user)  # type: ignore[attr-defined]
        if self.part is None or not self.part.sealed:
            return
        del self.fields["sealed"]
        if not is_open(self.part, self.user):
            for name in ("title", "date", "language", "where"):
                del self.fields[name]
            self.fields["kind"].widget.attrs["data-focus"] = ""
        if SourceIdentity.objects.visible_to(self.user).filter(source=self.part).exists():
            self.fields["identity"].help_text = "Sealed already. Leave this empty to keep what is sealed."
            return
        del self.fields["identity"], self.fields["identity_marking"]

    def clean(self) -> None:
        data = self.cleaned_data
        if data.get("sealed") and not data.get("identity", "").strip():
            self.add_error("identity", "Write who the source is; it is sealed when you save.")
        if data.get("identity", "").strip() and "sealed" in self.fields and not data.get("sealed"):
            self.add_error("sealed", "Tick this: who a source is, is only ever kept sealed.")


class ThemeForm(PartForm):
    """One theme of the case."""

    first = "theme"
    theme = RowField(label="Theme")

    def offer(self) -> None:
        has = set(CaseTheme.objects.visible_to(self.user).of(self.case).values_list("theme_id", flat=True))
        offered = Theme.objects.visible_to(self.user).offered_in(self.case.dialogue)
        field = self.fields["theme"]
        assert isinstance(field, RowField)
        field.offer(theme for theme in offered if theme.pk not in has)


class FollowUpForm(PartForm):
    """What we owe or chase."""

    first = "what"
    what = forms.CharField(label="What is to be done", max_length=300)
    due = forms.DateField(label="Due", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    owner = RowField(label="Who does it")
    reason = forms.CharField(label="Why", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def offer(self) -> None:
        field = self.fields["owner"]
        assert isinstance(field, RowField)
        field.offer(who_sees(self.case.label()), self.part.owner if self.part else None)

    def initial_new(self) -> dict[str, Any]:
        return {"owner": str(self.user.pk)}


class LinkForm(PartForm):
    """A tie to another case the viewer sees; which one is said by its reference, and only when it is made."""

    first = "kind"
    aside = frozenset({"reference"})
    kind = forms.ChoiceField(label="This case is", choices=LinkKind.choices)
    reference = ReferenceField(label="Reference of the other case")
    note = forms.CharField(label="Note", max_length=300, required=False)

    def offer(self) -> None:
        if self.part is not None:
            del self.fields["reference"]

    def clean_reference(self) -> Case:
        other = case_meant(self.cleaned_data["reference"], self.user)
        if other.pk == self.case.pk:
            raise ValidationError("This is the same case.")
        return other
