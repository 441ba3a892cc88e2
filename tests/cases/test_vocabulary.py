"""Vocabulary packs, their loader, and the page on which officials extend the vocabulary of their dialogue."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from cases.actions.vocabulary import KINDS, add_term, edit_term, load_pack
from cases.models import Case, CaseTheme, EthnicGroup, Facility, Place, Statute, Theme
from cases.vocabulary.pack import BadPack, read_pack
from casetracker.access.errors import Denied, WrongState
from casetracker.access.roles import Marking, Role
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb
from tests import make
from tests.people import grant

FIXTURES = settings.BASE_DIR / "fixtures"
GB_PROVINCES = """
    11 BJ 12 TJ 13 HE 14 SX 15 NM 21 LN 22 JL 23 HL 31 SH 32 JS 33 ZJ 34 AH 35 FJ 36 JX 37 SD 41 HA 42 HB 43 HN 44 GD
    45 GX 46 HI 50 CQ 51 SC 52 GZ 53 YN 54 XZ 61 SN 62 GS 63 QH 64 NX 65 XJ 71 TW 81 HK 82 MO
"""
LETTERS = dict(zip(GB_PROVINCES.split()[::2], GB_PROVINCES.split()[1::2], strict=True))
ARTICLES = """
    102 103.1 103.2 104 105.1 105.2 110 111 120 120-1 120-2 120-3 120-4 120-5 120-6 225 249 277 278 282 290 291 291-1
    293 296 299-1 300 309 318 322
"""


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_pack_holds_all_that_the_vocabulary_fixes():
    pack = read_pack(FIXTURES / "cn.toml")
    of = {kind: [entry for entry in pack.entries if entry.kind == kind] for kind in KINDS}
    provinces = {entry.code: entry.values["note"] for entry in of["place"] if not entry.place_code}
    assert provinces == {letters: f"GB/T 2260: {number} (V)" for number, letters in LETTERS.items()}
    numbers = [re.search(r"3304: (\d\d)", entry.values["note"])[1] for entry in of["ethnicgroup"]]
    assert numbers == [f"{number:02}" for number in range(1, 57)]
    values = [entry.values for entry in of["statute"]]
    articles = {".".join(filter(None, (v["article"], v["paragraph"]))) for v in values if "(1997)" in v["law"]}
    assert articles == set(ARTICLES.split())
    hong_kong = [v["article"] for v in values if v["law"] == "HK National Security Law"]
    assert hong_kong == [str(number) for number in range(20, 31)]


@pytest.mark.parametrize("name", ["cn", "nv", "general"])
def test_every_term_keeps_its_mark(name):
    for entry in read_pack(FIXTURES / f"{name}.toml").entries:
        assert re.search(r"\b[SVB]\b|[Ii]nvented|\(V\)", entry.values["note"]), entry


def test_a_prefecture_lies_in_the_province_of_its_number():
    for entry in read_pack(FIXTURES / "cn.toml").entries:
        if entry.kind == "place" and entry.place_code:
            assert entry.place_code == LETTERS[entry.code[:2]], entry


WRONG = {
    "not toml": "pack = [",
    "no head": 'themes = [{ code = "a", name = "A" }]',
    "unknown section": '[pack]\ncode = "x"\nname = "X"\n[[people]]\ncode = "a"',
    "unknown field": 'themes = [{ code = "a", name = "A", colour = "red" }]\n[pack]\ncode = "x"\nname = "X"',
    "twice": 'themes = [{ code = "a", name = "A" }, { code = "a", name = "B" }]\n[pack]\ncode = "x"\nname = "X"',
    "no such place": 'facilities = [{ code = "a", name = "A", place = "ZZ" }]\n[pack]\ncode = "x"\nname = "X"',
    "not a date": 'themes = [{ code = "a", name = "A", valid_from = "1997" }]\n[pack]\ncode = "x"\nname = "X"',
    "backwards": "themes = [{ code = 'a', name = 'A', valid_from = 1999-01-01, valid_to = 1998-01-01 }]\n"
    '[pack]\ncode = "x"\nname = "X"',
    "too long": f'themes = [{{ code = "a", name = "{"x" * 161}" }}]\n[pack]\ncode = "x"\nname = "X"',
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.django_db
def test_a_wrong_pack_writes_nothing(tmp_path, wrong):
    path = tmp_path / "wrong.toml"
    path.write_text(WRONG[wrong])
    with pytest.raises(BadPack):
        load_pack(path, process="tests")
    with pytest.raises(CommandError, match="nothing changed"):
        call_command("load_vocabulary", str(path))
    assert not Theme.objects.exists()
    assert not TrailEntry.objects.exists()


@pytest.mark.django_db
def test_loading_is_idempotent_and_updates(tmp_path, cast):
    path = tmp_path / "x.toml"
    head = '[pack]\ncode = "cn"\nname = "X"\n'
    path.write_text(
        'places = [{ code = "A1", name = "Town", region = "A" }, { code = "A", name = "Province" }]\n'
        'themes = [{ code = "t", name = "Theme" }]\n'
        'facilities = [{ code = "f", name = "Prison", place = "A1" }]\n' + head
    )
    report = load_pack(path, process="tests")
    assert (report.added.total(), report.changed.total(), report.unchanged.total()) == (4, 0, 0)
    assert Place.objects.get(code="A1").region == Place.objects.get(code="A")
    assert Facility.objects.get().place.code == "A1"
    assert load_pack(path, process="tests").unchanged.total() == 4
    case = make.case(cast.olga, cast.cn)
    make.part(CaseTheme(theme=Theme.objects.get()), case, cast.olga)
    path.write_text(path.read_text().replace('"Theme"', '"Theme, renamed"').replace(', region = "A"', ""))
    report = load_pack(path, process="tests")
    assert (dict(report.changed), report.unchanged.total()) == ({"theme": 1, "place": 1}, 2)
    assert Theme.objects.get().version == 2
    assert Case.objects.get().themes_text == "Theme, renamed"
    path.write_text(head)
    load_pack(path, process="tests")
    assert Theme.objects.count() == 1


@pytest.mark.django_db
def test_the_command_loads_all_packs_and_a_dialogue_is_offered_its_own(cast, capsys):
    call_command("load_vocabulary")
    assert "China: added 241, changed 0, unchanged 0" in capsys.readouterr().out
    codes = set(Theme.objects.visible_to(cast.olga).offered_in(cast.cn).values_list("code", flat=True))
    assert {"torture", "tibet"} <= codes
    assert "coast" not in codes
    splittism = Statute.objects.get(code="CL-103-p1")
    assert (str(splittism), splittism.in_force(date(1996, 1, 1))) == (
        "Criminal Law of the PRC (1997) art. 103(1) splittism: organising, plotting or carrying out",
        False,
    )
    articles = list(Statute.objects.filter(law__contains="(1997)").values_list("article", flat=True))
    assert articles.index("120") < articles.index("120-1") < articles.index("225")


def own(cast, kind="theme", name="Village petitions", **values):
    return add_term(kind=kind, dialogue=cast.cn, by=cast.olga, values={"name": name, **values})


@pytest.mark.django_db
def test_a_term_of_a_dialogue_is_known_only_there(cast, as_):
    own(cast)
    for who, knows in {"rita": True, "anna": True, "lars": False, "adam": False, "otto": False, "zoe": False}.items():
        assert (b"Village petitions" in as_(cast.people[who]).get("/vocabulary/").content) == knows, who
    assert not Theme.objects.visible_to(cast.lars).exists()


@pytest.mark.django_db
def test_officials_add_terms_of_every_kind(cast, as_):
    olga = as_(cast.olga)
    for kind in KINDS:
        page = olga.get(f"/vocabulary/{kind}/new/")
        assert "Never a person’s name" in page.content.decode()
        sent = {"dialogue": cast.cn.pk, "name": "New one", "law": "Some law", "article": "7"}
        assert olga.post(f"/vocabulary/{kind}/new/", sent).status_code == 302, kind
        made = KINDS[kind].objects.get()
        assert (made.dialogue, made.pack) == (cast.cn, "")
        assert "New one" in text_of(olga.get(f"/vocabulary/?kind={kind}"))
        again = olga.post(f"/vocabulary/{kind}/new/", sent | {"name": "new ONE"})
        assert (again.status_code, "already" in text_of(again)) == (422, True), kind
    assert olga.get("/vocabulary/people/new/").status_code == 404


@pytest.mark.django_db
def test_terms_are_not_added_to_other_dialogues(cast, as_):
    for dialogue in (cast.nv.pk, uuid4(), ""):
        sent = {"dialogue": dialogue, "name": "New one"}
        assert as_(cast.olga).post("/vocabulary/theme/new/", sent).status_code == 422
    assert not Theme.objects.exists()


@pytest.mark.django_db
def test_own_terms_are_edited_and_retired(cast, as_):
    olga, term = as_(cast.olga), own(cast)
    case = make.case(cast.olga, cast.cn)
    make.part(CaseTheme(theme=term), case, cast.olga)
    url = f"/vocabulary/theme/{term.pk}/"
    assert olga.post(url, {"name": "Petitions", "seen": 1, "why": "Shorter."}).status_code == 302
    assert Case.objects.get().themes_text == "Petitions"
    assert olga.post(url, {"name": "Petitions", "retired": "on", "seen": 2}).status_code == 302
    assert not Theme.objects.visible_to(cast.olga).offered_in(cast.cn).exists()
    assert "retired" in text_of(olga.get("/vocabulary/"))
    stale = olga.post(url, {"name": "Villages", "seen": 1})
    assert stale.status_code == 409
    assert "Olga Brandt saved this" in text_of(stale)


@pytest.mark.django_db
def test_shared_terms_are_read_only(cast, as_):
    load_pack(FIXTURES / "general.toml", process="tests")
    term = Theme.objects.get(code="torture")
    for method in ("get", "post"):
        assert getattr(as_(cast.olga), method)(f"/vocabulary/theme/{term.pk}/").status_code == 403
    with pytest.raises(Denied):
        edit_term(term=term, by=cast.olga, seen=1, changes={"name": "x"})
    assert b">Edit" not in as_(cast.olga).get("/vocabulary/").content


@pytest.mark.django_db
def test_reviewers_read_and_strangers_find_nothing(cast, as_):
    term = own(cast)
    url = f"/vocabulary/theme/{term.pk}/"
    assert b"Village petitions" in as_(cast.rita).get("/vocabulary/").content
    assert not re.search(rb">Edit|Add: ", as_(cast.rita).get("/vocabulary/").content)
    assert as_(cast.rita).get(url).status_code == 403
    assert as_(cast.rita).get("/vocabulary/theme/new/").status_code == 403
    for who in ("lars", "adam", "otto", "nora"):
        hidden, missing = (as_(cast.people[who]).get(f"/vocabulary/theme/{pk}/") for pk in (term.pk, uuid4()))
        assert (hidden.status_code, hidden.content) == (404, missing.content), who


@pytest.mark.django_db
def test_places_lie_in_regions_and_facilities_in_places(cast, as_):
    load_pack(FIXTURES / "cn.toml", process="tests")
    load_pack(FIXTURES / "nv.toml", process="tests")
    olga = as_(cast.olga)
    sichuan, lhasa = Place.objects.get(code="SC"), Place.objects.get(code="5401")
    elsewhere = Place.objects.get(code="NV-OST")
    town = {"dialogue": cast.cn.pk, "name": "Tashi Ling"}
    assert olga.post("/vocabulary/place/new/", town | {"region": lhasa.pk}).status_code == 422
    assert olga.post("/vocabulary/place/new/", town | {"region": elsewhere.pk}).status_code == 422
    assert olga.post("/vocabulary/place/new/", town | {"region": sichuan.pk}).status_code == 302
    made = Place.objects.get(name="Tashi Ling")
    prison = {"dialogue": cast.cn.pk, "name": "County Prison", "place": made.pk}
    assert olga.post("/vocabulary/facility/new/", prison).status_code == 302
    shown = text_of(olga.get("/vocabulary/?kind=place"))
    assert ("Tashi Ling Sichuan" in shown, "Ostermark" in shown) == (True, False)
    assert EthnicGroup.objects.filter(pack="cn").count() == 56


@pytest.mark.django_db
def test_queries_do_not_grow(cast, as_, django_assert_max_num_queries):
    load_pack(FIXTURES / "cn.toml", process="tests")
    olga = as_(cast.olga)
    for kind in KINDS:
        with django_assert_max_num_queries(12):
            olga.get(f"/vocabulary/?kind={kind}")
        with django_assert_max_num_queries(12):
            olga.get(f"/vocabulary/{kind}/new/")


@pytest.mark.django_db
def test_a_term_does_not_point_into_another_dialogue(cast, as_):
    """Somebody in both dialogues sees both places; those who know one dialogue must not learn of the other's."""
    with acting(Verb.GRANT_APPROVED, process="tests"):
        grant(cast.olga, cast.nv, Role.OFFICIAL, Marking.NORMAL, approved_by=cast.vera, requested_by=cast.adam)
    elsewhere = add_term(kind="place", dialogue=cast.nv, by=cast.olga, values={"name": "Secret Cove"})
    sent = {"dialogue": cast.cn.pk, "name": "Prison", "place": elsewhere.pk}
    refused = as_(cast.olga).post("/vocabulary/facility/new/", sent)
    assert (refused.status_code, Facility.objects.count()) == (409, 0)
    made = own(cast, "facility", "Prison")
    edited = as_(cast.olga).post(f"/vocabulary/facility/{made.pk}/", {**sent, "seen": 1})
    assert edited.status_code == 422
    with pytest.raises(WrongState):
        edit_term(term=made, by=cast.olga, seen=1, changes={"place_id": elsewhere.pk})
    assert Facility.objects.get().place is None
