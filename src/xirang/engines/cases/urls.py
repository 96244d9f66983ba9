"""Addresses of the cases engine: the public portal, the workbench, one case, its files."""

from django.urls import path

from xirang.engines.cases.pages import case, files, lists, portal

app_name = "cases"
urlpatterns = [
    path("", portal.home, name="portal"),
    path("ask/", portal.services, name="services"),
    path("ask/<slug:process>/", portal.ask, name="ask"),
    path("receipt/<uuid:case_id>/", portal.receipt, name="receipt"),
    path("track/", portal.track, name="track"),
    path("track/<uuid:case_id>/", portal.tracked, name="tracked"),
    path("track/<uuid:case_id>/<slug:action>/", portal.answer, name="answer"),
    path("figures/", portal.figures, name="figures"),
    path("work/", lists.work, name="work"),
    path("work/bulk/<slug:action>/", lists.bulk, name="bulk"),
    path("asked/", lists.asked, name="asked"),
    path("dispatch/", lists.dispatch, name="dispatch"),
    path("cases/", lists.everything, name="cases"),
    path("cases/<uuid:case_id>/", case.page_of_case, name="case"),
    path("cases/<uuid:case_id>/drawer/", case.drawer, name="drawer"),
    path("cases/<uuid:case_id>/act/<slug:action>/", case.act, name="act"),
    path("cases/<uuid:case_id>/note/", case.note, name="note"),
    path("cases/<uuid:case_id>/reveal/<slug:field>/", case.reveal, name="reveal"),
    path("cases/<uuid:case_id>/files/<uuid:attachment_id>/", files.attachment, name="attachment"),
    path("files/<str:token>/<str:name>", files.content, name="file"),
]
