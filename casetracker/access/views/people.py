"""The admins' pages about users."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from casetracker.access.act import Running, check_run
from casetracker.access.actions.invitations import LASTS
from casetracker.access.actions.people import (
    deactivate_user,
    edit_user,
    invite_user,
    reactivate_user,
    reset_sign_in,
    standing_grants,
)
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.forms.chips import chips_of
from casetracker.access.forms.people import ReasonForm, UserFilter, UserForm
from casetracker.access.listing import USER_SORTS, account_standing, grants_for, heads, user_rows
from casetracker.access.models import User
from casetracker.access.page_kinds import pages_of
from casetracker.access.step_up import step_up_required
from casetracker.access.views.answers import form_methods, posted, status_of
from casetracker.access.views.conflict import conflict_page, settled
from casetracker.audit.reading import entries_about
from casetracker.web import AuthedRequest, get_visible_or_404, page


def managed(request: AuthedRequest, pk: UUID) -> User:
    """The user named by `pk`, for those whose office it is. Raises Denied, Http404."""
    check_run(request.user, Running.MANAGE_USERS)
    found: User = get_visible_or_404(User.objects, request.user, pk=pk)
    return found


@require_safe
def users(request: AuthedRequest) -> HttpResponse:
    """Everybody who has or had an account."""
    check_run(request.user, Running.MANAGE_USERS)
    form = UserFilter(request.GET or None, user=request.user)
    asked = form.cleaned_data if form.is_valid() else {}
    sort, url = request.GET.get("sort", "name"), reverse("access:users")
    query = urlencode({name: value for name, value in asked.items() if value})
    context = {
        "form": form,
        "rows": user_rows(request.user, asked, sort),
        "heads": heads(url, query, sort, USER_SORTS),
        "url": url,
        "chips": chips_of(form, url, {"sort": sort}),
        "keep": [("sort", sort)],
        "asked": bool(query),
    }
    return page(request, "access/users.html", context, section="people")


@form_methods
@step_up_required
def user_invite(request: AuthedRequest) -> HttpResponse:
    """A new account: the answer shows its one-time link, once."""
    check_run(request.user, Running.MANAGE_USERS)
    form = UserForm(posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            person, token = invite_user(by=request.user, name=data["name"], email=data["email"], office=data["office"])
        except WrongState as refusal:
            form.add_error("email", refusal.reason)
        else:
            return _link_page(request, person, token)
    return page(request, "access/user_invite.html", {"form": form}, section="people", status=status_of(form))


@require_safe
def user(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One account: details, grants, what was done to it."""
    person = managed(request, pk)
    standing, tone = account_standing(person)
    context = {
        "person": person,
        "standing": standing,
        "tone": tone,
        "grants": list(grants_for(request.user).filter(user=person)),
        "lines": entries_about(person, request.user),
        "is_self": person.pk == request.user.pk,
        "pages": pages_of(person),
    }
    return page(request, "access/user.html", context, section="people")


@form_methods
@step_up_required
def user_edit(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Name, address, office."""
    person, refused = managed(request, pk), False
    first = {"name": person.name, "email": person.email, "office": person.office, "seen": person.version}
    form = UserForm(settled(request.POST, person) if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        data, back = form.cleaned_data, reverse("access:user", args=[pk])
        try:
            edit_user(
                user=person,
                by=request.user,
                seen=data["seen"] or 0,
                name=data["name"],
                email=data["email"],
                office=data["office"],
            )
        except Conflict as conflict:
            title = "Two versions of an account"
            return conflict_page(request, form, conflict.current, title=title, cancel=back, section="people")
        except WrongState as refusal:
            form.add_error(None, refusal.reason)
            refused = True
        else:
            messages.success(request, "The account is saved.")
            return redirect(back)
    context = {"form": form, "person": person}
    return page(request, "access/user_edit.html", context, section="people", status=status_of(form, refused))


@form_methods
@step_up_required
def user_link(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """A new one-time link, which ends the present sign-in and suspends the grants."""
    person = managed(request, pk)
    form, refused = _reason_form(request, person), False
    if request.method == "POST" and form.is_valid():
        try:
            token = reset_sign_in(user=person, by=request.user, reason=form.cleaned_data["reason"])
        except WrongState as refusal:
            form.add_error(None, refusal.reason)
            refused = True
        else:
            return _link_page(request, person, token)
    suspends = standing_grants(person).filter(state="active").count()
    context = {
        "form": form,
        "person": person,
        "consequences": [
            "Password, second factor and sessions of this account end at once.",
            f"Active grants to be suspended: {suspends}. An approver of each dialogue reconfirms them.",
            "Grants that wait to be approved are not: they have to be asked for again.",
            "Earlier links stop working. The new one is shown to you once.",
        ],
    }
    return page(request, "access/user_link.html", context, section="people", status=status_of(form, refused))


@form_methods
@step_up_required
def user_deactivate(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Ends an account. The admins see no cases: reassigning them is the work of the dialogue's colleagues."""
    person = managed(request, pk)
    form, refused = _reason_form(request, person), False
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            deactivate_user(user=person, by=request.user, seen=data["seen"], reason=data["reason"])
        except WrongState as refusal:
            form.add_error(None, refusal.reason)
            refused = True
        except Conflict:
            form = _changed_meanwhile(form, person)
            refused = True
        else:
            messages.success(request, "The account is deactivated and its grants have ended.")
            return redirect("access:user", pk=pk)
    ending = list(grants_for(request.user).filter(pk__in=standing_grants(person).values("pk")))
    context = {"form": form, "person": person, "grants": ending}
    return page(request, "access/user_deactivate.html", context, section="people", status=status_of(form, refused))


@form_methods
@step_up_required
def user_reactivate(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Opens an account again: with a new link, without its former grants."""
    person = managed(request, pk)
    form, refused = _reason_form(request, person), False
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            token = reactivate_user(user=person, by=request.user, seen=data["seen"], reason=data["reason"])
        except WrongState as refusal:
            form.add_error(None, refusal.reason)
            refused = True
        except Conflict:
            form = _changed_meanwhile(form, person)
            refused = True
        else:
            return _link_page(request, person, token)
    context = {"form": form, "person": person}
    return page(request, "access/user_reactivate.html", context, section="people", status=status_of(form, refused))


def _reason_form(request: AuthedRequest, person: User) -> ReasonForm:
    return ReasonForm(posted(request), initial={"seen": person.version})


def _changed_meanwhile(form: ReasonForm, person: User) -> ReasonForm:
    """The form again, over the version that stands now, with what was typed."""
    again = ReasonForm({"reason": form.cleaned_data["reason"], "seen": person.version})
    again.add_error(None, "Somebody changed this account meanwhile. Look at it again, then repeat.")
    return again


def _link_page(request: AuthedRequest, person: User, token: str) -> HttpResponse:
    """The link, once: it is nowhere kept, not even for this page."""
    link = request.build_absolute_uri(reverse("access:invitation", args=[token]))
    context = {"person": person, "link": link, "hours": int(LASTS.total_seconds() // 3600)}
    return page(request, "access/link.html", context, section="people")
