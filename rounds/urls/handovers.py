"""Handing a list over, raising cases off the list, and the partners who raise them, too."""

from django.urls import URLPattern, path

from rounds.views.handovers import handover, partner, raising, raising_new

urlpatterns: list[URLPattern] = [
    path("lists/<uuid:pk>/handover/", handover.hand_over, name="hand_over"),
    path("handovers/<uuid:pk>/correct/", handover.correct, name="handover_correct"),
    path("raisings/new/", raising_new.new, name="raising_new"),
    path("raisings/<uuid:pk>/", raising.show, name="raising"),
    path("raisings/<uuid:pk>/edit/", raising.edit, name="raising_edit"),
    path("raisings/<uuid:pk>/void/", raising.void, name="raising_void"),
    path("raisings/<uuid:pk>/restore/", raising.restore, name="raising_restore"),
    path("partners/", partner.index, name="partners"),
    path("partners/new/", partner.new, name="partner_new"),
    path("partners/<uuid:pk>/", partner.edit, name="partner"),
]
