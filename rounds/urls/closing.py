"""The matrix, reading a list's answers, closing a round, carrying forward, commitments."""

from django.urls import URLPattern, path

from rounds.views.closing import answers, carrying, close, commitment, matrix

urlpatterns: list[URLPattern] = [
    path("matrix/", matrix.matrix, name="matrix"),
    path("matrix/export/", matrix.export, name="matrix_export"),
    path("lists/<uuid:pk>/answers/", answers.list_answers, name="list_answers"),
    path("rounds/<uuid:pk>/close/", close.close, name="close"),
    path("rounds/<uuid:pk>/dispositions/", close.dispositions, name="dispositions"),
    path("rounds/<uuid:pk>/carry-forward/", carrying.carry, name="carry_forward"),
    path("entries/<uuid:pk>/disposition/", close.disposition, name="disposition"),
    path("commitments/new/", commitment.new, name="commitment_new"),
    path("commitments/<uuid:pk>/", commitment.show, name="commitment"),
    path("commitments/<uuid:pk>/edit/", commitment.edit, name="commitment_edit"),
    path("commitments/<uuid:pk>/label/", commitment.label, name="commitment_label"),
    path("commitments/<uuid:pk>/settle/", commitment.settle, name="commitment_settle"),
]
