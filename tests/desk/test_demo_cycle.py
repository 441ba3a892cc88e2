"""The demonstration has the whole cycle: over several rounds, by every channel, in every form and grade."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from cases.models import Case, LedgerDay
from casetracker.access.models import User
from casetracker.desk.demo.fill import fill
from rounds.codes import Acceptance, Assessment, Channel, CommitmentState, Form, Grade
from rounds.figures import answered_days, raised_days
from rounds.models import CaseList, Commitment, Handover, ListEntry, Raising, Response, ResponseItem
from rounds.snapshot import LEAVES, digest
from rounds.states import Disposition, EntryState, ItemState, ListState, RoundState


@pytest.fixture
def desk(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    call_command("load_vocabulary", verbosity=0, stdout=StringIO())
    fill(persons=None)


def found(model, name, **which):
    return set(model.objects.filter(**which).order_by().values_list(name, flat=True))


def test_the_cycle(desk):
    """One filling for all that is asked of it: it takes ten seconds."""
    everything_there()
    lists_hold()
    labels_hold()
    figures_hold()


def everything_there():
    assert found(Raising, "channel") == set(Channel.values)
    assert found(Response, "form") == set(Form.values)
    assert found(ResponseItem, "grade") == {*Grade.values, ""}
    assert found(ResponseItem, "state") == set(ItemState.values)
    assert found(ResponseItem, "assessment") >= set(Assessment.values)
    assert found(Handover, "outcome") == set(Acceptance.values)
    assert found(Commitment, "state") == set(CommitmentState.values)
    assert found(ListEntry, "disposition") == set(Disposition.values)
    assert found(CaseList, "state") >= {ListState.DRAFT, ListState.IN_REVIEW, ListState.APPROVED, ListState.CLOSED}
    assert len(found(CaseList, "round")) >= 10
    late = ResponseItem.objects.filter(response__round__starts__gt=F("raising__round__starts"))
    assert late.count() > 20
    assert ListEntry.objects.filter(carried__gte=3).exists()
    assert Handover.objects.filter(supersedes__isnull=False).exclude(correction_reason="").exists()
    assert ResponseItem.objects.filter(raising__isnull=True).count() == 2
    assert Commitment.objects.filter(state="open", due__lt=timezone.localdate()).exists()


def lists_hold():
    """Two people, frozen sheets that fit their hash, closed rounds with nothing undecided."""
    for one in CaseList.objects.exclude(sha256=""):
        sheet = [entry.snapshot for entry in one.entries.filter(snapshot__isnull=False).order_by("position")]
        assert digest(one.heading, sheet) == one.sha256
        assert all(set(line) == set(LEAVES) for line in sheet)
    raised = ListEntry.objects.filter(state=EntryState.RAISED)
    assert raised.count() == Raising.objects.filter(channel="list", voided=False).count()
    closed = ListEntry.objects.filter(
        case_list__round__state=RoundState.CLOSED, case_list__round__dialogue__prefix="CN"
    )
    assert not closed.filter(state__in=["raised", "not_raised"], disposition="").exists()


def labels_hold():
    """A list dominates its cases and what it carries on, a response the lists it answers."""
    for entry in ListEntry.objects.select_related("case", "case_list", "carried_from__case_list"):
        assert entry.case_list.label().dominates(entry.case.label())
        assert entry.carried_from is None or entry.case_list.label().dominates(entry.carried_from.label())
    for item in ResponseItem.objects.filter(raising__isnull=False).select_related(
        "response", "case", "raising__case", "raising__entry__case_list"
    ):
        assert item.case_id == item.raising.case_id
        assert item.response.label().dominates(item.raising.label())
        assert item.response.label().dominates(item.case.label())
    official = User.objects.get(email="official@desk.example")
    assert 0 < CaseList.objects.visible_to(official).count() < CaseList.objects.count()


def figures_hold():
    keys = list(Case.objects.values_list("pk", flat=True))
    wanted = sorted(key(day) for day in [*raised_days(keys), *answered_days(keys)])
    assert sorted(key(day) for day in LedgerDay.objects.all()) == wanted


def key(day):
    return (str(day.case_id), day.kind, day.on, day.channel, day.grade, day.code, day.marking, str(day.compartment_id))
