"""Offices and grants exclude each other, the last admin stays, circles stay in their dialogue: said by the database."""

from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from cases.models import Case
from casetracker.access import triggers
from casetracker.access.actions.break_glass import open_emergency
from casetracker.access.actions.people import deactivate_user, edit_user
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.models import BreakGlass, Grant, GrantCompartment, User
from casetracker.access.roles import Marking, Role
from casetracker.audit.acting import acting
from casetracker.audit.verbs import Verb
from tests import make
from tests.house.sources import ROOT, name_of, python_files
from tests.people import assemble, grant

REFUSED = [
    ("office over a grant", "UPDATE access_user SET office = 'admin' WHERE id = %s", ["olga"]),
    ("office over a request", "UPDATE access_user SET office = 'auditor' WHERE id = %s", ["quin"]),
    ("grant handed to an admin", "UPDATE access_grant SET user_id = %s WHERE user_id = %s", ["adam", "olga"]),
    ("revoked grant of an admin revived", "UPDATE access_grant SET state = 'active' WHERE user_id = %s", ["adam"]),
    ("ended grant stretched", "UPDATE access_grant SET valid_to = %s WHERE user_id = %s", ["later", "otto"]),
    ("last admin gives the office up", "UPDATE access_user SET office = '' WHERE id = %s", ["adam"]),
    ("last admin becomes auditor", "UPDATE access_user SET office = 'auditor' WHERE id = %s", ["adam"]),
    ("last admin deactivated", "UPDATE access_user SET is_active = %s WHERE id = %s", [False, "adam"]),
    ("everybody deactivated", "UPDATE access_user SET is_active = %s", [False]),
    ("case into another's circle", "UPDATE cases_case SET compartment_id = %s WHERE dialogue_id = %s", ["north", "nv"]),
    ("case out of its dialogue", "UPDATE cases_case SET dialogue_id = %s WHERE compartment_id = %s", ["nv", "north"]),
    ("circle moved", "UPDATE access_compartment SET dialogue_id = %s", ["nv"]),
    ("grant moved", "UPDATE access_grant SET dialogue_id = %s WHERE user_id = %s", ["nv", "hugo"]),
    ("emergency stretched", "UPDATE access_breakglass SET ends_at = %s", ["later"]),
    ("emergency handed on", "UPDATE access_breakglass SET user_id = %s", ["zoe"]),
    ("office under an emergency", "UPDATE access_user SET office = 'admin' WHERE id = %s", ["rita"]),
]  # fmt: skip


@pytest.fixture
def held(cast):
    """A case in a circle, one of the other dialogue, old grants of offices, an emergency of one without grants."""
    make.case(cast.hugo, cast.cn, compartment=cast.north)
    make.case(cast.lars, cast.nv)
    open_emergency(by=cast.rita, dialogue=cast.cn, circle="", reason="A life is at stake.")
    with acting(Verb.GRANT_REVOKED, process="tests"):
        old = {"approved_by": cast.anna, "requested_by": cast.olga}
        grant(cast.adam, cast.cn, Role.OFFICIAL, Marking.NORMAL, state="revoked", **old)
        grant(cast.otto, cast.cn, Role.OFFICIAL, Marking.NORMAL, days=(-90, -1), **old)
    Grant.objects.filter(user=cast.rita).update(state="revoked")
    return cast


def value(cast, name):
    """As the engine stores it: keys of people and things, moments."""
    if not isinstance(name, str):
        return name
    if name == "later":
        return connection.ops.adapt_datetimefield_value(timezone.now() + timedelta(days=400))
    key = (cast.people.get(name) or getattr(cast, name)).pk
    return key.hex if connection.vendor == "sqlite" else key


@pytest.mark.parametrize(("sql", "names"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_raw_sql_is_refused(held, sql, names):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [value(held, name) for name in names])


@pytest.mark.parametrize("name", ["adam", "otto"])
def test_nothing_new_for_an_office(cast, name):
    holder = cast.people[name]
    with acting(Verb.GRANT_APPROVED, process="tests"):
        for state in ("requested", "active", "suspended"):
            with pytest.raises(IntegrityError, match="holds an office"), transaction.atomic():
                grant(holder, cast.cn, Role.OFFICIAL, Marking.NORMAL, state=state, approved_by=cast.anna)
        now = timezone.now()
        opening = BreakGlass(user=holder, dialogue=cast.cn, marking=2, reason="x", opened_at=now)
        opening.ends_at = now + timedelta(minutes=60)
        with pytest.raises(IntegrityError, match="holds an office"), transaction.atomic():
            opening.save()
        opening.user, opening.ends_at = cast.olga, now + timedelta(minutes=62)
        with pytest.raises(IntegrityError, match="an hour"), transaction.atomic():
            opening.save()
    with pytest.raises(Denied):
        open_emergency(by=holder, dialogue=cast.cn, circle="", reason="Please.")


def test_circles_of_another_dialogue(cast):
    with pytest.raises(IntegrityError, match="dialogue"), transaction.atomic():
        GrantCompartment.objects.create(grant=cast.lars.grants.get(), compartment=cast.north)
    case = make.case(cast.lars, cast.nv)
    with pytest.raises(IntegrityError, match="dialogue"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(compartment=cast.north)


def test_who_has_no_grant_left_may_get_an_office(cast):
    for name in ("zoe", "sven", "nora"):
        user = cast.people[name]
        assert edit_user(user=user, by=cast.adam, seen=1, name=user.name, email=user.email, office="admin")
    deactivate_user(user=cast.zoe, by=cast.adam, seen=2, reason="Left.")


def test_a_rule_taken_away_is_missed_and_comes_back(db):
    assert triggers.missing("default") == []
    name = next(one for one in triggers.installed("default") if "last_admin" in one)
    triggers.drop("default", [name])
    assert triggers.missing("default") == [name]
    triggers.install("default")
    assert triggers.missing("default") == []


@pytest.mark.django_db(transaction=True)
def test_rules_survive_an_emptied_database():
    triggers.drop("default")
    call_command("flush", interactive=False, verbosity=0)
    assert triggers.missing("default") == []


@pytest.mark.django_db(transaction=True)
def test_two_admins_cannot_remove_each_other():
    cast = assemble()
    with acting(Verb.USER_EDITED, process="tests"):
        cast.zoe.office = "admin"
        cast.zoe.save()
    start, done = Barrier(2), []

    def remove(by, whom):
        start.wait()
        try:
            deactivate_user(user=whom, by=by, seen=whom.version, reason="Left the office.")
            done.append("removed")
        except (WrongState, Conflict, Denied) as refusal:
            done.append(type(refusal).__name__)
        finally:
            connections.close_all()

    threads = [Thread(target=remove, args=pair) for pair in ((cast.adam, cast.zoe), (cast.zoe, cast.adam))]
    if connection.vendor == "sqlite":  # one connection in memory is shared: one after the other
        start = Barrier(1)
        for thread in threads:
            thread.run()
    else:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(done) in (["WrongState", "removed"], ["Denied", "removed"])
    assert User.objects.filter(office="admin", is_active=True).count() == 1


def test_no_superuser_and_no_admin_site():
    """A house rule: nobody stands above the rule, and no screen goes past it."""
    words = ("is_superuser", "is_staff", "django.contrib.admin", "has_perm", "PermissionsMixin")
    found = [f"{name_of(file)}: {word}" for file in python_files() for word in words if word in file.read_text()]
    assert found == []
    templates = [file for file in Path(ROOT / "templates").rglob("*.html") if "is_superuser" in file.read_text()]
    assert templates == []
    assert not {"is_superuser", "is_staff"} & {field.name for field in User._meta.get_fields()}
