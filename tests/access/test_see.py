"""The rule of access, and the net under it."""

import pytest
from django.db.models import Prefetch

from cases.models import Attachment, Case, CaseEvent, CaseName
from casetracker.access.errors import Unscoped
from casetracker.access.net import unguarded
from casetracker.access.roles import Marking
from casetracker.access.see import Serving, serving
from tests import make
from tests.two_persons import lower


@pytest.fixture
def three(cast):
    """One case a step deeper than the other: normal, restricted, in the circle."""
    return (
        make.case(cast.olga, cast.cn, "Plain Person"),
        make.case(cast.hugo, cast.cn, "Restricted Person", marking=Marking.RESTRICTED),
        make.case(cast.hugo, cast.cn, "Circle Person", marking=Marking.RESTRICTED, compartment=cast.north),
    )


@pytest.fixture
def serve():
    """`serve(user)` puts the net up as the middleware does."""
    tokens = []

    def up(user):
        tokens.append(serving.set(Serving(user)))

    yield up
    for token in reversed(tokens):
        serving.reset(token)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("olga", 1), ("rita", 1), ("nils", 2), ("bert", 2), ("hugo", 3), ("anna", 3),
        ("lars", 0), ("nora", 0), ("sven", 0), ("quin", 0), ("zoe", 0), ("adam", 0), ("otto", 0), ("dora", 0),
    ],
)  # fmt: skip
def test_a_user_sees_what_a_grant_dominates(cast, three, who, sees):
    assert Case.objects.visible_to(cast.people[who]).count() == sees
    assert CaseName.objects.visible_to(cast.people[who]).count() == sees


LEAKS = {
    "all": lambda seen, case: list(Case.objects.all()),
    "count": lambda seen, case: Case.objects.count(),
    "exists": lambda seen, case: Case.objects.filter(reference="x").exists(),
    "values": lambda seen, case: list(Case.objects.values("id")),
    "related manager": lambda seen, case: list(case.casenames.all()),
    "prefetch": lambda seen, case: list(seen.prefetch_related("casenames")),
    "or": lambda seen, case: list(seen | Case.objects.all()),
    "union": lambda seen, case: list(seen.union(Case.objects.all())),
    "subquery": lambda seen, case: list(seen.filter(pk__in=Case.objects.values("pk"))),
    "join to own label": lambda seen, case: list(seen.filter(attachments__title="x")),
    "join to list": lambda seen, case: list(seen.filter(list_entries__position=1)),
    "select_related": lambda seen, case: list(seen.select_related("merged_into")),
    "update": lambda seen, case: Case.objects.update(summary="x"),
    "delete": lambda seen, case: Case.objects.all().delete(),
    "raw": lambda seen, case: list(Case.objects.raw("select * from cases_case")),
    "history": lambda seen, case: list(Case.history.all()),
    "related first": lambda seen, case: case.casenames.first(),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_unscoped_queries_raise_while_serving(cast, three, serve, leak):
    serve(cast.hugo)
    seen = Case.objects.visible_to(cast.hugo)
    case = seen.first()
    with pytest.raises(Unscoped):
        LEAKS[leak](seen, case)


def test_scoped_queries_pass_while_serving(cast, three, serve):
    serve(cast.hugo)
    names = CaseName.objects.visible_to(cast.hugo)
    seen = Case.objects.visible_to(cast.hugo)
    assert len(seen.filter(casenames__text="Plain Person")) == 1
    assert len(seen.prefetch_related(Prefetch("casenames", names))[0].casenames.all()) == 1
    assert names.select_related("case__dialogue")[0].case.dialogue == cast.cn
    assert len(seen | seen.filter(state="active")) == 3
    assert Attachment.objects.visible_to(cast.hugo).count() == 0
    assert Case.history.visible_to(cast.hugo).count() == 3
    with unguarded("a test"):
        assert Case.objects.count() == 3


def test_history_keeps_the_label_of_its_time(cast):
    case = make.case(cast.hugo, cast.cn, marking=Marking.RESTRICTED)
    make.part(make.event(when="2014"), case, cast.hugo)
    lower(case, cast.hugo, cast.anna)
    assert Case.objects.visible_to(cast.olga).count() == 1
    assert [row.version for row in Case.history.visible_to(cast.olga)] == [2]
    assert [row.version for row in Case.history.visible_to(cast.nils)] == [2, 1]
    assert CaseEvent.history.visible_to(cast.olga).count() == 0
