"""Consent and harm on a case: each use is assessed for itself, ends by the clock, is not overwritten in passing."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.actions.bulk import Change, Kind, change_many
from cases.actions.bulk_undo import undo
from cases.actions.consent import assess_uses, remove_assessment
from cases.consent import ConsentState, consent_of, handover_consent
from cases.models import Case, UseAssessment
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.roles import Marking
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from tests import make

SAID = {"outcome": "allowed", "consent_by": "family", "consent_until": date(2030, 5, 3), "risk": "None known."}
NO = {"outcome": "not", "consent_by": "", "consent_until": None, "risk": "The family may be visited."}
FORM = {"outcome": "allowed", "consent_by": "lawyer", "consent_until": "2030-05-03", "risk": "None known."}


@pytest.fixture
def case(cast):
    return make.case(cast.olga, cast.cn, assessed=False)


def assess(case, by, use="written", values=SAID, **more):
    return assess_uses(case=case, by=by, uses=[use], values=values, **more)[0]


def column(case):
    return Case.objects.unscoped("tests").get(pk=case.pk).handover_consent


@pytest.mark.parametrize(
    ("outcome", "until", "state"),
    [
        ("", None, ConsentState.NOT_ASSESSED),
        ("not", None, ConsentState.NOT_ALLOWED),
        ("allowed", date(2030, 5, 3), ConsentState.ALLOWED),
        ("allowed", date(2030, 5, 2), ConsentState.EXPIRED),
    ],
)
def test_the_state_is_read_off_the_clock_and_the_last_day_counts(outcome, until, state):
    assert consent_of(outcome, until, date(2030, 5, 3)).state == state


def test_the_case_keeps_how_handing_over_stands(cast, case):
    day = date(2030, 5, 3)
    assert handover_consent(column(case), day).state == ConsentState.NOT_ASSESSED
    made = assess(case, cast.olga)
    assert handover_consent(column(case), day).until == day
    made = assess(case, cast.olga, values=NO, seen={"written": made.version})
    assert handover_consent(column(case), day).state == ConsentState.NOT_ALLOWED
    assess(case, cast.olga, "public")
    assert column(case) == "no"
    made.case = case
    remove_assessment(assessment=made, by=cast.olga, seen=made.version, reason="Recorded on the wrong case.")
    assert column(case) == ""


def test_it_says_who_assessed_it_and_when(cast, case):
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        made = assess(case, cast.olga)
    assess(case, cast.hugo, seen={"written": 1})
    now = UseAssessment.objects.get(pk=made.pk)
    assert (now.assessed_by, now.assessed_at.date()) == (cast.hugo, timezone.now().date())
    assert [row.assessed_by_id for row in UseAssessment.history.order_by("version")] == [cast.olga.pk, cast.hugo.pk]


@pytest.mark.parametrize("values", [{"consent_by": ""}, {"consent_until": None}, {"risk": " "}])
def test_what_may_be_used_rests_on_consent_and_ends(cast, case, values):
    with pytest.raises(WrongState):
        assess(case, cast.olga, values={**SAID, **values})


@pytest.mark.parametrize("values", [{"consent_by": ""}, {"consent_until": None}, {"risk": ""}, {"use": "other"}])
def test_the_database_says_so_too(cast, case, values):
    stamp = {"assessed_by": cast.olga, "assessed_at": timezone.now(), "use": "written"}
    with pytest.raises(IntegrityError), transaction.atomic(), acting(Verb.USE_ASSESSED, by=cast.olga):
        save_new(UseAssessment(case=case, **{**SAID, **stamp, **values}))


@pytest.mark.parametrize("who", ["rita", "anna", "lars", "nora"])
def test_only_officials_who_see_the_case_assess(cast, case, who):
    with pytest.raises(Denied):
        assess(case, cast.people[who])


def test_two_who_assess_at_once(cast, case):
    assess(case, cast.olga)
    with pytest.raises(Conflict):
        assess(case, cast.hugo)
    with pytest.raises(Conflict):
        assess(case, cast.hugo, seen={"written": 7})


def test_the_page_shows_all_four_uses_and_assesses_several_alike(cast, case, as_):
    client = as_(cast.olga)
    assert client.get(f"/cases/{case.reference}/").content.decode().count("not assessed") == 4
    sent = {**FORM, "uses": ["written", "private"]}
    assert client.post(f"/cases/{case.reference}/consent/add/", sent).status_code == 302
    text = client.get(f"/cases/{case.reference}/").content.decode()
    assert text.count("may be used until 3 May 2030") == 2
    assert "consent by lawyer" in text
    assert client.post(f"/cases/{case.reference}/consent/add/", sent).status_code == 422
    assess(case, cast.olga, "public", {**SAID, "consent_until": date(2020, 5, 3)})
    assert "consent ended 3 May 2020" in client.get(f"/cases/{case.reference}/").content.decode()


def test_a_form_without_consent_comes_back(cast, case, as_):
    sent = {**FORM, "uses": ["written"], "consent_by": ""}
    response = as_(cast.olga).post(f"/cases/{case.reference}/consent/add/", sent)
    assert response.status_code == 422
    assert "by whom, and until when" in response.content.decode()


def test_reviewers_read_and_the_history_tells(cast, case, as_):
    made = assess(case, cast.olga)
    url = f"/cases/{case.reference}/consent/{made.pk}/"
    assert as_(cast.rita).get(url).status_code == 403
    page = as_(cast.rita).get(f"/cases/{case.reference}/").content.decode()
    assert "may be used until" in page
    assert url not in page
    assert as_(cast.olga).post(url, {**FORM, "seen": "1"}).status_code == 302
    told = as_(cast.rita).get(f"/cases/{case.reference}/history/?part=consent").content.decode()
    assert "hand over in writing" in told
    assert "lawyer" in told
    assert "family" in told


def test_two_versions_side_by_side(cast, case, as_):
    made = assess(case, cast.olga)
    assess(case, cast.hugo, values={**SAID, "consent_by": "person"}, seen={"written": 1})
    response = as_(cast.olga).post(f"/cases/{case.reference}/consent/{made.pk}/", {**FORM, "seen": "1"})
    assert response.status_code == 409
    assert "Two versions" in response.content.decode()


def many(cast, *cases, values=SAID, by=None):
    change = Change(Kind.CONSENT, use="written", assessed=values)
    return change_many(cases=cases, by=by or cast.olga, change=change, seen={}, reason="Asked by telephone.")


def test_many_at_once_leave_refusals_alone_and_are_undone(cast, case):
    refused, ended = (make.case(cast.olga, cast.cn, assessed=False) for _ in range(2))
    assess(refused, cast.olga, values=NO)
    assess(ended, cast.olga, values={**SAID, "consent_until": date(2020, 1, 1)})
    outcome = many(cast, case, refused, ended)
    assert {one.pk for one in outcome.done} == {case.pk, ended.pk}
    assert [column(one) for one in (case, refused, ended)] == ["2030-05-03", "no", "2030-05-03"]
    undo(action=outcome.action, by=cast.olga)
    assert [column(one) for one in (case, refused, ended)] == ["", "no", "2020-01-01"]


def test_undoing_leaves_what_somebody_assessed_since(cast, case):
    other = make.case(cast.olga, cast.cn, assessed=False)
    outcome = many(cast, case, other)
    assess(case, cast.hugo, values=NO, seen={"written": 1})
    undone = undo(action=outcome.action, by=cast.olga)
    assert [one.case.pk for one in undone.skipped] == [case.pk]
    assert [column(case), column(other)] == ["no", ""]


def test_many_at_once_through_the_table(cast, case, as_):
    client, sent = as_(cast.olga), {"doing": "consent", "use": "written", **FORM, "case": f"{case.pk}:{case.version}"}
    assert "may be used until 3 May 2030" in client.post("/cases/bulk/", {**sent, "step": "preview"}).content.decode()
    assert client.post("/cases/bulk/", {**sent, "step": "confirm", "reason": "Asked."}).status_code == 302
    assert column(case) == "2030-05-03"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("none", "new no ended"), ("new", "new"), ("no", "no"), ("ended", "ended"), ("month", "soon"),
        ("holds", "soon long"),
    ],
)  # fmt: skip
def test_the_table_finds_them(cast, case, as_, code, found):
    today = timezone.localdate()
    ends = {"ended": today - timedelta(days=1), "soon": today + timedelta(days=30), "long": today + timedelta(days=31)}
    made = {"new": case, "no": make.case(cast.olga, cast.cn, assessed=False)}
    assess(made["no"], cast.olga, values=NO)
    for name, until in ends.items():
        made[name] = make.case(cast.olga, cast.cn, assessed=False)
        assess(made[name], cast.olga, values={**SAID, "consent_until": until})
    text = as_(cast.olga).get(f"/cases/?consent={code}&column=consent&sort=consent").content.decode()
    assert {name for name, one in made.items() if one.reference in text} == set(found.split())


def test_what_is_hidden_stays_hidden(cast, as_):
    deep = make.case(cast.hugo, cast.cn, marking=Marking.RESTRICTED, assessed=False)
    made = assess(deep, cast.hugo)
    url = f"/cases/{deep.reference}/consent/{made.pk}/"
    assert as_(cast.olga).get(url).status_code == 404
    assert not UseAssessment.objects.visible_to(cast.olga).exists()
