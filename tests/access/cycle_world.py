"""One of everything of the cycle around one case, for the twin-world test and for looking at pages."""

from datetime import date, timedelta
from typing import Any

from cases.models import Case
from casetracker.access.approvals import waiting_for
from casetracker.access.models import User
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from casetracker.sealing import seal
from rounds.models import (
    Handover,
    ItemClaim,
    ListComment,
    ListEntry,
    Partner,
    ResponseFile,
    ResponseFileContent,
    Round,
)
from tests.rounds import cycle

ASKED = date(2029, 6, 13)
ANSWERED = date(2029, 11, 20)


def rich_cycle(cast: Any, by: User, case: Case, where: Label) -> dict[str, str]:
    """A list in review with a comment, one handed over and answered, a raising off the list, an answer nobody has
    matched, a claim and a promise in the answer, a paper; by model name (`caselist` is the one in review).
    """
    past, ahead = _rounds(cast, by)
    old = cycle.handed_over(by, cast.anna, past, case, on=ASKED, label=where)
    paper = Handover.objects.unscoped("tests").get(case_list=old)
    raised = cycle.raising_of(old, case)
    aside = cycle.raising(by, case, on=ASKED + timedelta(days=30), words="Named at dinner.", speaker="The chair")
    fresh = cycle.case_list(by, ahead, case, label=where, state="in_review")
    entry = ListEntry.objects.unscoped("tests").get(case_list=fresh)
    said = cycle.response(by, where, on=ANSWERED, round=past, verbatim="他身体健康。", speaker="The director")
    item = cycle.item(by, said, raised, "B3", verbatim="他身体健康。", written_as="李明发")
    loose = cycle.item(by, said, verbatim="该人不详。", position=2)
    promise = cycle.commitment(by, where, case=case, round=past, item=item, due=date(2030, 1, 2))
    ids = {
        "caselist": fresh.pk, "listentry": entry.pk, "handedlist": old.pk, "handedentry": raised.entry_id,
        "handover": paper.pk, "raising": raised.pk, "offraising": aside.pk, "response": said.pk,
        "responseitem": item.pk, "looseitem": loose.pk, "commitment": promise.pk,
        "pastround": past.pk, "approval": waiting_for(fresh, "list.approve").pk,
        **_further(by, fresh, entry, item, said),
    }  # fmt: skip
    return {kind: str(value) for kind, value in ids.items()}


def _rounds(cast: Any, by: User) -> tuple[Round, Round]:
    """The round that was held, and the next one: rounds are known to everybody in the dialogue, so made only once."""
    rows = Round.objects.unscoped("tests").filter(dialogue=cast.cn)
    ahead = rows.get(ordinal=41)
    past = rows.filter(ordinal=40).first()
    if past is None:
        with acting(Verb.ROUND_CREATED, by=by):
            past = Round(dialogue=cast.cn, ordinal=40, starts=ASKED, venue="Brussels", state="held")
            save_new(past)
    return past, ahead


def _further(by: User, fresh: Any, entry: Any, item: Any, said: Any) -> dict[str, Any]:
    with acting(Verb.LIST_COMMENTED, by=by):
        comment = ListComment(case_list=fresh, entry=entry, by=by, text="Is the year right?")
        save_new(comment)
    with acting(Verb.ITEM_CLAIM_PROPOSED, by=by):
        claim = ItemClaim(item=item, kind="event", event_kind="transferred", facility_text="Prison No. 2")
        save_new(claim)
    with acting(Verb.RESPONSE_EDITED, by=by):
        file = ResponseFile(response=said, title="The reply", extension="txt", size=5)
        save_new(file)
        sealed = seal(b"reply", place=f"responsefile:{file.pk}:{said.pk}")
        ResponseFileContent(file=file, sealed=sealed).save(force_insert=True)
    partner = Partner.objects.order_by("created_at", "id").first()
    if partner is None:
        with acting(Verb.PARTNER_ADDED, by=by):
            partner = Partner(name="Switzerland")
            save_new(partner)
    return {"listcomment": comment.pk, "itemclaim": claim.pk, "responsefile": file.pk, "partner": partner.pk}
