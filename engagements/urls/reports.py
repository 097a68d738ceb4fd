"""Addresses of indicators and donor reports."""

from django.urls import URLPattern, path, re_path

from engagements.views import (
    donor_reports,
    numbers,
    report_pictures,
    sent_reports,
)

urlpatterns: list[URLPattern] = [
    # /desk/donor-reports/
    path("desk/donor-reports/numbers/", numbers.numbers, name="numbers"),
    path("desk/donor-reports/numbers/close/", numbers.period_close, name="period-close"),
    path("desk/donor-reports/", donor_reports.donor_reports, name="donor-reports"),
    path("desk/donor-reports/new/", donor_reports.donor_report_new, name="donor-report-new"),
    path("desk/donor-reports/files/<slug:reference>/", donor_reports.report_archive, name="donor-report-archive"),
    path("desk/donor-reports/<slug:reference>/", donor_reports.donor_report, name="donor-report"),
    path("desk/donor-reports/<slug:reference>/edit/", donor_reports.donor_report_edit, name="donor-report-edit"),
    path("desk/donor-reports/<slug:reference>/order/", donor_reports.report_order, name="donor-report-order"),
    path("desk/donor-reports/<slug:reference>/blocks/", donor_reports.block_new, name="donor-report-block-new"),
    path("desk/donor-reports/<slug:reference>/story/", report_pictures.story_new, name="donor-report-story"),
    path("desk/donor-reports/<slug:reference>/logos/", report_pictures.logos, name="donor-report-logos"),
    path(
        "desk/donor-reports/<slug:reference>/logos/<slug:picture>/remove/",
        report_pictures.logo_remove,
        name="donor-report-logo-remove",
    ),
    path(
        "desk/donor-reports/<slug:reference>/pictures/<slug:picture>/",
        report_pictures.report_picture,
        name="donor-report-picture",
    ),
    path(
        "desk/donor-reports/<slug:reference>/blocks/<slug:block>/", donor_reports.block_edit, name="donor-report-block"
    ),
    path("desk/donor-reports/<slug:reference>/send/", sent_reports.report_send, name="donor-report-send"),
    path("desk/donor-reports/sent/<slug:reference>/", sent_reports.report_take_back, name="sent-report-take-back"),
    # /donor/<token>/
    path("donor/<str:token>/", sent_reports.sent_report, name="sent-report"),
    path("donor/<str:token>/report.pdf", sent_reports.sent_report_file, name="sent-report-file"),
    re_path(
        r"^desk/donor-reports/(?P<reference>[-\w]+)/blocks/(?P<block>[-\w]+)/(?P<step>up|down|remove)/$",
        donor_reports.block_move,
        name="donor-report-block-move",
    ),
    re_path(
        r"^desk/donor-reports/(?P<reference>[-\w]+)/report\.(?P<kind>pdf|xlsx|csv)$",
        donor_reports.report_file,
        name="donor-report-file",
    ),
    re_path(
        r"^desk/donor-reports/(?P<reference>[-\w]+)/(?P<chart>funnel|hours|beneficiaries|regions|countries|work|components"
        r"|map|families|gaps)\.(?P<kind>svg|png)$",
        donor_reports.report_figure,
        name="donor-report-figure",
    ),
]
