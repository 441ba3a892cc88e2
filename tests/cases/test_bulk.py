"""One change to many cases: looked at first, done as one, taken back as one."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from cases.actions.case import edit_case
from cases.models import Case, CaseTheme, Theme
from casetracker.access.roles import Marking
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb
from tests import make


@pytest.fixture
def some(cast):
    """Three normal cases of olga's, a restricted one, one in the circle, one of the other dialogue."""
    return [
        make.case(cast.olga, cast.cn, "Ann Invented"),
        make.case(cast.olga, cast.cn, "Ben Invented"),
        make.case(cast.olga, cast.cn, "Cem Invented", state="draft"),
        make.case(cast.nils, cast.cn, "Deep Hidden", marking=Marking.RESTRICTED),
        make.case(cast.hugo, cast.cn, "Circle Hidden", marking=Marking.RESTRICTED, compartment=cast.north),
        make.case(cast.lars, cast.nv, "Other Hidden"),
    ]


def post(client, cases, doing, step="confirm", versions=True, **values):
    ticked = [f"{case.pk}:{case.version}" if versions else str(case.pk) for case in cases]
    reason = {"reason": "Handed over to the next desk."} if step == "confirm" else {}
    return client.post("/cases/bulk/", {"doing": doing, "case": ticked, "step": step, **reason, **values})


def owners(cases):
    return [Case.objects.get(pk=case.pk).owner for case in cases]


def last_action():
    return TrailEntry.objects.filter(verb=Verb.CASES_CHANGED).latest("at").action_id


def test_preview_shows_before_and_after_and_changes_nothing(cast, as_, some):
    response = post(as_(cast.olga), some[:2], "assign", "preview", owner=cast.nils.pk)
    text = response.content.decode()
    assert "2 cases will change" in text
    assert "Olga Brandt" in text
    assert "<b>Nils Aalto</b>" in text
    assert owners(some[:2]) == [cast.olga] * 2


def test_assigned_in_one_action_with_a_history_row_each(cast, as_, some):
    client = as_(cast.olga)
    response = post(client, some[:2], "assign", owner=cast.nils.pk)
    assert response.status_code == 302
    assert owners(some[:3]) == [cast.nils, cast.nils, cast.olga]
    rows = Case.history.filter(action_id=last_action())
    assert [(row.version, row.history_change_reason, row.history_user) for row in rows] == [
        (2, "Handed over to the next desk.", cast.olga)
    ] * 2
    assert TrailEntry.objects.filter(action_id=last_action(), verb="case.assigned").count() == 2
    page = client.get(response["Location"]).content.decode()
    assert "2 cases assigned." in page
    assert f"/cases/bulk/{last_action()}/undo/" in page
    assert f"/cases/bulk/{last_action()}/undo/" not in client.get(response["Location"]).content.decode()


def test_all_that_fit(cast, as_, some):
    client = as_(cast.olga)
    client.post("/cases/bulk/", {
        "doing": "assign", "whole": "1", "query": "state=active", "step": "confirm", "owner": "", "reason": "Free."
    })  # fmt: skip
    assert owners(some[:4]) == [None, None, cast.olga, cast.nils]


def test_hidden_is_like_missing(cast, as_, some):
    client = as_(cast.olga)
    for extra in (some[3], some[4], some[5], Case(pk=uuid4(), version=1)):
        text = post(client, [some[0], extra], "assign", "preview", owner=cast.nils.pk).content.decode()
        assert "1 case will change" in text
        assert str(extra.pk) not in text
    assert post(client, [some[4]], "assign", owner=cast.nils.pk)["Location"] == "/cases/"
    assert owners([some[4]]) == [cast.hugo]
    for owner in (cast.lars.pk, uuid4()):
        assert post(client, some[:1], "assign", "preview", owner=owner).status_code == 422


@pytest.mark.parametrize(("who", "doing"), [("rita", "assign"), ("rita", "label"), ("bert", "state"), ("zoe", "theme")])
def test_who_may_not_is_refused(cast, as_, some, who, doing):
    assert post(as_(cast.people[who]), some[:1], doing, owner="", to="closed").status_code == 403


def test_who_could_not_edit_gets_no_case(cast, as_, some):
    response = post(as_(cast.nils), [some[0], some[3]], "assign", "preview", owner=cast.olga.pk)
    text = response.content.decode()
    assert "Olga Brandt could not edit it." in text
    assert "It is so already." in text
    assert "No case would change" in text


def test_somebody_elses_change_is_kept(cast, as_, some):
    edit_case(case=some[1], by=cast.nils, seen=1, changes={"summary": "New."})
    response = post(as_(cast.olga), [some[0], Case(pk=some[1].pk, version=1)], "assign", owner=cast.nils.pk)
    assert response.status_code == 302
    assert owners(some[:2]) == [cast.nils, cast.olga]
    preview = post(as_(cast.olga), [Case(pk=some[1].pk, version=1)], "assign", "preview", owner=cast.nils.pk)
    assert "Somebody changed it in the meantime." in preview.content.decode()
    assert post(as_(cast.olga), [Case(pk=some[1].pk, version=1)], "assign", owner="").status_code == 409


def test_no_reason_no_change(cast, as_, some):
    response = post(as_(cast.olga), some[:1], "assign", owner="", reason=" ")
    assert response.status_code == 422
    assert "Say why." in response.content.decode()
    assert owners(some[:1]) == [cast.olga]


def test_labels_go_up_by_officials_and_down_case_by_case(cast, as_, some):
    raised = post(as_(cast.hugo), some[:2], "label", marking="2", compartment=str(cast.north.pk))
    assert raised.status_code == 302
    fresh = [Case.objects.get(pk=case.pk) for case in some[:2]]
    assert {(case.marking, case.compartment_id) for case in fresh} == {(2, cast.north.pk)}
    text = post(as_(cast.hugo), fresh, "label", "preview", marking="1", compartment="").content.decode()
    assert "needs a second person" in text
    assert post(as_(cast.anna), fresh, "label", marking="1", compartment="").status_code == 403
    assert Case.objects.get(pk=some[0].pk).marking == 2
    text = post(as_(cast.olga), some[:1], "label", "preview", versions=False, marking="2").content.decode()
    assert 'name="step" value="confirm"' not in text


def test_a_theme_is_added_once(cast, as_, some):
    with acting(Verb.VOCABULARY_LOADED, process="tests"):
        theme = Theme(name="Religion", pack="cn")
        save_new(theme)
    make.part(CaseTheme(theme=theme), some[0], cast.olga)
    client = as_(cast.olga)
    text = post(client, some[:2], "theme", "preview", theme=theme.pk).content.decode()
    assert "1 case will change" in text
    assert "It is so already." in text
    post(client, some[:2], "theme", theme=theme.pk)
    assert Case.objects.get(pk=some[1].pk).themes_text == "Religion"
    client.post(f"/cases/bulk/{last_action()}/undo/")
    assert [Case.objects.get(pk=case.pk).themes_text for case in some[:2]] == ["Religion", ""]


def test_states_move_where_they_can(cast, as_, some):
    client = as_(cast.olga)
    text = post(client, some[:3], "state", "preview", to="closed").content.decode()
    assert "2 cases will change" in text
    assert "A case that is draft cannot become closed." in text
    post(client, some[:3], "state", to="closed")
    assert [Case.objects.get(pk=case.pk).state for case in some[:3]] == ["closed", "closed", "draft"]
    client.post(f"/cases/bulk/{last_action()}/undo/")
    assert [Case.objects.get(pk=case.pk).state for case in some[:3]] == ["active", "active", "draft"]
    assert Case.objects.get(pk=some[0].pk).closed_reason == ""


def test_undo_puts_back_exactly_what_nobody_touched(cast, as_, some):
    client = as_(cast.olga)
    post(client, some[:3], "assign", owner=cast.nils.pk)
    edit_case(case=Case.objects.get(pk=some[1].pk), by=cast.nils, seen=2, changes={"summary": "New."})
    url = f"/cases/bulk/{last_action()}/undo/"
    text = client.get(url).content.decode()
    assert "2 cases will be put back" in text
    assert "Somebody changed it in the meantime." in text
    assert client.post(url).status_code == 302
    assert owners(some[:3]) == [cast.olga, cast.nils, cast.olga]
    assert Case.history.filter(id=some[0].pk).first().version == 3
    assert client.post(url).status_code == 409


def test_only_who_did_it_and_still_may_can_undo(cast, as_, some):
    client = as_(cast.olga)
    post(client, some[:1], "assign", owner=cast.nils.pk)
    url = f"/cases/bulk/{last_action()}/undo/"
    for other in (cast.nils, cast.rita, cast.lars, cast.adam):
        assert as_(other).get(url).status_code == 404
        assert as_(other).post(url).status_code == 404
    assert client.get(f"/cases/bulk/{uuid4()}/undo/").status_code == 404
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        response = as_(cast.olga).post(url)
        assert response.status_code == 409
        assert "more than a day ago" in response.content.decode()
    cast.olga.grants.update(role="reviewer")
    assert client.post(url).status_code == 409
    assert owners(some[:1]) == [cast.nils]
    cast.olga.grants.update(state="revoked")
    assert client.get(url).status_code == 404


def test_a_raised_label_goes_back_only_while_nothing_was_added(cast, as_, some):
    client = as_(cast.nils)
    post(client, some[:2], "label", marking="2")
    make.part(make.event(when="2014"), Case.objects.get(pk=some[1].pk), cast.nils)
    url = f"/cases/bulk/{last_action()}/undo/"
    assert "Something was added to it since" in client.get(url).content.decode()
    client.post(url)
    assert [Case.objects.get(pk=case.pk).marking for case in some[:2]] == [1, 2]


def test_a_case_hidden_since_is_not_mentioned(cast, as_, some):
    client = as_(cast.olga)
    post(client, some[:2], "assign", owner=cast.nils.pk)
    url = f"/cases/bulk/{last_action()}/undo/"
    hidden = Case.objects.get(pk=some[1].pk)
    post(as_(cast.nils), [hidden], "label", marking="2")
    text = client.get(url).content.decode()
    assert "1 case will be put back" in text
    assert hidden.reference not in text
    client.post(url)
    assert owners(some[:2]) == [cast.olga, cast.nils]


def test_at_most_a_thousand(cast, as_, some, monkeypatch):
    monkeypatch.setattr("cases.views.bulk.MOST", 2)
    response = post(as_(cast.olga), some[:3], "assign", owner="")
    assert response.status_code == 422
    assert "Too many cases at once" in response.content.decode()
    assert owners(some[:3]) == [cast.olga] * 3


@pytest.mark.parametrize("data", [{}, {"doing": "erase"}, {"doing": "assign"}, {"doing": "assign", "case": "x"}])
def test_nothing_meant_nothing_done(cast, as_, some, data):
    assert as_(cast.olga).post("/cases/bulk/", data).status_code == 302
    assert as_(cast.olga).get("/cases/bulk/").status_code == 302


def test_undo_gives_nothing_back_to_who_has_left(cast, as_, some):
    client = as_(cast.nils)
    assert post(client, some[:1], "assign", owner=cast.nils.pk).status_code == 302
    with acting(Verb.USER_DEACTIVATED, process="tests"):
        save_over(cast.olga, seen=cast.olga.version, changes={"is_active": False})
    url = f"/cases/bulk/{last_action()}/undo/"
    assert "former owner could not edit it" in client.get(url).content.decode()
    assert client.post(url).status_code == 409
    assert owners(some[:1]) == [cast.nils]
