"""Groups and links: both ends are seen or nothing is, and a reference that leads nowhere tells nothing."""

import re

import pytest

from cases.actions.connection import create_group, join_group
from cases.models import CaseGroup, CaseLink, GroupMember
from cases.reference import make_reference
from casetracker.access.roles import Marking
from tests import make

MISTYPED = "CN-7K3QF2-3"


@pytest.fixture
def case(cast):
    return make.case(cast.olga, cast.cn, "Tenzin Invented")


@pytest.fixture
def hidden(cast):
    return make.case(cast.hugo, cast.cn, "Hidden Invented", marking=Marking.RESTRICTED)


@pytest.fixture
def group(cast, case):
    return create_group(by=cast.olga, label=case.label(), values={"title": "March of 2008"}, case=case)


def without_tokens(page, reference):
    return re.sub(r'(csrfmiddlewaretoken" value=")[^"]*', r"\1", page.content.decode()).replace(reference, "")


@pytest.mark.parametrize("where", ["link", "member"])
def test_hidden_and_missing_references_get_the_same_answer(cast, case, hidden, group, as_, where):
    path = f"/cases/{case.reference}/links/add/" if where == "link" else f"/groups/{group.pk}/members/add/"
    client = as_(cast.olga)
    answers = [
        client.post(path, {"reference": reference, "kind": "family"})
        for reference in (hidden.reference, make_reference("CN"))
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    texts = [without_tokens(a, r) for a, r in zip(answers, [hidden.reference, ""], strict=True)]
    assert "There is no case with this reference among those you see." in texts[0]
    typo = client.post(path, {"reference": MISTYPED, "kind": "family"})
    assert "mistyped" in typo.content.decode()
    assert not CaseLink.objects.exists()


def test_a_link_is_seen_from_both_cases(cast, case, as_):
    other = make.case(cast.olga, cast.cn, "Other Invented")
    data = {"reference": other.reference.lower(), "kind": "lawyer"}
    assert as_(cast.olga).post(f"/cases/{case.reference}/links/add/", data).status_code == 302
    assert "Lawyer of" in as_(cast.olga).get(f"/cases/{case.reference}/").content.decode()
    assert "is lawyer of this person" in as_(cast.olga).get(f"/cases/{other.reference}/").content.decode()
    again = as_(cast.olga).post(f"/cases/{case.reference}/links/add/", data)
    assert again.status_code == 409


def test_members_of_a_group_are_those_one_sees(cast, case, hidden, group, as_):
    join_group(group=group, case=hidden, by=cast.hugo)
    assert "2 cases" in as_(cast.hugo).get(f"/groups/{group.pk}/").content.decode()
    page = as_(cast.olga).get(f"/groups/{group.pk}/").content.decode()
    assert "1 case<" in page
    assert hidden.reference not in page


def test_members_come_and_go(cast, case, group, as_):
    other = make.case(cast.olga, cast.cn, "Other Invented")
    path = f"/groups/{group.pk}/members/"
    assert as_(cast.olga).post(f"{path}add/", {"reference": other.reference}).status_code == 302
    assert as_(cast.olga).post(f"{path}add/", {"reference": other.reference}).status_code == 422
    member = GroupMember.objects.get(case=other)
    leaving = f"{path}{member.pk}/remove/"
    assert as_(cast.olga).post(leaving, {"seen": 1}).status_code == 422
    assert as_(cast.olga).post(leaving, {"seen": 1, "reason": "Another person."}).status_code == 302
    assert GroupMember.objects.count() == 1


def test_a_group_is_edited_and_a_conflict_keeps_both(cast, group, as_):
    path, data = f"/groups/{group.pk}/edit/", {"seen": 1, "kind": "trial", "note": ""}
    assert as_(cast.olga).post(path, {**data, "title": "One"}).status_code == 302
    answer = as_(cast.hugo).post(path, {**data, "title": "Two"})
    assert answer.status_code == 409
    assert "“One”" in answer.content.decode()
    assert 'value="Two"' in answer.content.decode()
    assert CaseGroup.objects.get().title == "One"


def test_a_reviewer_reads_groups_only(cast, case, group, as_):
    assert as_(cast.rita).get(f"/groups/{group.pk}/").status_code == 200
    for path in ("edit/", "members/add/"):
        assert as_(cast.rita).get(f"/groups/{group.pk}/{path}").status_code == 403
    assert as_(cast.lars).get(f"/groups/{group.pk}/").status_code == 404
