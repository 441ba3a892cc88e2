"""What is said about a list, or one of its entries, while it is prepared and reviewed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from cases.paging import as_key
from cases.views.saving import attempt
from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.web import AuthedRequest, get_visible_or_404
from rounds.actions.review import comment, settle_comment
from rounds.forms_lists import CommentForm
from rounds.models import CaseList, ListComment, ListEntry
from rounds.views.lists.whole import Place, again, list_or_404, refused, url_of, whole


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One more comment; `entry` names the entry it is about."""
    case_list = list_or_404(request, pk)
    check(request.user, Doing.COMMENT_LIST, case_list.label())
    entry = _entry(request, case_list)
    form = CommentForm(request.POST or None, initial={"entry": entry.pk if entry else None})
    outcome = attempt(
        request,
        form,
        lambda: comment(case_list=case_list, by=request.user, text=form.cleaned_data["text"], entry=entry),
        back=url_of(case_list),
    )
    at = f"entry-{entry.pk}" if entry else "comments"
    if outcome.saved:
        messages.success(request, "Your comment stands with the list.")
        return again(request, case_list, part=at, focus=f"comment-{entry.pk}" if entry else "comments")
    return whole(request, case_list, Place("comment", str(entry.pk) if entry else "", form, outcome))


def _entry(request: AuthedRequest, case_list: CaseList) -> ListEntry | None:
    """The entry named, or Http404 for one that is not of this list."""
    named = request.POST.get("entry") or request.GET.get("entry")
    if not named:
        return None
    rows = ListEntry.objects.select_related("case", "case_list")
    return get_visible_or_404(rows, request.user, pk=as_key(named), case_list=case_list)  # type: ignore[no-any-return]


@require_POST
def settle(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Settled, or open again (`settled` empty)."""
    rows = ListComment.objects.select_related("case_list__round__dialogue")
    said: ListComment = get_visible_or_404(rows, request.user, pk=pk)
    check(request.user, Doing.COMMENT_LIST, said.label())
    try:
        settle_comment(comment=said, by=request.user, settled=bool(request.POST.get("settled")))
    except WrongState as wrong:
        return refused(request, said.case_list, wrong)
    at = f"entry-{said.entry_id}" if said.entry_id else "comments"
    return again(request, said.case_list, part=at, focus=f"settle-{said.pk}")
