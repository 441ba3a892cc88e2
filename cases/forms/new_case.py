"""A case on one screen: eight fields, and the label it gets."""

import re
import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Q

from cases.codes import Certainty, ClaimedBy, ClaimField, EventKind, Sex, SourceKind
from cases.fields import PartialDateFormField
from cases.forms.pickers import Suggested
from cases.models import CaseEvent, CaseName, Claim, EventSource, Place, Source
from cases.models.part import Part
from cases.names.guess import guess_system
from cases.names.keys import search_key
from cases.names.scripts import Script, script_of
from cases.names.systems import NameKind
from cases.search.likely import Person
from casetracker.access.act import ROLES, Doing
from casetracker.access.models import Compartment, Dialogue, User
from casetracker.access.roles import Marking
from casetracker.access.see import Label, holdings

NO_NAME = "Write the name in at least one script."
_SALT = "cases.new"
_CLAIMED_BY = {
    SourceKind.NGO: ClaimedBy.NGO,
    SourceKind.FAMILY: ClaimedBy.FAMILY,
    SourceKind.LAWYER: ClaimedBy.LAWYER,
    SourceKind.COURT: ClaimedBy.COURT,
    SourceKind.OFFICIAL: ClaimedBy.COUNTERPART,
    SourceKind.MEDIA: ClaimedBy.MEDIA,
    SourceKind.UN: ClaimedBy.UN,
    SourceKind.PARTNER: ClaimedBy.PARTNER,
}


@dataclass(frozen=True)
class LabelChoice:
    """One label the user may give, with its words."""

    label: Label
    dialogue: Dialogue
    words: str

    @property
    def value(self) -> str:
        """What the form sends: dialogue, marking and compartment."""
        circle = self.label.compartment_id or ""
        return f"{self.label.dialogue_id}/{self.label.marking}/{circle}"


def labels_for(user: User) -> list[LabelChoice]:
    """Labels `user` may log a case under: the lowest of each dialogue first. Two queries."""
    dialogues = {one.pk: one for one in Dialogue.objects.visible_to(user)}
    circles = {one.pk: one for one in Compartment.objects.visible_to(user)}
    labels: set[Label] = set()
    for holding in holdings(user):
        if holding.role not in ROLES[Doing.LOG_CASE]:
            continue
        for marking in Marking:
            if marking <= holding.marking:
                inside = (None, *sorted(holding.compartments))
                labels |= {Label(holding.dialogue_id, marking, circle) for circle in inside}
    choices = []
    for label in labels:
        dialogue, circle = dialogues[label.dialogue_id], circles.get(label.compartment_id or uuid.UUID(int=0))
        words = [dialogue.name, Marking(label.marking).on_paper, *([circle.name] if circle else [])]
        choices.append(LabelChoice(label, dialogue, " · ".join(words)))
    return sorted(
        choices, key=lambda one: (one.dialogue.name, one.label.compartment_id is not None, one.label.marking, one.words)
    )


def places_for(user: User, dialogues: set[Dialogue]) -> list[Place]:
    """Places offered in those dialogues, in order. One query."""
    packs, own = {"", *(one.pack for one in dialogues)}, [one.pk for one in dialogues]
    offered = Q(dialogue__isnull=True, pack__in=sorted(packs)) | Q(dialogue_id__in=own)
    rows: Any = Place.objects.visible_to(user).filter(offered, retired=False)
    return list(rows.select_related("region"))


def form_key(user: User) -> str:
    """The signed key of the case that this form will make. Sent twice, it makes one case."""
    return signing.dumps([str(uuid.uuid4()), str(user.pk)], salt=_SALT)


def read_key(user: User, key: str) -> uuid.UUID:
    """The key of the case to be made. Raises ValidationError for one we did not give to `user`."""
    try:
        made, holder = signing.loads(key, salt=_SALT)
        if holder == str(user.pk):
            return uuid.UUID(made)
    except (signing.BadSignature, ValueError, TypeError):
        pass
    raise ValidationError("This form is not one of ours. Nothing was saved; press Save again.")


def _line(length: int, **attrs: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "maxlength": length, **attrs})


class NewCaseForm(forms.Form):
    """Eight fields and the label. `somebody_else` holds the references the user said are other persons."""

    label = forms.ChoiceField(label="Label")
    name = forms.CharField(
        label="Name", max_length=200, required=False, help_text="In Latin script.", widget=_line(200, autofocus=True)
    )
    original = forms.CharField(
        label="Name in original script",
        max_length=200,
        required=False,
        help_text="Characters, Tibetan, Uyghur …",
        widget=_line(200, dir="auto"),
    )
    sex = forms.ChoiceField(label="Sex", choices=[("", "not known"), *Sex.choices], required=False)
    birth = PartialDateFormField(label="Year of birth", required=False, help_text="1959, c. 1960, 1959 or 1960")
    place = forms.CharField(
        label="Place",
        max_length=200,
        required=False,
        help_text="Where the person is held; province last.",
        widget=Suggested(attrs={"autocomplete": "off", "spellcheck": "false", "maxlength": 200}),
    )
    detained = PartialDateFormField(label="Detained", required=False, help_text="2014, May 2014, 14.5.2014")
    source = forms.CharField(
        label="Source", max_length=300, required=False, help_text="What it is, not who.", widget=_line(300)
    )
    source_kind = forms.ChoiceField(label="Kind of source", choices=SourceKind.choices, required=False)
    summary = forms.CharField(
        label="Summary",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    key = forms.CharField(widget=forms.HiddenInput)
    somebody_else = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.choices = labels_for(user)
        self.places = places_for(user, {choice.dialogue for choice in self.choices})
        self.fields["place"].widget.words = list(dict.fromkeys(place.name for place in self.places))
        self.fields["label"].choices = [(one.value, one.words) for one in self.choices]  # type: ignore[attr-defined]

    def clean_key(self) -> uuid.UUID:
        """The key of the case to be made."""
        return read_key(self.user, self.cleaned_data["key"])

    def clean_source_kind(self) -> str:
        """The kind; without one an NGO's report, the usual case."""
        return self.cleaned_data["source_kind"] or SourceKind.NGO.value

    def clean(self) -> dict[str, Any]:
        """At least one name."""
        cleaned = super().clean() or {}
        if not cleaned.get("name") and not cleaned.get("original") and not {"name", "original"} & set(self.errors):
            self.add_error("name", NO_NAME)
        return cleaned

    @property
    def chosen(self) -> LabelChoice:
        """The label chosen; of a form that is not valid the first one."""
        value = getattr(self, "cleaned_data", {}).get("label")
        return next((one for one in self.choices if one.value == value), self.choices[0])

    @property
    def confirmed(self) -> frozenset[str]:
        """References of which the user said: somebody else."""
        return frozenset(self.cleaned_data.get("somebody_else", "").split())

    def names(self) -> tuple[str, ...]:
        """The names typed, Latin first."""
        data = self.cleaned_data
        return tuple(dict.fromkeys(text for text in (data.get("name"), data.get("original")) if text))

    def place_parts(self) -> tuple[Place | None, str]:
        """The place of the vocabulary that ends what was typed, and the words left over ("Chengdu, Sichuan")."""
        typed = self.cleaned_data.get("place", "")
        dialogue = self.chosen.dialogue
        offered = {
            search_key(word): place
            for place in self.places
            if place.dialogue_id == dialogue.pk or (place.dialogue_id is None and place.pack in ("", dialogue.pack))
            for word in (place.code, place.name)
        }
        parts = [part.strip() for part in re.split("[,，、]", typed) if part.strip()]
        if typed and (place := offered.get(search_key(typed))):
            return place, ""
        if len(parts) > 1 and (place := offered.get(search_key(parts[-1]))):
            return place, ", ".join(parts[:-1])
        return None, typed

    def person(self) -> Person:
        """What a likeness is judged by; also from a form half filled in."""
        place, words = self.place_parts()
        data = self.cleaned_data
        return Person(self.names(), data.get("sex", ""), data.get("birth"), place, words)

    def values(self) -> dict[str, Any]:
        """Column → value of the case itself."""
        data = self.cleaned_data
        return {
            "id": data["key"],
            "state": "active",
            "sex": data["sex"],
            "birth": data["birth"],
            "birth_text": self._typed("birth"),
            "summary": data["summary"],
        }

    def parts(self) -> list[Part]:
        """The first parts of the case, unsaved, each after what it points to."""
        data = self.cleaned_data
        source = Source(kind=data["source_kind"], title=data["source"]) if data["source"] else None
        by = _CLAIMED_BY.get(data["source_kind"], "") if source else ""
        parts: list[Part] = [source] if source else []
        parts += self._names(source)
        if source:
            parts += self._claims(source, by)
        if event := self._event(by):
            parts.append(event)
            if source:
                parts.append(EventSource(event=event, source=source))
        return parts

    def _names(self, source: Source | None) -> list[Part]:
        texts = self.names()
        return [
            CaseName(
                text=text,
                system=guess_system(text, pack=self.chosen.dialogue.pack, beside=self._beside(text)),
                kind=NameKind.OFFICIAL,
                position=position,
                source=source,
            )
            for position, text in enumerate(texts)
        ]

    def _beside(self, text: str) -> str:
        return next((other for other in self.names() if other != text), "")

    def _claims(self, source: Source, by: str) -> list[Part]:
        data = self.cleaned_data
        said = [
            (ClaimField.SEX, Sex(data["sex"]).label if data["sex"] else ""),
            (ClaimField.BIRTH, self._typed("birth") if data["birth"] else ""),
        ]
        return [
            Claim(field=field, value=value, source=source, claimed_by=by, accepted=True)
            for field, value in said
            if value
        ]

    def _event(self, by: str) -> CaseEvent | None:
        place, words = self.place_parts()
        if not (self.cleaned_data["detained"] or place or words):
            return None
        return CaseEvent(
            kind=EventKind.DETAINED,
            when=self.cleaned_data["detained"],
            when_text=self._typed("detained"),
            place=place,
            place_text=words,
            certainty=Certainty.LIKELY,
            claimed_by=by,
        )

    def _typed(self, name: str) -> str:
        field = self.fields[name]
        return field.typed if isinstance(field, PartialDateFormField) else ""


def carried(text: str) -> dict[str, str]:
    """Initial values from a look-up that found nobody: the name in the field of its script."""
    words = " ".join(text.split())[:200]
    return {"name" if script_of(words) in (Script.LATIN, Script.OTHER) else "original": words}
