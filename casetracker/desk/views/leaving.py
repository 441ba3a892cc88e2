"""What a colleague who leaves looked after, and handing it on. For those who see it; admins see none of it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.models import Case, FollowUp
from casetracker.access.act import Doing, may
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.models import User
from casetracker.access.see import holdings
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.desk.leaving import HandOnForm, cases_of, follow_ups_of, hand_on, successors
from casetracker.web import AuthedRequest, page


@require_http_methods(["GET", "HEAD", "POST"])
def leaving(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Open cases and follow-ups of one colleague (gone or not), and who takes them over."""
    person, cases, follow_ups = _looked_after(request, pk)
    labels = {row.label() for row in cases} | {row.case.label() for row in follow_ups}
    can_assign = any(may(request.user, Doing.EDIT_CASE, label) for label in labels)
    people = successors(labels, pk) if can_assign else []
    form = HandOnForm(request.POST if request.method == "POST" else None, people=people)
    ticked = dict(pick.partition(":")[::2] for pick in request.POST.getlist("pick"))
    status = 200
    if request.method == "POST":
        if not can_assign:
            raise Denied("Only those who edit these cases may give them to somebody else.")
        if _handed_on(request, form, person, cases, follow_ups, ticked):
            return redirect("desk:leaving", pk=pk)
        status = 409 if form.is_valid() is False and form.non_field_errors() else 422
    else:
        record(Verb.CASES_LISTED, by=request.user, detail={"count": len(cases)})
    context = {
        "person": person, "cases": cases, "follow_ups": follow_ups, "form": form, "ticked": set(ticked),
        "can_assign": can_assign, "people": people,
    }  # fmt: skip
    return page(request, "desk/leaving.html", context, section="desk", status=status)


def _looked_after(request: AuthedRequest, pk: UUID) -> tuple[User, list[Case], list[FollowUp]]:
    """Raises Http404 for whoever is neither a colleague nor the owner of anything the viewer sees."""
    if not holdings(request.user):
        raise Http404
    cases, follow_ups = cases_of(pk, request.user), follow_ups_of(pk, request.user)
    known = User.objects.get_queryset() if cases or follow_ups else User.objects.visible_to(request.user)
    person = known.filter(pk=pk).first()
    if person is None:
        raise Http404
    return person, cases, follow_ups


def _handed_on(
    request: AuthedRequest, form: HandOnForm, person: User, cases: list[Case], follow_ups: list[FollowUp],
    ticked: dict[str, str],
) -> bool:  # fmt: skip
    """Does it; or leaves in the form why not."""
    some = [row for row in cases if str(row.pk) in ticked]
    steps = [row for row in follow_ups if str(row.pk) in ticked]
    seen = {key: int(version) for key, version in ticked.items() if version.isdecimal()}
    if not form.is_valid():
        return False
    if not some and not steps:
        form.add_error(None, "Tick at least one case or follow-up.")
        return False
    data = form.cleaned_data
    try:
        count = hand_on(
            person=person, owner=data["owner"], by=request.user, cases=some, follow_ups=steps,
            seen={**{str(row.pk): 0 for row in [*some, *steps]}, **seen}, reason=data["reason"],
        )  # fmt: skip
    except WrongState as refusal:
        form.add_error(None, refusal.reason)
    except Conflict:
        form.add_error(None, "Somebody changed one of these meanwhile; nothing was handed on. Look again, then repeat.")
    else:
        messages.success(request, f"Handed on: {count}.")
        return True
    return False
