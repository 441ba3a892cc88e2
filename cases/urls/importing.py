"""Importing a table: upload, map, preview, confirm; later its rows and its undoing."""

from django.urls import path

from cases.views.importing import batch, confirm, mapping, preview, rows, upload

urlpatterns = [
    path("imports/", batch.index, name="imports"),
    path("imports/new/", upload.new, name="import_new"),
    path("imports/<uuid:pk>/", batch.detail, name="import"),
    path("imports/<uuid:pk>/columns/", mapping.columns, name="import_columns"),
    path("imports/<uuid:pk>/values/", mapping.values, name="import_values"),
    path("imports/<uuid:pk>/preview/", preview.preview, name="import_preview"),
    path("imports/<uuid:pk>/skip/", preview.skip, name="import_skip"),
    path("imports/<uuid:pk>/confirm/", confirm.confirm, name="import_confirm"),
    path("imports/<uuid:pk>/discard/", confirm.discard, name="import_discard"),
    path("imports/<uuid:pk>/rows/", rows.rows, name="import_rows"),
    path("imports/<uuid:pk>/undo/", rows.undo, name="import_undo"),
]
