"""All responses the viewer sees: filtered, sorted, paged, with what is left to do in each."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases.paging import digest
from casetracker.access.act import Doing, may
from casetracker.access.roles import Marking
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, page
from rounds.models import Round
from rounds.response_listing import FILTERS, FIRST, LEFT, Listing, Work, work_in, work_in_all
from rounds.views.index import dialogues_of

COLUMNS = (("on", "Received"), ("form", "Form"), ("recorded", "Recorded"))
# What of all the work stands above the list, and the filter that shows it.
SUMS = ("unmatched", "code", "confirm", "disputed", "assess")


@require_safe
def index(request: AuthedRequest) -> HttpResponse:
    """Newest first."""
    user = request.user
    dialogues = dialogues_of(user)
    inside = [dialogue.pk for dialogue in dialogues]
    rounds = list(Round.objects.visible_to(user).filter(dialogue__in=inside).order_by("-starts", "-ordinal", "pk"))
    listing = Listing(request.GET, user, dialogues, rounds)
    shown = listing.page()
    keys = [response.pk for response in shown.rows]
    work = work_in(user, keys)
    record(Verb.RESPONSES_LISTED, by=user, detail={"count": len(keys), "digest": digest(keys)})
    context = {
        "form": listing.form,
        "filtered": listing.filtered,
        "chips": _chips(listing),
        "keep": [("order", listing.order)] if listing.order != FIRST else [],
        "rows": [
            {"response": one, "work": work.get(one.pk, Work()), "mark": Marking(one.marking).on_paper}
            for one in shown.rows
        ],
        "columns": _columns(listing),
        "pager": {"shown": shown.shown(), **{f"{to}_url": listing.url(**at) for to, at in shown.links().items()}},
        "sums": _sums(listing, work_in_all(user)),
        "several": len(dialogues) > 1,
        "may_record": may(user, Doing.RECORD_RESPONSE),
    }
    return page(request, "rounds/response/index.html", context, section="responses")


def _columns(listing: Listing) -> list[dict[str, str]]:
    found = []
    for name, label in COLUMNS:
        current = listing.order.removeprefix("-") == name
        going = ("desc" if listing.order.startswith("-") else "asc") if current else "none"
        following = f"-{name}" if going == "asc" or (not current and name != "form") else name
        found.append({"label": label, "url": listing.url(order=following), "direction": going})
    return found


def _chips(listing: Listing) -> list[dict[str, str]]:
    found = []
    for name in FILTERS:
        value = listing.form.value(name)
        if value is None:
            continue
        field = listing.form.fields[name]
        words = dict(getattr(field, "choices", ())).get(str(value), value)
        found.append({"label": f"{field.label}:", "value": str(words), "remove_url": listing.url(**{name: ""})})
    return found


def _sums(listing: Listing, work: Work) -> list[dict[str, Any]]:
    queue = {"unmatched": reverse("rounds:unmatched")}
    return [
        {"label": LEFT[name], "count": count, "url": queue.get(name) or listing.url(left=name)}
        for name in SUMS
        if (count := getattr(work, name))
    ]
