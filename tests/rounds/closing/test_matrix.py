"""The matrix against an oracle that counts by hand; its filters, copies and cost."""

import re
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from cases.models import CaseTheme, Theme
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from rounds.matrix import Timeline, table_of
from rounds.models import Partner, Raising, ResponseItem, Round
from tests import make as cases
from tests.rounds import cycle, make
from tests.rounds.closing.world import circle, restricted

pytestmark = pytest.mark.django_db
ORDER = ["substantive", "partial", "none", "refused", ""]
LETTER = {"substantive": "s", "partial": "p", "none": "n", "refused": "r", "": "?"}


@pytest.fixture
def here(cast):
    """Three rounds, four cases, raisings by three channels at and between rounds, answers of every grade."""
    rounds = [make.held(cast.olga, cast.cn, ordinal=38 + n, starts=date(2023 + n, 6, 13)) for n in range(3)]
    people = [cases.case(cast.olga, cast.cn, f"Invented {letter}") for letter in "ABCD"]
    hidden = cases.case(cast.nils, cast.cn, "Invented E", marking=2)
    lists = [
        cycle.handed_over(cast.olga, cast.anna, rounds[0], people[0], people[1], on=date(2023, 5, 20)),
        cycle.handed_over(cast.olga, cast.anna, rounds[2], people[0], people[2], on=date(2025, 5, 20)),
        cycle.handed_over(
            cast.nils, cast.anna, rounds[2], people[1], hidden, on=date(2025, 5, 21), label=restricted(cast)
        ),
    ]
    aside = cycle.raising(cast.olga, people[1], on=date(2024, 1, 5))
    late = cycle.raising(cast.olga, people[3], on=date(2026, 1, 5), channel="un")
    cycle.raising(cast.olga, people[0], on=date(2025, 6, 13), channel="oral_session", round=rounds[2])
    cycle.raising(cast.olga, people[0], on=date(2025, 6, 13), voided=True, voided_reason="Twice.")
    said = cycle.response(cast.olga, rounds[0].label(), on=date(2025, 6, 14), round=rounds[2])
    first = cycle.raising_of(lists[0], people[0])
    cycle.item(cast.olga, said, first, "B3")
    cycle.item(cast.olga, said, first, "A1", position=2)
    cycle.item(cast.olga, said, cycle.raising_of(lists[0], people[1]), "R0")
    wrong = cycle.item(cast.olga, said, aside, "A3")
    cycle.item(cast.olga, said, aside, "C1", supersedes=wrong, correction_reason="Another person.")
    cycle.item(cast.olga, said, late)
    secret = cycle.response(cast.nils, restricted(cast), on=date(2025, 7, 1))
    cycle.item(cast.nils, secret, cycle.raising_of(lists[2], people[1]), "A9")
    return {"rounds": rounds, "cases": people, "hidden": hidden, "lists": lists}


def oracle(user, cast):
    """{reference: {column: (channels, letter)}} counted one row at a time; columns are ordinals, or "38–39"."""
    found: dict[str, Any] = {}
    rounds = list(Round.objects.unscoped("tests").filter(dialogue=cast.cn).order_by("starts"))
    struck = {item.supersedes_id for item in ResponseItem.objects.visible_to(user)}
    for raising in Raising.objects.visible_to(user).select_related("case", "round"):
        if raising.voided:
            continue
        before = [one.ordinal for one in rounds if one.starts <= raising.on]
        column = raising.round.ordinal if raising.round else f"after {before[-1] if before else 0}"
        cell = found.setdefault(raising.case.reference, {}).setdefault(column, ([], []))
        cell[0].append(raising.channel)
        answers = ResponseItem.objects.visible_to(user).filter(raising=raising)
        cell[1].extend(item.grade for item in answers if item.pk not in struck)
    return {
        reference: {
            column: (len(set(channels)), LETTER[min(grades, key=ORDER.index)] if grades else "·")
            for column, (channels, grades) in cells.items()
        }
        for reference, cells in found.items()
    }


@pytest.mark.parametrize("who", ["olga", "rita", "nils", "hugo"])
def test_it_is_what_counting_by_hand_gives(cast, here, who):
    user = cast.people[who]
    rounds = list(Round.objects.unscoped("tests").filter(dialogue=cast.cn))
    people = [*here["cases"], here["hidden"]]
    table = table_of(people, Timeline(rounds), user)
    shown: dict[str, Any] = {}
    for line in table.lines:
        for cell, column in line.pairs:
            if cell:
                name = column.round.ordinal if column.round else f"after {37 + column.place // 2}"
                shown.setdefault(line.case.reference, {})[name] = (len(cell.channels), cell.chip[0])
    assert shown == oracle(user, cast)
    assert (here["hidden"].reference in shown) == (who in ("nils", "hugo"))


def chips(page):
    """{reference: letters of its cells} as the page shows them."""
    rows = page.split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:] if "<tbody>" in page else []
    return {
        re.search(r"CN-\w+-\w", row)[0]: "".join(re.findall(r'<i class="\w?" aria-hidden="true">(.)</i>', row))
        for row in rows
    }


def test_the_page_newest_round_first(cast, as_, here):
    page = as_(cast.olga).get("/matrix/").content.decode()
    a, b, c, d = (one.reference for one in here["cases"])
    assert chips(page) == {a: "·s", b: "nr", c: "·", d: "?"}
    assert re.findall(r'aria-hidden="true">(\d\d|–)</span>', page) == ["–", "40", "39", "–", "38"]
    assert f'href="/cases/{a}/#ledger"' in page
    assert "list, 20 May 2023; partial, 14 June 2025; substantive, 14 June 2025" in page
    assert "Hidden" not in page
    assert here["hidden"].reference not in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("grade=substantive", "A"), ("grade=partial", "A"), ("grade=none", "B"), ("grade=refused", "B"),
        ("waiting=on", "AC"), ("from={0}&to={0}", "AB"), ("to={1}", "AB"), ("from={1}", "ACD"), ("from={2}", "ACD"),
        ("list={list0}", "AB"), ("list={list1}", "AC"), ("list={list0}&waiting=on", "A"), ("sort=-name", "DCBA"),
    ],
)  # fmt: skip
def test_filters(cast, as_, here, query, expected):
    names = {f"list{n}": one.pk for n, one in enumerate(here["lists"])}
    asked = query.format(*(one.pk for one in here["rounds"]), **names)
    page = as_(cast.olga).get(f"/matrix/?{asked}").content.decode()
    letters = dict(zip((one.reference for one in here["cases"]), "ABCD", strict=True))
    assert "".join(letters[reference] for reference in chips(page)) == expected


def test_what_is_hidden_is_not_available(cast, as_, here):
    for query in (f"list={here['lists'][2].pk}", f"dialogue={cast.nv.pk}", "from=x", "grade=good"):
        response = as_(cast.olga).get(f"/matrix/?{query}")
        assert chips(response.content.decode()) == {}
        assert response.status_code in (200, 422)
    assert here["lists"][2].pk.hex not in as_(cast.olga).get("/matrix/").content.decode().replace("-", "")


def test_by_theme(cast, as_, here):
    call_command("load_vocabulary", "general", "cn", stdout=StringIO())
    tibet = Theme.objects.get(code="tibet")
    cases.part(CaseTheme(theme=tibet), here["cases"][2], cast.olga)
    page = as_(cast.olga).get(f"/matrix/?theme={tibet.pk}").content.decode()
    assert list(chips(page)) == [here["cases"][2].reference]


def test_partners_are_marked(cast, as_, here):
    partner = Partner(name="Norway")
    with acting(Verb.PARTNER_ADDED, by=cast.olga):
        save_new(partner)
    cycle.raising(cast.olga, here["cases"][3], on=date(2025, 6, 13), round=here["rounds"][2], partner=partner)
    assert ">D+</small>" in as_(cast.olga).get("/matrix/").content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_copy_leaves_for_a_reason(cast, as_, here, kind):
    olga, url = as_(cast.olga), f"/matrix/export/?from={here['rounds'][0].pk}&to={here['rounds'][0].pk}"
    assert b"2 cases" in olga.get(url).content
    assert olga.post(url, {"form": kind}).status_code == 422
    response = olga.post(url, {"form": kind, "reason": "For the debrief."})
    assert response.status_code == 200
    trail = TrailEntry.objects.get(verb="case.exported")
    assert (trail.detail["count"], trail.reason) == (2, "For the debrief.")
    if kind == "csv":
        text = response.content.decode("utf-8-sig")
        assert "list, 20 May 2023; partial, 14 June 2025; substantive, 14 June 2025" in text
        assert here["hidden"].reference not in text


def test_reading_it_is_recorded(cast, as_, here):
    as_(cast.rita).get("/matrix/")
    assert TrailEntry.objects.get(verb="matrix.read").detail["count"] == 4


@pytest.mark.parametrize("who", ["zoe", "nora", "adam", "otto", "lars"])
def test_outside_the_dialogue_there_is_nothing(cast, as_, here, who):
    shown = as_(cast.people[who]).get("/matrix/")
    assert shown.status_code == 200
    assert b"CN-" not in shown.content
    assert as_(cast.people[who]).get("/matrix/export/").status_code == (200 if who == "lars" else 403)


def test_the_fragment_is_part_of_the_page(cast, as_, here):
    fragment = as_(cast.olga).get("/matrix/", headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith('<div id="matrix"')
    assert chips(fragment) == chips(as_(cast.olga).get("/matrix/").content.decode())


@pytest.mark.parametrize("count", [3, 53])
def test_queries_do_not_grow(cast, as_, django_assert_max_num_queries, count):
    rounds = [
        make.held(cast.olga, cast.cn, ordinal=n, starts=timezone.localdate() - timedelta(days=200 * (40 - n)))
        for n in range(1, 39 if count > 3 else 3)
    ]
    people = [cases.case(cast.olga, cast.cn, f"Invented {n:02}") for n in range(count)]
    for round in rounds[-2:]:
        cycle.handed_over(cast.olga, cast.anna, round, *people, on=round.starts)
    olga = as_(cast.olga)
    olga.get("/me/")
    with django_assert_max_num_queries(12):
        page = olga.get("/matrix/").content.decode()
    if count > 50:
        following = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
        with django_assert_max_num_queries(12):
            assert len(chips(olga.get(following).content.decode())) == count - 50


def test_a_list_of_a_circle_is_offered_to_those_in_it(cast, as_, here):
    case = cases.case(cast.hugo, cast.cn, "Invented F", marking=2, compartment=cast.north)
    made = cycle.handed_over(cast.hugo, cast.anna, here["rounds"][1], case, on=date(2024, 5, 20), label=circle(cast))
    page = as_(cast.hugo).get(f"/matrix/?list={made.pk}").content.decode()
    assert list(chips(page)) == [case.reference]
    assert as_(cast.nils).get(f"/matrix/?list={made.pk}").status_code == 422


def test_a_large_copy_does_not_leave_from_here(cast, as_, here, settings):
    settings.EXPORT_LARGE = 1
    olga, url = as_(cast.olga), f"/matrix/export/?from={here['rounds'][0].pk}&to={here['rounds'][0].pk}"
    assert "need a second person" in olga.get(url).content.decode()
    assert olga.post(url, {"form": "csv", "reason": "For the debrief."}).status_code == 422
    assert not TrailEntry.objects.filter(verb="case.exported").exists()
