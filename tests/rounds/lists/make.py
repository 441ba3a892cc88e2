"""Lists made through the product's own actions."""

import re

from casetracker.access.see import Label
from rounds import snapshot
from rounds.actions.case_list import add_cases, create_list
from rounds.actions.review import approve_list, submit_list
from rounds.models import CaseList, ListEntry
from tests import make
from tests.rounds import make as rounds_make


def label(cast, marking=1, compartment=None):
    return Label(cast.cn.pk, marking, compartment.pk if compartment else None)


def round_(cast, ordinal=41, starts=None):
    return rounds_make.round_(cast.olga, cast.cn, ordinal=ordinal, starts=starts)


def begun(cast, round, *cases, by=None, state="included", **values):
    """A draft by olga (or `by`) with these cases included."""
    by = by or cast.olga
    made = create_list(by=by, round=round, label=values.pop("label", label(cast)), **values)
    if cases:
        add_cases(case_list=made, by=by, cases=cases, state=state)
    return made


def cases(cast, number=3, by=None, **values):
    """Cases with something asked."""
    return [
        make.case(by or cast.olga, cast.cn, f"Invented Person {n}", **{"ask": "Where is he held?", **values})
        for n in range(1, number + 1)
    ]


def in_review(cast, round, *cases, by=None, **values):
    made = begun(cast, round, *cases, by=by, **values)
    submit_list(case_list=made, by=by or cast.olga, seen=made.version)
    return made


def approved(cast, round, *cases, by=None, approver=None, **values):
    made = in_review(cast, round, *cases, by=by, **values)
    approver = approver or cast.anna
    approve_list(case_list=made, by=approver, seen=made.version, digest=digest(made, approver))
    return fresh(made)


def digest(case_list, by):
    return snapshot.digest(snapshot.heading(case_list), snapshot.content(case_list, by))


def entries(case_list):
    rows = ListEntry.objects.unscoped("tests").filter(case_list=case_list)
    return list(rows.select_related("case", "case_list__round__dialogue").order_by("position", "id"))


def fresh(case_list):
    return CaseList.objects.unscoped("tests").select_related("round__dialogue").get(pk=case_list.pk)


def url(thing, tail=""):
    """Where a list or an entry stands."""
    return f"/{'lists' if isinstance(thing, CaseList) else 'lists/entries'}/{thing.pk}/{tail}"


def text_of(response):
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
