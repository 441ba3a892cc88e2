"""Suggestions for a list, its difference to the previous one, and its sheet."""

from django.urls import URLPattern, path

from rounds.views.choosing import difference, sheet, suggestions

urlpatterns: list[URLPattern] = [
    path("lists/<uuid:pk>/suggestions/", suggestions.show, name="suggestions"),
    path("lists/<uuid:pk>/difference/", difference.show, name="difference"),
    path("lists/<uuid:pk>/sheet/", sheet.show, name="sheet"),
]
