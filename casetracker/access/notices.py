"""Mail: it says that there is something, and nothing else. No name, no reference, no link to a thing."""

import logging
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.tasks import task

from casetracker.access.models import User

SUBJECT = "casetracker: please sign in"
BODY = "Please sign in to casetracker: there is something that waits for you.\n"

logger = logging.getLogger(__name__)


def tell_later(people: list[str]) -> None:
    """Has a mail sent to each of these accounts (keys), after what they are told of is written down."""
    if people:
        tell.enqueue(people)


@task()
def tell(people: list[str]) -> None:
    """One mail for each, so that nobody reads who else is told. What cannot be sent is on their desk all the same."""
    for person in User.objects.filter(pk__in=people, is_active=True).order_by("pk"):
        try:
            EmailMessage(subject=SUBJECT, body=BODY, to=[person.email]).send()
        except (OSError, SMTPException) as failure:
            logger.warning("A notice could not be sent: %s", type(failure).__name__)
