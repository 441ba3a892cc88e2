"""Responses: recording them and matching their items."""

from django.urls import URLPattern, path

from rounds.views.responses import index, items, matching, new, papers, show

urlpatterns: list[URLPattern] = [
    path("responses/", index.index, name="responses"),
    path("responses/unmatched/", matching.queue, name="unmatched"),
    path("responses/new/", new.new, name="response_new"),
    path("responses/<uuid:pk>/", show.show, name="response"),
    path("responses/<uuid:pk>/edit/", show.edit, name="response_edit"),
    path("responses/<uuid:pk>/label/", show.label, name="response_label"),
    path("responses/<uuid:pk>/papers/new/", papers.add, name="response_file_add"),
    path("responses/papers/<uuid:pk>/", papers.download, name="response_file"),
    path("responses/papers/<uuid:pk>/remove/", papers.remove, name="response_file_remove"),
    path("responses/<uuid:pk>/items/new/", items.add, name="item_add"),
    path("responses/items/<uuid:pk>/", items.edit, name="item_edit"),
    path("responses/items/<uuid:pk>/match/", matching.match, name="item_match"),
    path("responses/items/<uuid:pk>/unmatch/", matching.unmatch, name="item_unmatch"),
    path("responses/items/<uuid:pk>/correct/", matching.correct, name="item_correct"),
    path("responses/items/<uuid:pk>/remove/", items.remove, name="item_remove"),
    path("responses/items/<uuid:pk>/name/", items.name, name="item_name"),
]
