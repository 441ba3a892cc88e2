"""Comments, submitting, returning, approving by a second person, freezing, new versions."""

from datetime import date

import pytest

from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.roles import Marking, Role
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb
from rounds.actions.case_list import add_cases, new_version, withdraw_list
from rounds.actions.entry import edit_entry, hold_back_entry, include_entry, move_entry, remove_entry
from rounds.actions.review import NotReady, approve_list, comment, return_list, submit_list
from rounds.actions.round import edit_round
from rounds.models import CaseList, ListComment, Round
from rounds.snapshot import digest as digest_of
from tests import make as core
from tests import people
from tests.rounds import cycle
from tests.rounds import make as rounds_make
from tests.rounds.lists import make
from tests.rounds.lists.make import text_of, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_(cast):
    return make.round_(cast)


@pytest.fixture
def reviewed(cast, round_):
    return make.in_review(cast, round_, *make.cases(cast))


def approve(case_list, by, **values):
    now = make.fresh(case_list)
    approve_list(case_list=now, by=by, **{"seen": now.version, "digest": make.digest(now, by), **values})


def test_what_is_missing_is_told_and_stops_the_submission(cast, as_, round_):
    past = rounds_make.held(cast.olga, cast.cn, ordinal=40)
    gone, mute, proposed = make.cases(cast, 3)
    cycle.handed_over(cast.olga, cast.anna, past, gone)
    draft = make.begun(cast, round_, mute)
    entry = make.entries(draft)[0]
    edit_entry(entry=entry, by=cast.olga, seen=1, changes={"ask": " "})
    add_cases(case_list=draft, by=cast.olga, cases=[proposed])
    olga = as_(cast.olga)
    lines = [
        f"Only proposed; include or hold back: {proposed.reference}.",
        f"Nothing is asked yet for {mute.reference}.",
        f"On the list before, and here neither included nor held back with a reason: {gone.reference}.",
    ]
    for page in (olga.get(url(draft)), olga.post(url(draft, "state/"), {"to": "in_review", "seen": draft.version})):
        assert all(line in text_of(page) for line in lines)
    assert page.status_code == 409
    assert make.fresh(draft).state == "draft"


def test_a_list_without_a_case_is_not_submitted(cast, round_):
    draft = make.begun(cast, round_, *make.cases(cast, 1))
    hold_back_entry(entry=make.entries(draft)[0], by=cast.olga, seen=1, reason="Wait.")
    draft = make.fresh(draft)
    with pytest.raises(NotReady, match="No case is included yet"):
        submit_list(case_list=draft, by=cast.olga, seen=draft.version)


def test_a_dropped_name_with_a_reason_stops_nothing(cast, round_):
    past = rounds_make.held(cast.olga, cast.cn, ordinal=40)
    old, fresh = make.cases(cast, 2)
    cycle.handed_over(cast.olga, cast.anna, past, old)
    draft = make.begun(cast, round_, fresh, old)
    hold_back_entry(entry=make.entries(draft)[1], by=cast.olga, seen=1, reason="The family asked us to wait.")
    draft = make.fresh(draft)
    submit_list(case_list=draft, by=cast.olga, seen=draft.version)
    assert make.fresh(draft).state == "in_review"


def test_returned_with_what_is_to_be_done(cast, as_, reviewed):
    there = url(reviewed, "state/")
    anna = as_(cast.anna)
    assert b"Return the list" in anna.get(there + "?to=draft").content
    assert anna.post(there, {"to": "draft", "seen": reviewed.version, "reason": ""}).status_code == 422
    anna.post(there, {"to": "draft", "seen": reviewed.version, "reason": "Too long."})
    assert "Returned to be changed Too long." in text_of(as_(cast.olga).get(url(reviewed)))
    now = make.fresh(reviewed)
    submit_list(case_list=now, by=cast.olga, seen=now.version)
    assert make.fresh(now).state_reason == ""


def test_approval_freezes_what_was_seen(cast, as_, reviewed):
    anna, there = as_(cast.anna), url(reviewed, "state/")
    page = anna.get(there + "?to=approved")
    sha256 = make.digest(reviewed, cast.anna)
    assert f'name="digest" value="{sha256}"' in page.content.decode()
    sent = {"to": "approved", "seen": reviewed.version, "digest": sha256}
    assert anna.post(there, sent)["Location"] == url(reviewed)
    done = make.fresh(reviewed)
    assert (done.state, done.approved_by, done.sha256) == ("approved", cast.anna, sha256)
    snapshots = [entry.snapshot for entry in make.entries(done)]
    assert digest_of(done.heading, snapshots) == sha256
    assert done.heading["round"] == "41"
    assert [said["serial"] for said in snapshots] == [1, 2, 3]
    page = text_of(as_(cast.olga).get(url(done)))
    assert "Approved by Anna Keller" in page
    assert sha256 in page
    entry = TrailEntry.objects.get(verb="list.approved")
    assert (entry.object_id, entry.actor, entry.detail["sha256"]) == (done.pk, cast.anna, sha256)


def test_held_back_is_not_frozen(cast, round_):
    draft = make.begun(cast, round_, *make.cases(cast, 2))
    hold_back_entry(entry=make.entries(draft)[0], by=cast.olga, seen=1, reason="Wait.")
    draft = make.fresh(draft)
    submit_list(case_list=draft, by=cast.olga, seen=draft.version)
    approve(draft, cast.anna)
    assert [entry.snapshot is None for entry in make.entries(draft)] == [True, False]


@pytest.mark.parametrize("changed", ["ask", "order", "added", "removed", "held back", "label"])
def test_an_approver_of_an_older_version_is_told(cast, as_, reviewed, changed):
    there = url(reviewed, "state/")
    seen, sha256 = reviewed.version, make.digest(reviewed, cast.anna)
    entry = make.entries(reviewed)[0]
    {
        "ask": lambda: edit_entry(entry=entry, by=cast.olga, seen=1, changes={"ask": "Other."}),
        "order": lambda: move_entry(entry=entry, by=cast.olga, way="last"),
        "added": lambda: add_cases(case_list=reviewed, by=cast.olga, cases=make.cases(cast, 1), state="included"),
        "removed": lambda: remove_entry(entry=entry, by=cast.olga, seen=1),
        "held back": lambda: hold_back_entry(entry=entry, by=cast.olga, seen=1, reason="Wait."),
        "label": lambda: as_(cast.hugo).post(url(reviewed, "label/"), {"label": "2/", "reason": "x", "seen": seen}),
    }[changed]()
    response = as_(cast.anna).post(there, {"to": "approved", "seen": seen, "digest": sha256})
    assert response.status_code == 409
    assert "Somebody changed this since you opened it" in text_of(response)
    assert make.fresh(reviewed).state == "in_review"
    # what stands there now can be approved from the same page
    now = make.fresh(reviewed)
    assert f'name="seen" value="{now.version}"' in response.content.decode()
    assert f'name="digest" value="{make.digest(now, cast.anna)}"' in response.content.decode()


def test_a_round_that_moved_since_is_told_too(cast, as_, reviewed):
    anna, there = as_(cast.anna), url(reviewed, "state/")
    assert "Round 41" in text_of(anna.get(there + "?to=approved"))
    sent = {"to": "approved", "seen": reviewed.version, "digest": make.digest(reviewed, cast.anna)}
    now = Round.objects.get(pk=reviewed.round_id)
    edit_round(round=now, by=cast.hugo, seen=now.version, changes={"venue": "Brussels"})
    response = anna.post(there, sent)
    assert response.status_code == 409
    assert "changed since you opened it" in text_of(response)
    assert "Round 41, Brussels" in text_of(response)
    assert make.fresh(reviewed).state == "in_review"


def test_a_case_that_changed_since_is_told_too(cast, as_, reviewed):
    sha256 = make.digest(reviewed, cast.anna)
    core.part(core.event(when="2014-05"), make.entries(reviewed)[0].case, cast.olga)
    sent = {"to": "approved", "seen": reviewed.version, "digest": sha256}
    response = as_(cast.anna).post(url(reviewed, "state/"), sent)
    assert response.status_code == 409
    assert "changed since you opened it" in text_of(response)
    assert make.fresh(reviewed).state == "in_review"


def test_what_became_missing_in_review_stops_the_approval(cast, as_, reviewed):
    add_cases(case_list=reviewed, by=cast.olga, cases=make.cases(cast, 1))
    with pytest.raises(NotReady, match="Only proposed"):
        approve(reviewed, cast.anna)
    page = as_(cast.anna).get(url(reviewed, "state/?to=approved"))
    assert b'name="digest"' not in page.content


@pytest.fixture
def both(cast):
    """Olga made an approver, too: the one person of a small office."""
    with acting(Verb.GRANT_APPROVED, by=cast.anna):
        people.grant(cast.olga, cast.cn, Role.APPROVER, Marking.NORMAL, approved_by=cast.anna, requested_by=cast.adam)
        people.grant(cast.hugo, cast.cn, Role.APPROVER, Marking.NORMAL, approved_by=cast.anna, requested_by=cast.adam)
    return cast


def test_nobody_approves_what_they_prepared(both, as_, reviewed):
    with pytest.raises(Denied, match="has not worked on it"):
        approve(reviewed, both.olga)
    page = as_(both.olga).get(url(reviewed))
    assert "Somebody else approves this list" in text_of(page)
    assert b"to=approved" not in page.content
    sent = {"to": "approved", "seen": reviewed.version, "digest": make.digest(reviewed, both.olga)}
    assert as_(both.olga).post(url(reviewed, "state/"), sent).status_code == 403


@pytest.mark.parametrize("act", ["edit", "order", "add", "include", "nothing", "comment"])
def test_nobody_approves_what_they_worked_on(both, reviewed, act):
    hugo, entry = both.hugo, make.entries(reviewed)[0]
    if act == "edit":
        edit_entry(entry=entry, by=hugo, seen=1, changes={"ask": "By Hugo."})
    elif act == "order":
        move_entry(entry=entry, by=hugo, way="last")
    elif act == "add":
        add_cases(case_list=reviewed, by=hugo, cases=make.cases(both, 1), state="included")
    elif act == "include":
        hold_back_entry(entry=entry, by=both.olga, seen=1, reason="Wait.")
        include_entry(entry=entry, by=hugo, seen=2)
    elif act == "comment":
        comment(case_list=reviewed, by=hugo, text="Is the year right?")
    if act in ("nothing", "comment"):
        approve(reviewed, hugo)
        assert make.fresh(reviewed).approved_by == hugo
    else:
        with pytest.raises(Denied, match="has not worked on it"):
            approve(reviewed, hugo)


def test_nor_what_they_worked_on_in_a_version_before(both, round_):
    first = make.in_review(both, round_, *make.cases(both))
    edit_entry(entry=make.entries(first)[0], by=both.hugo, seen=1, changes={"ask": "By Hugo."})
    approve(first, both.anna)
    first = make.fresh(first)
    second = new_version(case_list=first, by=both.olga, seen=first.version, reason="One name was wrong.")
    submit_list(case_list=second, by=both.olga, seen=second.version)
    with pytest.raises(Denied, match="has not worked on it"):
        approve(second, both.hugo)
    approve(second, both.anna)


def test_a_new_version_copies_and_supersedes_at_once(cast, as_, round_):
    first = make.approved(cast, round_, *make.cases(cast))
    there = url(first, "version/")
    olga = as_(cast.olga)
    assert b"Begin the new version" in olga.get(there).content
    assert olga.post(there, {"seen": first.version, "reason": ""}).status_code == 422
    olga.post(there, {"seen": first.version, "reason": "One name was wrong."})
    second = CaseList.objects.unscoped("tests").get(number=2)
    assert (second.state, second.supersedes_id, second.sha256, second.approved_by) == ("draft", first.pk, "", None)
    copied = [(entry.case_id, entry.ask, entry.state, entry.position) for entry in make.entries(second)]
    assert copied == [(entry.case_id, entry.ask, entry.state, entry.position) for entry in make.entries(first)]
    assert all(entry.snapshot is None for entry in make.entries(second))
    before = make.fresh(first)
    assert (before.state, before.state_reason) == ("superseded", "One name was wrong.")
    assert before.sha256 == first.sha256
    assert "Version 2" in text_of(olga.get(url(first)))


def test_only_one_new_version(cast, round_):
    first = make.approved(cast, round_, *make.cases(cast))
    new_version(case_list=make.fresh(first), by=cast.olga, seen=first.version, reason="One name was wrong.")
    with pytest.raises(WrongState):
        new_version(case_list=first, by=cast.hugo, seen=first.version, reason="Another was wrong.")


def test_discarded_with_the_reason_and_nothing_deleted(cast, as_, round_):
    draft = make.begun(cast, round_, *make.cases(cast))
    olga, there = as_(cast.olga), url(draft, "state/")
    assert b"Discard the draft" in olga.get(there + "?to=withdrawn").content
    olga.post(there, {"to": "withdrawn", "seen": draft.version, "reason": "Begun by mistake."})
    done = make.fresh(draft)
    assert (done.state, done.state_reason, len(make.entries(done))) == ("withdrawn", "Begun by mistake.", 3)


def test_who_saw_an_older_list_does_not_move_it(cast, reviewed):
    old = reviewed.version
    move_entry(entry=make.entries(reviewed)[0], by=cast.olga, way="last")
    with pytest.raises(Conflict):
        return_list(case_list=make.fresh(reviewed), by=cast.anna, seen=old, reason="Too long.")
    with pytest.raises(Conflict):
        withdraw_list(case_list=make.fresh(reviewed), by=cast.olga, seen=old, reason="No.")


def test_comments_stand_with_the_list_or_the_entry_and_are_settled(cast, as_, reviewed):
    entry = make.entries(reviewed)[0]
    rita, there = as_(cast.rita), url(reviewed, "comments/")
    assert b'name="text"' in rita.get(f"{there}?entry={entry.pk}").content
    assert rita.post(there, {"text": " "}).status_code == 422
    rita.post(there, {"text": "Please shorten."})
    rita.post(there, {"text": "Is the year right?", "entry": entry.pk})
    assert "2 comments open" in text_of(as_(cast.anna).get(url(reviewed)))
    said = ListComment.objects.unscoped("tests").get(entry=entry)
    assert (said.by, said.text) == (cast.rita, "Is the year right?")
    as_(cast.olga).post(f"/lists/comments/{said.pk}/settle/", {"settled": "1"})
    assert "1 comment open" in text_of(as_(cast.anna).get(url(reviewed)))
    as_(cast.olga).post(f"/lists/comments/{said.pk}/settle/", {"settled": ""})
    assert "2 comments open" in text_of(as_(cast.anna).get(url(reviewed)))
    assert make.fresh(reviewed).version == reviewed.version


def test_a_comment_is_about_an_entry_of_this_list(cast, as_, reviewed):
    other = make.begun(cast, reviewed.round, *make.cases(cast, 1), supplementary=True)
    stranger = make.entries(other)[0]
    sent = {"text": "Is the year right?", "entry": stranger.pk}
    assert as_(cast.rita).post(url(reviewed, "comments/"), sent).status_code == 404
    assert as_(cast.rita).get(url(reviewed, f"comments/?entry={stranger.pk}")).status_code == 404
    assert not ListComment.objects.unscoped("tests").exists()


def test_a_supplementary_list_drops_nobody(cast, round_):
    past = rounds_make.held(cast.olga, cast.cn, ordinal=40, starts=date(2024, 6, 1))
    old, fresh = make.cases(cast, 2)
    cycle.handed_over(cast.olga, cast.anna, past, old)
    assert make.in_review(cast, round_, fresh, supplementary=True).state == "in_review"
