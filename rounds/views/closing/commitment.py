"""Commitments: recording what was promised at a round, about a case or in an answer; editing and settling it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cases.forms.new_case import labels_for
from cases.forms.record_form import RecordForm
from cases.models import Case
from cases.paging import as_key
from cases.reference import is_reference
from cases.sight import who_sees
from cases.views.saving import Outcome, attempt
from casetracker.access.act import ROLES, Doing, check, may
from casetracker.access.errors import Denied
from casetracker.access.models import Compartment
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, get_visible_or_404, page
from rounds.actions.commitment import (
    add_commitment,
    covering,
    edit_commitment,
    label_commitment,
    reopen_commitment,
    settle_commitment,
)
from rounds.codes import CommitmentState
from rounds.commitment_past import past_of_commitment
from rounds.forms_commitments import CommitmentForm, ReopenForm, SettleForm
from rounds.forms_lists import LabelOffered, RelabelForm, labels_offered
from rounds.models import Commitment, ResponseItem, Round

TRACKING = ROLES[Doing.TRACK_COMMITMENT]


@dataclass(frozen=True)
class From:
    """What a new commitment comes from, as far as the address says: each is visible to who asks."""

    round: Round | None
    case: Case | None
    item: ResponseItem | None

    @property
    def labels(self) -> list[Label]:
        """What its label must dominate."""
        return [one.label() for one in (self.case, self.item) if one is not None]

    @property
    def dialogue_id(self) -> UUID | None:
        """The dialogue of all of it."""
        found = [one.label().dialogue_id for one in (self.round, self.case, self.item) if one is not None]
        return found[0] if found else None

    @property
    def back(self) -> str:
        """Where it came from."""
        if self.item is not None:
            return reverse("rounds:answer", args=[self.item.pk])
        if self.case is not None:
            return reverse("desk:case", args=[self.case.reference])
        return f"{reverse('rounds:round', args=[self.round.pk])}#promises" if self.round else reverse("rounds:index")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AuthedRequest) -> HttpResponse:
    """What was promised, from `round`, `case` (its reference) and `item` in the address."""
    source = _source(request)
    check(request.user, Doing.TRACK_COMMITMENT, source.round.label() if source.round else None)
    for content in source.labels:
        check(request.user, Doing.TRACK_COMMITMENT, content)
    offered = [one for one in labels_for(request.user) if _fits(one.label, source)]
    people = who_sees(offered[0].label, TRACKING) if offered else []
    form = CommitmentForm(
        request.POST or None,
        user=request.user,
        people=people,
        labels=[(one.value, one.words, one.label) for one in offered],
        initial={"owner": str(request.user.pk)},
    )
    outcome = attempt(request, form, lambda: _add(request, form, source), back=source.back)
    if outcome.saved:
        messages.success(request, "The commitment is recorded.")
        return redirect("rounds:commitment", pk=outcome.made.pk)
    context = {"form": form, "source": source, "action": request.get_full_path()}
    label = offered[0].label if source.labels and offered else None
    return page(
        request, "rounds/closing/commitment_new.html", context, section="rounds", label=label, status=outcome.status
    )


def _fits(label: Label, source: From) -> bool:
    own = source.dialogue_id in (None, label.dialogue_id)
    return own and all(label.dominates(content) for content in source.labels)


def _add(request: AuthedRequest, form: CommitmentForm, source: From) -> Commitment:
    values = {**form.values(), "round": source.round, "case": source.case, "item": source.item}
    return add_commitment(by=request.user, label=form.chosen_label, values=values, key=form.cleaned_data["key"])


def _source(request: AuthedRequest) -> From:
    """Raises Http404 for what is hidden or missing, and for what is no key."""
    user, asked = request.user, request.GET
    item = round = case = None
    if asked.get("item"):
        rows = ResponseItem.objects.select_related("response__round", "case")
        item = get_visible_or_404(rows, user, pk=_key(asked["item"]))
        case, round = item.case, item.response.round
    if asked.get("case"):
        if not is_reference(asked["case"]):
            raise Http404
        case = get_visible_or_404(Case.objects.all(), user, reference=asked["case"])
    if asked.get("round"):
        round = get_visible_or_404(Round.objects.all(), user, pk=_key(asked["round"]))
    return From(round, case, item)


def _key(text: str) -> UUID:
    key = as_key(text)
    if key is None:
        raise Http404
    return key


@require_safe
def show(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One commitment, with its history. Reading it is recorded."""
    commitment = _or_404(request, pk)
    record(Verb.WORK_LISTED, by=request.user, about=commitment, detail={"count": 1})
    return _whole(request, commitment)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """What was promised, by when, who watches it."""
    commitment = _tracked_or_404(request, pk)
    people = who_sees(covering(commitment), TRACKING)
    form = CommitmentForm(request.POST or None, user=request.user, row=commitment, people=people)
    outcome = attempt(
        request,
        form,
        lambda: edit_commitment(
            commitment=commitment,
            by=request.user,
            seen=form.version_seen,
            changes=form.values(),
            reason=form.reason_given,
        ),
        back=reverse("rounds:commitment", args=[commitment.pk]),
    )
    if outcome.saved:
        messages.success(request, "Saved." if outcome.made else "Nothing was changed.")
        return redirect("rounds:commitment", pk=commitment.pk)
    return _whole(request, commitment, part="edit", form=form, outcome=outcome)


@require_http_methods(["GET", "HEAD", "POST"])
def label(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The label, with the people who would see the commitment under each; of a settled one, too."""
    commitment = _or_404(request, pk)
    if not _may_label(request, commitment):
        raise Denied("Your grants do not let you change this label.")
    offered = _labels(request, commitment)
    form = RelabelForm(request.POST or None, row=commitment, offered=offered)
    outcome = attempt(
        request,
        form,
        lambda: label_commitment(
            commitment=commitment,
            by=request.user,
            seen=form.version_seen,
            marking=form.chosen.marking,
            compartment=form.chosen.compartment_id,
            reason=form.cleaned_data["reason"],
        ),
        back=reverse("rounds:commitment", args=[commitment.pk]),
    )
    if outcome.saved:
        messages.success(request, "The commitment has another label now.")
        return redirect("rounds:commitment", pk=commitment.pk)
    return _whole(request, commitment, part="label", form=form, outcome=outcome, offered=offered)


def _may_label(request: AuthedRequest, commitment: Commitment) -> bool:
    under = covering(commitment)
    return any(may(request.user, doing, under) for doing in (Doing.TRACK_COMMITMENT, Doing.LOWER_MARKING))


def _labels(request: AuthedRequest, commitment: Commitment) -> list[LabelOffered]:
    """Labels that dominate what it comes from."""
    contents = [one.label() for one in (commitment.case, commitment.item) if one is not None]
    offered = labels_offered(request.user, commitment.dialogue)
    return [one for one in offered if all(one.label.dominates(content) for content in contents)]


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Kept or not, and what came of it; or, with `again`, open again."""
    commitment = _tracked_or_404(request, pk)
    again = bool(request.POST.get("again") or request.GET.get("again"))
    form: RecordForm = (ReopenForm if again else SettleForm)(request.POST or None, row=commitment)
    outcome = attempt(
        request,
        form,
        lambda: _settle(request, commitment, form),
        back=reverse("rounds:commitment", args=[commitment.pk]),
    )
    if outcome.saved:
        messages.success(request, "The commitment is open again." if again else "The commitment is settled.")
        return redirect("rounds:commitment", pk=commitment.pk)
    return _whole(request, commitment, part="reopen" if again else "settle", form=form, outcome=outcome)


def _settle(request: AuthedRequest, commitment: Commitment, form: RecordForm) -> None:
    asked: dict[str, Any] = {"commitment": commitment, "by": request.user, "seen": form.version_seen}
    if isinstance(form, ReopenForm):
        reopen_commitment(**asked, reason=form.reason_given)
    else:
        settle_commitment(**asked, state=form.cleaned_data["state"], outcome=form.cleaned_data["outcome"])


def _or_404(request: AuthedRequest, pk: UUID) -> Commitment:
    rows = Commitment.objects.select_related("round", "case", "item__response", "owner", "dialogue")
    return get_visible_or_404(rows, request.user, pk=pk)  # type: ignore[no-any-return]


def _tracked_or_404(request: AuthedRequest, pk: UUID) -> Commitment:
    commitment = _or_404(request, pk)
    check(request.user, Doing.TRACK_COMMITMENT, covering(commitment))
    return commitment


def _whole(
    request: AuthedRequest,
    commitment: Commitment,
    *,
    part: str = "",
    form: RecordForm | None = None,
    outcome: Outcome | None = None,
    offered: list[LabelOffered] | None = None,
) -> HttpResponse:
    under = covering(commitment)
    circles = Compartment.objects.visible_to(request.user).filter(pk=under.compartment_id)
    context = {
        "commitment": commitment,
        "mark": Marking(under.marking).on_paper,
        "circle": circles.values_list("name", flat=True).first() or "",
        "is_open": commitment.state == CommitmentState.OPEN,
        "may_track": may(request.user, Doing.TRACK_COMMITMENT, under),
        "may_label": _may_label(request, commitment),
        "past": past_of_commitment(commitment, request.user),
        "part": part,
        "form": form,
        "offered": offered or [],
        "conflict": outcome.conflict if outcome else None,
    }
    status = outcome.status if outcome else 200
    return page(request, "rounds/closing/commitment.html", context, section="rounds", label=under, status=status)
