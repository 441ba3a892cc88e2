"""What waits to be done with answers, queue by queue, oldest first."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases.paging import DEFAULT_SIZE, Cursor, Page, cut, digest
from casetracker.access.models import User
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, page
from rounds.answer_queue import CLAIMS, TABS, TO_CODE, Queue, order, waiting
from rounds.claimed import claim_words
from rounds.codes import ItemClaimState
from rounds.forms_answers import QueueFilter
from rounds.models import ItemClaim, ResponseItem, Round
from rounds.views.answers.whole import said
from rounds.views.index import dialogues_of

RELATED = ("response__round", "case", "coded_by")
EMPTY = {
    "to-code": "Every answer is coded",
    "to-confirm": "Nothing to confirm",
    "disputed": "No coding is disputed",
    "to-assess": "Every confirmed answer is assessed",
    "claims": "No claim waits",
}
HINTS = {
    "to-code": "Answers come here when they are recorded with a response.",
    "to-confirm": "What you coded yourself waits for somebody else.",
    "disputed": "A disputed coding is coded again, by anybody who codes, or assessed as it stands.",
    "to-assess": "An answer is assessed once its coding is confirmed.",
    "claims": "Whoever codes an answer proposes what it claims; an official accepts it onto the case.",
}


@require_safe
def index(request: AuthedRequest) -> HttpResponse:
    """One queue; its rows lead to the answers, and from there on to the next."""
    user, asked = request.user, request.GET
    dialogues = dialogues_of(user)
    rounds = Round.objects.visible_to(user).order_by("-starts", "-ordinal")
    form = QueueFilter(asked, dialogues=dialogues, rounds=rounds)
    tab = asked.get("tab", TO_CODE)
    chosen = Queue(tab if tab in TABS else TO_CODE, form.value("dialogue"), form.value("round"))
    found = _page(chosen, user, Cursor.read(asked))
    record(
        Verb.RESPONSES_LISTED,
        by=user,
        detail={"count": len(found.rows), "digest": digest(row.pk for row in found.rows), "queue": chosen.tab},
    )
    context = {
        "tab": chosen.tab,
        "tabs": _tabs(chosen, waiting(user, chosen)),
        "rows": [_row(item) for item in found.rows],
        "pager": _pager(chosen, found),
        "form": form,
        "chips": _chips(form, chosen),
        "here": reverse("rounds:coding"),
        "clear_url": _url(Queue(chosen.tab)),
        "keep": [("tab", chosen.tab)],
        "asks": f"?{urlencode(chosen.query('queue'))}",
        "empty": EMPTY[chosen.tab],
        "hint": HINTS[chosen.tab],
        "open_to_me": bool(dialogues),
    }
    return page(request, "rounds/answer/queue.html", context, section="responses")


def _page(chosen: Queue, user: User, cursor: Cursor) -> Page:
    rows = chosen.rows(user).select_related(*RELATED)
    if chosen.tab == CLAIMS:
        proposed = ItemClaim.objects.visible_to(user).filter(state=ItemClaimState.PROPOSED).select_related("place")
        rows = rows.prefetch_related(Prefetch("claims", proposed))
    seen = ResponseItem.objects.visible_to(user)
    return cut(rows, seen=seen, order=order(), cursor=cursor, size=DEFAULT_SIZE)


def _row(item: ResponseItem) -> dict[str, Any]:
    held = getattr(item, "_prefetched_objects_cache", {}).get("claims", ())
    return {"item": item, "said": said_short(item), "claims": [claim_words(claim) for claim in held]}


def said_short(item: ResponseItem) -> dict[str, str]:
    """The words to know it by: the translation where there is one."""
    words = said(item)
    if words["translation"]:
        return {"text": words["translation"], "lang": ""}
    return {"text": words["verbatim"] or words["name"], "lang": words["lang"] or words["name_lang"]}


def _tabs(chosen: Queue, counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": _url(Queue(tab, chosen.dialogue, chosen.round)),
            "current": tab == chosen.tab,
            "count": str(counts[tab]),
        }
        for tab, label in TABS.items()
    ]


def _pager(chosen: Queue, found: Page) -> dict[str, str]:
    urls = {"first_url": "", "previous_url": "", "next_url": "", "last_url": ""}
    urls |= {f"{name}_url": _url(chosen, **params) for name, params in found.links().items()}
    return {"shown": found.shown(), **urls}


def _chips(form: QueueFilter, chosen: Queue) -> list[dict[str, str]]:
    found = []
    for name in form.fields:
        if form.value(name) is None:
            continue
        field: Any = form.fields[name]
        words = dict(field.choices).get(str(form.value(name)), "")
        kept = {"dialogue": chosen.dialogue, "round": chosen.round} | {name: None}
        url = _url(Queue(chosen.tab, kept["dialogue"], kept["round"]))
        found.append({"label": f"{field.label}:", "value": str(words), "remove_url": url})
    return found


def _url(queue: Queue, **more: str) -> str:
    return f"{reverse('rounds:coding')}?{urlencode({**queue.query(), **more})}"
