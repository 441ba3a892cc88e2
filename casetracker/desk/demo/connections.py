"""What ties cases together, and the few files kept on them."""

from datetime import date, timedelta
from random import Random
from typing import Any

from cases.actions.attachment import place_of
from cases.codes import EventKind, LinkKind
from cases.models import Attachment, AttachmentContent, CaseGroup, CaseLink, GroupMember
from casetracker.access.roles import Marking
from casetracker.audit.verbs import Verb
from casetracker.desk.demo.files import File, World
from casetracker.desk.demo.tables import chance, table
from casetracker.desk.demo.words import PRONOUNS
from casetracker.sealing import seal

_LARGEST = 9


def write_groups(world: World, files: list[File]) -> None:
    """Persons taken together: of one tradition, for one cause, detained as near to each other as it comes."""
    rng = chance("groups")
    for title, kind, tradition, cause in table("texts")["groups"]["titles"]:
        mine = [one for one in files if one.person.tradition == tradition and one.person.cause == cause]
        mine.sort(key=_began)
        if len(mine) < 2:
            continue
        size = min(rng.randrange(3, _LARGEST), len(mine))
        windows = [mine[start : start + size] for start in range(len(mine) - size + 1)]
        members = min(windows, key=lambda some: _began(some[-1]) - _began(some[0]))
        _group(world, members, title, kind)
        if kind == "trial":
            _co_defendants(world, members, rng)


def _began(one: File) -> date:
    return one.person.line.told[0].day


def _group(world: World, members: list[File], title: str, kind: str) -> None:
    first = members[0]
    day = world.staff.past(max(one.logged for one in members) + timedelta(days=9))
    group = CaseGroup(dialogue=first.case.dialogue, title=title, kind=kind)
    at, by = first.staff.at(day), first.somebody(day)
    world.book.add(group, world.book.act(Verb.GROUP_CREATED, by, at, about=group))
    for one in members:
        member = GroupMember(group=group, case=one.case)
        world.book.add(member, world.book.act(Verb.PART_ADDED, by, at, about=member, detail={"part": "group"}))


def _co_defendants(world: World, members: list[File], rng: Random) -> None:
    first, *others = members
    for one in others[: rng.randrange(1, 4)]:
        _link(world, first, one, LinkKind.CO_DEFENDANT, "Same judgment.")


def write_links(world: World, files: list[File]) -> None:
    """Relatives and lawyers: mostly of one place and tradition."""
    rng = chance("links")
    notes: list[str] = table("texts")["links"]["notes"]
    by_place: dict[tuple[str, Any], list[File]] = {}
    for one in files:
        by_place.setdefault((one.person.tradition, one.person.place.pk), []).append(one)
    for together in by_place.values():
        for first, second in zip(together[::3], together[1::3], strict=False):
            if rng.random() < 0.4:
                lawyer = "lawyer" in first.person.trade
                note = rng.choice(notes).format_map(PRONOUNS[second.person.sex])
                fits = "Represented" not in note and "judgment" not in note and "Brothers" not in note
                note = note if fits else ""
                if lawyer:
                    note = f"Represented {PRONOUNS[second.person.sex]['him']} until the licence was withdrawn."
                if note == "Married." and first.person.sex == second.person.sex:
                    note = "Cousins, according to one source."
                _link(world, first, second, LinkKind.LAWYER if lawyer else LinkKind.FAMILY, note)


def _link(world: World, first: File, second: File, kind: LinkKind, note: str) -> None:
    day = world.staff.past(max(first.logged, second.logged) + timedelta(days=12))
    at, by = world.staff.at(day), first.somebody(day)
    link = CaseLink(from_case=first.case, to_case=second.case, kind=kind, note=note)
    world.book.add(link, world.book.act(Verb.PART_ADDED, by, at, about=first.case, detail={"part": "link"}))


def write_attachments(world: World, files: list[File]) -> None:
    """A few small texts on cases that came to court or to illness."""
    rng = chance("attachments")
    items: list[list[str]] = table("texts")["attachments"]["items"]
    wanted = {EventKind.SENTENCED: (0, 1, 3), EventKind.HEALTH: (2, 4)}
    for one in files:
        kinds = {event.kind for event in one.parts.events}
        choices = [number for kind, numbers in wanted.items() if kind in kinds for number in numbers]
        if not choices or rng.random() > 0.14:
            continue
        title, text = items[rng.choice(choices)]
        _attach(world, one, title, text.encode(), rng)


def _attach(world: World, one: File, title: str, content: bytes, rng: Random) -> None:
    day = world.staff.past(one.logged + timedelta(days=rng.randrange(20, 400)))
    at, by = world.staff.at(day), one.somebody(day)
    made = Attachment(
        case=one.case,
        dialogue=one.case.dialogue,
        marking=max(one.case.marking, Marking.RESTRICTED if rng.random() < 0.2 else Marking.NORMAL),
        compartment=one.case.compartment,
        title=title,
        extension="txt",
        size=len(content),
    )
    detail = {"part": "attachment", "bytes": len(content)}
    world.book.add(made, world.book.act(Verb.PART_ADDED, by, at, about=made, detail=detail))
    world.book.keep(AttachmentContent(attachment=made, sealed=seal(content, place=place_of(made))))
