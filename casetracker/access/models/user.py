"""People and their invitations."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from casetracker.access.roles import Office
from casetracker.access.see import colleague_q
from casetracker.audit.history import History
from casetracker.audit.records import Record


class UserQuerySet(models.QuerySet["User"]):
    """People are known to those who share a dialogue with them, and to holders of an office."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Colleagues of `user`."""
        return self.filter(colleague_q(user))


class UserManager(BaseUserManager["User"]):
    """Makes users; there is no superuser."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, user: "User | AnonymousUser") -> UserQuerySet:
        """Colleagues of `user`."""
        return self.get_queryset().visible_to(user)


class User(AbstractBaseUser, Record):
    """A person who signs in by e-mail address. Never deleted, only deactivated."""

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    office = models.CharField(max_length=12, choices=Office.choices, blank=True, default=Office.NONE)
    is_active = models.BooleanField(default=True)
    keys_off = models.BooleanField(default=False, help_text="No single-key shortcuts (WCAG 2.1.4).")

    objects: ClassVar[UserManager] = UserManager()
    history = History(excluded_fields=["password", "last_login"])

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="access_user_email_once"),
            models.CheckConstraint(condition=Q(office__in=Office.values), name="access_user_office_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def label(self) -> None:
        """People have no label: see `colleague_q`."""
        return None


class Invitation(models.Model):
    """A one-time link by which an invited user sets a password. Only a digest of the token is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "id"]

    def is_open(self, now: datetime) -> bool:
        """Whether the link still works at `now`."""
        return self.used_at is None and now < self.expires_at
