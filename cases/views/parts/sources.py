"""Reading who a sealed source is: asked for with a reason, decided by somebody else, then read for a while."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.actions.unsealing import ask_unseal, read_identity
from cases.forms.case import UnsealForm
from cases.models import Case, Source, SourceIdentity
from cases.unsealing import open_until, opened_by
from cases.views.parts.showing import METHODS, case_url, in_case, on_case, show_form
from cases.waiting import waiting_on
from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.access.models import Approval
from casetracker.access.step_up import step_up_required
from casetracker.web import AuthedRequest, get_visible_or_404, page


@require_http_methods(METHODS)
@step_up_required
@on_case
def unseal(request: AuthedRequest, case: Case, pk: UUID) -> HttpResponse:
    """Asks why; while a second person has not decided, says so; then shows who the source is, each time recorded."""
    source = get_visible_or_404(Source.objects.select_related("case"), request.user, pk=pk, case=case)
    identity = get_visible_or_404(SourceIdentity.objects.all(), request.user, source=source)
    check(request.user, Doing.UNSEAL_SOURCE, identity.label())
    if (allowed := opened_by(identity, request.user)) is not None:
        return _read(request, case, source, identity, allowed)
    waiting = waiting_on([identity.pk], request.user)
    if waiting:
        context = {"waiting": waiting, "back": case_url(case, f"part-{pk}")}
        return in_case(request, case, "cases/case/unseal_waits.html", context)
    form, status = UnsealForm(request.POST if request.method == "POST" else None), 200
    if form.is_valid():
        try:
            ask_unseal(identity=identity, by=request.user, reason=form.cleaned_data["reason"])
        except WrongState as problem:
            form.add_error(None, problem.reason)
            status = 409
        else:
            messages.success(request, "Asked for. Somebody else decides whether you may read it.")
            return redirect(request.path)
    return show_form(
        request, case, form, heading="Ask to read who this source is", submit="Ask a second person",
        back=f"part-{pk}", note="An approver decides. Each reading is kept in the trail.", status=status,
    )  # fmt: skip


def _read(
    request: AuthedRequest, case: Case, source: Source, identity: SourceIdentity, allowed: Approval
) -> HttpResponse:
    if request.method == "POST":
        return redirect(request.path)
    told = read_identity(source=source, identity=identity, by=request.user)
    context = {
        "case": case,
        "source": source,
        "dated": source.date_text or str(source.date or ""),
        "identity": told,
        "until": open_until(allowed),
        "back": case_url(case, f"part-{source.pk}"),
    }
    return page(request, "cases/case/unsealed.html", context, section="cases", label=identity.label())
