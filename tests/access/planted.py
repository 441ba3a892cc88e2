"""Leaks, planted in the running product one at a time: one of every class that is to be expected. Each tells of what is
hidden in its own manner; the twin worlds have to notice (test_planted.py).
"""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from hashlib import sha256
from typing import Any
from unittest.mock import patch
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models import Max, Q
from django.http import Http404, HttpResponse
from django.test import override_settings

from cases import history, listing
from cases.actions import case as case_actions
from cases.forms.new_case import form_key
from cases.forms.pickers import RowField
from cases.listing import Listing
from cases.models import Attachment, Case, CaseGroup, CaseLink, CaseName, Source
from cases.models.connection import LinkQuerySet
from cases.reference import make_reference
from cases.search.likely import likely_same
from cases.search.lookup import find
from cases.views import export, new, table
from cases.views.parts import attachments, showing
from casetracker import urls, web
from casetracker.access.errors import WrongState
from casetracker.access.models import Grant, User
from casetracker.access.notices import tell_later
from casetracker.access.roles import Marking, Role
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb
from casetracker.desk.views import find as finding
from tests.access.deeds import Actor
from tests.access.probes import Probe, World
from tests.people import grant

TAKE = {"whole": "1", "step": "send", "form": "csv", "reason": "For the file."}


@dataclass(frozen=True)
class Plant:
    """One leak. `sown` puts it into the product for a while; `probes` are those that bring it to light when nils asks.
    `hidden`, where it is not the secret, is what hidden actors do, while it is there already.
    """

    leak: str
    sown: Callable[[], AbstractContextManager[Any]]
    name: str
    probes: Callable[[World], list[Probe]]
    hidden: Callable[[Any], None] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    level: str = "bytes"


def get(*paths: str) -> Callable[[World], list[Probe]]:
    """Probes of these paths, in which `{}` stands for the visible case."""
    return lambda aims: [Probe("GET", path.format(aims.visible["case"])) for path in paths]


def send(path: str, **data: Any) -> Callable[[World], list[Probe]]:
    """A probe that sends this form."""
    return lambda aims: [Probe("POST", path.format(aims.visible["case"]), data)]


def everything(model: Any) -> Any:
    """All rows, whoever asks."""
    return model.objects.unscoped("planted")


def who_sees_all() -> User:
    return User.objects.get(email="hugo@office.example")


def instead(owner: Any, name: str, put: Any) -> Callable[[], AbstractContextManager[Any]]:
    """Replaces a function of the product while the leak is sown."""
    return lambda: patch.object(owner, name, put)


def banner(say: Callable[[], object]) -> Callable[[], AbstractContextManager[Any]]:
    """A line on top of every page."""
    shell = web._shell
    return instead(web, "_shell", lambda *args: {**shell(*args), "banner": str(say())})


def header(middleware: str) -> Callable[[], AbstractContextManager[Any]]:
    """One more middleware of this module, innermost."""
    return lambda: override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, f"{__name__}.{middleware}"])


def tagging(get_response: Any) -> Any:
    """An ETag over the state of all that is stored."""

    def middleware(request: Any) -> HttpResponse:
        response: HttpResponse = get_response(request)
        state = everything(Case).aggregate(last=Max("changed_at"))["last"]
        response.headers["ETag"] = f'"{sha256(str(state).encode()).hexdigest()}"'
        return response

    return middleware


def debugging(get_response: Any) -> Any:
    """How much the database had to look at."""

    def middleware(request: Any) -> HttpResponse:
        response: HttpResponse = get_response(request)
        response.headers["X-Rows-Examined"] = str(everything(CaseName).count())
        return response

    return middleware


def cached_count(count: int) -> str:
    """The first who looks counts for everybody."""
    return str(cache.get_or_set("cases-count", count, timeout=None))


@contextmanager
def receipts() -> Any:
    """What is saved gets the running number of its entry in the trail."""
    told = messages.success
    number = lambda request, text: told(request, f"{text} Receipt {TrailEntry.objects.count()}.")  # noqa: E731
    with patch.object(messages, "success", number):
        yield


def counted_choices(self: Listing, *args: Any, begin: Any = Listing.__init__) -> None:
    """Each state that can be chosen says how many cases are in it."""
    begin(self, *args)
    choices = self.filters.form.fields["state"]
    counts = Counter(everything(Case).order_by("pk").values_list("state", flat=True))
    choices.choices = [(code, f"{words} ({counts[code]})") for code, words in choices.choices]


def meaning(user: User, text: str, **kwargs: Any) -> Any:
    """Where nothing is found: the nearest name that anybody has."""
    found = find(user, text, **kwargs)
    near = get_close_matches(text, everything(CaseName).order_by("pk").values_list("text", flat=True), 1)
    return found if found.hits or not near else replace(found, problem=f"Did you mean {near[0]}?")


def rare_first(user: User, text: str, **kwargs: Any) -> Any:
    """Hits by how rare their words are among all names."""
    found = find(user, text, **kwargs)
    words = Counter(word for name in everything(CaseName) for word in name.text.split())
    rank = {hit.case.pk: sum(words[word] for word in hit.case.latin_name.split()) for hit in found.hits}
    return replace(found, hits=tuple(sorted(found.hits, key=lambda hit: (rank[hit.case.pk], hit.case.latin_name))))


def only_title(self: CaseGroup, *args: Any, save: Any = CaseGroup.save, **kwargs: Any) -> None:
    """Titles of groups are unique."""
    if everything(CaseGroup).filter(title=self.title).exists():
        raise WrongState("There is a group with this title.")
    save(self, *args, **kwargs)


def known_key(self: RowField, value: Any, clean: Any = RowField.clean) -> UUID | None:
    """A foreign key need only be one."""
    if value and everything(Source).filter(pk=value).exists():
        return UUID(value)
    key: UUID | None = clean(self, value)
    return key


def counted_up(prefix: str) -> str:
    """References one after another."""
    digits = iter(f"{everything(Case).count():06d}")
    return make_reference(prefix, draw=lambda letters: letters[int(next(digits))])


def telling_all(*, by: User, create: Any = case_actions.create_case, **kwargs: Any) -> Case:
    """Everybody in the dialogue gets a letter about a new case."""
    made: Case = create(by=by, **kwargs)
    tell_later([str(pk) for pk in User.objects.filter(grants__dialogue=made.dialogue_id).values_list("pk", flat=True)])
    return made


def endless(*args: Any, cut: Any = listing.cut, **kwargs: Any) -> Any:
    """There is a next page as long as there are cases."""
    page = cut(*args, **kwargs)
    return replace(page, has_next=everything(Case).count() > len(page.rows))


def unfiltered(kind: Any, case: Case, user: User, rows_of: Any = history.rows_of) -> Any:
    """History of links, whoever reads it."""
    if kind.model is not CaseLink:
        return rows_of(kind, case, user)
    return CaseLink.history.unscoped("planted").filter(Q(from_case_id=case.pk) | Q(to_case_id=case.pk))


def numbered() -> str:
    """Files with one title get a number each."""
    return f"Court notice_{everything(Attachment).filter(title='Court notice').count()}"


@contextmanager
def files_by_key() -> Any:
    """Whoever knows the key of a file gets it."""

    def found(rows: Any, user: User, *, pk: UUID, case: Case) -> Attachment:
        for row in rows.unscoped("planted").filter(pk=pk):
            return row
        raise Http404

    with ExitStack() as stack:
        stack.enter_context(patch.object(attachments, "get_visible_or_404", found))
        stack.enter_context(patch.object(attachments, "read_attachment", lambda **kwargs: b"paper"))
        yield


def all_exported(*args: Any) -> list[Case]:
    """A copy of everything."""
    return list(everything(Case).select_related("owner").order_by("pk"))


def forbidden(queryset: Any, user: User, get: Any = showing.get_visible_or_404, **lookup: Any) -> Any:
    """What is hidden is refused, what is missing is not found."""
    try:
        return get(queryset, user, **lookup)
    except Http404:
        if everything(Case).filter(**lookup).exists():
            raise PermissionDenied from None
        raise


def healthy(content: str, **kwargs: Any) -> HttpResponse:
    """Alive, with figures."""
    return HttpResponse(f"{content} {everything(Case).count()}", **kwargs)


def log_one(stage: Any) -> None:
    """hugo logs a case in the circle and looks at the table."""
    hugo = Actor(stage.dice, stage.cast.hugo)
    hugo.sends("/cases/new/", label=f"{stage.cast.cn.pk}/2/{stage.cast.north.pk}", name="Yeshe Quillon", sex="m")
    hugo.reads("/cases/")


def one_more_grant(stage: Any) -> None:
    """hugo holds a grant in another dialogue, too."""
    with acting(Verb.USER_INVITED, process="tests"):
        inside: Any = {"approved_by": stage.cast.vera, "requested_by": stage.cast.adam}
        grant(stage.cast.hugo, stage.cast.nv, Role.OFFICIAL, Marking.NORMAL, **inside)


def _label(aims: World) -> str:
    return f"{aims.visible['dialogue']}/1/"


def _looked(aims: World) -> list[Probe]:
    return [Probe("POST", "/cases/new/", {"label": _label(aims), "name": "Dolma Hidden", "sex": "m", "look": "1"})]


def _logged(aims: World) -> list[Probe]:
    key = form_key(User.objects.get(email="nils@office.example"))
    data = {"label": _label(aims), "name": "Ina Invented", "source_kind": "family", "key": key}
    return [Probe("POST", "/cases/new/", data)]


def _sourced(aims: World) -> list[Probe]:
    data = {**NAMED, "source": aims.hidden["source"]}
    return [Probe("POST", f"/cases/{aims.visible['case']}/names/add/", data)]


def _file(aims: World) -> list[Probe]:
    return [Probe("GET", f"/cases/{aims.visible['case']}/attachments/{aims.hidden['attachment']}/file/")]


COUNT = instead(table, "capped_text", lambda count: str(everything(Case).count()))
HTMX = {"HTTP_HX_REQUEST": "true"}
GROUP = {"title": "Yeshe Quillon and others", "kind": "trial", "marking": "1"}
NAMED = {"text": "Alias Invented", "system": "latin", "kind": "alias", "position": "4"}

PLANTS = [
    Plant("count", COUNT, "cases:table", get("/cases/")),
    Plant("cached count", instead(table, "capped_text", cached_count), "cases:table", get("/cases/"), log_one),
    Plant(
        "last updated", banner(lambda: everything(Case).aggregate(last=Max("changed_at"))), "rounds:index",
        get("/rounds/"),
    ),
    Plant(
        "related manager", instead(LinkQuerySet, "visible_to", lambda rows, user: rows.unscoped("planted")),
        "desk:case", get("/cases/{}/"),
    ),
    Plant(
        "receipt", receipts, "cases:part_add",
        lambda aims: [*send("/cases/{}/names/add/", **NAMED)(aims), *get("/cases/{}/")(aims)],
    ),
    Plant("facet", instead(Listing, "__init__", counted_choices), "cases:table", get("/cases/?state=active")),
    Plant("did you mean", instead(finding, "look_up", meaning), "desk:find", send("/find/", q="Dolma Hiden")),
    Plant("ranking", instead(finding, "look_up", rare_first), "desk:find", send("/find/", q="Invented")),
    Plant("ETag", header("tagging"), "access:me", get("/me/")),
    Plant(
        "unique error", instead(CaseGroup, "save", only_title), "cases:part_add",
        send("/cases/{}/groups/add/", **GROUP),
    ),
    Plant("foreign-key error", instead(RowField, "clean", known_key), "cases:part_add", _sourced),
    Plant(
        "duplicate hint", instead(new, "likely_same", lambda user, person: likely_same(who_sees_all(), person)),
        "cases:new", _looked,
    ),
    Plant("sequential id", instead(case_actions, "make_reference", counted_up), "cases:new", _logged),
    Plant("mail", instead(new, "create_case", telling_all), "desk:home", get("/"), log_one, level="mail"),
    Plant("next and previous", instead(listing, "cut", endless), "cases:table", get("/cases/")),
    Plant(
        "unfiltered history", instead(history, "rows_of", unfiltered), "desk:case_history", get("/cases/{}/history/")
    ),
    Plant("storage name", instead(attachments, "uuid4", numbered), "cases:attachment", lambda aims: [
        Probe("GET", f"/cases/{aims.visible['case']}/attachments/{aims.visible['attachment']}/file/")
    ]),
    Plant("attachment by id", files_by_key, "cases:attachment", _file),
    Plant("export", instead(export, "_cases", all_exported), "cases:export", send("/cases/export/", **TAKE)),
    Plant(
        "autocomplete", instead(finding, "look_up", lambda user, text, **how: find(who_sees_all(), text, **how)),
        "desk:find", send("/find/", q="Dolma"), headers=HTMX,
    ),
    Plant(
        "grant count", banner(lambda: f"{everything(Grant).count()} grants"), "access:me", get("/me/"), one_more_grant
    ),
    Plant("health page", instead(urls, "HttpResponse", healthy), "healthz", get("/healthz")),
    Plant("debug header", header("debugging"), "access:me", get("/me/")),
    Plant(
        "403 against 404", instead(showing, "get_visible_or_404", forbidden), "desk:case",
        lambda aims: [Probe("GET", f"/cases/{aims.hidden['case']}/")],
    ),
]  # fmt: skip
# What tells nothing is not noticed: the guard against a comparison that cries always.
HARMLESS = Plant("nothing", nullcontext, "cases:table", get("/cases/", "/me/", "/cases/{}/"))
