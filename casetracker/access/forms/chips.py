"""The filters in use, as chips that can be taken away."""

from typing import Any

from django import forms
from django.utils.http import urlencode


def chips_of(form: forms.Form, url: str, keep: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """One chip for each filter of a bound GET form that is in use. `keep`: what else stands in the address."""
    if not form.is_bound:
        return []
    asked = {bound.name: str(bound.data) for bound in form if bound.data}
    chips = []
    for name, value in asked.items():
        bound = form[name]
        words = dict(getattr(bound.field, "choices", ())).get(value, value)
        rest = {**(keep or {}), **{other: given for other, given in asked.items() if other != name}}
        chips.append({"label": bound.label, "value": words, "remove_url": f"{url}?{urlencode(rest)}"})
    return chips
