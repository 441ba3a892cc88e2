"""Who the person is: names, the keys they are found by, and claims about identity."""

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from cases.codes import Certainty, ClaimedBy, ClaimField
from cases.fields import KeyField, PartialDateField
from cases.models.case import Case
from cases.models.part import Part
from cases.models.source import Source
from cases.models.vocabulary import Theme
from cases.names.keys import KeyKind
from cases.names.scripts import Script
from cases.names.systems import NameKind, NameSystem
from casetracker.access.net import LabelledQuerySet
from casetracker.access.see import inside_q
from casetracker.audit.history import History

if TYPE_CHECKING:
    from casetracker.access.models import User

KEY_LENGTH = 200


class CaseTheme(Part):
    """One theme of a case."""

    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="+")
    history = History()

    class Meta(Part.Meta):
        ordering = ["id"]
        constraints = [models.UniqueConstraint("case", "theme", name="cases_casetheme_once")]


class CaseName(Part):
    """One name of the person. `position` orders them; the first Latin and the first other one stand in tables."""

    text = models.CharField(max_length=200)
    script = models.CharField(max_length=12, choices=[(s.value, s.value) for s in Script], editable=False)
    system = models.CharField(max_length=24, choices=NameSystem.choices)
    kind = models.CharField(max_length=24, choices=NameKind.choices)
    position = models.PositiveSmallIntegerField(default=0)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, blank=True, related_name="names")
    note = models.CharField(max_length=300, blank=True)
    history = History()

    same_label: ClassVar[tuple[str, ...]] = ("source",)

    class Meta(Part.Meta):
        ordering = ["position", "created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="cases_casename_not_empty"),
            models.CheckConstraint(condition=Q(system__in=NameSystem.values), name="cases_casename_system_known"),
            models.CheckConstraint(condition=Q(kind__in=NameKind.values), name="cases_casename_kind_known"),
        ]

    def __str__(self) -> str:
        return self.text


class NameKeyQuerySet(LabelledQuerySet["NameKey"]):
    """Keys, under the net."""

    def of_kind(self, kind: KeyKind, user: "User | AnonymousUser") -> Self:
        """Visible ones of a kind, reached through the index from the user's dialogues; their case asks the rule."""
        return self.visible_to(user).filter(inside_q(user), kind=kind)


class NameKey(models.Model):
    """A normalised key under which a name is found (cases/names/keys.py). Derived; no history of its own.

    `dialogue` is that of the case, which never changes. It is no label: it leads the index, so that a look-up walks
    past nothing of dialogues the user is not in. Whether a row is seen its case decides.
    """

    label_paths: ClassVar[tuple[str, ...]] = ("case",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dialogue = models.ForeignKey("access.Dialogue", on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="namekeys")
    name = models.ForeignKey(CaseName, on_delete=models.CASCADE, related_name="keys")
    kind = models.PositiveSmallIntegerField(choices=KeyKind.choices)
    key = KeyField(max_length=KEY_LENGTH)
    words = KeyField(max_length=KEY_LENGTH, blank=True)

    same_label: ClassVar[tuple[str, ...]] = ("name",)
    objects = NameKeyQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "key", "id"]
        base_manager_name = "objects"
        indexes = [models.Index(fields=["dialogue", "kind", "key", "case"])]
        constraints = [models.CheckConstraint(condition=Q(kind__in=KeyKind.values), name="cases_namekey_kind_known")]


class Claim(Part):
    """Who says what about one identity field. At most one claim of a field is the accepted one."""

    field = models.CharField(max_length=16, choices=ClaimField.choices)
    value = models.CharField(max_length=300)
    stated = PartialDateField(null=True, blank=True)
    stated_text = models.CharField(max_length=60, blank=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, blank=True, related_name="claims")
    claimed_by = models.CharField(max_length=12, choices=ClaimedBy.choices, blank=True)
    certainty = models.CharField(max_length=12, choices=Certainty.choices, default=Certainty.LIKELY)
    accepted = models.BooleanField(default=False)
    history = History()

    same_label: ClassVar[tuple[str, ...]] = ("source",)

    class Meta(Part.Meta):
        ordering = ["field", "-accepted", "created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(value=""), name="cases_claim_not_empty"),
            models.CheckConstraint(condition=Q(field__in=ClaimField.values), name="cases_claim_field_known"),
            models.CheckConstraint(condition=Q(certainty__in=Certainty.values), name="cases_claim_certainty_known"),
            models.UniqueConstraint("case", "field", condition=Q(accepted=True), name="cases_claim_one_accepted"),
        ]
