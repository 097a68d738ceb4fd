"""Addresses of engagements and all that happens in them: sessions, files, people, outcomes, talk."""

from django.urls import URLPattern, path, re_path

from engagements.views import (
    agreements,
    answers,
    calendar,
    chains,
    engagements,
    files,
    goals,
    handover,
    meetings,
    milestones,
    my_sessions,
    outcomes,
    participants,
    reports,
    sessions,
    talks,
)


def _move(move: str) -> URLPattern:
    address = f"engagements/<slug:reference>/{move}/"
    return path(address, engagements.engagement_move, {"move": move}, name=f"engagement-{move}")


def _stop(move: str) -> URLPattern:
    address = f"engagements/<slug:reference>/{move}/"
    return path(address, engagements.engagement_stop, {"move": move}, name=f"engagement-{move}")


urlpatterns: list[URLPattern] = [
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
    # /messages/<conversation>/ and /engagements/<reference>/group/
    path("messages/<uuid:id>/people/", talks.talk_people, name="talk-people"),
    path("messages/<uuid:id>/people/add/", talks.group_add, name="group-add"),
    path("messages/<uuid:id>/people/<uuid:person>/remove/", talks.group_remove, name="group-remove"),
    path("messages/<uuid:id>/mute/", talks.talk_mute, name="talk-mute"),
    path("messages/<uuid:id>/leave/", talks.group_leave, name="group-leave"),
    path("messages/<uuid:id>/block/<uuid:person>/", talks.talk_block, name="talk-block"),
    path("messages/<uuid:id>/report/", reports.report_new, name="report-new"),
    path("engagements/<slug:reference>/group/", talks.group_new, name="group-new"),
]
