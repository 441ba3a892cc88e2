"""New case: one screen, one case, nothing lost."""

import re

import pytest
from django.contrib.messages import get_messages

from cases.models import Case, CaseEvent, CaseName, Claim, EventSource, Place, Source
from casetracker.access.roles import Marking
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from tests import make

URL = "/cases/new/"
HTMX = {"HTTP_HX_REQUEST": "true"}


def key_of(response) -> str:
    return re.search(r'name="key" value="([^"]+)"', response.content.decode())[1]


@pytest.fixture
def desk(cast, as_):
    """`desk(olga, **fields)` → the answer to a form filled in by her, over the defaults."""

    def send(who, dialogue=None, marking=1, circle="", headers=None, **fields):
        client = as_(who)
        fresh = key_of(client.get(URL))
        label = f"{(dialogue or cast.cn).pk}/{marking}/{circle}"
        data = {"label": label, "key": fresh, "name": "Tashi Invented", "source_kind": "family", **fields}
        return client.post(URL, data, **(headers or {}))

    return send


@pytest.fixture
def sichuan(cast):
    with acting(Verb.VOCABULARY_LOADED, process="tests"):
        place = Place(name="Sichuan", pack="cn", code="SC")
        save_new(place)
    return place


def test_eight_fields_make_a_case(cast, desk, sichuan):
    answer = desk(
        cast.olga, original="བཀྲ་ཤིས", sex="m", birth="c. 1971", place="Kardze, sichuan", detained="May 2014",
        source="Letter of a relative", summary="Taken from home.",
    )  # fmt: skip
    case = Case.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/cases/{case.reference}/"
    assert case.reference in str(next(iter(get_messages(answer.wsgi_request))))
    assert (case.state, case.owner, case.sex, str(case.birth), case.birth_text) == (
        "active", cast.olga, "m", "c. 1971", "c. 1971",
    )  # fmt: skip
    assert (case.latin_name, case.original_name, case.original_lang) == ("Tashi Invented", "བཀྲ་ཤིས", "bo")
    assert (case.status, case.detained_since, case.place) == ("held", "2014-05-01", sichuan)
    assert case.place_name == "Kardze, Sichuan"
    source = Source.objects.get()
    assert {name.source for name in CaseName.objects.all()} == {source}
    assert [name.system for name in CaseName.objects.all()] == ["tibetan_phonetic", "tibetan_script"]
    assert {(one.field, one.value, one.accepted, one.source) for one in Claim.objects.all()} == {
        ("sex", "male", True, source),
        ("birth", "c. 1971", True, source),
    }
    assert EventSource.objects.get().event == CaseEvent.objects.get()
    assert CaseEvent.objects.get().claimed_by == "family"


def test_a_name_is_enough(cast, desk):
    assert desk(cast.olga).status_code == 302
    assert (CaseEvent.objects.count(), Source.objects.count(), Claim.objects.count()) == (0, 0, 0)


def test_nothing_typed_is_lost(cast, desk):
    answer = desk(cast.olga, name="", original="", birth="sixty", summary="Long story", place="Nowhere")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert Case.objects.count() == 0
    for typed in ("sixty", "Long story", "Nowhere", "Write the name in at least one script", "Write a date as"):
        assert typed in text


def test_save_and_next_keeps_label_and_source(cast, desk):
    answer = desk(cast.hugo, marking=2, source="Report of May", source_kind="ngo", **{"and-next": "1"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'value="{cast.cn.pk}/2/" selected' in text
    assert 'value="Report of May"' in text
    assert "Tashi Invented" not in text
    assert Case.objects.get().marking == Marking.RESTRICTED
    assert Case.objects.get().reference in text


def test_sent_twice_it_makes_one_case(cast, as_):
    client = as_(cast.olga)
    data = {"label": f"{cast.cn.pk}/1/", "key": key_of(client.get(URL)), "name": "Tashi Invented"}
    first, second = client.post(URL, data), client.post(URL, data)
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1


def test_a_key_of_somebody_else_is_refused_and_replaced(cast, as_, desk):
    theirs = key_of(as_(cast.hugo).get(URL))
    answer = desk(cast.olga, key=theirs)
    assert answer.status_code == 422
    assert key_of(answer) != theirs
    assert Case.objects.count() == 0


@pytest.mark.parametrize("who", ["rita", "anna", "nora", "zoe", "adam", "otto"])
def test_only_officials_log_cases(cast, as_, who):
    assert as_(cast.people[who]).get(URL).status_code == 403
    assert as_(cast.people[who]).post(URL, {"name": "Tashi"}).status_code == 403


def test_labels_offered_are_those_of_the_grants(cast, as_, desk):
    text = as_(cast.olga).get(URL).content.decode()
    assert "EU–China · INTERNAL" in text
    assert "LIMITE" not in text.split('id="id_label"')[1]
    assert "North circle" in as_(cast.hugo).get(URL).content.decode()
    assert "North circle" not in as_(cast.nils).get(URL).content.decode()
    assert desk(cast.nils, marking=2, circle=cast.north.pk).status_code == 422
    assert desk(cast.olga, dialogue=cast.nv).status_code == 422


def test_a_likely_same_person_wants_an_answer(cast, desk):
    first = make.case(cast.olga, cast.cn, "Dolkar Tenzin")
    asked = desk(cast.olga, name="Tenzin Dolkar")
    assert asked.status_code == 422
    assert first.reference in asked.content.decode()
    told = desk(cast.olga, name="Tenzin Dolkar", somebody_else=first.reference)
    assert told.status_code == 302
    reason = Case.history.filter(history_type="+").exclude(id=first.pk).get().history_change_reason
    assert reason == f"Somebody else than {first.reference}."


def test_the_reason_names_no_case_that_readers_of_the_new_one_may_not_see(cast, desk):
    hidden = make.case(cast.hugo, cast.cn, "Tenzin Dolkar", marking=Marking.RESTRICTED)
    assert desk(cast.hugo, name="Tenzin Dolkar", somebody_else=hidden.reference).status_code == 302
    assert Case.history.visible_to(cast.olga).get().history_change_reason == ""


def test_a_hidden_namesake_warns_nobody(cast, desk):
    make.case(cast.hugo, cast.cn, "Tenzin Dolkar", marking=Marking.RESTRICTED, compartment=cast.north)
    assert desk(cast.nils, name="Tenzin Dolkar").status_code == 302


def test_while_typing_only_the_warning_comes(cast, desk):
    case = make.case(cast.olga, cast.cn, "Tenzin Dolkar")
    answer = desk(cast.olga, name="tenzin dolkar", birth="19", look="1", headers=HTMX)
    assert answer.status_code == 200
    assert case.reference in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert Case.objects.count() == 1
    assert TrailEntry.objects.get(verb=Verb.CASES_SEARCHED).detail["count"] == 1


def test_a_look_without_script_keeps_the_form(cast, desk):
    make.case(cast.olga, cast.cn, "Tenzin Dolkar")
    text = desk(cast.olga, name="Tenzin Dolkar", summary="Long story", look="1").content.decode()
    assert "Likely the same person" in text
    assert "Long story" in text


def test_a_look_up_that_found_nobody_is_carried_over(cast, as_):
    assert 'value="Tashi"' in as_(cast.olga).post(URL, {"carry": "Tashi"}).content.decode()
    assert 'name="original" value="李明"' in as_(cast.olga).post(URL, {"carry": "李明"}).content.decode()


def test_queries_do_not_grow(cast, as_, desk, django_assert_max_num_queries):
    for number in range(8):
        make.case(cast.olga, cast.cn, f"Tenzin Dolkar {'I' * number}")
    client = as_(cast.olga)
    with django_assert_max_num_queries(12):
        client.get(URL)
    with django_assert_max_num_queries(14):
        client.post(URL, {"label": f"{cast.cn.pk}/1/", "name": "Tenzin Dolkar", "key": "x"})
