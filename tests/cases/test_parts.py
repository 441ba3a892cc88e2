"""Editing in place: with htmx the page afterwards is the page loaded whole; without, it leads back to the anchor."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.models import CaseEvent, CaseLink, CaseName, CaseTheme, Claim, FollowUp, GroupMember, Place, Source, Theme
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from tests import make
from tests.cases.swapping import applied, main_of

HTMX = {"HX-Request": "true"}


@pytest.fixture
def case(cast):
    return make.case(cast.olga, cast.cn, "Tenzin Invented")


@pytest.fixture
def typed(cast, case):
    """What is typed into each section to add a row, and then to edit it."""
    other = make.case(cast.olga, cast.cn, "Other Invented")
    with acting(Verb.VOCABULARY_EDITED, by=cast.olga):
        theme = Theme(name="Freedom of religion", dialogue=cast.cn)
        save_new(theme)
    event = {
        "kind": "sentenced",
        "when": "Mar 2016",
        "place": "Nagchu",
        "term_months": "9 years",
        "certainty": "likely",
    }
    source = {"title": "A letter", "kind": "family", "connection": "close", "reliability": "B"}
    claim = {"field": "birth", "value": "1981", "certainty": "likely"}
    due = {"what": "Ask the family", "due": "2030-01-05", "owner": str(cast.olga.pk)}
    return {
        "timeline": (CaseEvent, event, {"place": "Lhasa, far away"}),
        "names": (
            CaseName,
            {"text": "丹增", "system": "simplified", "kind": "alias", "position": "3"},
            {"text": "旦增"},
        ),
        "claims": (Claim, claim, {"value": "c. 1982"}),
        "sources": (Source, source, {"title": "Another letter"}),
        "follow-ups": (FollowUp, due, {"what": "Ask the lawyer"}),
        "themes": (CaseTheme, {"theme": str(theme.pk)}, None),
        "groups": (GroupMember, {"title": "March of 2008", "kind": "incident", "marking": "1"}, None),
        "links": (CaseLink, {"kind": "family", "reference": other.reference}, {"note": "sister"}),
    }


SECTIONS = ["timeline", "names", "claims", "sources", "follow-ups", "themes", "groups", "links"]


def url(case, *path):
    return f"/cases/{case.reference}/{'/'.join(str(one) for one in path)}{'/' if path else ''}"


@pytest.mark.parametrize("section", SECTIONS)
def test_the_fragment_applied_is_the_page_loaded_whole(cast, case, as_, typed, section):
    client, (model, new, edited) = as_(cast.olga), typed[section]

    def does(path, data):
        before = client.get(url(case)).content.decode()
        answer = client.post(path, data, headers=HTMX)
        assert answer.status_code == 200, answer.content.decode()
        assert answer["HX-Reswap"] == "none"
        assert applied(before, answer.content.decode()) == main_of(client.get(url(case)).content.decode())
        return json.loads(answer["HX-Trigger-After-Settle"])["focus-on"]["id"]

    focus = does(url(case, section, "add"), new)
    row = model.objects.get(pk=focus.removeprefix("part-"))
    if edited:
        path = url(case, section, row.pk)
        assert does(path, {**new, **edited, "seen": row.version}) == f"part-{row.pk}"
        row.refresh_from_db()
        assert row.version == 2
    does(url(case, section, row.pk, "remove"), {"seen": row.version, "reason": "Entered twice."})
    assert not model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("section", "data"),
    [
        ("person", {"sex": "f", "birth": "c. 1981", "origin": "Nagchu, far away"}),
        ("texts", {"ask": "Where is she?\r\nIs she well?"}),
    ],
)
def test_own_fields_in_place(cast, case, as_, section, data):
    client, path = as_(cast.olga), url(case, "edit", section)
    before = client.get(url(case)).content.decode()
    answer = client.post(path, {**data, "seen": 1}, headers=HTMX).content.decode()
    assert applied(before, answer) == main_of(client.get(url(case)).content.decode())
    case.refresh_from_db()
    assert (case.birth_text, case.ask) in [("c. 1981", ""), ("", "Where is she?\nIs she well?")]


@pytest.mark.parametrize("section", SECTIONS)
def test_without_script_it_leads_back_to_the_row(cast, case, as_, typed, section):
    client, (model, new, _) = as_(cast.olga), typed[section]
    assert "<h1>" in client.get(url(case, section, "add")).content.decode()
    answer = client.post(url(case, section, "add"), new)
    assert answer.status_code == 302
    row = model.objects.latest("created_at")
    assert answer["Location"] == f"{url(case)}#part-{row.pk}"


def test_a_form_opens_inside_its_section(cast, case, as_):
    answer = as_(cast.olga).get(url(case, "names", "add"), headers=HTMX).content.decode()
    assert answer.lstrip().startswith("<form")
    assert f'hx-post="{url(case, "names", "add")}"' in answer


def test_what_is_wrong_comes_back_with_what_was_typed(cast, case, as_):
    data = {"kind": "detained", "when": "14/5/14", "certainty": "likely", "note": "typed words"}
    for headers in ({}, HTMX):
        answer = as_(cast.olga).post(url(case, "timeline", "add"), data, headers=headers)
        assert answer.status_code == 422
        assert "typed words" in answer.content.decode()
        assert "Write the year with four digits" in answer.content.decode()
    assert not CaseEvent.objects.exists()


def test_an_edit_moves_what_follows_from_it(cast, case, as_):
    data = {"kind": "detained", "when": "May 2014", "place": "Nagchu", "certainty": "confirmed"}
    answer = as_(cast.olga).post(url(case, "timeline", "add"), data, headers=HTMX).content.decode()
    assert 'id="identity"' in answer
    assert "held" in answer[: answer.index('id="timeline-block"')]
    case.refresh_from_db()
    assert (case.status, case.place_name, case.detained_since) == ("held", "Nagchu", "2014-05-01")


def test_sources_stand_behind_an_event(cast, case, as_):
    source = make.part(make.source("A court notice"), case, cast.olga)
    data = {"kind": "detained", "when": "2014", "certainty": "confirmed", "sources": [str(source.pk)]}
    as_(cast.olga).post(url(case, "timeline", "add"), data)
    event = CaseEvent.objects.get()
    assert [link.source for link in event.event_sources.all()] == [source]
    answer = as_(cast.olga).post(url(case, "sources", source.pk, "remove"), {"seen": 1, "reason": "Doubtful."})
    assert answer.status_code == 409
    assert "rest on this source" in answer.content.decode()
    as_(cast.olga).post(url(case, "timeline", event.pk), {**data, "sources": [], "seen": 1})
    event.refresh_from_db()
    assert (event.version, event.event_sources.count()) == (2, 0)


def test_removing_asks_why(cast, case, as_):
    name = make.part(make.name("Alias Invented"), case, cast.olga)
    answer = as_(cast.olga).post(url(case, "names", name.pk, "remove"), {"seen": 1, "reason": " "})
    assert answer.status_code == 422
    assert CaseName.objects.filter(pk=name.pk).exists()


@pytest.mark.parametrize(
    ("field", "value", "column", "expected"),
    [
        ("sex", "Female", "sex", "f"),
        ("birth", "c. 1981", "birth_text", "c. 1981"),
        ("age", "34", "birth", "1979 or 1980"),
        ("origin", "Nagchu", "origin_text", "Nagchu"),
        ("occupation", "teacher", "occupation", "teacher"),
    ],
)
def test_accepting_a_claim_writes_the_case(cast, case, as_, field, value, column, expected):
    first = make.part(Claim(field=field, value="x", accepted=True), case, cast.olga)
    claim = Claim(field=field, value=value, stated=make.event(when="2014").when, stated_text="2014")
    make.part(claim, case, cast.olga)
    answer = as_(cast.olga).post(url(case, "claims", claim.pk, "accept"), {"seen": 1})
    assert answer.status_code == 302
    case.refresh_from_db()
    first.refresh_from_db()
    found = str(getattr(case, column))
    assert expected in (found, found[:12])
    assert not first.accepted


def test_a_claim_is_accepted_once(cast, case, as_):
    claim = make.part(Claim(field="religion", value="Buddhist"), case, cast.olga)
    assert as_(cast.olga).post(url(case, "claims", claim.pk, "accept"), {"seen": 1}).status_code == 302
    version = Claim.objects.get(pk=claim.pk).version
    again = as_(cast.olga).post(url(case, "claims", claim.pk, "accept"), {"seen": version})
    assert again.status_code == 409
    assert "accepted already" in again.content.decode()
    assert Claim.objects.get(pk=claim.pk).version == version


def test_a_claim_the_case_cannot_hold_says_so(cast, case, as_):
    claim = make.part(Claim(field="sex", value="unclear"), case, cast.olga)
    answer = as_(cast.olga).post(url(case, "claims", claim.pk, "accept"), {"seen": 1})
    assert answer.status_code == 409
    assert "female, male or other" in answer.content.decode()


def test_a_follow_up_is_done_with_its_outcome(cast, case, as_):
    due = make.part(FollowUp(what="Ask", owner=cast.olga, due=case.created_at.date()), case, cast.olga)
    path = url(case, "follow-ups", due.pk, "done")
    assert as_(cast.olga).post(path, {"seen": 1, "outcome": ""}).status_code == 422
    assert as_(cast.olga).post(path, {"seen": 1, "outcome": "She was seen."}).status_code == 302
    due.refresh_from_db()
    assert (due.done_by, due.outcome) == (cast.olga, "She was seen.")
    assert TrailEntry.objects.filter(verb="follow_up.done").exists()


def test_state_is_changed_with_a_reason(cast, case, as_):
    path = url(case, "state")
    assert as_(cast.olga).post(path, {"seen": 1, "to": "closed"}).status_code == 422
    assert as_(cast.olga).post(path, {"seen": 1, "to": "closed", "reason": "Released."}).status_code == 302
    assert "Released." in as_(cast.olga).get(url(case)).content.decode()
    assert as_(cast.olga).post(path, {"seen": 1, "to": "active", "reason": "Again."}).status_code == 409


def test_the_label_is_previewed_before_it_changes(cast, case, as_):
    data = {"seen": 1, "marking": "2", "reason": "Family asked."}
    preview = as_(cast.hugo).post(url(case, "label"), data)
    assert "No longer seen by: Olga Brandt, Rita Moreau." in preview.content.decode()
    case.refresh_from_db()
    assert case.marking == 1
    assert as_(cast.hugo).post(url(case, "label"), {**data, "confirmed": "1"}).status_code == 302
    assert as_(cast.olga).get(url(case)).status_code == 404
    lower = {"seen": 2, "marking": "1", "reason": "Public now."}
    assert "Ask a second person" in as_(cast.hugo).post(url(case, "label"), lower).content.decode()
    assert as_(cast.anna).post(url(case, "label"), {**lower, "confirmed": "1"}).status_code == 302
    case.refresh_from_db()
    assert case.marking == 2


def test_a_case_is_assigned_to_those_who_may_edit_it(cast, case, as_):
    page = as_(cast.olga).get(url(case, "assign")).content.decode()
    assert "Hugo Lindqvist" in page
    assert "Rita Moreau" not in page
    assert as_(cast.olga).post(url(case, "assign"), {"seen": 1, "owner": str(cast.rita.pk)}).status_code == 422
    as_(cast.olga).post(url(case, "assign"), {"seen": 1, "owner": str(cast.hugo.pk)})
    case.refresh_from_db()
    assert case.owner == cast.hugo


def test_a_place_of_the_vocabulary_is_recognised(cast, case, as_):
    with acting(Verb.VOCABULARY_EDITED, by=cast.olga):
        region = Place(name="Tibet AR", code="XZ", dialogue=cast.cn)
        save_new(region)
    data = {"kind": "detained", "place": "Nagchu, tibet ar", "certainty": "likely"}
    as_(cast.olga).post(url(case, "timeline", "add"), data)
    event = CaseEvent.objects.get()
    assert (event.place, event.place_text) == (region, "Nagchu")
    assert 'value="Nagchu, Tibet AR"' in as_(cast.olga).get(url(case, "timeline", event.pk)).content.decode()


def test_files_are_not_edited_by_a_reviewer(cast, case, as_):
    file = SimpleUploadedFile("x.pdf", b"x")
    answer = as_(cast.rita).post(url(case, "attachments", "add"), {"file": file, "title": "x", "marking": "1"})
    assert answer.status_code == 403
