"""What the three points ask: of a side by its news, of a counterpart or mentee by an e-mail of their own."""

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.blocks import are_apart
from diaspora_net.accounts.rules import keeps_needs
from engagements.models import Engagement, Outcome, Participant
from engagements.payloads.answer_links import Asked
from engagements.queries.outcome_pages import agreed_skills
from engagements.queries.outcomes import first_levels
from engagements.queries.work import get_engagement
from engagements.reports.outcome_mail import neutral_question, question
from engagements.rules.work import side_of
from engagements.states import Side
from engagements.states.answers import Purpose
from engagements.states.outcomes import ANSWERED_IN, UNANSWERED_STATES, OutcomeMoment, Respondent


def asked_outcome(user: User, reference: str, *, is_named: bool) -> Asked | None:
    """Return what a moment (``<engagement>:<moment>``) asks of the side of ``user``. Queries: at most 9.

    A mail that names no names leads to a form that names no skills; nothing but skills is asked at the start, so it
    asks nothing then.
    """
    work, _colon, moment = reference.partition(":")
    try:
        engagement = get_engagement(user, work)
    except Http404:
        return None
    side = side_of(user, engagement)
    other = engagement.expert.user if side == Side.INSTITUTION else engagement.focal_point
    if side is None or are_apart(user, [other]):
        return None
    row = engagement.outcomes.filter(moment=moment, respondent=side.value).first()
    if row is None:
        return None
    page = reverse("engagements:outcome-give", args=[work, moment])
    return _asked(engagement, row, page=page, is_told=is_named, respondent=side.value)


def asked_of_participant(participant: Participant, key: str) -> Asked | None:
    """Return what ``key`` asks of a counterpart or mentee: their view of a moment, or whether to stop writing to them.

    Queries: at most 5.
    """
    noun, _colon, reference = key.partition(":")
    if noun == "participant" and reference == participant.reference:
        return Asked(
            key=key,
            thing=participant,
            stamp="",
            words=_("No more e-mails about this work?"),
            page=reverse("landing"),
            purposes=(Purpose.STOP,),
            locks=(participant.engagement,),
        )
    work, _colon, moment = reference.partition(":")
    engagement = participant.engagement
    row = engagement.outcomes.filter(moment=moment, participant=participant).first()
    if noun != "outcome" or engagement.reference != work or row is None:
        return None
    return _asked(engagement, row, page=reverse("landing"), is_told=True, participant=participant)


def _asked(engagement: Engagement, row: Outcome, *, page: str, is_told: bool, **respondent: object) -> Asked:
    is_due = row.state in UNANSWERED_STATES and row.due_at <= timezone.now()
    has_questions = is_told or row.moment != OutcomeMoment.START
    waits = has_questions and is_due and engagement.state in ANSWERED_IN[row.moment]
    names_skills = waits and is_told
    organisation = engagement.need.organisation
    return Asked(
        key=f"outcome:{engagement.reference}:{row.moment}",
        thing=row,
        stamp=str(row.pk),
        words=question(row.moment, engagement.need.title) if is_told else neutral_question(row.moment),
        page=page,
        purposes=(Purpose.REPORT,) if waits and keeps_needs(organisation) else (),
        locks=(engagement,),
        values={
            "moment": row.moment,
            "respondent": Respondent(row.respondent),
            "skills": agreed_skills(engagement.need) if names_skills else [],
            # Whoever has the mail sees what is asked, never what was said before.
            "before": {},
            "known": frozenset(first_levels(engagement, **respondent)) if names_skills else frozenset(),
        },
    )
