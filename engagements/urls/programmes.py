"""Addresses of programmes, their cohorts and plans, and the pages shared with partners."""

from django.urls import URLPattern, path, re_path

from engagements.views import (
    cohorts,
    partnerships,
    plans,
    programme_joining,
    programmes,
)

urlpatterns: list[URLPattern] = [
    # /programmes/ /programmes/<reference>/
    path("programmes/", programme_joining.programmes, name="programmes"),
    path("programmes/<slug:reference>/", programme_joining.programme, name="programme"),
    path("programmes/<slug:reference>/join/", programme_joining.programme_join, name="programme-join"),
    path("programmes/membership/<slug:reference>/leave/", programme_joining.programme_leave, name="programme-leave"),
    # /desk/programmes/ /desk/cohorts/ /desk/members/
    path("desk/programmes/", programmes.desk_programmes, name="desk-programmes"),
    path("desk/programmes/new/", programmes.programme_new, name="programme-new"),
    path("desk/programmes/<slug:reference>/", programmes.desk_programme, name="desk-programme"),
    path("desk/programmes/<slug:reference>/edit/", programmes.programme_edit, name="programme-edit"),
    path("desk/programmes/<slug:reference>/start/", programmes.programme_start, name="programme-start"),
    path("desk/programmes/<slug:reference>/close/", programmes.programme_close, name="programme-close"),
    path("desk/programmes/<slug:reference>/cohorts/", cohorts.cohort_add, name="cohort-add"),
    path("desk/cohorts/<slug:reference>/", cohorts.cohort_change, name="cohort-change"),
    path("desk/cohorts/<slug:reference>/move/", cohorts.cohort_move, name="cohort-move"),
    path("desk/cohorts/<slug:reference>/needs/", cohorts.need_place, name="need-place"),
    path("desk/needs/<slug:reference>/take-out/", cohorts.need_take_out, name="need-take-out"),
    path("desk/members/<slug:reference>/move/", cohorts.member_move, name="member-move"),
    re_path(
        r"^desk/members/(?P<reference>[-\w]+)/(?P<decision>accept|decline|remove)/$",
        cohorts.member_decide,
        name="member-decide",
    ),
    path("desk/cohorts/<slug:reference>/plan/", plans.plan_request, name="plan-request"),
    path("desk/plans/<slug:reference>/", plans.plan, name="plan"),
    path("desk/plans/<slug:reference>/change/", plans.plan_change, name="plan-change"),
    path("desk/plans/<slug:reference>/send/", plans.plan_send, name="plan-send"),
    path("desk/plans/<slug:reference>/again/", plans.plan_again, name="plan-again"),
    path("desk/programmes/<slug:reference>/partnership/", partnerships.partnership, name="partnership"),
    path("desk/programmes/<slug:reference>/partners/", partnerships.partner_add, name="partner-add"),
    path("desk/partners/<slug:reference>/remove/", partnerships.partner_remove, name="partner-remove"),
    path("desk/programmes/<slug:reference>/documents/", partnerships.document_add, name="programme-document-add"),
    path("desk/documents/<slug:reference>/", partnerships.document, name="programme-document"),
    path("desk/documents/<slug:reference>/share/", partnerships.document_share, name="programme-document-share"),
    path("desk/programmes/<slug:reference>/people/", partnerships.beneficiary_add, name="beneficiary-add"),
    path("desk/beneficiaries/<slug:reference>/", partnerships.beneficiary_change, name="beneficiary-change"),
    path("desk/programmes/<slug:reference>/links/", partnerships.share_link_make, name="share-link-make"),
    path("desk/links/<slug:reference>/revoke/", partnerships.share_link_revoke, name="share-link-revoke"),
    # /shared/<token>/
    path("shared/<str:token>/", partnerships.shared_programme, name="shared-programme"),
    path("shared/<str:token>/<slug:reference>/", partnerships.shared_document, name="shared-document"),
]
