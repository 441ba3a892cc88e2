"""How a start finds out that it was given the wrong key, before anything is sealed with it."""

from django.db import models


class KeyMark(models.Model):
    """A known text, sealed with the key this database is used with (casetracker/starting.py). One row."""

    name = models.CharField(primary_key=True, max_length=20, default="sealing key")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return self.name
