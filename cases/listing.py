"""The table of cases as one query string asks for it: filters, order, page size, and the addresses beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case as FirstOf
from django.db.models import F, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from cases.codes import Status
from cases.dates import PartialDate
from cases.fields import KeyField
from cases.filters import CaseFilters, Offered
from cases.ledger_figures import Figures, figures_of
from cases.ledger_figures import sort_value as ledger_sort
from cases.paging import DEFAULT_SIZE, PARAMETERS, SIZES, Cursor, Order, Page, cut
from cases.states import CaseState
from casetracker.access.models import User
from casetracker.access.roles import Marking

SHOWN = (
    "pk", "reference", "version", "dialogue_id", "marking", "compartment_id", "state", "changed_at", "latin_name",
    "original_name", "original_lang", "status", "detained_since", "detained_text", "place_name", "themes_text",
    "next_due", "next_step", "handover_consent", "owner__name",
)  # fmt: skip
# The same for a copy, of instances.
COPIED = (*(name for name in SHOWN if name != "pk"), "owner__email")
DEFAULT_SORT = "-changed"
# Behind every text: rows where nothing is known stand at the end, whichever way the others run.
LAST = "\U0010ffff"
SESSION_KEY = "cases_list"


@dataclass(frozen=True)
class Column:
    """One column of the table. `of` names what it is sorted by ("" = a figure of the ledger, by its code); `first` is
    the direction of the first click; `shown` says whether it stands there unless the viewer chooses otherwise.
    """

    code: str
    label: str
    of: str
    first: str = ""
    shown: bool = True


COLUMNS = (
    Column("reference", "Case", "reference"),
    Column("name", "Name", "sort_key"),
    Column("status", "Status", "status"),
    Column("place", "Place", "place_key"),
    Column("detained", "Detained since", "detained_since"),
    Column("times", "Raised", "", "-"),
    Column("raised", "Last raised", "", "-"),
    Column("answer", "Last answer", "", "-"),
    Column("waiting", "Waiting since", ""),
    Column("themes", "Themes", "themes_key", shown=False),
    Column("state", "State", "state"),
    Column("label", "Label", "marking", "-", shown=False),
    Column("consent", "Handover", "handover_consent", shown=False),
    Column("owner", "Owner", "owner"),
    Column("next", "Next step", "next_due"),
    Column("changed", "Changed", "changed_at", "-"),
)
_BY_CODE = {column.code: column for column in COLUMNS}
ALWAYS = ("reference", "name")
SHOWN_AT_FIRST = tuple(column.code for column in COLUMNS if column.shown)
_RANKS = {"status": Status.values, "state": CaseState.values}
_OFTEN_EMPTY = {"sort_key", "place_key", "detained_since", "themes_key", "next_due", "handover_consent"}


def order_by(sort: str, user: User) -> Order:
    """The order for a code such as "name" or "-changed", for a viewer: figures of the ledger are theirs alone."""
    descending = sort.startswith("-")
    column = _BY_CODE[sort.removeprefix("-")]
    if not column.of:
        return Order(ledger_sort(column.code, user, descending=descending), descending)
    first = None if descending or column.of not in _OFTEN_EMPTY else (F(column.of), Q(**{f"{column.of}__gt": ""}))
    return Order(_expression(column.of, descending), descending, first)


def _expression(of: str, descending: bool) -> Combinable:
    if of in _RANKS:
        ranks = [When(**{of: code}, then=Value(rank)) for rank, code in enumerate(_RANKS[of])]
        return FirstOf(*ranks, default=Value(len(ranks)), output_field=IntegerField())
    if of == "owner":
        return Coalesce(F("owner__name"), Value(""))
    if of in _OFTEN_EMPTY and not descending:
        return FirstOf(When(**{of: ""}, then=Value(LAST)), default=F(of), output_field=KeyField())
    return F(of)


@dataclass(frozen=True)
class Row:
    """One line of the table. `case` is a Case or what is SHOWN of one; `mark` and `circle` are empty for what
    everybody in the dialogue may read.
    """

    case: Any
    detained: str
    due: date | None
    mark: str
    circle: str
    ledger: Figures
    waiting_days: int | None


def rows_of(cases: Sequence[Any], offered: Offered, user: User) -> list[Row]:
    """Cases as the table shows them, with what `user` may know of their ledger. One query."""
    told, none, today = figures_of((case.pk for case in cases), user), Figures(), timezone.localdate()
    circles = {key: name for key, name, _ in offered.by_kind.get("compartment", [])}
    return [
        Row(
            case,
            case.detained_text or case.detained_since,
            date.fromisoformat(case.next_due) if case.next_due else None,
            Marking(case.marking).on_paper if case.marking > Marking.NORMAL or case.compartment_id else "",
            circles.get(case.compartment_id, "") if case.compartment_id else "",
            told.get(case.pk, none),
            told.get(case.pk, none).waiting_days(today),
        )
        for case in cases
    ]


class Listing:
    """What the table shows to one viewer for one query string. Unknown parameters are passed over."""

    def __init__(self, params: QueryDict, user: User) -> None:
        self.user = user
        self.params = params
        self.filters = CaseFilters(params, user)
        self.sort = _known(params.get("sort", ""), [sign + code for code in _BY_CODE for sign in ("", "-")])
        self.sort = self.sort or DEFAULT_SORT
        self.size = int(_known(params.get("size", ""), map(str, SIZES)) or DEFAULT_SIZE)
        asked = {*ALWAYS, *params.getlist("column")} if params.getlist("column") else set(SHOWN_AT_FIRST)
        self.columns = [column for column in COLUMNS if column.code in asked]
        self.values = {
            name: [value for value in params.getlist(name) if value]
            for name in self.filters.filters
            if any(params.getlist(name))
        }

    @property
    def is_valid(self) -> bool:
        """Whether every filter asked for can be applied."""
        return bool(self.filters.is_valid())

    @property
    def has_usual_columns(self) -> bool:
        """Whether the columns are those one sees without choosing any."""
        return [column.code for column in self.columns] == list(SHOWN_AT_FIRST)

    def usual_columns_url(self) -> str:
        """This list with the columns one sees without choosing any."""
        return self.url(column="")

    def chooser(self) -> list[dict[str, Any]]:
        """The columns that can be shown or left out."""
        free = [column for column in COLUMNS if column.code not in ALWAYS]
        return [{"code": one.code, "label": one.label, "shown": one in self.columns} for one in free]

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.values)

    def cases(self) -> Any:
        """All cases that fit, in order, for a copy."""
        order = order_by(self.sort, self.user)
        rows = self.filters.qs.select_related("owner").annotate(sort_value=order.by)
        return rows.only(*COPIED).order_by(*order.names())

    def page(self) -> Page:
        """The page asked for: of each case what is SHOWN, named, not an instance."""
        rows, everything = self.filters.qs, self.filters.queryset
        order, cursor = order_by(self.sort, self.user), Cursor.read(self.params)
        return cut(rows, seen=everything, order=order, cursor=cursor, size=self.size, columns=SHOWN)

    def query(self, **changes: Any) -> str:
        """The query string of this list with some parameters changed ("" drops one): known parameters only, and
        never the place in the list.
        """
        found: dict[str, list[str]] = dict(self.values)
        if self.sort != DEFAULT_SORT:
            found["sort"] = [self.sort]
        if self.size != DEFAULT_SIZE:
            found["size"] = [str(self.size)]
        if not self.has_usual_columns:
            found["column"] = [column.code for column in self.columns]
        for name, value in changes.items():
            found[name] = list(value) if isinstance(value, list) else [str(value)]
        made = QueryDict(mutable=True)
        for name, values in found.items():
            if kept := [value for value in values if value]:
                made.setlist(name, kept)
        return made.urlencode()

    def url(self, **changes: Any) -> str:
        """The address of the table with some parameters changed. Without any it says "everything", so that the
        viewer's default filter does not come in between.
        """
        return f"{reverse('cases:table')}?{self.query(**changes) or 'all=1'}"

    def headings(self) -> list[dict[str, str]]:
        """For `_ui/sort_th.html`: a first click sorts, a second one turns round."""
        return [{"label": column.label, **self._direction(column)} for column in self.columns]

    def _direction(self, column: Column) -> dict[str, str]:
        if self.sort.removeprefix("-") != column.code:
            return {"direction": "none", "url": self.url(sort=column.first + column.code)}
        turned = column.code if self.sort.startswith("-") else f"-{column.code}"
        direction = "desc" if self.sort.startswith("-") else "asc"
        return {"direction": direction, "url": self.url(sort="" if turned == DEFAULT_SORT else turned)}

    def chips(self) -> list[dict[str, str]]:
        """Every value that narrows the list, in words, with the address of the list without it."""
        found = []
        for name, values in self.values.items():
            field = self.filters.form.fields[name]
            words = {str(key): str(text).strip() for key, text in getattr(field, "choices", ())}
            for value in values:
                rest = [other for other in values if other != value]
                text = words.get(value) or _date_text(field, value)
                found.append({"label": field.label, "value": text, "remove_url": self.url(**{name: rest})})
        return found

    def keep(self) -> list[tuple[str, str]]:
        """What the filter form carries along: the order, the page size and the columns."""
        params = QueryDict(self.query())
        return [(name, value) for name in ("sort", "size", "column") for value in params.getlist(name)]

    def keep_filters(self) -> list[tuple[str, str]]:
        """What the form of the columns carries along: everything but the columns."""
        params = QueryDict(self.query(column=""))
        return [(name, value) for name in params for value in params.getlist(name)]


def _known(value: str, known: Iterable[str]) -> str:
    return value if value in set(known) else ""


def _date_text(field: Any, value: str) -> str:
    """A date in words; for a choice that is not available nothing of what was sent is repeated."""
    if hasattr(field, "choices"):
        return "not available"
    try:
        return str(PartialDate.parse(value))
    except ValueError:
        return "not a date"


def remember(request: HttpRequest, listing: Listing) -> None:
    """Keeps in the session how the table was last asked for (codes and keys only), for the way back from a case."""
    kept = {name: value for name in PARAMETERS if (value := listing.params.get(name, ""))}
    asked = (listing.query(**kept) or "all=1") if listing.is_valid else ""
    if request.session.get(SESSION_KEY) != asked:
        request.session[SESSION_KEY] = asked


def list_url(request: HttpRequest) -> str:
    """The table as this session last saw it."""
    query = request.session.get(SESSION_KEY, "")
    return reverse("cases:table") + (f"?{query}" if query else "")
