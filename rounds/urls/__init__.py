"""URLs of this app."""

from rounds.urls import answers, choosing, closing, handovers, lists, merging, responses, rounds

app_name = "rounds"
urlpatterns = [
    *rounds.urlpatterns,
    *lists.urlpatterns,
    *choosing.urlpatterns,
    *handovers.urlpatterns,
    *responses.urlpatterns,
    *answers.urlpatterns,
    *closing.urlpatterns,
    *merging.urlpatterns,
]
