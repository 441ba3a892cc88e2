"""Lists: building them, review, approval, versions."""

from django.urls import URLPattern, path

from rounds.views.lists import adding, comments, consent, entries, index, new, order, review, show

urlpatterns: list[URLPattern] = [
    path("lists/", index.index, name="lists"),
    path("rounds/<uuid:pk>/lists/new/", new.new, name="list_new"),
    path("lists/<uuid:pk>/", show.show, name="list"),
    path("lists/<uuid:pk>/edit/", show.edit, name="list_edit"),
    path("lists/<uuid:pk>/label/", show.label, name="list_label"),
    path("lists/<uuid:pk>/cases/", adding.add, name="list_add"),
    path("lists/<uuid:pk>/order/", order.order, name="list_order"),
    path("lists/<uuid:pk>/consent/", consent.assess, name="list_consent"),
    path("lists/<uuid:pk>/include/", entries.include_all, name="list_include"),
    path("lists/<uuid:pk>/state/", review.state, name="list_state"),
    path("lists/<uuid:pk>/version/", review.version, name="list_new_version"),
    path("lists/<uuid:pk>/comments/", comments.add, name="list_comment"),
    path("lists/comments/<uuid:pk>/settle/", comments.settle, name="comment_settle"),
    path("lists/entries/<uuid:pk>/", entries.entry, name="entry"),
    path("lists/entries/<uuid:pk>/move/", order.move, name="entry_move"),
    path("lists/entries/<uuid:pk>/state/", entries.state, name="entry_state"),
    path("lists/entries/<uuid:pk>/override/", consent.override, name="entry_override"),
    path("lists/entries/<uuid:pk>/remove/", entries.remove, name="entry_remove"),
]
