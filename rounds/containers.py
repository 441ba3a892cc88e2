"""Lists and responses must go on dominating the label of every case in them (cases/containers.py asks here).

Withdrawn, superseded and closed lists and corrected answers count as well: they are read as long as they are kept. A
raising off the list and a commitment need no check, since they are seen by those who see their case and by nobody else.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from cases.containers import register
from casetracker.access.models import User
from casetracker.access.see import Label, sees
from rounds.days import day_in_words
from rounds.models import ListEntry, ResponseItem

WHY = "no label of a case outgrows a paper it is on, whoever sees that paper"
UNSEEN = "Other papers this case is on cannot take this label; ask an approver."
NAMED = 3


def outgrown_papers(labels: Mapping[UUID, Label], by: User) -> dict[UUID, str]:
    """Cases (by key, with the label they would get) that are on a paper which that label outgrows, with a sentence:
    it names what `by` sees and speaks of the rest only in general. Two queries.
    """
    seen: dict[UUID, list[str]] = {}
    unseen: set[UUID] = set()
    for key, paper, words in _papers(labels):
        if paper.dominates(labels[key]):
            continue
        if sees(by, paper):
            seen.setdefault(key, []).append(words)
        else:
            unseen.add(key)
    found = dict.fromkeys(unseen, UNSEEN)
    return found | {key: _sentence(list(dict.fromkeys(words))) for key, words in seen.items()}


def _papers(labels: Mapping[UUID, Label]) -> Iterator[tuple[UUID, Label, str]]:
    """Case, label of a paper it is on, and words for that paper."""
    keys: Any = list(labels)
    entries = ListEntry.objects.unscoped(WHY).filter(case_id__in=keys).select_related("case_list__round")
    for entry in entries.order_by("-case_list__created_at", "pk"):
        yield entry.case_id, entry.label(), f"the {entry.case_list}"
    items = ResponseItem.objects.unscoped(WHY).filter(case_id__in=keys).select_related("response")
    for item in items.order_by("-response__on", "pk"):
        yield item.case_id, item.label(), f"the response of {day_in_words(item.response.on)}"


def _sentence(papers: list[str]) -> str:
    named = papers[:NAMED]
    more = f" and {len(papers) - NAMED} more" if len(papers) > NAMED else ""
    return f"Not everybody who sees {', '.join(named)}{more} could see the case then. Raise the label there first."


register(outgrown_papers)
