"""Form fields that pick rows fetched before: nothing is queried while a form is checked or rendered.

Each takes the rows it offers as a list that was scoped to the viewer. Rows are offered by their text; what comes back
are keys, because that is what columns hold.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cases.models.vocabulary import Term


@dataclass(frozen=True)
class TermPick:
    """A term of the vocabulary, or words that are not in it, or both ("Nagchu" in "Tibet AR")."""

    term_id: UUID | None = None
    text: str = ""


class Suggested(forms.TextInput):
    """A text field that offers words (an HTML datalist), without keeping to them."""

    words: Sequence[str] = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        list_id = f"{(attrs or {}).get('id', name)}_words"
        field = super().render(name, value, {**(attrs or {}), "list": list_id}, renderer)
        options = format_html_join("", '<option value="{}"></option>', ((word,) for word in self.words))
        return format_html('{}<datalist id="{}">{}</datalist>', field, list_id, options)


class TermField(forms.CharField):
    """Typed text that becomes a term of the vocabulary where it is one, and stays text where it is not.

    With `inside`, what stands behind the last comma may be the term and what stands before it detail:
    "Nagchu, Tibet AR" is the text "Nagchu" in the place "Tibet AR".
    """

    widget = Suggested

    def __init__(self, *, inside: bool = False, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)
        self.inside = inside
        self.terms: dict[UUID, Term] = {}
        self.by_words: dict[str, UUID] = {}

    def offer(self, terms: Iterable[Term], current: Term | None = None) -> None:
        """Sets what is offered; `current` counts even when it is retired."""
        offered = list(terms)
        self.terms = {term.pk: term for term in offered}
        if current is not None:
            self.terms.setdefault(current.pk, current)
        for term in reversed(list(self.terms.values())):
            self.by_words |= {_bare(word): term.pk for word in (term.code, term.name, str(term)) if word}
        self.widget.words = [str(term) for term in offered]

    def words(self, pick: TermPick) -> str:
        """What stands in the field for a pick."""
        term = self.terms.get(pick.term_id) if pick.term_id else None
        return ", ".join(part for part in (pick.text, str(term or "")) if part)

    def clean(self, value: Any) -> TermPick:
        text = " ".join(str(super().clean(value) or "").split())
        if term_id := self.by_words.get(_bare(text)):
            return TermPick(term_id)
        detail, _, last = text.rpartition(",")
        if self.inside and detail and (term_id := self.by_words.get(_bare(last))):
            return TermPick(term_id, detail.strip())
        return TermPick(None, text)


class RowField(forms.ChoiceField):
    """One of the rows offered, or none where it may be empty; cleans to the key."""

    def __init__(self, *, empty: str = "–", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.empty = empty

    def offer(self, rows: Iterable[Any], current: Any = None) -> None:
        """Sets what is offered; `current` is offered even when it is not among `rows`."""
        offered = {row.pk: row for row in rows}
        if current is not None:
            offered.setdefault(current.pk, current)
        blank = [] if self.required else [("", self.empty)]
        self.choices = [*blank, *((str(pk), str(row)) for pk, row in offered.items())]

    def clean(self, value: Any) -> UUID | None:
        picked = super().clean("" if value is None else str(value))
        return UUID(picked) if picked else None


class RowsField(forms.MultipleChoiceField):
    """Any of the rows offered; cleans to the set of their keys."""

    widget = forms.CheckboxSelectMultiple

    def offer(self, rows: Iterable[Any]) -> None:
        """Sets what is offered."""
        self.choices = [(str(row.pk), str(row)) for row in rows]

    def clean(self, value: Any) -> frozenset[UUID]:
        return frozenset(UUID(key) for key in super().clean(value))


class WholeNumber(forms.IntegerField):
    """A count that fits a small column on every engine."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": 1200, **kwargs})


def one_line(value: str) -> str:
    """Refuses line breaks in what stands on one line. Raises ValidationError."""
    if "\n" in value or "\r" in value:
        raise ValidationError("Write this on one line.")
    return value


def _bare(text: str) -> str:
    return " ".join(text.casefold().split())
