"""The table of cases and what is done with many at once."""

from django.urls import path

from cases.views import bulk, export, saved_filters, table

urlpatterns = [
    path("cases/", table.table, name="table"),
    path("cases/export/", export.export, name="export"),
    path("cases/exports/<uuid:pk>/", export.large, name="export_request"),
    path("cases/bulk/", bulk.preview, name="bulk"),
    path("cases/bulk/<uuid:action>/undo/", bulk.undo, name="bulk_undo"),
    path("cases/filters/", saved_filters.index, name="saved_filters"),
    path("cases/filters/<uuid:pk>/", saved_filters.change, name="saved_filter"),
    path("cases/filters/<uuid:pk>/delete/", saved_filters.delete, name="saved_filter_delete"),
]
