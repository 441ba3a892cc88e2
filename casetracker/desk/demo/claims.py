"""Claims about who a person is: what the desk accepts, and what others say instead."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cases.codes import Certainty, ClaimedBy, ClaimField, SourceKind
from cases.dates import MONTH_NAMES, PartialDate
from cases.models import Claim, Source
from casetracker.audit.acting import Act
from casetracker.audit.verbs import Verb
from casetracker.desk.demo.words import month_of

if TYPE_CHECKING:
    from casetracker.desk.demo.parts import Parts

CLAIMED_BY = {
    SourceKind.NGO: ClaimedBy.NGO, SourceKind.FAMILY: ClaimedBy.FAMILY, SourceKind.LAWYER: ClaimedBy.LAWYER,
    SourceKind.MEDIA: ClaimedBy.MEDIA, SourceKind.UN: ClaimedBy.UN, SourceKind.PARTNER: ClaimedBy.PARTNER,
    SourceKind.COURT: ClaimedBy.COURT, SourceKind.OFFICIAL: ClaimedBy.COUNTERPART,
}  # fmt: skip


@dataclass
class Said:
    """One claim to be made: field, value, and when it was stated (for an age)."""

    field: ClaimField
    value: str
    stated: str = ""


class Claims:
    """The claims of one case."""

    def __init__(self, parts: "Parts") -> None:
        self.parts, self.rng = parts, parts.rng
        self.person, self.case = parts.person, parts.case
        self.made: list[Claim] = []

    def say_birth(self) -> None:
        """Writes what is known of the birth into the case; nothing for some."""
        if self.rng.random() < 0.12:
            return
        text = self._birth_text()
        self.case.birth_text, self.case.birth = text, PartialDate.parse(text)

    def _birth_text(self) -> str:
        born = self.person.born
        forms = (
            str(born.year),
            f"{born.day} {MONTH_NAMES[born.month - 1]} {born.year}",
            f"c. {born.year}",
            f"{born.year} or {born.year + 1}",
            f"{MONTH_NAMES[born.month - 1]} {born.year}",
        )
        return self.rng.choices(forms, (10, 5, 3, 1.5, 1))[0]

    def create(self, act: Act) -> None:
        """The accepted claims, resting on the first source."""
        source = self.parts.sources[0]
        said = [Said(ClaimField.OCCUPATION, self.person.trade)]
        if self.case.birth_text:
            said.append(Said(ClaimField.BIRTH, self.case.birth_text))
        if self.case.religion:
            said.append(Said(ClaimField.RELIGION, self.case.religion))
        if self.person.ethnic and self.rng.random() < 0.5:
            said.append(Said(ClaimField.ETHNIC_GROUP, self.person.ethnic.name))
        if self.case.origin:
            said.append(Said(ClaimField.ORIGIN, self.case.origin.name))
        for one in said:
            self._claim(act, one, source, accepted=True)

    def plan(self, span: int) -> None:
        """What others say later, and a birth corrected."""
        if span > 30 and self.rng.random() < 0.42:
            day = self.parts.file.logged + timedelta(days=self.rng.randrange(10, span))
            self.parts.file.on(day, self._counterpart_says)
        if span > 30 and self.case.birth and self.rng.random() < 0.2:
            day = self.parts.file.logged + timedelta(days=self.rng.randrange(10, span))
            self.parts.file.on(day, self._age_stated)
        if span > 90 and self.case.birth and self.case.birth.precision != "day" and self.rng.random() < 0.16:
            day = self.parts.file.logged + timedelta(days=self.rng.randrange(60, span))
            self.parts.file.on(day, self._birth_found)

    def _counterpart_says(self, at: datetime) -> None:
        """The counterpart gives other particulars."""
        act = self.parts.file.act(Verb.PART_ADDED, at, about=self.case, detail={"part": "claim"})
        source = self.parts.source(act, "official")
        for one in self._other_particulars():
            self._claim(act, one, source, certainty=Certainty.ALLEGED)

    def _other_particulars(self) -> list[Said]:
        born, rng = self.person.born, self.rng
        found = []
        if rng.random() < 0.7:
            other = date(born.year + rng.choice((-3, -2, -1, 0, 0, 1, 2)), rng.randrange(1, 13), rng.randrange(1, 28))
            found.append(Said(ClaimField.BIRTH, rng.choice((str(other.year), other.isoformat()))))
        if self.case.religion and rng.random() < 0.6:
            found.append(Said(ClaimField.RELIGION, "no religious belief"))
        if rng.random() < 0.35:
            found.append(Said(ClaimField.OCCUPATION, rng.choice(("unemployed", "farmer", "no fixed occupation"))))
        if not found or rng.random() < 0.15:
            places = self.parts.file.world.terms[self.person.dialogue].places
            others = [place.name for place in places.values() if place.region_id == self.person.place.region_id]
            found.append(Said(ClaimField.ORIGIN, rng.choice(others)))
        return found

    def _age_stated(self, at: datetime) -> None:
        """Somebody gives an age, not a year."""
        act = self.parts.file.act(Verb.PART_ADDED, at, about=self.case, detail={"part": "claim"})
        source = self.parts.source(act)
        stated = source.date or PartialDate.from_day(at.date())
        age = stated.earliest.year - self.person.born.year - self.rng.choice((0, 1, 1, 2))
        self._claim(act, Said(ClaimField.AGE, str(age), month_of(stated)), source)

    def _birth_found(self, at: datetime) -> None:
        """A better source for the birth: the claim is accepted, the earlier one stays."""
        born = self.person.born
        text = f"{born.day} {MONTH_NAMES[born.month - 1]} {born.year}"
        detail: dict[str, Any] = {"part": "claim", "accepted": True}
        reason = self.parts.file.reason("claim")
        act = self.parts.file.act(Verb.PART_EDITED, at, about=self.case, reason=reason, detail=detail)
        source = self.parts.source(act, "court")
        for earlier in self.made:
            if earlier.field == ClaimField.BIRTH and earlier.accepted:
                self.parts.book.change(earlier, act, accepted=False)
        self._claim(act, Said(ClaimField.BIRTH, text), source, accepted=True, certainty=Certainty.CONFIRMED)
        self.parts.book.change(self.case, act, birth=PartialDate.parse(text), birth_text=text)

    def _claim(
        self,
        act: Act,
        said: Said,
        source: Source,
        *,
        accepted: bool = False,
        certainty: Certainty = Certainty.LIKELY,
    ) -> None:
        made = Claim(
            case=self.case,
            field=said.field,
            value=said.value,
            stated_text=said.stated,
            stated=PartialDate.parse(said.stated) if said.stated else None,
            source=source,
            claimed_by=CLAIMED_BY.get(SourceKind(source.kind), ""),
            certainty=certainty,
            accepted=accepted,
        )
        if act.detail.get("part") == "claim" and act.about is self.case:
            act.about = made
        self.made.append(self.parts.book.add(made, act))
