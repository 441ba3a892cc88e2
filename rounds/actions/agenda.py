"""The agenda of a round: its themes, in order."""

from cases.models import Theme
from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.access.models import User
from casetracker.audit.acting import acting
from casetracker.audit.records import remove, save_new, save_over
from casetracker.audit.verbs import Verb
from rounds.models import AgendaItem, Round
from rounds.states import RoundState


def check_agenda(round: Round, by: User) -> None:
    """Whether `by` may work on the agenda now. Raises Denied, WrongState."""
    check(by, Doing.EDIT_ROUND, round.label())
    if round.state in (RoundState.CLOSED, RoundState.CANCELLED):
        raise WrongState(f"This round is {round.get_state_display()}; its agenda stays as it is.")


def add_item(*, round: Round, by: User, theme: Theme | None, title: str = "") -> AgendaItem:
    """Puts a theme, or words of one's own, at the end of the agenda. Raises Denied, WrongState."""
    check_agenda(round, by)
    with acting(Verb.ROUND_EDITED, by=by, about=round, detail={"agenda": "added"}):
        items = _items(round, by)
        if theme is not None and any(item.theme_id == theme.pk and item.title == title for item in items):
            raise WrongState("This theme is on the agenda already.")
        position = max((item.position for item in items), default=0) + 1
        item = AgendaItem(round=round, theme=theme, title=title, position=position)
        save_new(item)
    return item


def remove_item(*, item: AgendaItem, by: User) -> None:
    """Takes an item off the agenda; its history stays. Raises Denied, WrongState."""
    check_agenda(item.round, by)
    with acting(Verb.ROUND_EDITED, by=by, about=item.round, detail={"agenda": "removed"}):
        _place(item, _items(item.round, by))
        remove(item)


def shift_item(*, item: AgendaItem, by: User, up: bool) -> bool:
    """Moves an item one place up or down. False when it stands at that end already. Raises Denied, WrongState."""
    check_agenda(item.round, by)
    with acting(Verb.ROUND_EDITED, by=by, about=item.round, detail={"agenda": "reordered"}):
        items = _items(item.round, by)
        here = _place(item, items)
        there = here - 1 if up else here + 1
        if not 0 <= there < len(items):
            return False
        items[here], items[there] = items[there], items[here]
        for position, one in enumerate(items, start=1):
            save_over(one, seen=one.version, changes={"position": position})
    return True


def _items(round: Round, by: User) -> list[AgendaItem]:
    """The agenda as it stands, with the round locked: two who work on it at once wait for each other."""
    save_over(round, seen=round.version, changes={})
    return list(
        AgendaItem.objects.visible_to(by).filter(round=round).select_related("round").order_by("position", "id")
    )


def _place(item: AgendaItem, items: list[AgendaItem]) -> int:
    for place, one in enumerate(items):
        if one.pk == item.pk:
            return place
    raise WrongState("This is no longer on the agenda.")
