"""Form controls written out in Python.

Django renders each option of a picker by two templates; a filter panel with two hundred of them costs more than the
fifty rows beside it. The text is the same as that of Django's own templates (tests/look/test_widgets.py); controls
that are not named here go by those.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer, DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe


class PlainRenderer(DjangoTemplates):
    """The renderer of all forms (settings.FORM_RENDERER)."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> SafeString:
        write = _WRITERS.get(template_name)
        if write is None:
            return mark_safe(super().render(template_name, context, request))  # noqa: S308
        return mark_safe(write(context["widget"]))  # noqa: S308  (every value is escaped below)


class Picker(forms.Select):
    """One of many: options are written as they come, without a description of each made before."""

    def render(
        self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        options = list(self.choices)
        if any(isinstance(label, list | tuple) for _, label in options):
            return super().render(name, value, dict(attrs or {}), renderer)
        own = _attrs({"attrs": self.build_attrs(self.attrs, dict(attrs or {}))})
        left, lines = set(self.format_value(value)), []
        for key, label in options:
            code = "" if key is None else str(key)
            marked = " selected" if code in left else ""
            left = set() if marked else left
            lines.append(
                f'  <option value="{conditional_escape(code)}"{marked}>{conditional_escape(str(label))}</option>\n'
            )
        return mark_safe(f'<select name="{conditional_escape(name)}"{own}>\n{"".join(lines)}</select>')  # noqa: S308


def _attrs(widget: Mapping[str, Any]) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(str(value))}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _input(widget: Mapping[str, Any]) -> str:
    value = widget["value"]
    stated = "" if value is None else f' value="{conditional_escape(str(value))}"'
    return f'<input type="{widget["type"]}" name="{conditional_escape(widget["name"])}"{stated}{_attrs(widget)}>'


def _textarea(widget: Mapping[str, Any]) -> str:
    value = conditional_escape(widget["value"] or "")
    return f'<textarea name="{conditional_escape(widget["name"])}"{_attrs(widget)}>\n{value}</textarea>'


def _select(widget: Mapping[str, Any]) -> str:
    parts = [f'<select name="{conditional_escape(widget["name"])}"{_attrs(widget)}>']
    for group, options, _ in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{conditional_escape(group)}">')
        parts += [f"\n  {_option(option)}" for option in options]
        if group:
            parts.append("\n  </optgroup>")
    return f"{''.join(parts)}\n</select>"


def _option(option: Mapping[str, Any]) -> str:
    label = conditional_escape(option["label"])
    return f'<option value="{conditional_escape(str(option["value"]))}"{_attrs(option)}>{label}</option>'


def _choices(widget: Mapping[str, Any]) -> str:
    """Ticks or radio buttons, each in its label."""
    marks = "".join(
        f' {name}="{conditional_escape(widget["attrs"][name])}"'
        for name in ("id", "class")
        if widget["attrs"].get(name)
    )
    parts = [f"<div{marks}>"]
    for group, options, _ in widget["optgroups"]:
        if group:
            parts.append(f"\n  <div><label>{conditional_escape(group)}</label>")
        parts += [f"<div>\n    {_tick(option)}</div>" for option in options]
        if group:
            parts.append("\n  </div>")
    return f"{''.join(parts)}\n</div>"


def _tick(option: Mapping[str, Any]) -> str:
    if not option.get("wrap_label"):
        return _input(option)
    key = option["attrs"].get("id")
    of = f' for="{conditional_escape(key)}"' if key else ""
    return f"<label{of}>{_input(option)} {conditional_escape(option['label'])}</label>"


_FOLDER = "django/forms/widgets"
_INPUTS = ("text", "number", "email", "hidden", "date", "checkbox")
_WRITERS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    **{f"{_FOLDER}/{name}.html": _input for name in _INPUTS},
    f"{_FOLDER}/textarea.html": _textarea,
    f"{_FOLDER}/select.html": _select,
    f"{_FOLDER}/radio.html": _choices,
    f"{_FOLDER}/checkbox_select.html": _choices,
}
