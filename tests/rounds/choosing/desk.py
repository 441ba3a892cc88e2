"""A round that was held with a list handed over, the next round, and a draft for it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from cases.models import Case, CaseEvent, Claim
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb
from rounds.models import CaseList, ListEntry, Round
from rounds.suggestions import Suggestion, suggest
from tests import make
from tests.rounds import cycle
from tests.rounds.make import round_

TODAY = timezone.localdate()
GIVEN = TODAY - timedelta(days=320)


@dataclass
class Desk:
    cast: Any
    past: Round
    ahead: Round
    draft: CaseList

    def case(self, latin: str = "Tashi Invented", *, age: int = 1000, **values: Any) -> Case:
        """A case logged `age` days ago and not touched since."""
        made = make.case(self.cast.hugo, self.cast.cn, latin, **values)
        then = timezone.now() - timedelta(days=age)
        Case.objects.unscoped("tests").filter(pk=made.pk).update(created_at=then, changed_at=then)
        for model in (CaseEvent, Claim):
            model.objects.unscoped("tests").filter(case=made).update(created_at=then, changed_at=then)
        return made

    def raised(self, case: Case, days_ago: int = 400, **values: Any) -> Any:
        """A raising off the list."""
        return cycle.raising(self.cast.hugo, case, on=TODAY - timedelta(days=days_ago), **values)

    def answered(self, case_list: CaseList, case: Case, code: str = "B2", days_ago: int = 100, **values: Any) -> Any:
        """An answer to the raising by a list, visible as the list is unless `label` says otherwise."""
        label = values.pop("label", None) or case_list.label()
        reply = cycle.response(self.cast.hugo, label, on=TODAY - timedelta(days=days_ago))
        return cycle.item(self.cast.hugo, reply, cycle.raising_of(case_list, case), code, **values)

    def given(self, *cases: Case, label: Label | None = None, on: date = GIVEN, **values: Any) -> CaseList:
        return cycle.handed_over(self.cast.hugo, self.cast.anna, self.past, *cases, on=on, label=label, **values)

    def reasons(self, case: Case, who: Any = None, case_list: CaseList | None = None) -> dict[str, str]:
        found = {one.case.pk: one for one in self.suggested(who, case_list)}
        return {r.code.value: r.words for r in found[case.pk].reasons} if case.pk in found else {}

    def suggested(self, who: Any = None, case_list: CaseList | None = None) -> list[Suggestion]:
        return suggest(case_list or self.draft, who or self.cast.olga, today=TODAY)


def desk(cast: Any) -> Desk:
    past = round_(cast.olga, cast.cn, 40, GIVEN + timedelta(days=20))
    ahead = round_(cast.olga, cast.cn, 41, TODAY + timedelta(days=60), venue="Beijing")
    return Desk(cast, past, ahead, cycle.case_list(cast.olga, ahead))


def north(cast: Any) -> Label:
    return Label(cast.cn.pk, Marking.RESTRICTED, cast.north.pk)


def entry_of(case_list: CaseList, case: Case) -> ListEntry:
    rows = ListEntry.objects.unscoped("tests").select_related("case", "case_list")
    return rows.get(case_list=case_list, case=case)


def decide(by: Any, case_list: CaseList, case: Case, disposition: str, reason: str = "") -> None:
    entry = entry_of(case_list, case)
    with acting(Verb.ENTRY_DISPOSED, by=by, about=entry.case_list):
        save_over(entry, seen=entry.version, changes={"disposition": disposition, "disposition_reason": reason})
