"""What builds on a list goes on dominating it: answers to its raisings, lists carried on from it, next versions."""

from collections.abc import Iterator

from casetracker.access.errors import WrongState
from casetracker.access.models import User
from casetracker.access.see import Label, sees
from rounds.days import day_in_words
from rounds.models import CaseList, ListEntry, ResponseItem

WHY = "no label of a list outgrows what builds on it, whoever sees that"
UNSEEN = "Other papers that build on this list cannot take this label; ask an approver."


def check_above(case_list: CaseList, new: Label, by: User) -> None:
    """Whether all that builds on `case_list` dominates `new`. Raises WrongState: it names what `by` sees and speaks of
    the rest only in general.
    """
    outgrown = [(paper, words) for paper, words in _papers(case_list) if not paper.dominates(new)]
    named = list(dict.fromkeys(words for paper, words in outgrown if sees(by, paper)))
    if named:
        raise WrongState(f"Raise the label of {', '.join(named[:3])} first; it builds on this list.")
    if outgrown:
        raise WrongState(UNSEEN)


def _papers(case_list: CaseList) -> Iterator[tuple[Label, str]]:
    items = ResponseItem.objects.unscoped(WHY).filter(raising__entry__case_list=case_list).select_related("response")
    for item in items.order_by("-response__on", "pk"):
        yield item.response.label(), f"the response of {day_in_words(item.response.on)}"
    carried = ListEntry.objects.unscoped(WHY).filter(carried_from__case_list=case_list)
    for entry in carried.select_related("case_list__round").order_by("pk"):
        yield entry.case_list.label(), f"the {entry.case_list}"
    for later in CaseList.objects.unscoped(WHY).filter(supersedes=case_list).select_related("round").order_by("pk"):
        yield later.label(), f"the {later}"
