"""What the parts of the case page show. Each block is read by one function, so that a block sent after an edit is the
block of the whole page.

Everything is fetched as far as the viewer sees it, in a number of queries that does not grow with the case. Rows are
flat and hold only what is shown: making models of whole rows was most of what the page cost (docs/bench.md).
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from cases.case_view import CaseView
from cases.claims import by_field, contradict
from cases.clocks import Warn, clocks
from cases.codes import (
    Certainty,
    ClaimedBy,
    ClaimField,
    Connection,
    ConsentBy,
    EventKind,
    GroupKind,
    LinkKind,
    Reliability,
    SourceKind,
    Use,
)
from cases.consent import ConsentState, consent_of, consent_words
from cases.dates import PartialDate
from cases.models import (
    Attachment,
    Case,
    CaseLink,
    Claim,
    FollowUp,
    GroupMember,
    Statute,
)
from cases.names.scripts import Script
from cases.names.systems import NameKind, NameSystem
from cases.sentences import sentence_words
from cases.status import in_order
from casetracker.access.act import Doing, may
from casetracker.access.roles import Marking
from casetracker.access.see import holdings
from casetracker.templatetags.ui import day

# What is shown of each table.
CLAIM = (
    "pk", "version", "field", "value", "stated", "stated_text", "claimed_by", "certainty", "accepted", "source_id",
)  # fmt: skip
FOLLOW_UP = ("pk", "what", "reason", "due", "done_at", "outcome", "owner__name", "done_by__name")
ATTACHMENT = ("pk", "title", "extension", "size", "note", "marking", "created_at", "compartment__name")
MEMBER = (
    "pk", "case_id", "group_id", "group__title", "group__kind", "group__marking", "case__reference", "case__marking",
    "case__sort_key",
)  # fmt: skip
LINK = (
    "pk", "kind", "note", "created_at", "from_case_id", "from_case__reference", "from_case__latin_name",
    "from_case__marking", "to_case__reference", "to_case__latin_name", "to_case__marking",
)  # fmt: skip

_KINDS, _CERTAINTIES, _CLAIMED_BY = dict(EventKind.choices), dict(Certainty.choices), dict(ClaimedBy.choices)
_NAME_KINDS, _SYSTEMS = dict(NameKind.choices), dict(NameSystem.choices)
_SOURCE_KINDS, _CONNECTIONS = dict(SourceKind.choices), dict(Connection.choices)
_RELIABILITIES, _GROUP_KINDS, _LINK_KINDS = dict(Reliability.choices), dict(GroupKind.choices), dict(LinkKind.choices)


def identity(view: CaseView) -> dict[str, Any]:
    """The bar at the head: names, reference, states, and who changed something last."""
    names = view.names
    latin = next((name for name in names if name["script"] == Script.LATIN), None)
    main = latin or next(iter(names), None)
    others: dict[str, Any] = {}
    for name in names:
        if name is not main and name["script"] != Script.LATIN:
            others.setdefault(name["script"], name)
    return {
        "main": main,
        "others": list(others.values()),
        "changed_by": view.case.changed_by,  # type: ignore[attr-defined]
        "marking": Marking(view.case.marking).on_paper,
        "why": _why(view),
        "address": view.address,
        "may_ask_who": may(view.user, Doing.APPROVE_GRANT, view.case.label()),
        "may_label": may(view.user, Doing.EDIT_CASE, view.case.label())
        or may(view.user, Doing.ASK_LOWER, view.case.label()),
    }


def _why(view: CaseView) -> list[str]:
    """The grants that open this case, in words."""
    fitting = [one for one in holdings(view.user) if one.dominates(view.case.label())]
    dialogue = view.case.dialogue.name
    return [
        f"{one.role.label if one.role else 'emergency opening'} in {dialogue}, up to {Marking(one.marking).on_paper}"
        for one in fitting
    ]


def names(view: CaseView) -> dict[str, Any]:
    """All names."""
    rows = [
        {
            **row,
            "kind": _NAME_KINDS.get(row["kind"], row["kind"]),
            "system": _SYSTEMS.get(row["system"], row["system"]),
            "source": view.sources.get(row["source_id"]),
            **view.acts("names", row["pk"], "this name"),
        }
        for row in view.names
    ]
    return {"rows": rows}


def timeline(view: CaseView) -> dict[str, Any]:
    """Events, newest first, each with the words for it."""
    return {"rows": [_said(view, event) for event in in_order(view.events)[::-1]]}


def _said(view: CaseView, event: Any) -> dict[str, Any]:
    kind, certainty = _KINDS.get(event.kind, event.kind), _CERTAINTIES.get(event.certainty, event.certainty)
    where = ", ".join(part for part in (event.place_text, event.place__name) if part)
    what = (kind[:1].upper() + kind[1:], sentence_words(event.term_kind, event.term_months), statute_words(event))
    until = date_words(event.until, event.until_text)
    details = (
        (date_words(event.when, event.when_text) or "undated") + (f" until {until}" if until else ""),
        event.facility__name or event.facility_text,
        where,
        event.authority,
        certainty,
        f"says the {_CLAIMED_BY.get(event.claimed_by, event.claimed_by)}" if event.claimed_by else "",
    )
    title, *rest = [part for part in what if part]
    return {
        "pk": event.pk,
        "tone": "ended" if event.kind in _LETS_GO and event.certainty != "alleged" else event.certainty,
        "title": title,
        "rest": "".join(f", {part}" for part in rest),
        "details": " · ".join(part for part in details if part),
        "note": event.note,
        "behind": view.behind.get(event.pk, ()),
        **view.acts("timeline", event.pk, kind),
    }


def statute_words(event: Any) -> str:
    """The statute of the vocabulary in its words, else what was typed."""
    law, article, paragraph, name = (
        event.statute__law, event.statute__article, event.statute__paragraph, event.statute__name,
    )  # fmt: skip
    known = str(Statute(law=law, article=article, paragraph=paragraph, name=name)) if law is not None else ""
    return known or str(event.statute_text)


def date_words(day: PartialDate | None, typed: str) -> str:
    """A date as all pages write it; with the words as they came where reading them took judgement ("early 2014")."""
    if day is None:
        return typed
    judged = day.about or day.precision == "range"
    return f"{day} (“{typed}”)" if judged and typed and typed.casefold() != str(day).casefold() else str(day)


_LETS_GO = {EventKind.RELEASED, EventKind.PAROLED, EventKind.NOT_PROSECUTED, EventKind.LEFT_COUNTRY}


def claims(view: CaseView) -> dict[str, Any]:
    """Claims by field: what the case says, and whether they contradict each other."""
    found: list[Any] = list(Claim.objects.inside(view.case, view.user).values_list(*CLAIM, named=True))
    return {
        "groups": [
            {
                "field": one.label,
                "rows": [_claim(view, row) for row in rows],
                "contradict": contradict(rows),
                "case_says": _case_says(view.case, one),
            }
            for one, rows in by_field(found).items()
        ]
    }


def _claim(view: CaseView, claim: Any) -> dict[str, Any]:
    details = (
        _CERTAINTIES.get(claim.certainty, claim.certainty),
        f"says the {_CLAIMED_BY.get(claim.claimed_by, claim.claimed_by)}" if claim.claimed_by else "",
        f"stated {claim.stated_text or claim.stated}" if claim.stated else "",
    )
    return {
        "pk": claim.pk,
        "version": claim.version,
        "value": claim.value,
        "accepted": claim.accepted,
        "details": " · ".join(part for part in details if part),
        "source": view.sources.get(claim.source_id),
        **view.acts("claims", claim.pk, claim.value),
    }


def _case_says(case: Case, about: ClaimField) -> str:
    if about == ClaimField.SEX:
        return str(case.get_sex_display())
    if about in (ClaimField.BIRTH, ClaimField.AGE):
        return case.birth_text or str(case.birth or "")
    if about == ClaimField.ORIGIN:
        return ", ".join(part for part in (case.origin_text, str(case.origin or "")) if part)
    return str(getattr(case, about.value) or "")


def sources(view: CaseView) -> dict[str, Any]:
    """Sources; of sealed ones only whether the viewer may read who they are."""
    unseals = may(view.user, Doing.UNSEAL_SOURCE, view.case.label())
    return {"rows": [_source(view, row, unseals) for row in view.sources.values()]}


def _source(view: CaseView, row: dict[str, Any], unseals: bool) -> dict[str, Any]:
    details = (
        _SOURCE_KINDS.get(row["kind"], row["kind"]),
        _CONNECTIONS.get(row["connection"], row["connection"]),
        f"reliability {_RELIABILITIES.get(row['reliability'], row['reliability'])}",
        (row["date_text"] or str(row["date"])) if row["date"] else "",
        row["language"],
        row["where"],
    )
    return {
        "pk": row["pk"],
        "title": row["title"],
        "sealed": row["sealed"],
        "unseals": row["sealed"] and unseals and row["pk"] in view.readable,
        "details": " · ".join(part for part in details if part),
        **view.acts("sources", row["pk"], row["title"]),
    }


def themes(view: CaseView) -> dict[str, Any]:
    """Themes by name."""
    found, _ = view.themes_and_uses
    return {"rows": [{**one, **view.acts("themes", one["pk"], one["name"], edit=False)} for one in found]}


def follow_ups(view: CaseView) -> dict[str, Any]:
    """Open ones by due date, then finished ones, latest first."""
    rows = list(FollowUp.objects.inside(view.case, view.user).values(*FOLLOW_UP))
    done = sorted((one for one in rows if one["done_at"]), key=lambda one: one["done_at"], reverse=True)
    still = [{**one, **view.acts("follow-ups", one["pk"], one["what"])} for one in rows if not one["done_at"]]
    return {"open": still, "done": done}


_CONSENTED_BY = dict(ConsentBy.choices)
CONSENT_TONES = {
    ConsentState.NOT_ASSESSED: "wait",
    ConsentState.ALLOWED: "good",
    ConsentState.EXPIRED: "part",
    ConsentState.NOT_ALLOWED: "none",
}


def consent(view: CaseView) -> dict[str, Any]:
    """Every use, assessed or not, as it stands today. `complete`: none is left to assess for the first time."""
    _, found = view.themes_and_uses
    return {"rows": [_use(view, use, found.get(use.value)) for use in Use], "complete": len(found) == len(Use)}


def _use(view: CaseView, use: Use, row: dict[str, Any] | None) -> dict[str, Any]:
    words = str(use.label).capitalize()
    outcome, until = (row["outcome"], row["consent_until"]) if row else ("", None)
    stands = consent_of(outcome, until, view.today)
    told: dict[str, Any] = {
        "use": words, "tone": CONSENT_TONES[stands.state], "words": consent_words(outcome, until, view.today)
    }  # fmt: skip
    if row is None:
        return told
    by = _CONSENTED_BY.get(row["consent_by"], "")
    said = f"consent by {by}" if stands.until else f"refused by {by}" if by else "nobody was asked"
    assessed = f"assessed by {row['assessed_by__name']}, {day(row['assessed_on'])}"
    return {**told, "pk": row["pk"], "risk": row["risk"], "details": f"{said} · {assessed}"} | view.acts(
        "consent", row["pk"], words
    )


def groups(view: CaseView) -> dict[str, Any]:
    """Groups the viewer knows of, each with the members they see."""
    mine = GroupMember.objects.inside(view.case, view.user).order_by().values("group_id")
    members = GroupMember.objects.visible_to(view.user).filter(group_id__in=mine)
    found = sorted(members.order_by().values(*MEMBER), key=lambda one: (one["case__sort_key"], one["case__reference"]))
    fellows: dict[Any, list[dict[str, Any]]] = {}
    for one in found:
        if one["case_id"] != view.case.pk:
            one["url"] = view.address_of(one["case__reference"])
            fellows.setdefault(one["group_id"], []).append(one)
    rows = sorted((one for one in found if one["case_id"] == view.case.pk), key=lambda one: one["group__title"])
    for row in rows:
        row |= {
            "kind": _GROUP_KINDS.get(row["group__kind"], row["group__kind"]),
            "fellows": fellows.get(row["group_id"], []),
            **view.acts("groups", row["pk"], row["group__title"], edit=False),
        }
    return {"rows": rows}


def links(view: CaseView) -> dict[str, Any]:
    """Links from either end, told from this case's side."""
    either = Q(from_case_id=view.case.pk) | Q(to_case_id=view.case.pk)
    found = CaseLink.objects.visible_to(view.user).filter(either).order_by().values(*LINK)
    rows = sorted(found, key=lambda one: (one["created_at"], one["pk"]))
    for row in rows:
        row["outward"] = row["from_case_id"] == view.case.pk
        other = "to_case__" if row["outward"] else "from_case__"
        row |= {name: row[f"{other}{name}"] for name in ("reference", "latin_name", "marking")}
        row["url"], row["kind"] = view.address_of(row["reference"]), _LINK_KINDS.get(row["kind"], row["kind"])
        row |= view.acts("links", row["pk"], row["reference"])
    return {"rows": rows}


def attachments(view: CaseView) -> dict[str, Any]:
    """Files whose own label the viewer dominates."""
    rows = list(Attachment.objects.inside(view.case, view.user).values(*ATTACHMENT))
    for row in rows:
        row["marking_words"] = Marking(row["marking"]).on_paper
        row |= view.acts("attachments", row["pk"], row["title"])
    return {"rows": rows}


def person(view: CaseView) -> dict[str, Any]:
    """Accepted facts, with what follows from them today."""
    case = view.case
    return {
        "sex": case.get_sex_display(),
        "born": case.birth_text or str(case.birth or ""),
        "age": age_words(case.birth, view.today) if case.status != "dead" else "",
        "origin": _case_says(case, ClaimField.ORIGIN),
        "occupation": case.occupation,
        "religion": case.religion,
        "ethnic_group": str(case.ethnic_group or ""),
        "held_at": case.place_name,
        "detained_since": case.detained_text,
        "term_ends": date.fromisoformat(case.term_ends) if case.term_ends else None,
    }


def age_words(birth: PartialDate | None, today: date) -> str:
    """ "34" or "33 or 34" or "32 to 35": the ages somebody born then can have on `today`."""
    if birth is None:
        return ""
    first, last = birth.reach
    youngest, oldest = _age(last, today), _age(first, today)
    if oldest < 0 or oldest > 120:
        return ""
    youngest = max(youngest, 0)
    if youngest == oldest:
        return str(oldest)
    return f"{youngest}{' or ' if oldest - youngest == 1 else ' to '}{oldest}"


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def texts(view: CaseView) -> dict[str, Any]:
    """Summary, handover summary, ask."""
    return {"summary": view.case.summary, "handover": view.case.handover_summary, "ask": view.case.ask}


def clock(view: CaseView) -> dict[str, Any]:
    """Warnings about the timeline."""
    found: list[Warn] = clocks(view.events, today=view.today, birth=view.case.birth)
    return {"law": [one for one in found if one.clock != "dates"], "dates": [w for w in found if w.clock == "dates"]}


BLOCKS: dict[str, Callable[[CaseView], dict[str, Any]]] = {
    "identity": identity,
    "texts": texts,
    "timeline": timeline,
    "names": names,
    "claims": claims,
    "sources": sources,
    "attachments": attachments,
    "follow-ups": follow_ups,
    "consent": consent,
    "clocks": clock,
    "person": person,
    "themes": themes,
    "groups": groups,
    "links": links,
}


def read_blocks(view: CaseView, keys: Iterable[str] = tuple(BLOCKS)) -> dict[str, dict[str, Any]]:
    """Block → what its template shows."""
    return {key: BLOCKS[key](view) for key in keys}
