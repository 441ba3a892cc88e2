"""One of everything, for both sides of the border: what is visible, and what the secrets are made of."""

from datetime import date
from uuid import UUID, uuid4

from cases.actions.attachment import add_attachment
from cases.actions.case import create_case
from cases.actions.source import seal_identity
from cases.codes import EventKind
from cases.models import CaseGroup, CaseLink, Claim, FollowUp, GroupMember, ImportBatch, ImportRow, SavedFilter
from cases.models.part import Part
from cases.reference import make_reference
from casetracker.access.models import User
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from rounds.models import AgendaItem, Round, RoundEvent, Suspension
from tests import make
from tests.access.cycle_world import rich_cycle
from tests.access.twin import NOON


def rich_case(cast, by: User, latin: str, **label) -> dict[str, str]:
    """A case with one of everything, by model name."""
    source = make.source()
    name = make.name(latin)
    event = make.event(EventKind.DETAINED, "May 2014", place_text="Northern county")
    claim = Claim(field="religion", value="Buddhist", claimed_by="family", source=source)
    due = FollowUp(what="Ask the family", owner=by, due=NOON.date(), reason="Nobody has heard for a year.")
    circle = label.get("compartment")
    where = Label(cast.cn.pk, label.get("marking", Marking.NORMAL), circle.pk if circle else None)
    assessed = make.assessments(by, ["written"])
    parts: list[Part] = [source, name, make.name("李明发"), event, claim, due, *assessed]
    said = {"state": "active", "summary": "Internal words.", "handover_consent": make.LONG.isoformat()}
    case = create_case(by=by, label=where, values=said, parts=parts)
    with acting(Verb.GROUP_CREATED, by=by):
        group = CaseGroup(
            dialogue=cast.cn, marking=where.marking, compartment=circle, title=f"Group of {latin.split()[0]}"
        )
        save_new(group)
        member = GroupMember(group=group, case=case)
        save_new(member)
    ids = {
        "case": case.reference, "case_pk": case.pk, "casename": name.pk, "caseevent": event.pk, "claim": claim.pk,
        "source": source.pk, "followup": due.pk, "casegroup": group.pk, "groupmember": member.pk,
        "useassessment": assessed[0].pk,
    }  # fmt: skip
    seal_identity(source=source, by=by, identity="A person who must not be known")
    paper = add_attachment(
        case=case, by=by, content=b"paper", title="Court notice", extension="txt", marking=where.marking
    )
    ids["attachment"] = paper.pk
    ids |= batch(cast, by, where, latin)
    ids |= rich_cycle(cast, by, case, where)
    return {kind: str(value) for kind, value in ids.items()}


def batch(cast, by: User, where: Label, latin: str) -> dict[str, UUID]:
    """An import waiting to be confirmed."""
    with acting(Verb.IMPORT_UPLOADED, by=by):
        made = ImportBatch(
            dialogue=cast.cn, marking=where.marking, compartment_id=where.compartment_id, provider="An organisation",
            title="Autumn list", state="checked", uploaded_by=by, columns=["Name"], mapping={"Name": "name"}, total=1,
        )  # fmt: skip
        save_new(made)
        row = ImportRow(batch=made, number=1, cells=[latin])
        row.save(force_insert=True)
    return {"importbatch": made.pk, "importrow": row.pk}


def link(by: User, one: str, other: str) -> str:
    with acting(Verb.PART_ADDED, by=by):
        made = CaseLink(from_case_id=one, to_case_id=other, kind="family")
        save_new(made)
    return str(made.pk)


def common(cast) -> dict[str, str]:
    """What everybody in `cn` knows, with a second visible case."""
    other = make.case(cast.hugo, cast.cn, "Second Invented")
    with acting(Verb.ROUND_CREATED, by=cast.olga):
        held = Round(dialogue=cast.cn, ordinal=41, starts=date(2030, 2, 1), venue="Beijing")
        save_new(held)
        event = RoundEvent(round=held, kind="visit", title="Field visit")
        save_new(event)
        item = AgendaItem(round=held, title="Rule of law", position=1)
        save_new(item)
        pause = Suspension(dialogue=cast.cn, since=make.event(when="2019").when)
        save_new(pause)
    saved = SavedFilter.objects.create(user=cast.olga, name="Mine", query="state=active")
    ids = {
        "round": held.pk, "roundevent": event.pk, "agendaitem": item.pk, "suspension": pause.pk,
        "savedfilter": saved.pk, "user": cast.rita.pk, "grant": cast.rita.grants.get().pk,
        "dialogue": cast.cn.pk, "compartment": cast.north.pk, "other_case": other.reference, "other_pk": other.pk,
    }  # fmt: skip
    return {kind: str(value) for kind, value in ids.items()}


def missing(like: dict[str, str]) -> dict[str, str]:
    """Ids of the same form that name nothing."""
    return {kind: str(uuid4()) if _is_uuid(value) else make_reference("CN") for kind, value in like.items()}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
