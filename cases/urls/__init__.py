"""URLs of this app."""

from cases.urls import importing, new, parts, table, vocabulary

app_name = "cases"
urlpatterns = [
    *table.urlpatterns,
    *new.urlpatterns,
    *importing.urlpatterns,
    *parts.urlpatterns,
    *vocabulary.urlpatterns,
]
