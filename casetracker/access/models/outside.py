"""Who somebody is at the office's own sign-in (access/outside.py)."""

import uuid

from django.db import models
from django.utils import timezone

from casetracker.access.models.user import User


class OutsideIdentity(models.Model):
    """One person at the provider, once known. Only a digest of issuer and subject is kept.

    From then on the address does not count any more: given to somebody else, it opens nothing of its former owner.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="outside")
    digest = models.CharField(max_length=64, unique=True)
    known_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-known_at", "id"]
