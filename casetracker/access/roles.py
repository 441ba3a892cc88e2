"""Roles, offices and markings: who may be what."""

from django.conf import settings
from django.db import models


class Role(models.TextChoices):
    """What one grant lets its holder do inside its dialogue (design.md §4)."""

    OFFICIAL = "official", "official"
    APPROVER = "approver", "approver"
    REVIEWER = "reviewer", "reviewer"


class Office(models.TextChoices):
    """What a person is outside all grants. The holder of an office reads no content."""

    NONE = "", "no office"
    ADMIN = "admin", "access admin"
    AUDITOR = "auditor", "auditor"


class Marking(models.IntegerChoices):
    """Ordered: who may read RESTRICTED may read NORMAL. What it is called on paper is a setting."""

    NORMAL = 1, "normal"
    RESTRICTED = 2, "restricted"

    @property
    def on_paper(self) -> str:
        """The word printed on pages and sheets, for example LIMITE."""
        return str(settings.MARKING_LABELS[self.value])


def marking_choices() -> list[tuple[int, str]]:
    """Markings for a picker, by the names they have on paper."""
    return [(marking.value, marking.on_paper) for marking in Marking]
