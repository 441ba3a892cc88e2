"""Logging a case."""

from django.urls import path

from cases.views import new

urlpatterns = [
    path("cases/new/", new.new, name="new"),
]
