"""Who can see this, why can she, who is in it: for those who may know; and kinds of pages for the admins."""

from datetime import timedelta

import pytest
from django.utils import timezone

from casetracker.access.actions.recusals import record_recusal
from casetracker.access.models import Grant
from casetracker.access.page_kinds import pages_of
from casetracker.access.roles import Marking
from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb
from tests import make


@pytest.fixture
def deep(cast):
    return make.case(cast.hugo, cast.cn, "Dolma Invented", marking=Marking.RESTRICTED)


def asked(as_, who, case, person=None):
    path = f"/sight/case/{case.pk}/" + (f"?person={person.pk}" if person else "")
    return as_(who).get(path)


@pytest.mark.parametrize(
    ("who", "status"),
    [("anna", 200), ("bert", 200), ("hugo", 403), ("nils", 403), ("olga", 404), ("vera", 404), ("adam", 404),
     ("otto", 404)],
)  # fmt: skip
def test_approvers_who_see_it_may_ask(cast, as_, deep, who, status):
    assert asked(as_, cast.people[who], deep).status_code == status


def test_who_sees_it_by_what_and_until_when(cast, as_, deep):
    page = asked(as_, cast.bert, deep).content.decode()
    table = page.split("<tbody")[1].split("</tbody>")[0]
    for name, there in (("Hugo Lindqvist", True), ("Nils Aalto", True), ("Olga Brandt", False), ("Nora Silva", False)):
        assert (name in table) is there
    assert "North circle" not in page
    assert "Dolma" not in page
    assert TrailEntry.objects.filter(verb=Verb.SIGHT_ASKED, reference=deep.reference, actor=cast.bert).exists()


@pytest.mark.parametrize(
    ("who", "says"),
    [
        ("nils", "By a grant as official, up to LIMITE"),
        ("olga", "it reaches up to INTERNAL, this is LIMITE"),
        ("nora", "it is expired since"),
        ("sven", "it is revoked"),
        ("quin", "it is requested"),
        ("hugo", "By a grant as official"),
    ],
)
def test_why_or_what_is_missing(cast, as_, deep, who, says):
    page = asked(as_, cast.anna, deep, cast.people[who]).content.decode()
    assert says in page.split('id="why-title"')[1].split("</section>")[0]


def test_of_a_circle_only_those_in_it_are_told(cast, as_):
    inside = make.case(cast.hugo, cast.cn, compartment=cast.north)
    assert "does not include the compartment North circle" in asked(as_, cast.anna, inside, cast.nils).content.decode()
    hidden, missing = asked(as_, cast.bert, inside), as_(cast.bert).get(f"/sight/case/{cast.cn.pk}/")
    assert (hidden.status_code, hidden.content) == (404, missing.content)


def test_a_recusal_and_a_lapse_are_the_answer(cast, as_, deep):
    record_recusal(by=cast.nils, user=cast.nils, dialogue=cast.cn, reason="A relative works on this.")
    page = asked(as_, cast.anna, deep, cast.nils).content.decode()
    assert "Keeps out of it" in page
    assert "A relative" not in page
    Grant.objects.filter(user=cast.hugo).update(
        confirmed_at=timezone.now() - timedelta(days=105), confirmed_by=cast.anna
    )
    assert "it is suspended" in asked(as_, cast.anna, deep, cast.hugo).content.decode()


def test_the_link_is_for_those_who_may(cast, as_, deep):
    link = f"/sight/case/{deep.pk}/"
    assert link in as_(cast.anna).get(f"/cases/{deep.reference}/").content.decode()
    assert link not in as_(cast.nils).get(f"/cases/{deep.reference}/").content.decode()


@pytest.mark.parametrize(
    ("who", "dialogue", "circle"),
    [("adam", 200, 200), ("anna", 200, 200), ("bert", 200, 404), ("hugo", 403, 403), ("olga", 403, 404),
     ("vera", 404, 404)],
)  # fmt: skip
def test_who_is_in_it_is_known_to_approvers_and_admins(cast, as_, who, dialogue, circle):
    client = as_(cast.people[who])
    assert client.get(f"/dialogues/{cast.cn.pk}/members/").status_code == dialogue
    assert client.get(f"/compartments/{cast.north.pk}/").status_code == circle


def test_members_are_those_with_a_grant_in_force(cast, as_, django_assert_max_num_queries):
    client = as_(cast.anna)
    with django_assert_max_num_queries(14):
        rows = client.get(f"/compartments/{cast.north.pk}/").context["rows"]
    assert {row["grant"].user for row in rows} == {cast.anna, cast.hugo}
    page = as_(cast.bert).get(f"/dialogues/{cast.cn.pk}/members/").content.decode()
    assert "Nils Aalto" in page
    assert "Hugo Lindqvist" not in page
    assert "North circle" not in page


def test_admins_see_kinds_of_pages_never_content(cast, as_, deep):
    page = as_(cast.adam).get(f"/people/{cast.nils.pk}/").content.decode()
    assert "Kinds of pages" in page
    assert deep.reference not in page
    open_to = {who: {kind.name for kind in pages_of(cast.people[who]) if kind.open} for who in cast.people}
    assert "Lists: approve" in open_to["anna"] - open_to["nils"]
    assert "Cases: log and edit" in open_to["nils"] - open_to["rita"]
    assert open_to["nora"] == open_to["zoe"] == {"Desk, own account"}
    assert "Cases: read" not in open_to["adam"]
