"""Why a case is on a list: said once, and never longer than the label it was said under."""

from datetime import timedelta

import pytest

from casetracker.access.models import Approval
from casetracker.audit.models import TrailEntry
from rounds.models import ListEntry
from tests.rounds import cycle
from tests.rounds.choosing.desk import TODAY, desk, entry_of, north
from tests.rounds.lists import make
from tests.rounds.lists.make import text_of, url
from tests.two_persons import allow

UNKNOWN = "last answer C1, no such person found"
TAKEN_OFF = "Why 1 case is on it was taken off"


@pytest.fixture
def d(cast):
    return desk(cast)


def unknown_to_them(d, case, label):
    """An answer under `label` that says that nobody is known by that name."""
    raising = d.raised(case)
    reply = cycle.response(d.cast.hugo, label, on=TODAY - timedelta(days=100))
    cycle.item(d.cast.hugo, reply, raising, "C1")


def suggested(d, as_, case, label):
    """A list under `label` with the case put on it from the suggestions."""
    made = make.begun(d.cast, d.ahead, by=d.cast.hugo, label=label)
    as_(d.cast.hugo).post(f"/lists/{made.pk}/suggestions/", {"case": [str(case.pk)]})
    assert UNKNOWN in entry_of(made, case).why
    return make.fresh(made)


def lowered(d, as_, case_list):
    """Asked for by hugo, decided by anna. The page of what was asked for, before that."""
    sent = {"label": "1/", "reason": "Not needed.", "seen": make.fresh(case_list).version}
    as_(d.cast.hugo).post(url(case_list, "label/"), sent)
    asked = Approval.objects.unscoped("tests").get(kind="list.lower")
    page = as_(d.cast.anna).get(f"/approvals/{asked.pk}/")
    allow(d.cast.anna, "list.lower")
    return page


@pytest.mark.parametrize("circle", [False, True])
def test_lowered_it_says_no_more_of_what_the_new_label_does_not_cover(d, as_, circle):
    case = d.case()
    above = north(d.cast) if circle else make.label(d.cast, 2)
    unknown_to_them(d, case, above)
    made = suggested(d, as_, case, above)
    assert as_(d.cast.olga).get(url(made)).status_code == 404
    assert "taken off" in text_of(lowered(d, as_, made))
    page = as_(d.cast.olga).get(url(made))
    assert page.status_code == 200
    assert "last answer" not in page.text
    assert entry_of(made, case).why == ""
    # The history keeps it under the label of then.
    rows = ListEntry.history.visible_to(d.cast.olga).filter(id=entry_of(made, case).pk)
    assert all("last answer" not in row.why for row in rows)
    rows = ListEntry.history.visible_to(d.cast.hugo).filter(id=entry_of(made, case).pk)
    assert any(UNKNOWN in row.why for row in rows)


def test_what_the_new_label_covers_stays(d, as_):
    case = d.case()
    unknown_to_them(d, case, make.label(d.cast))
    made = suggested(d, as_, case, make.label(d.cast, 2))
    lowered(d, as_, made)
    assert UNKNOWN in entry_of(made, case).why


def test_what_the_list_never_covered_takes_nothing_off(d, as_):
    """Or the loss would tell that there is something."""
    case = d.case()
    unknown_to_them(d, case, make.label(d.cast))
    made = suggested(d, as_, case, make.label(d.cast, 2))
    reply = cycle.response(d.cast.hugo, north(d.cast), on=TODAY)
    cycle.item(d.cast.hugo, reply, d.raised(case), "B2")
    lowered(d, as_, made)
    assert UNKNOWN in entry_of(made, case).why


def test_raised_it_keeps_everything(d, as_):
    case = d.case()
    unknown_to_them(d, case, make.label(d.cast))
    made = suggested(d, as_, case, make.label(d.cast))
    sent = {"label": "2/", "reason": "The family asks.", "seen": made.version}
    assert "taken off" not in text_of(as_(d.cast.hugo).post(url(made, "label/"), sent, follow=True))
    assert UNKNOWN in entry_of(made, case).why


def test_the_form_says_it_before(d, as_):
    made = make.begun(d.cast, d.ahead, by=d.cast.hugo, label=make.label(d.cast, 2))
    assert "is then taken off" in text_of(as_(d.cast.anna).get(url(made, "label/")))


def test_never_raised_is_said_once(d, as_):
    case = d.case(age=5)
    as_(d.cast.olga).post(f"/lists/{d.draft.pk}/suggestions/", {"case": [str(case.pk)]})
    assert entry_of(d.draft, case).why == "logged or changed lately; never raised"
    page = text_of(as_(d.cast.olga).get(url(d.draft)))
    assert page.count("never raised") == 1
    assert "logged or changed lately" in page
    # Raised since: the figures say so, and the reason of then stands.
    d.raised(case, days_ago=1)
    page = text_of(as_(d.cast.olga).get(url(d.draft)))
    assert "raised 1×" in page
    assert "logged or changed lately; never raised" in page
    assert TrailEntry.objects.filter(verb="list.edited", object_id=d.draft.pk).count() == 1
