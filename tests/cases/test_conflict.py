"""Two browsers, one version: the second sees both texts side by side, chooses, and nothing is lost."""

import re

import pytest

from cases.models import CaseEvent, CaseName, Claim, FollowUp, Source
from tests import make

HTMX = {"HX-Request": "true"}


@pytest.fixture
def case(cast):
    return make.case(cast.olga, cast.cn, "Tenzin Invented", summary="The first text.")


def url(case, *path):
    return f"/cases/{case.reference}/{'/'.join(str(one) for one in path)}{'/' if path else ''}"


def hidden_of(page):
    """What the conflict page sends again."""
    return dict(re.findall(r'<input type="hidden" name="(?!csrf)([^"]+)" value="([^"]*)">', page))


def test_the_second_sees_both_versions_and_chooses(cast, case, as_):
    path = url(case, "edit", "texts")
    first = {"seen": 1, "summary": "Olga writes this.", "ask": ""}
    assert as_(cast.olga).post(path, first).status_code == 302
    second = {"seen": 1, "summary": "Hugo writes that.", "ask": "Hugo asks."}
    answer = as_(cast.hugo).post(path, second)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Olga Brandt saved this while you were editing" in page
    assert "Olga writes this." in page
    assert "Hugo writes that." in page
    assert 'name="keep-ask"' not in page
    case.refresh_from_db()
    assert case.summary == "Olga writes this."
    again = {**hidden_of(page), "keep-summary": "yours"}
    assert as_(cast.hugo).post(path, again).status_code == 302
    case.refresh_from_db()
    assert (case.summary, case.ask, case.version) == ("Hugo writes that.", "Hugo asks.", 3)


def test_theirs_may_stand(cast, case, as_):
    path = url(case, "edit", "texts")
    as_(cast.olga).post(path, {"seen": 1, "summary": "Olga writes this."})
    page = as_(cast.hugo).post(path, {"seen": 1, "summary": "Hugo writes that.", "ask": "Hugo asks."}).content.decode()
    as_(cast.hugo).post(path, {**hidden_of(page), "keep-summary": "theirs"})
    case.refresh_from_db()
    assert (case.summary, case.ask) == ("Olga writes this.", "Hugo asks.")


def test_what_only_one_side_changed_merges_by_itself(cast, case, as_):
    path = url(case, "edit", "texts")
    as_(cast.olga).post(path, {"seen": 1, "summary": "Olga writes this."})
    answer = as_(cast.hugo).post(path, {"seen": 1, "summary": "The first text.", "ask": "Hugo asks."})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert (case.summary, case.ask) == ("Olga writes this.", "Hugo asks.")


def test_a_third_version_asks_again(cast, case, as_):
    path = url(case, "edit", "texts")
    as_(cast.olga).post(path, {"seen": 1, "summary": "Olga."})
    page = as_(cast.hugo).post(path, {"seen": 1, "summary": "Hugo."}).content.decode()
    as_(cast.nils).post(path, {"seen": 2, "summary": "Nils."})
    answer = as_(cast.hugo).post(path, {**hidden_of(page), "keep-summary": "yours"})
    assert answer.status_code == 409
    assert "Nils." in answer.content.decode()


def claim():
    return Claim(field="religion", value="a")


PARTS = {
    "names": (
        lambda: make.name("Alias"),
        {"text": "x", "system": "latin", "kind": "alias", "position": "1"},
        "text",
    ),
    "timeline": (lambda: make.event(when="2014"), {"kind": "detained", "when": "x", "certainty": "likely"}, "when"),
    "claims": (claim, {"field": "religion", "value": "x", "certainty": "likely"}, "value"),
    "sources": (
        make.source,
        {"title": "x", "kind": "ngo", "connection": "unknown", "reliability": "F"},
        "title",
    ),
}


@pytest.mark.parametrize("section", PARTS)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_every_part_shows_both(cast, case, as_, section, headers):
    made, data, field = PARTS[section]
    part = make.part(made(), case, cast.olga)
    theirs, yours = ("2015", "2016") if field == "when" else ("Theirs", "Yours")
    assert as_(cast.olga).post(url(case, section, part.pk), {**data, "seen": 1, field: theirs}).status_code == 302
    answer = as_(cast.hugo).post(url(case, section, part.pk), {**data, "seen": 1, field: yours}, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert theirs in page
    assert yours in page
    again = {**hidden_of(page), f"keep-{field}": "yours"}
    assert as_(cast.hugo).post(url(case, section, part.pk), again).status_code == 302
    part.refresh_from_db()
    assert str(getattr(part, field)) == yours
    versions = [str(getattr(row, field)) for row in type(part).history.all()]
    assert versions[:2] == [yours, theirs]


def test_sources_of_an_event_merge(cast, case, as_):
    one, two = (make.part(make.source(title), case, cast.olga) for title in ("One", "Two"))
    event = make.part(make.event(when="2014"), case, cast.olga)
    data = {"kind": "detained", "when": "2014", "certainty": "likely", "seen": 1}
    as_(cast.olga).post(url(case, "timeline", event.pk), {**data, "sources": [str(one.pk)]})
    answer = as_(cast.hugo).post(url(case, "timeline", event.pk), {**data, "sources": [str(two.pk)]})
    assert answer.status_code == 409
    again = {**hidden_of(answer.content.decode()), "keep-sources": "yours"}
    assert as_(cast.hugo).post(url(case, "timeline", event.pk), again).status_code == 302
    assert [link.source for link in CaseEvent.objects.get().event_sources.all()] == [two]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_removed_meanwhile_offers_to_add_it_again(cast, case, as_, headers):
    source = make.part(make.source("Old title"), case, cast.olga)
    as_(cast.olga).post(url(case, "sources", source.pk, "remove"), {"seen": 1, "reason": "Doubtful."})
    data = {"seen": 1, "title": "New title", "kind": "ngo", "connection": "unknown", "reliability": "F"}
    answer = as_(cast.hugo).post(url(case, "sources", source.pk), data, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Olga Brandt removed this source" in page
    assert "Doubtful." in page
    assert 'value="New title"' in page
    assert f'action="{url(case, "sources", "add")}"' in page
    as_(cast.hugo).post(url(case, "sources", "add"), data)
    assert Source.objects.get().title == "New title"


def test_removing_what_was_changed_asks_to_look_again(cast, case, as_):
    name = make.part(make.name("Alias"), case, cast.olga)
    data = {"text": "Other", "system": "latin", "kind": "alias", "position": "1", "seen": 1}
    as_(cast.olga).post(url(case, "names", name.pk), data)
    path = url(case, "names", name.pk, "remove")
    answer = as_(cast.hugo).post(path, {"seen": 1, "reason": "Wrong."})
    assert answer.status_code == 409
    assert "Wrong." in answer.content.decode()
    assert as_(cast.hugo).post(path, {"seen": 2, "reason": "Wrong."}).status_code == 302
    assert not CaseName.objects.filter(pk=name.pk).exists()


def test_a_follow_up_done_meanwhile(cast, case, as_):
    due = make.part(FollowUp(what="Ask", owner=cast.olga, due=case.created_at.date()), case, cast.olga)
    path = url(case, "follow-ups", due.pk, "done")
    as_(cast.olga).post(path, {"seen": 1, "outcome": "Done."})
    answer = as_(cast.hugo).post(path, {"seen": 1, "outcome": "Mine."})
    assert answer.status_code == 409
    assert "done already" in answer.content.decode()
