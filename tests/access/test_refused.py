"""A refusal is in the trail: who, where, and nothing of what was sent."""

from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb


def test_a_refusal_leaves_a_trail_entry(cast, as_):
    assert as_(cast.rita).post("/cases/new/", {"name": "Somebody Invented"}).status_code == 403
    entry = TrailEntry.objects.get(verb=Verb.REFUSED)
    assert (entry.actor, entry.detail) == (cast.rita, {"route": "cases:new"})


def test_what_does_not_exist_is_not_a_refusal(cast, as_):
    assert as_(cast.lars).get("/cases/CN-7K3QF2-Z/").status_code == 404
    assert not TrailEntry.objects.filter(verb=Verb.REFUSED).exists()
