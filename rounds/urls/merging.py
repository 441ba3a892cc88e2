"""Merging two cases."""

from django.urls import path

from rounds.views import merging

urlpatterns = [path("merge/<reference:reference>/", merging.merge, name="merge")]
