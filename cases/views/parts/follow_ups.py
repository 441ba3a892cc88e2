"""Finishing a follow-up, with what came of it."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases.actions.part import finish_follow_up
from cases.forms.case import DoneForm
from cases.models import Case, FollowUp
from cases.views.parts.sections import SECTIONS
from cases.views.parts.showing import METHODS, check_editing, on_case, saved, show_form
from casetracker.access.errors import Conflict
from casetracker.web import AuthedRequest, get_visible_or_404


@require_http_methods(METHODS)
@on_case
def done(request: AuthedRequest, case: Case, pk: UUID) -> HttpResponse:
    """Marks a follow-up as done."""
    follow_up = get_visible_or_404(FollowUp.objects.select_related("case"), request.user, pk=pk, case=case)
    check_editing(request, case)
    form = DoneForm(request.POST if request.method == "POST" else None, initial={"seen": follow_up.version})
    focus, note, status = f"part-{pk}", "", 200
    if form.is_valid():
        try:
            finish_follow_up(
                follow_up=follow_up,
                by=request.user,
                seen=form.cleaned_data["seen"],
                outcome=form.cleaned_data["outcome"],
            )
            told = f"{case.reference}: follow-up done."
            return saved(request, case, SECTIONS["follow-ups"], focus=focus, told=told)
        except Conflict as found:
            note, status = "A colleague changed this follow-up in the meantime. Look at it again, then save.", 409
            form = DoneForm(initial={"seen": found.current.version, "outcome": form.cleaned_data["outcome"]})
    closing = reverse("cases:section", args=[case.reference, "follow-ups"])
    return show_form(
        request, case, form, heading="Follow-up done", submit="Done", back=focus, note=note, status=status,
        cancel_hx=f"{closing}?focus={focus}", by_htmx=True,
    )  # fmt: skip
