"""The index of names: what it holds, that it is what would be derived, and that a look-up reads no more of it than it
shows, on both engines alike."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.actions.derive import keys_of
from cases.actions.part import edit_part, remove_part
from cases.models import CaseName, NameKey
from cases.names.keys import KeyKind, match_keys, name_keys
from cases.search import ranks
from cases.search.lookup import find
from casetracker.access.roles import Marking, Role
from casetracker.audit.acting import acting
from casetracker.audit.verbs import Verb
from tests import make
from tests.people import grant


def of_kind(text, kind):
    return {key.key for key in name_keys(text) if key.kind == kind}


@pytest.mark.parametrize(
    ("text", "beginning", "words", "inside"),
    [
        ("Liu Xiao Bo", {"liuxiaobo"}, {"xiaoboliu", "boliuxiao"}, set()),
        ("Dolma", {"dolma"}, set(), {"olma"}),
        ("Pema Tenzin", {"pematenzin"}, {"tenzinpema"}, {"enzin", "nzin"}),
        ("李明", {"李明", "liming"}, {"明 李", "mingli"}, set()),
        ("박민서", {"박민서"}, {"민서 박", "서 박민"}, set()),
        ("", set(), set(), set()),
    ],
)
def test_what_a_name_is_found_under(text, beginning, words, inside):
    assert of_kind(text, KeyKind.WHOLE) == match_keys(text)
    assert of_kind(text, KeyKind.BEGINNING) == beginning
    assert of_kind(text, KeyKind.WORD) == words
    assert of_kind(text, KeyKind.INSIDE) == inside


NAMES = ["Tenzin Dolkar Rinchen", "Abdurehim Memet-Ali", "李明發", "热依拉·图尔逊", "བསྟན་འཛིན་སྒྲོལ་དཀར", "ئايگۈل مەمەت",
         "Батбаяр Сүхбаатар", "박민서"]  # fmt: skip


@pytest.mark.parametrize("text", NAMES)
def test_a_name_is_found_from_every_word_on(cast, text):
    case = make.case(cast.olga, cast.cn, text)
    make.case(cast.olga, cast.cn, "Somebody Else")
    for key in name_keys(text):
        if key.kind != KeyKind.WHOLE:
            rest = key.key.split()[0]
            for typed in {rest, rest[: max(4, len(rest) - 1)]}:
                assert find(cast.rita, typed).only == case, (key, typed)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("tenzin dol", True), ("tenzindol", True), ("rinchen tenzin", True), ("rin dol", True), ("dolkar t", True),
        ("rinchentenz", True), ("dolkar olkar", False), ("enzin", True), ("zin", False), ("dolkar pema", False),
    ],
)  # fmt: skip
def test_words_in_any_order_each_from_its_beginning(cast, typed, found):
    case = make.case(cast.olga, cast.cn, "Tenzin Dolkar Rinchen")
    assert [hit.case for hit in find(cast.rita, typed).hits] == [case] * found


def test_the_end_of_a_name_does_not_run_into_its_beginning(cast):
    make.case(cast.olga, cast.cn, "李明發")
    assert find(cast.rita, "发李").hits == ()


def stored():
    return sorted(
        NameKey.objects.unscoped("tests").values_list("name", "case", "dialogue", "kind", "key", "words"), key=str
    )


def derived():
    made = [key for name in CaseName.objects.unscoped("tests").select_related("case") for key in keys_of(name)]
    rows = [(key.name_id, key.case_id, key.dialogue_id, int(key.kind), key.key[:200], key.words[:200]) for key in made]
    return sorted(rows, key=str)


TEXTS = st.sampled_from(["Dolma", "李明發", "Li Ming Fa", "Dolma Invented", "Bat " * 49])


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(["add", "edit", "remove"]), TEXTS, st.integers(0, 3)), max_size=5))
def test_the_index_is_the_derivation(cast, steps):
    case = make.case(cast.olga, cast.cn)
    for what, text, pick in steps:
        names = list(CaseName.objects.all().of(case))
        if what == "add":
            make.part(make.name(text, position=pick), case, cast.olga)
        elif what == "edit" and names:
            name = names[pick % len(names)]
            edit_part(part=name, by=cast.olga, seen=name.version, changes={"text": text})
        elif names:
            name = names[pick % len(names)]
            remove_part(part=name, by=cast.olga, seen=name.version, reason="Wrong.")
        assert stored() == derived()


def spoil_key(name):
    NameKey.objects.filter(name=name, kind=KeyKind.BEGINNING).update(key="other")


def spoil_words(name):
    NameKey.objects.filter(name=name, kind=KeyKind.WORD).update(words="")


def lose(name):
    NameKey.objects.filter(name=name).delete()


def double(name):
    NameKey.objects.bulk_create(keys_of(name)[:1])


@pytest.mark.parametrize("spoil", [spoil_key, spoil_words, lose, double])
def test_the_command_puts_the_index_right(cast, spoil):
    for _ in range(2):
        case = make.case(cast.olga, cast.cn, "Tashi Invented")
    spoil(CaseName.objects.select_related("case").get(case=case))
    with pytest.raises(SystemExit):
        call_command("rederive_status", "--check", stdout=StringIO())
    told = StringIO()
    call_command("rederive_status", stdout=told)
    assert told.getvalue() == "2 cases, 1 differed and are put right.\n"
    assert stored() == derived()


def test_two_dialogues_are_told_as_one(cast):
    made = [make.case(cast.olga, cast.cn, f"Dolma {rest}") for rest in ("A", "C")]
    with acting(Verb.GRANT_REQUESTED, process="tests"):
        grant(cast.rita, cast.nv, Role.REVIEWER, Marking.NORMAL, approved_by=cast.vera, requested_by=cast.adam)
    made += [make.case(cast.lars, cast.nv, f"Dolma {rest}") for rest in ("B", "D")]
    a, c, b, d = made
    assert [hit.case for hit in find(cast.rita, "dolma").hits] == [a, b, c, d]
    found = find(cast.rita, "dolma", limit=3)
    assert ([hit.case for hit in found.hits], found.more) == ([a, b, c], True)


def test_many_keys_of_one_case_hide_no_other(cast, monkeypatch):
    """Where the first cases fill what is read of a rank, it is read deeper; in the end there may be more."""
    for _ in range(3):
        same = [make.name("Dolma", kind="alias", position=number) for number in range(1, 9)]
        make.case(cast.olga, cast.cn, "Dolma", parts=same)
    last = make.case(cast.olga, cast.cn, "Dolma Last")
    monkeypatch.setattr(ranks, "ROWS_OF_CASE", (1, 16))
    found = find(cast.olga, "dolma")
    assert (len(found.hits), found.hits[-1].case, found.more) == (4, last, False)
    monkeypatch.setattr(ranks, "ROWS_OF_CASE", (1, 1))
    found = find(cast.olga, "dolma", limit=3)
    assert found.more


def test_hidden_names_do_not_push_visible_ones_out(cast):
    for _ in range(9):
        make.case(cast.hugo, cast.cn, "Dolma", marking=Marking.RESTRICTED, compartment=cast.north)
    last = make.case(cast.olga, cast.cn, "Dolma Last")
    found = find(cast.nils, "dolma", limit=1)
    assert ([hit.case for hit in found.hits], found.more) == ([last], False)


def crowd(key):
    """So many keys of the same case that it matters by which index they are reached."""
    row = {field.attname: getattr(key, field.attname) for field in NameKey._meta.concrete_fields if field.name != "id"}
    NameKey.objects.bulk_create(NameKey(**{**row, "key": f"zz{number}"}) for number in range(1000))


@pytest.mark.parametrize("typed", ["dolma", "dol", "dolma invented"])
def test_every_rank_is_an_ordered_walk_of_the_index(cast, typed, monkeypatch):
    """No rank sorts, and none reads cases first: then it would read all that a common word has."""
    make.case(cast.olga, cast.cn, "Dolma Invented")
    crowd(NameKey.objects.unscoped("tests").first())
    walks = []
    together = ranks._one_after_another

    def overheard(found):
        walks.extend(found)
        return together(found)

    monkeypatch.setattr(ranks, "_one_after_another", overheard)
    find(cast.olga, typed)
    assert len(walks) >= 3
    with connection.cursor() as cursor:
        # Both plan by what they last counted; SQLite's counts even outlive the test that took them.
        cursor.execute("ANALYZE cases_namekey")
        if connection.vendor == "postgresql":
            for way in ("seqscan", "bitmapscan", "sort"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
        for walk in walks:
            plan = walk.explain()
            index = "cases_namek_dialogu"
            assert index in plan, plan
            assert "TEMP B-TREE" not in plan, plan
            assert "Sort" not in plan, plan
