"""Times raised, last raised, last answer and waiting since in the table: figures, sorts and filters per viewer.

What the page shows and finds is held against the same rules worked out in Python from the days each person sees.
"""

import random
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cases.ledger_figures import figures
from cases.models import Case, LedgerDay
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from rounds.figures import refresh_days
from tests import make
from tests.rounds import cycle

CODES = {"A1": "substantive", "B3": "partial", "B1": "substantive", "C5": "none", "R0": "refused", "": ""}
HIGH, NORMAL = Marking.RESTRICTED, Marking.NORMAL


@pytest.fixture
def cases(cast):
    """Twenty cases with days of all kinds and labels, some hidden, some never raised; always the same."""
    dice, today = random.Random(11), timezone.localdate()
    made = []
    for number in range(20):
        marking = HIGH if number % 7 == 6 else NORMAL
        case = make.case(cast.hugo, cast.cn, f"Case {number:02}", marking=marking)
        made.append(case)
        days = []
        for _ in range(dice.choice((0, 1, 1, 2, 4))):
            raised = today - timedelta(days=dice.randrange(1, 800))
            label = dice.choice(((marking, None), (HIGH, None), (HIGH, cast.north)))
            days.append(_day(case, "raised", raised, label, channel="list"))
            for code in dice.sample(sorted(CODES), dice.choice((0, 0, 1, 2))):
                came = raised + timedelta(days=dice.choice((0, 30, 200)))
                kind = "refused" if code == "R0" else "answered"
                days.append(_day(case, kind, came, label, code=code, grade=CODES[code],
                                 answers_to=dice.choice((raised, None))))  # fmt: skip
        LedgerDay.objects.bulk_create(days)
    return made


def _day(case, kind, on, label, **values):
    marking, circle = label
    return LedgerDay(case=case, kind=kind, on=on, dialogue_id=case.dialogue_id, marking=marking, compartment=circle,
                     **values)  # fmt: skip


def oracle(user, case):
    """The figures worked out plainly from the days that `user` sees."""
    days = list(LedgerDay.objects.visible_to(user).filter(case=case))
    raised = sorted(day.on for day in days if day.kind == "raised")
    told = [day for day in days if day.kind != "raised"]
    speaks = [day.answers_to or day.on for day in told if day.kind == "answered"]
    open_days = [on for on in raised if not any(until >= on for until in speaks)]
    last = [day for day in told if day.on == max(one.on for one in told)]
    order = ["A1", "B1", "B3", "C5", "", "R0"]
    best = min(last, key=lambda day: order.index(day.code), default=None)
    return {
        "times": len(raised),
        "raised": raised[-1] if raised else None,
        "answer": best.on if best else None,
        "grade": best.grade if best else None,
        "waiting": open_days[0] if open_days else None,
    }


def oracles(user, seen):
    return {case.reference: oracle(user, case) for case in seen}


def visible(user, cases):
    return [case for case in cases if Case.objects.visible_to(user).filter(pk=case.pk).exists()]


def rows(response):
    assert response.status_code == 200, response.context["listing"].filters.form.errors
    return response.context["rows"]


WHO = ["olga", "nils", "hugo"]


@pytest.mark.parametrize("who", WHO)
def test_the_figures_are_those_of_the_viewer(cast, as_, cases, who):
    user = cast.people[who]
    wanted = oracles(user, visible(user, cases))
    shown = {
        row.case.reference: {
            "times": row.ledger.times,
            "raised": row.ledger.last_raised,
            "answer": row.ledger.last_answer,
            "grade": row.ledger.grade if row.ledger.last_answer else None,
            "waiting": row.ledger.waiting_since,
        }
        for row in rows(as_(user).get("/cases/"))
    }
    assert shown == wanted
    assert len({one["times"] for one in shown.values()}) > 2


SORTS = [sign + of for of in ("times", "raised", "answer", "waiting") for sign in ("", "-")]


@pytest.mark.parametrize("who", WHO)
def test_every_figure_sorts_both_ways_over_all_pages(cast, as_, cases, monkeypatch, who):
    monkeypatch.setattr("cases.listing.DEFAULT_SIZE", 7)
    user = cast.people[who]
    known, client = oracles(user, visible(user, cases)), as_(user)
    for sort in SORTS:
        found = walk(client, f"/cases/?sort={sort}", "next")
        assert sorted(found) == sorted(known)
        values = [known[one][sort.removeprefix("-")] for one in found]
        told = [value for value in values if value is not None]
        assert values == told + [None] * (len(values) - len(told)), sort
        assert told == sorted(told, reverse=sort.startswith("-")), sort
        # the first page may hold rows of the second again: it is filled up
        assert walk(client, f"/cases/?sort={sort}&at=end", "previous")[-len(found) :] == found, sort


def walk(client, url, way):
    found: list[str] = []
    while url:
        response = client.get(url)
        page = [row.case.reference for row in rows(response)]
        found = found + page if way == "next" else page + found
        url = response.context["pager"].get(f"{way}_url")
    if way == "next":
        return found
    return list(dict.fromkeys(found))


def _ago(days):
    return timezone.localdate() - timedelta(days=days)


FILTERS = {
    "asked=ever": lambda one: one["times"] > 0,
    "asked=never": lambda one: one["times"] == 0,
    "raised_since={d200}": lambda one: one["raised"] is not None and one["raised"] >= _ago(200),
    "not_raised_since={d200}": lambda one: one["raised"] is None or one["raised"] < _ago(200),
    "waiting=any": lambda one: one["waiting"] is not None,
    "waiting=90": lambda one: one["waiting"] is not None and one["waiting"] < _ago(90),
    "waiting=180": lambda one: one["waiting"] is not None and one["waiting"] < _ago(180),
    "waiting=365": lambda one: one["waiting"] is not None and one["waiting"] < _ago(365),
    "answer=substantive": lambda one: one["grade"] == "substantive",
    "answer=partial": lambda one: one["grade"] == "partial",
    "answer=none": lambda one: one["grade"] == "none",
    "answer=refused": lambda one: one["grade"] == "refused",
    "answer=not_coded": lambda one: one["grade"] == "",
    "answer=never": lambda one: one["grade"] is None and one["times"] > 0,
    "answer=substantive&answer=never": lambda one: one["grade"] in ("substantive", None)
    and (one["times"] > 0 or one["grade"] is not None),
    "waiting=90&answer=refused&sort=waiting": lambda one: one["waiting"] is not None
    and one["waiting"] < _ago(90) and one["grade"] == "refused",
}  # fmt: skip


@pytest.mark.parametrize("who", WHO)
def test_a_filter_finds_what_it_says(cast, as_, cases, who):
    user = cast.people[who]
    known, client = oracles(user, visible(user, cases)), as_(user)
    for query, fits in FILTERS.items():
        response = client.get(f"/cases/?{query.format(d200=_ago(200).isoformat())}")
        found = {row.case.reference for row in rows(response)}
        assert found == {reference for reference, one in known.items() if fits(one)}, query
        assert response.context["listing"].chips()


def test_every_filter_finds_somebody_and_leaves_somebody_out(cast, cases):
    known = oracles(cast.hugo, cases).values()
    for query, fits in FILTERS.items():
        if "&" not in query:
            assert 0 < sum(map(fits, known)) < len(known), query


@pytest.mark.parametrize("days", [90, 180, 365])
def test_a_horizon_is_passed_the_day_after(cast, as_, days):
    on_the_day, after = (make.case(cast.olga, cast.cn) for _ in range(2))
    cycle.raising(cast.olga, on_the_day, on=_ago(days))
    cycle.raising(cast.olga, after, on=_ago(days + 1))
    found = [row.case.reference for row in rows(as_(cast.olga).get(f"/cases/?waiting={days}"))]
    assert found == [after.reference]


def test_what_actions_wrote_stands_in_the_table(cast, as_):
    case = make.case(cast.olga, cast.cn)
    old = cycle.raising(cast.olga, case, on=date(2011, 6, 16))
    cycle.raising(cast.olga, case, on=date(2012, 5, 1))
    said = cycle.response(cast.nils, Label(cast.cn.pk, HIGH), on=date(2012, 5, 29))
    cycle.item(cast.nils, said, old, "A1")
    refresh_days([case.pk])
    hidden = as_(cast.olga).get("/cases/")
    text = as_(cast.nils).get("/cases/?waiting=any").content.decode()
    assert "A1 substantive" in text
    assert "1 May 2012" in text
    # the newer raising is waited for, and only it: in the order of the table, too
    between = make.case(cast.olga, cast.cn)
    cycle.raising(cast.olga, between, on=date(2012, 1, 1))
    first = [row.case.reference for row in rows(as_(cast.nils).get("/cases/?sort=waiting"))]
    assert first == [between.reference, case.reference]
    assert "A1" not in hidden.content.decode().split("<tbody>")[1]
    assert {row.ledger.waiting_since for row in rows(hidden)} == {date(2011, 6, 16)}


def test_columns_are_chosen_in_the_address(cast, as_):
    make.case(cast.olga, cast.cn, marking=NORMAL)
    client = as_(cast.olga)
    text = client.get("/cases/").content.decode()
    assert 'data-label="Waiting since"' in text
    assert 'data-label="Themes"' not in text
    chosen = client.get("/cases/?column=themes&column=times&column=secret&state=active")
    text = chosen.content.decode()
    assert 'data-label="Themes"' in text
    assert 'data-label="Waiting since"' not in text
    assert 'data-label="Name"' in text
    asked = "state=active&column=reference&column=name&column=times&column=themes"
    assert chosen.context["listing"].query() == asked
    assert "secret" not in text
    assert '<input type="hidden" name="column" value="themes">' in text
    client.post("/cases/filters/", {"name": "Narrow", "query": asked})
    assert 'aria-current="page">Narrow' in client.get(f"/cases/?{asked}").content.decode()


def test_a_mark_is_never_left_out_with_its_column(cast, as_):
    make.case(cast.nils, cast.cn, marking=HIGH)
    for column in ("times", "label"):
        assert "LIMITE" in as_(cast.nils).get(f"/cases/?column={column}").content.decode().split("<tbody>")[1]


def test_a_copy_holds_the_figures_of_whoever_takes_it(cast, as_):
    case = make.case(cast.olga, cast.cn)
    asked = cycle.raising(cast.olga, case, on=date(2020, 1, 2))
    said = cycle.response(cast.nils, Label(cast.cn.pk, HIGH), on=date(2020, 3, 4))
    cycle.item(cast.nils, said, asked, "B3")
    lines = {}
    for who in ("olga", "nils"):
        data = {"step": "send", "form": "csv", "reason": "For the embassy.", "whole": "1"}
        sent = as_(cast.people[who]).post("/cases/export/", data).content.decode("utf-8-sig").splitlines()
        assert sent[0].endswith('"Times raised","Last raised","Last answer on","Last answer","Waiting since"')
        lines[who] = sent[1].split(",")[-5:]
    assert lines["olga"] == ['"1"', '"2020-01-02"', '""', '""', '"2020-01-02"']
    assert lines["nils"] == ['"1"', '"2020-01-02"', '"2020-03-04"', '"B3 partial"', '""']


def test_the_table_takes_few_queries_with_all_of_it(cast, as_, cases):
    client = as_(cast.hugo)
    asked = "sort=waiting&waiting=any&answer=substantive&answer=never&asked=ever&size=25"
    client.get(f"/cases/?{asked}")
    with CaptureQueriesContext(connection) as caught:
        assert rows(client.get(f"/cases/?{asked}"))
    assert len([one for one in caught if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]) <= 12


DAYS = st.dates(date(2000, 1, 1), date(2000, 1, 12))
RAISED = st.tuples(st.just("raised"), DAYS, st.just(""), st.just(""), st.none())
TOLD = st.tuples(st.just("answered"), DAYS, st.sampled_from(["A1", "C5", ""]), st.just("none"), st.none() | DAYS)
REFUSED = st.tuples(st.just("refused"), DAYS, st.just("R0"), st.just("refused"), st.none() | DAYS)


@given(st.lists(RAISED | TOLD | REFUSED, max_size=8))
def test_waiting_begins_with_the_first_raising_nothing_speaks_to(days):
    found = figures(days)
    raised = [on for kind, on, *_ in days if kind == "raised"]
    speaks = [to or on for kind, on, _, _, to in days if kind == "answered"]
    waiting = [on for on in raised if all(until < on for until in speaks)]
    assert found.waiting_since == min(waiting, default=None)
    assert found.times == len(raised)
    assert (found.last_answer is None) == (not any(kind != "raised" for kind, *_ in days))
