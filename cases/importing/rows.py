"""A row as a whole: from its cells to the draft of a case, and to the text its case keeps of it."""

from collections.abc import Sequence

from cases.importing.drafting import Draft, Row, Terms, finish
from cases.importing.happenings import read_events
from cases.importing.identity import read_identity, read_names
from cases.importing.mapping import Plan
from cases.models import EthnicGroup, Facility, ImportBatch, Place, Theme
from cases.models.vocabulary import Term
from casetracker.access.models import Dialogue, User


def draft_row(number: int, cells: Sequence[str], plan: Plan, terms: Terms) -> Draft:
    """What row `number` of the file makes, with its errors and warnings."""
    row = Row.of(number, cells, plan, terms)
    read_names(row)
    read_identity(row)
    read_events(row)
    return finish(row)


def summary_of(draft: Draft, provider: str) -> str:
    """The internal summary: the text of the list, then everything that has no field, line by line."""
    kept = [f"Also in the list of {provider}:", *draft.notes] if draft.notes else []
    return "\n\n".join(filter(None, (draft.values.get("summary", ""), "\n".join(kept))))


def plan_of(batch: ImportBatch) -> Plan:
    """The plan of a batch as it stands."""
    return Plan.of(batch.columns, batch.mapping, batch.settings)


def terms_for(user: User, dialogue: Dialogue) -> Terms:
    """The vocabulary `user` is offered in `dialogue`. Four queries."""
    found: dict[str, list[Term]] = {}
    for kind, model in (("place", Place), ("ethnic_group", EthnicGroup), ("theme", Theme)):
        found[kind] = list(model.objects.visible_to(user).offered_in(dialogue))
    facilities = Facility.objects.select_related("place").visible_to(user).offered_in(dialogue)
    return Terms({**found, "facility": list(facilities)})
