"""The preview: every row, what was found, and nothing of what one may not see."""

from cases.importing.drafting import Terms
from cases.importing.rows import draft_row, plan_of
from cases.models import Case, ImportRow
from tests import make
from tests.cases.importing.desk import HEADINGS, ROWS, checked, map_columns, table


def row(**cells):
    return [cells.get(heading, cell) for heading, cell in zip(HEADINGS, ROWS[0], strict=True)]


def only(batch):
    return ImportRow.objects.get(batch=batch)


def test_nothing_is_written_to_cases(as_, cast):
    checked(as_(cast.olga), cast)
    assert not Case.objects.exists()


def test_every_row_is_listed_with_what_it_makes(as_, cast):
    client = as_(cast.olga)
    batch = checked(client, cast)
    page = client.get(f"/imports/{batch.pk}/preview/").content.decode()
    assert all(name in page for name in ("Tashi Invented", "Dolkar Made-up", "Karim Fictional"))
    assert "It ends (2 January 2014) before it starts (2015)" in page
    assert "&lt;b&gt;blue&lt;/b&gt;" in page
    assert "<b>blue" not in page


def test_errors_have_to_be_mended(as_, cast):
    rows = [row(**{"Last name": "NA", "First name": ""}), row(**{"Start date": "the day after"}), row(No="9", Age="x")]
    batch = checked(as_(cast.olga), cast, table(rows))
    errors = [found.errors for found in ImportRow.objects.filter(batch=batch)]
    assert "There is no name" in errors[0][0]
    assert "is not read as a date" in errors[1][0]
    assert errors[2] == []


def test_a_value_nobody_has_explained_is_an_error(as_, cast):
    client = as_(cast.olga)
    batch = checked(client, cast)
    batch.refresh_from_db()
    batch.settings["meanings"]["Sex"] = {"m": "m"}
    type(batch).objects.filter(pk=batch.pk).update(settings=batch.settings)
    assert "it is not said what “f” means" in draft_row(3, ROWS[1], plan_of(batch), Terms({})).errors[0]


def test_warnings_within_the_file(as_, cast):
    batch = checked(as_(cast.olga), cast, table([row(), row(No="2"), row(No="2", **{"First name": "Other"})]))
    found = [line.warnings for line in ImportRow.objects.filter(batch=batch)]
    assert found[0] == ["The same name as in row 3."]
    assert "The same number in the list as in row 4." in found[1]


def test_ages_that_do_not_fit(as_, cast):
    headings = ["Name", "Age", "Minor", "Birth", "Start date"]
    rows = [
        ["A One", "30", "1", "1984", "2014"],
        ["B Two", "10", "1", "1950", "2014"],
        ["C Three", "0.22", "", "", "2014"],
    ]
    batch = checked(as_(cast.olga), cast, table(rows, headings), meanings={"1": "yes"})
    found = [line.warnings for line in ImportRow.objects.filter(batch=batch)]
    assert found[0] == ["Stated as a minor, and as 30 years old."]
    assert found[1] == ["Born 1950 does not fit 10 years at the start (2014)."]
    assert "no age in whole years" in found[2][0]


def test_a_visible_case_with_the_name_is_shown(as_, cast):
    case = make.case(cast.olga, cast.cn, "Invented Tashi")
    client = as_(cast.olga)
    batch = checked(client, cast)
    assert case.reference in client.get(f"/imports/{batch.pk}/preview/?show=matches").content.decode()


def test_a_hidden_case_with_the_name_is_not(as_, cast):
    make.case(cast.hugo, cast.cn, "Tashi Invented", marking=2)
    make.case(cast.hugo, cast.cn, "Dolkar Made-up", compartment=cast.north)
    make.case(cast.lars, cast.nv, "Karim Fictional")
    batch = checked(as_(cast.olga), cast)
    assert not ImportRow.objects.filter(batch=batch).exclude(matches=[]).exists()


def test_a_match_found_by_somebody_else_is_shown_only_to_who_sees_it(as_, cast):
    case = make.case(cast.hugo, cast.cn, "Tashi Invented", marking=2)
    batch = checked(as_(cast.hugo), cast)
    url = f"/imports/{batch.pk}/preview/"
    hers, his = as_(cast.olga).get(url), as_(cast.hugo).get(url)
    assert (hers.context["counts"]["matches"], his.context["counts"]["matches"]) == (0, 1)
    assert case.reference not in hers.content.decode()
    assert case.reference in his.content.decode()


def test_rows_are_skipped_and_taken_back(as_, cast):
    client = as_(cast.olga)
    batch = checked(client, cast)
    keys = [str(pk) for pk in ImportRow.objects.filter(batch=batch).values_list("pk", flat=True)]
    url = f"/imports/{batch.pk}/skip/"
    client.post(url, {"shown": keys, "skip": keys[:1]})
    assert ImportRow.objects.filter(batch=batch, skip=True).count() == 1
    client.post(url, {"shown": keys})
    assert ImportRow.objects.filter(batch=batch, skip=True).count() == 0


def test_all_errors_are_skipped_at_once(as_, cast):
    client = as_(cast.olga)
    batch = checked(client, cast, table([row(), row(No="2", **{"Start date": "soon"})]))
    client.post(f"/imports/{batch.pk}/skip/", {"errors": "1"})
    assert client.get(f"/imports/{batch.pk}/preview/").context["counts"]["open"] == 0


def test_mapping_again_checks_again(as_, cast):
    client = as_(cast.olga)
    batch = checked(client, cast)
    assert map_columns(client, batch, **{"End date": "note"}).status_code == 302
    assert not ImportRow.objects.filter(batch=batch, warnings__icontains="before it starts").exists()


def test_the_page_costs_the_same_however_many_rows(as_, cast, django_assert_max_num_queries):
    client = as_(cast.olga)
    make.case(cast.olga, cast.cn, "Tashi Invented")
    rows = [row(No=str(number), **{"First name": f"Tashi {number}"}) for number in range(120)]
    batch = checked(client, cast, table(rows))
    with django_assert_max_num_queries(22):
        first = client.get(f"/imports/{batch.pk}/preview/")
    assert len(first.context["lines"]) == 50
    second = client.get(first.context["pager"]["next_url"])
    third = client.get(second.context["pager"]["next_url"])
    assert (len(third.context["lines"]), third.context["pager"]["next_url"]) == (20, "")
    assert client.get(third.context["pager"]["previous_url"]).context["lines"][0].row.number == 52
