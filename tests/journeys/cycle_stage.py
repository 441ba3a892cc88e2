"""Lists, handovers, raisings, answers and commitments in all their states, made through the product's own actions.

The names of `World` (tests/access/probes) say what is what. `second` is a list that was partly accepted and whose
record was corrected, with answers disputed, repeated and corrected; `third` one that was never tendered, with an
answer assessed and a promise overdue.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from cases.models import Case
from casetracker.access.see import Label
from rounds.actions.assessing import assess_item
from rounds.actions.case_list import add_cases, create_list, new_version
from rounds.actions.closing import close_round
from rounds.actions.coding import code_item, confirm_item, dispute_item
from rounds.actions.commitment import add_commitment, settle_commitment
from rounds.actions.disposition import dispose_entry
from rounds.actions.entry import hold_back_entry
from rounds.actions.handover import correct_handover, hand_over_list
from rounds.actions.item import add_item, correct_item
from rounds.actions.item_claim import accept_item_claim, propose_claim, reject_item_claim
from rounds.actions.partner import add_partner
from rounds.actions.raising import record_raisings, void_raising
from rounds.actions.response import record_response
from rounds.actions.review import return_list, submit_list
from rounds.actions.round import create_round, move_round
from rounds.models import CaseList, Handover, Raising, ResponseItem, Round
from tests import make
from tests.rounds.cycle import raising_of
from tests.rounds.lists import make as lists

ASK = "Where is she held, and may her family visit her?"
PAPER = {"by": "The chair", "to": "The delegation", "medium": "on paper", "note": "At the end of the session."}
WORDS = {"verbatim": "她正在服刑。", "translation": "She is serving her sentence.", "written_as": "卓玛"}
DECISIONS = ("satisfied", "follow_up", "carry_forward", "drop")


@dataclass
class Stage:
    """Ids by model name for the second and the third thing of each kind, and addresses that no probe aims at."""

    second: dict[str, Any]
    third: dict[str, Any]
    more: dict[str, str]


def set_up(cast: Any) -> Stage:
    """Everything that lies behind: before the newest list was handed over."""
    given = _given(cast)
    second, third = _answers(cast, given), _never_tendered(cast)
    closed = _closed(cast)
    second |= {"handedlist": given.pk, "handedentry": lists.entries(given)[0].pk, "pastround": given.round_id}
    second["handover"] = Handover.objects.unscoped("tests").filter(case_list=given, superseded_by=None).get().pk
    third |= _assessed(cast, given)
    return Stage(second, third, {"closed": str(closed.round_id), "closedlist": str(closed.pk)})


def drafts(cast: Any, ahead: Round) -> tuple[dict[str, Any], dict[str, Any]]:
    """A draft that came back from review with everything in it that can be, and a version that counts no longer."""
    people = _people(cast, "Lhamo", "Yangchen", "Pasang", "Tsering")
    draft = lists.begun(cast, ahead, *people[:2], supplementary=True, note="With those of the winter.")
    submit_list(case_list=draft, by=cast.olga, seen=draft.version)
    return_list(case_list=draft, by=cast.anna, seen=draft.version, reason="Ask for a visit in the second one.")
    mute = make.case(cast.olga, cast.cn, "Mute Invented", assessed=False)
    add_cases(case_list=draft, by=cast.olga, cases=[mute], state="included")
    add_cases(case_list=draft, by=cast.olga, cases=people[2:], why={people[2].pk: "never raised; health"})
    entry = lists.entries(draft)[4]
    hold_back_entry(entry=entry, by=cast.olga, seen=entry.version, reason="The family asks us to wait.")
    old = lists.approved(cast, ahead, people[0], supplementary=True)
    new_version(case_list=old, by=cast.olga, seen=old.version, reason="A name was written wrongly.")
    one = {"caselist": draft.pk, "listentry": lists.entries(draft)[2].pk}
    return one, {"caselist": old.pk, "listentry": lists.entries(draft)[4].pk}


def _people(cast: Any, *names: str) -> list[Case]:
    """Cases with something to ask."""
    return [make.case(cast.olga, cast.cn, f"{name} Invented", parts=_parts(), ask=ASK) for name in names]


def _parts() -> list[Any]:
    return [make.name("卓玛"), make.event(when="May 2014")]


def _round(cast: Any, ordinal: int, days: int) -> Round:
    """A round so many days ago, not yet recorded as held."""
    starts = timezone.localdate() - timedelta(days=days)
    return create_round(by=cast.olga, dialogue=cast.cn, values={"ordinal": ordinal, "starts": starts, "venue": ""})


def _hold(cast: Any, round: Round) -> None:
    move_round(round=round, by=cast.olga, seen=round.version, to="held")


def _hand_over(cast: Any, case_list: CaseList, on: date | None, **values: Any) -> Handover:
    took = {entry.pk: bool(number % 2) for number, entry in enumerate(lists.entries(case_list))}
    paper = {**PAPER, "on": on, "outcome": "accepted", **values}
    return hand_over_list(case_list=case_list, by=cast.olga, seen=case_list.version, values=paper, accepted=took)


def _given(cast: Any) -> CaseList:
    """Handed over, partly accepted, the record corrected, all decided: its round can be closed."""
    past = _round(cast, 37, 400)
    made = lists.approved(cast, past, *_people(cast, "Pema", "Diki", "Choden", "Sangmo"))
    paper = _hand_over(cast, made, past.starts)
    took = {entry.pk: bool(number % 2) for number, entry in enumerate(lists.entries(made))}
    values = {**PAPER, "on": past.starts, "outcome": "partly"}
    reason = "Two were not taken."
    correct_handover(handover=paper, by=cast.olga, seen=paper.version, values=values, accepted=took, reason=reason)
    _hold(cast, past)
    for entry, decision in zip(lists.entries(made), DECISIONS, strict=True):
        dispose_entry(entry=entry, by=cast.olga, seen=entry.version, disposition=decision, reason="Said in Brussels.")
    return lists.fresh(made)


def _closed(cast: Any) -> CaseList:
    """A refused list of a round that is closed."""
    past = _round(cast, 36, 700)
    made = lists.approved(cast, past, *_people(cast, "Norbu"), supplementary=True)
    _hand_over(cast, made, past.starts, outcome="refused")
    _hold(cast, past)
    entry = lists.entries(made)[0]
    dispose_entry(entry=entry, by=cast.olga, seen=entry.version, disposition="drop", reason="Released long ago.")
    past = Round.objects.get(pk=past.pk)
    close_round(round=past, by=cast.olga, seen=past.version, reason="Nothing came of it.")
    return lists.fresh(made)


def _never_tendered(cast: Any) -> dict[str, Any]:
    """A list that was approved and stayed in the bag, and one that was begun beside it."""
    past = _round(cast, 38, 200)
    made = lists.approved(cast, past, *_people(cast, "Kunga", "Rabten"), supplementary=True)
    _hand_over(cast, made, past.starts, outcome="not_tendered")
    create_list(by=cast.olga, round=past, label=Label(cast.cn.pk, 1), supplementary=True)
    _hold(cast, past)
    paper = Handover.objects.unscoped("tests").get(case_list=made)
    return {
        "handedlist": made.pk,
        "handedentry": lists.entries(made)[0].pk,
        "handover": paper.pk,
        "pastround": past.pk,
    }


def _raising(case_list: CaseList, number: int) -> Raising:
    return raising_of(case_list, lists.entries(case_list)[number].case)


def _answers(cast: Any, given: CaseList) -> dict[str, Any]:
    """A reply said in session: one answer disputed, with claims accepted and rejected; one corrected; one loose."""
    on = timezone.localdate() - timedelta(days=300)
    values = {"on": on, "form": "oral_session", "speaker": "The vice-minister", "language": "zh-Hans", **_reply()}
    reply = record_response(by=cast.olga, label=given.label(), values={**values, "note": "Read out, not left."})
    first = _coded(cast, add_item(response=reply, by=cast.olga, values=WORDS, raising=_raising(given, 0)), "A1")
    _claims(cast, first)
    dispute_item(item=first, by=cast.rita, seen=first.version, second_note="No dates were given: B2.")
    wrong = _coded(cast, add_item(response=reply, by=cast.olga, values=WORDS, raising=_raising(given, 1)), "C1")
    correct_item(
        item=wrong, by=cast.olga, seen=wrong.version, values=WORDS, raising=_raising(given, 2), reason="Misheard."
    )
    loose = add_item(response=reply, by=cast.olga, values=WORDS)
    voided = record_raisings(by=cast.olga, cases=[_raising(given, 0).case], values=_aside(on))[0]
    void_raising(raising=voided, by=cast.olga, seen=voided.version, reason="It was said of somebody else.")
    what = {"what": "The family may visit.", "owner": cast.olga, "due": on, "item": first, "case": first.case}
    kept = add_commitment(by=cast.olga, label=given.label(), values=what)
    settle_commitment(commitment=kept, by=cast.olga, seen=kept.version, state="partly", outcome="Once, in spring.")
    return {
        "response": reply.pk, "responseitem": first.pk, "looseitem": loose.pk, "commitment": kept.pk,
        "raising": _raising(given, 1).pk, "offraising": voided.pk,
    }  # fmt: skip


def _assessed(cast: Any, given: CaseList) -> dict[str, Any]:
    """A reply relayed by a partner: one answer assessed, the answer it repeats; a promise overdue; a joint raising."""
    on = timezone.localdate() - timedelta(days=100)
    partner = add_partner(by=cast.olga, name="Norway", note="Has a dialogue of its own.")
    values = {"on": on, "form": "relayed", "partner": partner, "language": "en", "translation": "Nothing new."}
    reply = record_response(by=cast.olga, label=given.label(), values=values)
    item = _coded(cast, add_item(response=reply, by=cast.olga, values=WORDS, raising=_raising(given, 3)), "A3")
    confirm_item(item=item, by=cast.rita, seen=item.version)
    assess_item(item=item, by=cast.rita, seen=item.version, assessment="contradicts", note="The family saw her there.")
    waits = add_item(response=reply, by=cast.olga, values={**WORDS, "written_as": ""}, raising=_raising(given, 2))
    cases = [_raising(given, number).case for number in (0, 1)]
    joint = {**_aside(on), "channel": "joint_action", "partner": partner}
    joint_one = record_raisings(by=cast.olga, cases=cases, values=joint)[0]
    what = {"what": "Papers will be sent.", "owner": cast.olga, "due": on, "round": given.round}
    late = add_commitment(by=cast.olga, label=given.label(), values=what)
    return {
        "response": reply.pk, "responseitem": item.pk, "looseitem": waits.pk, "commitment": late.pk,
        "partner": partner.pk, "raising": _raising(given, 2).pk, "offraising": joint_one.pk,
    }  # fmt: skip


def _reply() -> dict[str, str]:
    return {
        "verbatim": "她正在服刑。另一人不详。",
        "translation": "She is serving her sentence. The other is not known.",
    }


def _aside(on: date) -> dict[str, Any]:
    return {"on": on, "channel": "oral_margins", "speaker": "The chair", "words": "Named at dinner."}


def _coded(cast: Any, item: ResponseItem, code: str) -> ResponseItem:
    code_item(item=item, by=cast.olga, seen=item.version, code=code, note="Prison and dates were given.")
    return item


def _claims(cast: Any, item: ResponseItem) -> None:
    """One accepted onto the case, one rejected, one that waits."""
    one = propose_claim(item=item, by=cast.olga, values={"kind": "event", "event_kind": "transferred"})
    accept_item_claim(item_claim=one, by=cast.olga, seen=one.version)
    other = propose_claim(item=item, by=cast.olga, values={"kind": "identity", "field": "occupation", "value": "nun"})
    reject_item_claim(item_claim=other, by=cast.olga, seen=other.version, reason="She is a teacher.")
    propose_claim(item=item, by=cast.olga, values={"kind": "event", "event_kind": "released"})
