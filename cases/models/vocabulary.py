"""Vocabulary that users extend: themes, places, ethnic groups, statutes, facilities.

A term without a dialogue belongs to a pack everybody may use; a term added in a dialogue is known there only.
"""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q

from cases.fields import KeyField
from casetracker.access.roles import Marking
from casetracker.access.see import Label, inside_q
from casetracker.audit.history import History
from casetracker.audit.records import Record

if TYPE_CHECKING:
    from casetracker.access.models import Dialogue, User


class TermQuerySet(models.QuerySet["Term"]):
    """Terms of shared packs, and those of one's own dialogues."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Terms `user` may know of."""
        return self.filter(Q(dialogue__isnull=True) | inside_q(user))

    def offered_in(self, dialogue: "Dialogue") -> Self:
        """Terms a picker offers for things in `dialogue`: general ones, its pack's, its own."""
        shared = Q(dialogue__isnull=True, pack__in=["", dialogue.pack])
        return self.filter(shared | Q(dialogue=dialogue), retired=False)


class Term(Record):
    """Base of the vocabularies. `valid_from`/`valid_to` say when the thing existed or the rule was in force."""

    dialogue = models.ForeignKey("access.Dialogue", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    pack = models.CharField(max_length=20, blank=True)
    code = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=160)
    sort_key = KeyField(max_length=200, blank=True, editable=False)
    note = models.TextField(blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    retired = models.BooleanField(default=False)

    objects = TermQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["sort_key", "name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="%(app_label)s_%(class)s_valid_in_order",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def label(self) -> Label | None:
        """The widest label of its dialogue; none for a shared term (see `TermQuerySet.visible_to`)."""
        return Label(self.dialogue_id, Marking.NORMAL) if self.dialogue_id else None

    def in_force(self, day: date) -> bool:
        """Whether the term was valid on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class Theme(Term):
    """Issue of concern on the agenda and on a case."""

    history = History()


class Place(Term):
    """A place; `region` points to the province-level place it lies in, empty for such places themselves."""

    region = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    history = History()


class EthnicGroup(Term):
    """An ethnic group. Special-category data: optional, shown only where needed."""

    history = History()


class Statute(Term):
    """(code, article, paragraph, label, valid from/to); any counterpart's code of law fits."""

    law = models.CharField(max_length=120)
    article = models.CharField(max_length=20, blank=True)
    paragraph = models.CharField(max_length=20, blank=True)
    history = History()

    def __str__(self) -> str:
        number = f"art. {self.article}" + (f"({self.paragraph})" if self.paragraph else "") if self.article else ""
        return " ".join(part for part in (self.law, number, self.name) if part)


class Facility(Term):
    """A prison, detention centre, hospital or camp."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    history = History()
