"""Canaries: a string of its own in every text field of every row: wherever one sings, it is known where it came from.

Rows are written over below the application, as nobody could through it: each field has its own canary, also those that
the product derives from others (so the names in them are not those of the case, and a leak of either is told apart).
"""

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from casetracker.access.models import User
from tests.house.sources import ROOT

# Fields of our own classes are partial dates and keys to sort and search by: numbers, or made from words planted here.
TEXT = (models.CharField, models.EmailField, models.TextField, models.JSONField)
# Fields of text that hold no words of anybody: what would be spoilt by a canary, and why nothing can hide in them.
CODES = {
    "access.user.password": "a hash",
    "access.invitation.digest": "a hash",
    "access.keymark.name": "one constant",
    "access.approval.kind": "a code",
    "access.approval.parameters": "keys and codes",
    "access.approval.digest": "a hash",
    "cases.exportrequest.form": "csv or xlsx",
    "cases.exportrequest.keys": "keys of cases",
    "cases.exportrequest.digest": "a hash",
    "cases.exportrequest.copy_id": "random",
    "access.dialogue.prefix": "up to four capital letters, checked by the database",
    "access.dialogue.pack": "the code of a vocabulary",
    "audit.trailentry.verb": "a code",
    "audit.trailentry.kind": "the name of a model",
    "audit.trailentry.process": "the name of a command",
    "audit.trailentry.reference": "a reference, checked where it is made",
    "audit.trailentry.detail": "counts and codes; the sweep asserts that it stays so",
    "cases.attachment.extension": "an ending from a short list (cases/codes.py)",
    "rounds.responsefile.extension": "the same",
    "cases.case.reference": "random, with a check character",
    "cases.case.original_lang": "a code of a language",
    "cases.casename.script": "derived: one of a few",
    "cases.importbatch.columns": "headings of the file, planted in the rows that are named after them",
    "cases.importbatch.mapping": "codes of columns",
    "cases.importbatch.settings": "codes",
    "cases.importrow.errors": "codes of what is wrong",
    "cases.importrow.warnings": "codes of what is odd",
    "cases.importrow.matches": "keys of cases",
    "cases.columnmapping.mapping": "codes of columns",
    "cases.columnmapping.settings": "codes",
    "cases.savedfilter.query": "a query of codes and keys; test_saved_filters shows that nothing else is kept",
    "cases.ledgerday.channel": "a code",
    "cases.ledgerday.grade": "a code",
    "cases.ledgerday.code": "a code",
    "rounds.listentry.consent_override": "keys and days of what was allowed",
    "rounds.caselist.sha256": "a hash",
    "rounds.caselist.heading": "facts of the round, planted there",
}
VOCABULARY = ("pack", "code")  # codes of the vocabulary


@dataclass
class Plants:
    """Where each canary is: its text → (model, key of the row, field)."""

    places: dict[str, tuple[Any, Any, str]] = field(default_factory=dict)

    def new(self, model: Any, pk: Any, name: str, longest: int | None = None) -> str:
        """A canary for one field of one row: letters only, so that it survives every way of writing."""
        digits = hashlib.sha256(f"{model._meta.label_lower} {pk} {name}".encode()).hexdigest()[:14]
        text = "qz" + "".join(chr(ord("a") + int(digit, 16)) for digit in digits)
        text = text[:longest] if longest else text
        self.places[text] = (model, pk, name)
        return text

    def told(self, text: str) -> str:
        """ "cases.casename.text", for messages."""
        model, _, name = self.places[text]
        return f"{model._meta.label_lower}.{name}"


def ours() -> list[Any]:
    """Models of the product, without their history."""
    homes = {"casetracker", "cases", "rounds"}
    return [
        model
        for model in apps.get_models()
        if model.__module__.split(".")[0] in homes and not hasattr(model, "history_type")
    ]


def text_fields(model: Any) -> Iterator[Any]:
    """Fields in which somebody's words may stand."""
    for one in model._meta.concrete_fields:
        term = one.name in VOCABULARY and hasattr(model, "retired")
        coded = f"{model._meta.label_lower}.{one.name}" in CODES or term or one.choices or one.primary_key
        if type(one) in TEXT and not coded:
            yield one


def plant() -> Plants:
    """Canaries in every row there is; history too, with those of its own."""
    plants = Plants()
    for model in ours():
        for one in [model, *([model.history.model] if hasattr(model, "history") else [])]:
            for row in list(_all(one)):
                _plant_row(plants, one, row)
    return plants


def _all(model: Any) -> Any:
    rows = model._base_manager.all()
    return rows.unscoped("canaries") if hasattr(rows, "unscoped") else rows


def _plant_row(plants: Plants, model: Any, row: Any) -> None:
    for one in text_fields(model):
        value = getattr(row, one.attname)
        if hasattr(model, "history_type") and one.name in ("process", "history_type"):
            continue
        planted = _value(plants, model, row, one, value)
        try:
            with transaction.atomic():
                _all(model).filter(pk=row.pk).update(**{one.attname: planted})
        except IntegrityError:
            # A rule ties this field to others (a reason where there is none to give): here it must stay as it is.
            for text in [text for text, place in plants.places.items() if place == (model, row.pk, one.name)]:
                del plants.places[text]


def _value(plants: Plants, model: Any, row: Any, one: Any, value: Any) -> Any:
    def canary(longest: int | None = None) -> str:
        return plants.new(model, row.pk, one.name, longest)

    if isinstance(one, models.JSONField):
        return _inside(value, canary) if value else value
    if isinstance(one, models.EmailField):
        return f"{canary()}@office.example"
    return canary(one.max_length)


def _inside(value: Any, canary: Any) -> Any:
    """A canary in place of the words in a value of JSON, with its shape kept."""
    if isinstance(value, dict):
        return {key: _inside(one, canary) for key, one in value.items()}
    if isinstance(value, list):
        return [_inside(one, canary) for one in value]
    return canary() if isinstance(value, str) and not value[:4].isdigit() else value


def unplanted(plants: Plants) -> set[str]:
    """Text fields without a canary in any row."""
    every = {f"{model._meta.label_lower}.{one.name}" for model in ours() for one in text_fields(model)}
    return every - {plants.told(text) for text in plants.places}


def allowed_in_titles() -> set[str]:
    """ "cases.theme.name": fields that docs/fields.toml calls plain."""
    rows = tomllib.loads((ROOT / "docs" / "fields.toml").read_text())
    return {f"{model}.{name}" for model, columns in rows.items() for name, kind in columns.items() if kind == "plain"}


def hidden_from(user: User | None, plants: Plants) -> set[str]:
    """Canaries in rows this person may not see, by the rule; history goes with the object it is of."""
    seen: dict[Any, set[Any]] = {}
    found = set()
    for text, (model, pk, _) in plants.places.items():
        owner = getattr(model, "instance_type", model)
        if not hasattr(owner, "label_paths") or not hasattr(_all(owner), "visible_to"):
            continue
        if owner not in seen:
            seen[owner] = (
                set() if user is None else set(owner._base_manager.visible_to(user).values_list("pk", flat=True))
            )
        key = pk if owner is model else _all(model).values_list("id", flat=True).get(pk=pk)
        if key not in seen[owner]:
            found.add(text)
    return found


def further(cast: Any, aims: Any) -> None:
    """What the stage has no row of: terms of the vocabulary on both cases, a frozen sheet, a remembered mapping."""
    get = apps.get_model
    terms = {
        name: get("cases", name)(dialogue=cast.cn, name=name) for name in ("Place", "Theme", "Statute", "EthnicGroup")
    }
    terms["Statute"].law = "Criminal law"
    for term in terms.values():
        term.save_base(raw=True, force_insert=True)
    prison = get("cases", "Facility")(dialogue=cast.cn, name="Prison", place=terms["Place"])
    prison.save_base(raw=True, force_insert=True)
    for ids in (aims.visible, aims.hidden):
        on = {"place": terms["Place"], "facility": prison}
        _all(get("cases", "Case")).filter(pk=ids["case_pk"]).update(**on, ethnic_group=terms["EthnicGroup"])
        _all(get("cases", "CaseEvent")).filter(pk=ids["caseevent"]).update(**on, statute=terms["Statute"])
        get("cases", "CaseTheme")(case_id=ids["case_pk"], theme=terms["Theme"]).save_base(raw=True, force_insert=True)
        sheet = {"serial": 1, "name": "Name", "other_names": ["Other"], "ask": "Ask", "facility": "Prison"}
        _all(get("rounds", "ListEntry")).filter(pk=ids["handedentry"]).update(snapshot=sheet)
        _all(get("cases", "ImportBatch")).filter(pk=ids["importbatch"]).update(notes=["A note"])
    where = {"dialogue": cast.cn, "marking": 1, "saved_at": timezone.now()}
    mapping = get("cases", "ColumnMapping")(**where, provider_key="provider", mapping={})
    mapping.save_base(raw=True, force_insert=True)
    for model in ours():
        if not _all(model).exists() and any(text_fields(model)):
            _some(model, cast)


def _some(model: Any, cast: Any) -> None:
    """A row of whatever kind, with as much in it as it needs."""
    needed = {
        "cases.exportrequest": {"form": "csv"},
        # Of somebody whose pages are not looked at: whoever is kept out sees nothing.
        "access.recusal": {"user": cast.dora, "recorded_by": cast.anna},
        "access.breakglass": {
            "verdict": "justified", "words": "x", "reviewed_by": cast.bert,
            "reviewed_at": timezone.now() + timedelta(days=1),
        },
    }  # fmt: skip
    people = iter([cast.olga, cast.anna, cast.hugo, cast.bert] * 3)
    values: dict[str, Any] = {}
    for one in model._meta.concrete_fields:
        if one.null or one.has_default() or one.primary_key:
            continue
        if one.is_relation:
            rows = _all(one.related_model)
            values[one.name] = next(people) if one.related_model is User else rows.order_by("pk").first()
            if one.name == "dialogue":
                values[one.name] = cast.cn
        elif one.blank and isinstance(one, models.CharField | models.TextField):
            values[one.name] = ""
        elif one.choices:
            values[one.name] = one.choices[0][0] or one.choices[1][0]
        elif isinstance(one, models.UUIDField):
            values[one.name] = cast.cn.pk
        elif isinstance(one, models.DateTimeField | models.DateField):
            # What ends comes after what begins.
            values[one.name] = timezone.now() + timedelta(minutes=5 + len(values))
        elif isinstance(one, models.IntegerField):
            values[one.name] = 1
        elif isinstance(one, models.BinaryField):
            values[one.name] = b"x"
        else:
            values[one.name] = "x"
    values |= needed.get(model._meta.label_lower, {})
    model(**values).save_base(raw=True, force_insert=True)
