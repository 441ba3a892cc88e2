"""The sheet: exactly what may leave the house, marked as a draft until it is approved, frozen from then on."""

import re
from datetime import date

import pytest
from django.db import models

from cases.dates import PartialDate
from cases.models import Case, CaseEvent, CaseName, FollowUp, Source
from casetracker.access.models import Dialogue
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from rounds.actions.round import edit_round
from rounds.models import CaseList, ListComment, ListEntry
from rounds.snapshot import HEADING, LEAVES, content, digest, heading
from rounds.states import ListState
from tests import make
from tests.rounds import cycle
from tests.rounds.choosing.desk import desk, entry_of


@pytest.fixture
def d(cast):
    return desk(cast)


def url(case_list):
    return f"/lists/{case_list.pk}/sheet/"


def paper(page):
    """What is printed: everything but the bar of the screen, and the head of the file."""
    assert page.status_code == 200
    return re.sub(r'<aside class="bar".*?</aside>', "", page.text, flags=re.S)


def approved(d, *cases, **values):
    """A list whose snapshots are those that an approval takes."""
    made = cycle.case_list(d.cast.olga, d.ahead, *cases, approved_by=d.cast.anna, **values)
    lines = content(made, d.cast.olga)
    for line in lines:
        rows = ListEntry.objects.unscoped("tests").filter(case_list=made, position=line["serial"])
        rows.update(snapshot=line)
    top = heading(made)
    CaseList.objects.unscoped("tests").filter(pk=made.pk).update(sha256=digest(top, lines), heading=top)
    made.refresh_from_db()
    return made


def moved(d, **facts):
    """The round as colleagues changed it since."""
    now = type(d.ahead).objects.get(pk=d.ahead.pk)
    edit_round(round=now, by=d.cast.olga, seen=now.version, changes=facts)


def test_names_carry_their_language_and_direction(d, as_):
    case = d.case("Ann Invented", parts=[make.name("تەخمىن", system="uyghur_arabic")])
    cycle.entry(d.cast.olga, d.draft, case)
    assert 'lang="ug" dir="rtl">تەخمىن</bdi>' in paper(as_(d.cast.olga).get(url(d.draft)))


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_a_draft_says_so(d, as_, state):
    made = cycle.case_list(d.cast.olga, d.ahead, d.case(), state=state)
    page = paper(as_(d.cast.olga).get(url(made)))
    assert 'class="watermark">Draft, not approved<' in page
    assert 'data-mark="Draft"' in page


@pytest.mark.parametrize("state", ["approved", "handed_over", "closed"])
def test_an_approved_sheet_is_what_was_frozen(d, as_, state):
    case = d.case("Ann Frozen")
    made = approved(d, case, state=state)
    Case.objects.unscoped("tests").filter(pk=case.pk).update(sex="f")
    CaseName.objects.unscoped("tests").filter(case=case).update(text="Ann Thawed")
    ListEntry.objects.unscoped("tests").filter(case_list=made).update(ask="Changed since?")
    page = as_(d.cast.olga).get(url(made))
    assert "Ann Frozen" in paper(page)
    assert "Thawed" not in page.text
    assert "Changed since?" not in page.text
    assert "watermark" not in paper(page)
    assert made.sha256 in page.text
    assert made.sha256 not in paper(page)


def test_a_frozen_sheet_that_differs_is_told(d, as_):
    made = approved(d, d.case())
    entry = ListEntry.objects.unscoped("tests").get(case_list=made)
    ListEntry.objects.unscoped("tests").filter(pk=entry.pk).update(snapshot={**entry.snapshot, "ask": "Slipped in."})
    page = as_(d.cast.olga).get(url(made))
    assert "not what was approved" in page.text
    assert made.sha256 not in page.text


def test_the_heading_is_frozen_too(d, as_):
    made = approved(d, d.case())
    assert "Round 41, Beijing, " in paper(as_(d.cast.olga).get(url(made)))
    moved(d, ordinal=43, venue="Brussels", starts=date(2031, 5, 6))
    Dialogue.objects.filter(pk=d.cast.cn.pk).update(own_side="Another side")
    page = as_(d.cast.olga).get(url(made))
    assert "Round 41, Beijing, " in paper(page)
    for since in ("Round 43", "Brussels", "6 May 2031", "Another side"):
        assert since not in paper(page)
    assert "Exactly as approved" in page.text
    assert "The round has moved since approval" in page.text


def test_a_draft_is_headed_by_the_round_as_it_is(d, as_):
    cycle.entry(d.cast.olga, d.draft, d.case())
    moved(d, ordinal=43, venue="Brussels")
    assert "Round 43, Brussels, " in paper(as_(d.cast.olga).get(url(d.draft)))


def test_a_heading_that_differs_is_told(d, as_):
    made = approved(d, d.case())
    rows = CaseList.objects.unscoped("tests").filter(pk=made.pk)
    rows.update(heading={**made.heading, "venue": "Slipped in"})
    page = as_(d.cast.olga).get(url(made))
    assert "not what was approved" in page.text
    assert made.sha256 not in page.text


def test_the_list_says_that_the_round_moved(d, as_):
    made = approved(d, d.case())
    there, told = f"/lists/{made.pk}/", "The round has moved since approval"
    assert told not in as_(d.cast.olga).get(there).text
    moved(d, note="Only a note.")
    assert told not in as_(d.cast.olga).get(there).text
    moved(d, venue="Brussels")
    page = as_(d.cast.olga).get(there).text
    assert told in page
    assert "Round 41, Beijing, " in page
    assert "Make a new version to change it." in page
    # What was handed over was handed over so: nothing is left to be done.
    CaseList.objects.unscoped("tests").filter(pk=made.pk).update(state="handed_over")
    assert told not in as_(d.cast.olga).get(there).text


@pytest.mark.parametrize(("state", "mark"), [("superseded", "Superseded"), ("withdrawn", "Withdrawn")])
def test_what_is_over_says_so(d, as_, state, mark):
    made = approved(d, d.case(), state=state, state_reason="Changed.")
    assert f'data-mark="{mark}"' in paper(as_(d.cast.olga).get(url(made)))


def canaries(model, kept=()):
    """A canary for every column of free text."""
    texts = (models.CharField, models.TextField)
    return {
        field.name: f"canary {model._meta.model_name} {field.name}"[: field.max_length or 99]
        for field in model._meta.concrete_fields
        if isinstance(field, texts) and not field.choices and field.editable and field.name not in kept
        and "artial" not in type(field).__name__ and not isinstance(field, models.UUIDField)
    }  # fmt: skip


def plant(d):
    """A list with one case in which every text field of everything around it holds a canary."""
    label = Label(d.cast.cn.pk, Marking.RESTRICTED, d.cast.north.pk)
    source = Source(kind="ngo", **canaries(Source))
    event = CaseEvent(kind="sentenced", term_kind="fixed", term_months=24, **canaries(CaseEvent))
    event.when = PartialDate.parse("2015")
    alias = CaseName(system="latin", kind="alias", **canaries(CaseName), position=3)
    where = {"marking": Marking.RESTRICTED, "compartment": d.cast.north, "owner": d.cast.hugo}
    case = d.case("Ann Shown", parts=[event, alias, source], **where, **canaries(Case))
    follow_up = FollowUp(owner=d.cast.hugo, due="2030-01-01", **canaries(FollowUp))
    make.part(follow_up, case, d.cast.hugo)
    made = cycle.case_list(d.cast.hugo, d.ahead, label=label, **canaries(CaseList, kept=("sha256",)))
    entry = cycle.entry(d.cast.hugo, made, case, position=1, **{**canaries(ListEntry), "state": "included"})
    with acting(Verb.LIST_COMMENTED, by=d.cast.hugo):
        save_new(ListComment(case_list=made, entry=entry, by=d.cast.hugo, text="canary listcomment text"))
    return made, case


def test_no_field_outside_the_whitelist_is_on_the_sheet(d, as_):
    made, case = plant(d)
    page = paper(as_(d.cast.hugo).get(url(made)))
    found = set(re.findall(r"canary (\w+ \w+)", page))
    leaves = {field.split(".", 1)[1].replace(".", " ") for fields in LEAVES.values() for field in fields}
    # Province comes from the vocabulary and a text of a facility stands where there is no facility.
    assert found <= leaves
    assert {"caseevent facility_text", "caseevent statute_text", "listentry ask"} <= found
    assert "Ann Shown" in page
    assert case.reference not in page
    for hidden in (d.cast.hugo.name, d.cast.hugo.email, d.cast.north.name, Marking.RESTRICTED.on_paper, str(case.pk)):
        assert hidden not in page


def test_the_canaries_are_where_they_should_be(d):
    """Or the test above would prove nothing."""
    _, case = plant(d)
    for model in (Case, CaseEvent, Source, FollowUp, ListEntry):
        row = model.objects.unscoped("tests").get(**({"pk": case.pk} if model is Case else {"case": case}))
        assert len(canaries(model)) > 2
        assert {getattr(row, name) for name in canaries(model)} == set(canaries(model).values())
    assert ListComment.objects.unscoped("tests").get().text.startswith("canary")


def test_frozen_lines_have_the_keys_of_the_whitelist(d):
    made = approved(d, d.case())
    assert [set(line) for line in content(made, d.cast.olga)] == [set(LEAVES)]
    assert set(made.heading) == set(HEADING)
    assert set(entry_of(made, Case.objects.unscoped("tests").get()).snapshot) == set(LEAVES)


@pytest.mark.parametrize(
    ("who", "status"),
    [("olga", 200), ("hugo", 200), ("rita", 200), ("anna", 200), ("lars", 404), ("nora", 404), ("zoe", 404),
     ("adam", 404), ("otto", 404)],
)  # fmt: skip
def test_who_may_print(d, as_, who, status):
    client = as_(getattr(d.cast, who))
    assert client.get(url(d.draft)).status_code == status
    assert client.post(url(d.draft)).status_code == 405
    assert TrailEntry.objects.filter(verb="list.printed").exists() == (status == 200)


def test_printing_is_recorded_with_what_was_printed(d, as_):
    made = approved(d, d.case())
    as_(d.cast.rita).get(url(made))
    entry = TrailEntry.objects.get(verb="list.printed")
    assert (entry.actor, entry.object_id) == (d.cast.rita, made.pk)
    assert entry.detail == {"count": 1, "sha256": made.sha256}


def test_the_sheet_tells_nothing_by_its_name(d, as_):
    page = as_(d.cast.olga).get(url(d.draft))
    assert "<title>Individual cases</title>" in page.text
    assert "No case is included yet." in page.text
    assert ListState(d.draft.state) == "draft"


def test_queries_do_not_grow(d, as_, django_assert_max_num_queries):
    for number in range(5):
        cycle.entry(d.cast.olga, d.draft, d.case(f"Person {number}"), position=number)
    client = as_(d.cast.olga)
    client.get(url(d.draft))
    with django_assert_max_num_queries(8):
        client.get(url(d.draft))
