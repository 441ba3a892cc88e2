"""The vocabulary: browsing it, and adding to that of one's own dialogue."""

from django.urls import path

from cases.views import vocabulary

urlpatterns = [
    path("vocabulary/", vocabulary.index, name="vocabulary"),
    path("vocabulary/<slug:kind>/new/", vocabulary.new, name="vocabulary_new"),
    path("vocabulary/<slug:kind>/<uuid:pk>/", vocabulary.edit, name="vocabulary_term"),
]
