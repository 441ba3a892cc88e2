"""What an empty installation still needs, for the admin's desk."""

from dataclasses import dataclass

from django.urls import reverse

from casetracker.access.act import Running, may_run
from casetracker.access.models import Dialogue, Grant, GrantState, User
from casetracker.access.roles import Role
from casetracker.access.see import active_now

# key, title, text, URL name
WAY = (
    (
        "dialogue",
        "Create the first dialogue",
        "Everything stands in a dialogue: cases, rounds, grants.",
        "access:dialogue_new",
    ),
    (
        "approver",
        "Name its first approver",
        "On the server: manage.py first_approver --dialogue {prefix} --email name@office.example "
        '--name "Full name". Later approvers are requested and approved like any grant.',
        "access:dialogues",
    ),
    (
        "official",
        "Invite the first official",
        "You get a one-time link and hand it over yourself.",
        "access:user_invite",
    ),
    (
        "request",
        "Request a grant for them",
        "In one dialogue, for a limited time, with a reason.",
        "access:grant_new",
    ),
    (
        "grant",
        "The approver approves it",
        "They find the request on their desk. Then the official logs the first case.",
        "access:grants",
    ),
)


@dataclass(frozen=True)
class Step:
    """One thing to do, where, and whether it is done."""

    title: str
    text: str
    url: str
    done: bool


def first_run_steps(user: User) -> list[Step]:
    """The way from an empty installation to its first case. Empty for whoever is not an access admin.

    Four queries. Whether a case was logged is none of the admins' business: the way ends at the grant.
    """
    if not may_run(user, Running.MANAGE_USERS):
        return []
    grants = Grant.objects.visible_to(user)
    prefix = Dialogue.objects.visible_to(user).order_by("created_at", "pk").values_list("prefix", flat=True).first()
    officials = User.objects.visible_to(user).filter(office="", is_active=True).count()
    found = set(grants.filter(active_now(), user__is_active=True).values_list("role", flat=True))
    waiting = grants.filter(state=GrantState.REQUESTED, role=Role.OFFICIAL).exists()
    done = {
        "dialogue": prefix is not None,
        "approver": Role.APPROVER in found,
        "official": officials > (1 if Role.APPROVER in found else 0),
        "request": waiting or Role.OFFICIAL in found,
        "grant": Role.OFFICIAL in found,
    }
    return [
        Step(title, text.format(prefix=prefix or "PREFIX"), reverse(url), done[key]) for key, title, text, url in WAY
    ]
