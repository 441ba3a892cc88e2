"""Whoever made a one-time link could use it: until its person has, no grant of theirs opens anything."""

import pytest

from casetracker.access.actions.grant_life import reconfirm_grant
from casetracker.access.actions.grants import approve_grant
from casetracker.access.actions.people import reset_sign_in
from casetracker.access.errors import WrongState
from casetracker.audit.acting import acting
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb


def without_password(user):
    user.set_unusable_password()
    with acting(Verb.USER_EDITED, process="tests"):
        save_over(user, seen=user.version, changes={"keys_off": True})
    user.save(update_fields=["password"])


def test_not_approved_before_the_link_is_used(cast):
    without_password(cast.quin)
    grant = cast.quin.grants.get()
    with pytest.raises(WrongState, match="one-time link"):
        approve_grant(grant=grant, by=cast.anna, seen=1, reason="Works here.")
    cast.quin.set_password("correct horse battery")
    cast.quin.save(update_fields=["password"])
    grant.refresh_from_db()
    approve_grant(grant=grant, by=cast.anna, seen=1, reason="Works here.")
    assert grant.is_active_now


def test_not_reconfirmed_after_a_reset_before_the_link_is_used(cast):
    reset_sign_in(user=cast.olga, by=cast.adam, reason="Lost her phone.")
    grant = cast.olga.grants.get()
    assert grant.state == "suspended"
    with pytest.raises(WrongState, match="one-time link"):
        reconfirm_grant(grant=grant, by=cast.anna, seen=grant.version, reason="Spoke to her.")
