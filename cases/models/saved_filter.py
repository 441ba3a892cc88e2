"""Filters a user keeps for themselves."""

import uuid

from django.conf import settings
from django.db import models


class SavedFilter(models.Model):
    """A named query string of the case table; nobody but its owner ever reads it.

    The default one is what the table opens with.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    query = models.TextField()
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint("user", "name", name="cases_savedfilter_name_once"),
            models.UniqueConstraint("user", condition=models.Q(is_default=True), name="cases_savedfilter_one_default"),
        ]

    def __str__(self) -> str:
        return self.name
