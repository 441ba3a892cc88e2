"""URLs of the roof."""

from django.urls import path

from casetracker.desk.views import case, find, home, leaving, sight, work

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("work/", work.work, name="work"),
    path("find/", find.find, name="find"),
    path("cases/<reference:reference>/", case.case, name="case"),
    path("cases/<reference:reference>/history/", case.history, name="case_history"),
    path("sight/<slug:kind>/<uuid:pk>/", sight.sight, name="sight"),
    path("people/<uuid:pk>/leaving/", leaving.leaving, name="leaving"),
]
