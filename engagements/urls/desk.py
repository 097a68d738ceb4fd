"""Addresses of the coordinator's desk: the queue, the pipeline, single cases, the trail."""

from django.urls import URLPattern, path, re_path

from engagements.views import (
    broadcasts,
    bulk,
    casework,
    desk,
    desk_needs,
    desk_organisations,
    fairness,
    gap_people,
    gaps,
    pipeline,
    pipeline_views,
    reports,
    rescues,
    skills_rounds,
    trail,
)

NOUN = r"^desk/cases/(?P<noun>organisations|experts|needs|programmes|work)/"


def _case(step: str, view: casework.Page) -> URLPattern:
    address = rf"{NOUN}(?P<reference>[-\w]+)/"
    return re_path(f"{address}{step}/$" if step else f"{address}$", view, name=f"case-{step}" if step else "case")


urlpatterns: list[URLPattern] = [
    # /desk/reports/ /desk/conversations/
    path("desk/reports/<slug:reference>/", reports.report, name="report"),
    re_path(r"^desk/reports/(?P<reference>[-\w]+)/(?P<step>take|act|close)/$", reports.report_work, name="report-work"),
    path("desk/conversations/<uuid:id>/", reports.talk_watch, name="talk-watch"),
    path("desk/conversations/<uuid:id>/pause/", reports.talk_pause, {"step": "pause"}, name="talk-pause"),
    path("desk/conversations/<uuid:id>/lift/", reports.talk_pause, {"step": "lift"}, name="talk-lift"),
    # /desk/
    path("desk/", desk.desk, name="desk"),
    path("desk/gaps/", gaps.gaps, name="gaps"),
    path("desk/gaps/<int:skill>/", gap_people.gap, name="gap"),
    path("desk/gaps/rounds/", skills_rounds.rounds, name="rounds"),
    path("desk/gaps/rounds/<slug:reference>/", skills_rounds.round_page, name="round"),
    path("desk/gaps/rounds/<slug:reference>/close/", skills_rounds.round_close, name="round-close"),
    path("desk/acts/", trail.trail, name="trail"),
    path("desk/acts/file/", trail.trail_file, name="trail-file"),
    path("me/acts/", trail.own_trail, name="own-trail"),
    path("desk/pipeline/", pipeline.pipeline, name="pipeline"),
    path("desk/pipeline/file/", pipeline.pipeline_file, name="pipeline-file"),
    path("desk/pipeline/<slug:of>/<slug:reference>/move/", pipeline.pipeline_move, name="pipeline-move"),
    # /desk/bulk/
    path("desk/bulk/new/", bulk.bulk_new, name="bulk-new"),
    path("desk/bulk/<slug:reference>/", bulk.bulk, name="bulk"),
    # /desk/broadcasts/ /broadcasts/
    path("desk/broadcasts/", broadcasts.broadcasts, name="broadcasts"),
    path("desk/broadcasts/new/", broadcasts.broadcast_new, name="broadcast-new"),
    path("desk/broadcasts/<slug:reference>/", broadcasts.broadcast, name="broadcast"),
    path("desk/broadcasts/<slug:reference>/edit/", broadcasts.broadcast_edit, name="broadcast-edit"),
    path("desk/broadcasts/<slug:reference>/send/", broadcasts.broadcast_send, name="broadcast-send"),
    path("desk/broadcasts/<slug:reference>/stop/", broadcasts.broadcast_stop, name="broadcast-stop"),
    path("broadcasts/<slug:reference>/", broadcasts.broadcast_read, name="broadcast-read"),
    path("broadcasts/<slug:reference>/refuse/", broadcasts.broadcast_refuse, name="broadcast-refuse"),
    # /desk/views/
    path("desk/views/", pipeline_views.views, name="views"),
    path("desk/views/new/", pipeline_views.view_new, name="view-new"),
    path("desk/views/<slug:reference>/", pipeline_views.view, name="view"),
    *(path(f"desk/views/<slug:reference>/{act}/", view, name=f"view-{act}") for act, view in pipeline_views.ACTS),
    # /desk/organisations/<reference>/
    path("desk/checks/<slug:country>/", desk_organisations.required, name="desk-checks"),
    path("desk/organisations/<slug:reference>/", desk_organisations.desk_organisation, name="desk-organisation"),
    path("desk/organisations/<slug:reference>/checks/", desk_organisations.checks, name="desk-organisation-checks"),
    path(
        "desk/organisations/<slug:reference>/documents/",
        desk_organisations.documents,
        name="desk-organisation-documents",
    ),
    re_path(
        rf"^desk/organisations/(?P<reference>[-\w]+)/(?P<decision>{'|'.join(desk_organisations.DECISIONS)})/$",
        desk_organisations.decide,
        name="desk-organisation-decide",
    ),
    # /desk/cases/<noun>/<reference>/
    re_path(rf"{NOUN}$", casework.cases, name="cases"),
    *(_case(address, view) for address, view in casework.PAGES),
    path("desk/fairness/", fairness.fairness, name="fairness"),
    path("desk/first-contact/", desk.desk_contact, name="desk-contact"),
    path("desk/news/", desk.desk_news, name="desk-news"),
    path("desk/items/<slug:key>/", desk.desk_item, name="desk-item"),
    *(path(f"desk/items/<slug:key>/{act}/", view, name=f"desk-item-{act}") for act, view in desk.ACTS),
    path("desk/needs/<slug:reference>/rescue/", rescues.rescue, name="rescue"),
    path("desk/needs/<slug:reference>/rescue/stop/", rescues.rescue_stop, name="rescue-stop"),
    path("desk/needs/<slug:reference>/", desk_needs.desk_need, name="desk-need"),
    path("desk/needs/<slug:reference>/twins/<slug:other>/", desk_needs.need_twin, name="desk-need-twin"),
    re_path(
        r"^desk/needs/(?P<reference>[-\w]+)/(?P<decision>publish|request-changes|reject)/$",
        desk_needs.review_need,
        name="desk-need-review",
    ),
]
