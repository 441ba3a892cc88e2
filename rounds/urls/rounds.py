"""Rounds, their agenda and events, and the suspensions of a dialogue."""

from django.urls import path

from rounds.views import agenda, event, index, round, suspension

urlpatterns = [
    path("rounds/", index.index, name="index"),
    path("rounds/new/", round.new, name="new"),
    path("rounds/suspensions/new/", suspension.new, name="suspension_new"),
    path("rounds/suspensions/<uuid:pk>/", suspension.edit, name="suspension"),
    path("rounds/agenda/<uuid:pk>/move/", agenda.move, name="agenda_move"),
    path("rounds/agenda/<uuid:pk>/remove/", agenda.remove, name="agenda_remove"),
    path("rounds/events/<uuid:pk>/", event.edit, name="event"),
    path("rounds/events/<uuid:pk>/cancel/", event.cancel, name="event_cancel"),
    path("rounds/<uuid:pk>/", round.show, name="round"),
    path("rounds/<uuid:pk>/edit/", round.edit, name="edit"),
    path("rounds/<uuid:pk>/state/", round.move, name="move"),
    path("rounds/<uuid:pk>/agenda/", agenda.add, name="agenda_add"),
    path("rounds/<uuid:pk>/events/new/", event.new, name="event_new"),
]
