"""Naming another case by its reference."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases.models import Case
from cases.reference import ReferenceTypo, clean_reference
from casetracker.access.models import User

NOT_FOUND = "There is no case with this reference among those you see."


class ReferenceField(forms.CharField):
    """A reference as people type it; a slip of the pen is told apart from a reference that leads nowhere."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Such as CN-7K3QF2-Z.")
        super().__init__(max_length=40, widget=forms.TextInput(attrs={"size": "18", "class": "ref"}), **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return clean_reference(text)
        except ReferenceTypo as error:
            raise ValidationError(str(error), code="typo") from error
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error


def case_meant(reference: str, user: User) -> Case:
    """The case with this reference. Raises ValidationError, in the same words for hidden and for missing."""
    case = Case.objects.visible_to(user).filter(reference=reference).first()
    if case is None:
        raise ValidationError(NOT_FOUND, code="not_found")
    return case
