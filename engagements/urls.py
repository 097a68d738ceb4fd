"""Addresses of needs, proposals, engagements and coordination, grouped by their common beginning."""

from django.urls import URLPattern, path, re_path

from engagements.views import (
    agreements,
    answers,
    browsing,
    bulk,
    calendar,
    casework,
    certificates,
    chains,
    cohorts,
    desk,
    desk_needs,
    donor_reports,
    engagements,
    fairness,
    feedback,
    files,
    gaps,
    goals,
    handover,
    institutions,
    meetings,
    milestones,
    my_sessions,
    needs,
    numbers,
    outcomes,
    participants,
    partnerships,
    people,
    pipeline,
    pipeline_views,
    plans,
    programme_joining,
    programmes,
    proposals,
    reports,
    rescues,
    searches,
    sessions,
    suggestions,
    talks,
    trail,
)

app_name = "engagements"


def _move(move: str) -> URLPattern:
    address = f"engagements/<slug:reference>/{move}/"
    return path(address, engagements.engagement_move, {"move": move}, name=f"engagement-{move}")


def _stop(move: str) -> URLPattern:
    address = f"engagements/<slug:reference>/{move}/"
    return path(address, engagements.engagement_stop, {"move": move}, name=f"engagement-{move}")


def _case(step: str, view: casework.Page) -> URLPattern:
    address = r"^desk/cases/(?P<noun>organisations|experts|needs|work)/(?P<reference>[-\w]+)/"
    return re_path(f"{address}{step}/$" if step else f"{address}$", view, name=f"case-{step}" if step else "case")


urlpatterns: list[URLPattern] = [
    # /for-you/
    path("for-you/", suggestions.for_you, name="for-you"),
    path("for-you/hidden/", feedback.hidden, name="for-you-hidden"),
    path("for-you/saved/", feedback.saved, name="for-you-saved"),
    path("for-you/resume/", feedback.resume, name="for-you-resume"),
    path("for-you/email/", searches.digest, name="for-you-email"),
    path("for-you/email/stop/<str:token>/", searches.digest_off, name="digest-off"),
    # /searches/
    path("searches/", searches.searches, name="searches"),
    path("searches/new/", searches.search_new, name="search-new"),
    path("searches/<slug:reference>/", searches.search, name="search"),
    path("searches/<slug:reference>/edit/", searches.search_edit, name="search-edit"),
    path("searches/<slug:reference>/delete/", searches.search_delete, name="search-delete"),
    # /needs/
    path("needs/", browsing.needs, name="needs"),
    path("needs/new/", needs.need_new, name="need-new"),
    # /needs/<reference>/
    path("needs/<slug:reference>/", needs.need, name="need"),
    path("needs/<slug:reference>/edit/", needs.need_edit, name="need-edit"),
    path("needs/<slug:reference>/submit/", needs.need_submit, name="need-submit"),
    path("needs/<slug:reference>/pause/", needs.need_pause, name="need-pause"),
    path("needs/<slug:reference>/resume/", needs.need_resume, name="need-resume"),
    path("needs/<slug:reference>/renew/", needs.need_renew, name="need-renew"),
    path("needs/<slug:reference>/withdraw/", needs.need_withdraw, name="need-withdraw"),
    path("needs/<slug:reference>/close/", needs.need_close, name="need-close"),
    path("needs/<slug:reference>/interest/", suggestions.need_interest, name="need-interest"),
    path("needs/<slug:reference>/dismiss/", feedback.need_dismiss, name="need-dismiss"),
    path("needs/<slug:reference>/restore/", feedback.need_restore, name="need-restore"),
    path("needs/<slug:reference>/save/", feedback.need_save, name="need-save"),
    path("needs/<slug:reference>/unsave/", feedback.need_unsave, name="need-unsave"),
    path("needs/<slug:reference>/watch/", feedback.need_watch, name="need-watch"),
    path("needs/<slug:reference>/unwatch/", feedback.need_unwatch, name="need-unwatch"),
    path("needs/<slug:reference>/people/", people.need_people, name="need-people"),
    path("needs/<slug:reference>/invite/<slug:expert>/", people.need_invite, name="need-invite"),
    # /org/<reference>/needs/
    path("org/<slug:reference>/needs/", institutions.organisation_needs, name="organisation-needs"),
    # /offers/ /proposals/<reference>/
    path("offers/", proposals.offers, name="offers"),
    path("proposals/<slug:reference>/", proposals.proposal, name="proposal"),
    path("proposals/<slug:reference>/accept/", proposals.proposal_accept, name="proposal-accept"),
    path("proposals/<slug:reference>/decline/", proposals.proposal_decline, name="proposal-decline"),
    path("proposals/<slug:reference>/ask/", proposals.proposal_ask, name="proposal-ask"),
    path("proposals/<slug:reference>/inform/", proposals.proposal_inform, name="proposal-inform"),
    path("proposals/<slug:reference>/withdraw/", proposals.proposal_withdraw, name="proposal-withdraw"),
    # /answer/<token>/
    path("answer/<str:token>/", answers.answer, name="answer"),
    # /engagements/ /engagements/<reference>/
    path("engagements/", engagements.engagements, name="engagements"),
    path("engagements/<slug:reference>/", engagements.engagement, name="engagement"),
    path("engagements/<slug:reference>/terms/", agreements.engagement_terms, name="engagement-terms"),
    path("engagements/<slug:reference>/agree/", agreements.engagement_agree, name="engagement-agree"),
    path("engagements/<slug:reference>/sessions/", sessions.session_log, name="session-log"),
    re_path(
        r"^engagements/(?P<reference>[-\w]+)/outcome/(?P<moment>start|end|later)/$",
        outcomes.outcome_give,
        name="outcome-give",
    ),
    path("engagements/<slug:reference>/goals/", goals.goal_add, name="goal-add"),
    path("goals/<slug:reference>/", goals.goal_move, name="goal-move"),
    path("engagements/<slug:reference>/milestones/", milestones.milestone_add, name="milestone-add"),
    path("engagements/<slug:reference>/milestones/template/", milestones.milestones_add, name="milestones-add"),
    path("milestones/<slug:reference>/", milestones.milestone_settle, name="milestone-settle"),
    path("milestones/<slug:reference>/day/", milestones.milestone_move, name="milestone-move"),
    path("engagements/<slug:reference>/pause/", engagements.engagement_pause, name="engagement-pause"),
    path("engagements/<slug:reference>/next/", chains.engagement_next, name="engagement-next"),
    path("engagements/<slug:reference>/extend/", engagements.engagement_extend, name="engagement-extend"),
    *(_stop(move) for move in engagements.STOPS),
    *(_move(move) for move in engagements.MOVES),
    # /engagements/<reference>/files/ /engagements/<reference>/handover/
    path("engagements/<slug:reference>/files/", files.engagement_files, name="engagement-files"),
    path("files/<slug:reference>/", files.shared_file, name="shared-file"),
    path("files/<slug:reference>/remove/", files.shared_file_remove, name="shared-file-remove"),
    path("files/<slug:reference>/kit/", files.shared_file_keep, name="shared-file-keep"),
    path("engagements/<slug:reference>/handover/", handover.handover, name="handover"),
    path("engagements/<slug:reference>/handover.zip", handover.handover_archive, name="handover-archive"),
    path("handover/<slug:reference>/remove/", handover.handover_remove, name="handover-remove"),
    # /engagements/<reference>/meetings/ /meetings/<reference>/
    path("engagements/<slug:reference>/meetings/", meetings.meeting_propose, name="meeting-propose"),
    path("meetings/<slug:reference>/", meetings.meeting, name="meeting"),
    path("sessions/", my_sessions.sessions, name="my-sessions"),
    path("meetings/<slug:reference>/session.ics", meetings.meeting_file, name="meeting-file"),
    path("meetings/<slug:reference>/keep/", meetings.meeting_keep, name="meeting-keep"),
    path("meetings/<slug:reference>/choose/", meetings.meeting_choose, name="meeting-choose"),
    path("meetings/<slug:reference>/times/", meetings.meeting_times, name="meeting-times"),
    path("meetings/<slug:reference>/cancel/", meetings.meeting_cancel, name="meeting-cancel"),
    path("meetings/<slug:reference>/held/", meetings.meeting_held, name="meeting-held"),
    path("meetings/<slug:reference>/missed/", meetings.meeting_missed, name="meeting-missed"),
    # /settings/calendar/ /calendar/<token>.ics
    path("settings/calendar/", calendar.calendar, name="calendar"),
    path("calendar/<str:token>.ics", calendar.calendar_feed, name="calendar-feed"),
    # /engagements/<reference>/participants/ /participants/<reference>/
    path("engagements/<slug:reference>/participants/", participants.participants, name="participants"),
    path("participants/<slug:reference>/leave/", participants.participant_leave, name="participant-leave"),
    path("participants/<slug:reference>/email/", participants.participant_email, name="participant-email"),
    path(
        "participants/<slug:reference>/certificate/",
        participants.participant_certificate,
        name="participant-certificate",
    ),
    # /sessions/<reference>/
    path("sessions/<slug:reference>/confirm/", sessions.session_confirm, name="session-confirm"),
    path("sessions/<slug:reference>/dispute/", sessions.session_dispute, name="session-dispute"),
    path("sessions/<slug:reference>/correct/", sessions.session_correct, name="session-correct"),
    # /me/record/ /certificates/<code>/ /verify/
    path("me/record/", certificates.record, name="record"),
    path("certificates/<slug:code>/certificate.pdf", certificates.certificate_pdf, name="certificate-pdf"),
    path("certificates/<slug:code>/badge.jwt", certificates.certificate_badge, name="certificate-badge"),
    path("certificates/<slug:code>/shown/", certificates.certificate_shown, name="certificate-shown"),
    path("certificates/<slug:code>/revoke/", certificates.certificate_revoke, name="certificate-revoke"),
    path("certificates/<slug:code>/reissue/", certificates.certificate_reissue, name="certificate-reissue"),
    path("certificates/withdrawn/<int:number>.jwt", certificates.certificate_status, name="certificate-status"),
    path(".well-known/did.json", certificates.issuer, name="certificate-issuer"),
    path("verify/", certificates.verify, name="verify"),
    path("verify/<str:code>/", certificates.certificate, name="certificate"),
    # /messages/<conversation>/ and /engagements/<reference>/group/
    path("messages/<uuid:id>/people/", talks.talk_people, name="talk-people"),
    path("messages/<uuid:id>/people/add/", talks.group_add, name="group-add"),
    path("messages/<uuid:id>/people/<uuid:person>/remove/", talks.group_remove, name="group-remove"),
    path("messages/<uuid:id>/mute/", talks.talk_mute, name="talk-mute"),
    path("messages/<uuid:id>/leave/", talks.group_leave, name="group-leave"),
    path("messages/<uuid:id>/block/<uuid:person>/", talks.talk_block, name="talk-block"),
    path("messages/<uuid:id>/report/", reports.report_new, name="report-new"),
    path("engagements/<slug:reference>/group/", talks.group_new, name="group-new"),
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
    path(
        "desk/donor-reports/<slug:reference>/blocks/<slug:block>/", donor_reports.block_edit, name="donor-report-block"
    ),
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
        r"^desk/donor-reports/(?P<reference>[-\w]+)/(?P<chart>funnel|hours|beneficiaries|regions|countries|work|components)"
        r"\.(?P<kind>svg|png)$",
        donor_reports.report_figure,
        name="donor-report-figure",
    ),
    # /desk/reports/ /desk/conversations/
    path("desk/reports/<slug:reference>/", reports.report, name="report"),
    re_path(r"^desk/reports/(?P<reference>[-\w]+)/(?P<step>take|act|close)/$", reports.report_work, name="report-work"),
    path("desk/conversations/<uuid:id>/", reports.talk_watch, name="talk-watch"),
    path("desk/conversations/<uuid:id>/pause/", reports.talk_pause, {"step": "pause"}, name="talk-pause"),
    path("desk/conversations/<uuid:id>/lift/", reports.talk_pause, {"step": "lift"}, name="talk-lift"),
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
    # /desk/
    path("desk/", desk.desk, name="desk"),
    path("desk/gaps/", gaps.gaps, name="gaps"),
    path("desk/acts/", trail.trail, name="trail"),
    path("desk/acts/file/", trail.trail_file, name="trail-file"),
    path("me/acts/", trail.own_trail, name="own-trail"),
    path("desk/pipeline/", pipeline.pipeline, name="pipeline"),
    path("desk/pipeline/file/", pipeline.pipeline_file, name="pipeline-file"),
    path("desk/pipeline/<slug:of>/<slug:reference>/move/", pipeline.pipeline_move, name="pipeline-move"),
    # /desk/bulk/
    path("desk/bulk/new/", bulk.bulk_new, name="bulk-new"),
    path("desk/bulk/<slug:reference>/", bulk.bulk, name="bulk"),
    # /desk/views/
    path("desk/views/", pipeline_views.views, name="views"),
    path("desk/views/new/", pipeline_views.view_new, name="view-new"),
    path("desk/views/<slug:reference>/", pipeline_views.view, name="view"),
    *(path(f"desk/views/<slug:reference>/{act}/", view, name=f"view-{act}") for act, view in pipeline_views.ACTS),
    # /desk/cases/<noun>/<reference>/
    *(_case(address, view) for address, view in casework.PAGES),
    path("desk/fairness/", fairness.fairness, name="fairness"),
    path("desk/first-contact/", desk.desk_contact, name="desk-contact"),
    path("desk/news/", desk.desk_news, name="desk-news"),
    path("desk/items/<slug:key>/", desk.desk_item, name="desk-item"),
    *(path(f"desk/items/<slug:key>/{act}/", view, name=f"desk-item-{act}") for act, view in desk.ACTS),
    path("desk/needs/<slug:reference>/rescue/", rescues.rescue, name="rescue"),
    path("desk/needs/<slug:reference>/rescue/stop/", rescues.rescue_stop, name="rescue-stop"),
    path("desk/needs/<slug:reference>/", desk_needs.desk_need, name="desk-need"),
    re_path(
        r"^desk/needs/(?P<reference>[-\w]+)/(?P<decision>publish|request-changes|reject)/$",
        desk_needs.review_need,
        name="desk-need-review",
    ),
]
