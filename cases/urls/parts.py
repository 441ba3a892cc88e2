"""One case: its parts edited in place, what is done with it as a whole, and the groups it is in."""

from django.urls import path

from cases.views.parts import attachments, claims, edit, follow_ups, groups, sources, whole

_CASE = "cases/<reference:reference>/"

urlpatterns = [
    path(f"{_CASE}state/", whole.move, name="case_move"),
    path(f"{_CASE}label/", whole.label, name="case_label"),
    path(f"{_CASE}assign/", whole.assign, name="case_assign"),
    path(f"{_CASE}edit/<slug:section>/", edit.edit_own, name="case_edit"),
    path(f"{_CASE}claims/<uuid:pk>/accept/", claims.accept, name="claim_accept"),
    path(f"{_CASE}follow-ups/<uuid:pk>/done/", follow_ups.done, name="follow_up_done"),
    path(f"{_CASE}sources/<uuid:pk>/unseal/", sources.unseal, name="source_unseal"),
    path(f"{_CASE}attachments/<uuid:pk>/file/", attachments.download, name="attachment"),
    path(f"{_CASE}<slug:section>/", edit.section, name="section"),
    path(f"{_CASE}<slug:section>/add/", edit.add, name="part_add"),
    path(f"{_CASE}<slug:section>/<uuid:pk>/", edit.edit, name="part_edit"),
    path(f"{_CASE}<slug:section>/<uuid:pk>/remove/", edit.remove, name="part_remove"),
    path("groups/<uuid:pk>/", groups.group, name="group"),
    path("groups/<uuid:pk>/edit/", groups.edit, name="group_edit"),
    path("groups/<uuid:pk>/members/add/", groups.add_member, name="group_add"),
    path("groups/<uuid:pk>/members/<uuid:member>/remove/", groups.remove_member, name="group_remove"),
]
