"""Answers: coding, confirming, assessing, and the claims made in them."""

from django.urls import URLPattern, path

from rounds.views.answers import claims, coding, index, show

urlpatterns: list[URLPattern] = [
    path("answers/", index.index, name="coding"),
    path("answers/<uuid:pk>/", show.show, name="answer"),
    path("answers/<uuid:pk>/code/", coding.code, name="answer_code"),
    path("answers/<uuid:pk>/confirm/", coding.confirm, name="answer_confirm"),
    path("answers/<uuid:pk>/dispute/", coding.dispute, name="answer_dispute"),
    path("answers/<uuid:pk>/assess/", coding.assess, name="answer_assess"),
    path("answers/<uuid:pk>/claims/new/", claims.new, name="answer_claim"),
    path("answers/claims/<uuid:pk>/accept/", claims.accept, name="item_claim_accept"),
    path("answers/claims/<uuid:pk>/reject/", claims.reject, name="item_claim_reject"),
]
