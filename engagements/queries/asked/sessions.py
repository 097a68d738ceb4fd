"""What a logged session asks: whether its hours are right."""

from django.http import Http404
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.blocks import are_apart
from engagements.models import Session
from engagements.payloads.answer_links import Asked, Facts
from engagements.payloads.durations import duration
from engagements.queries.work import get_session
from engagements.rules.work import can_answer_session
from engagements.states import ANSWERING_STATES, HoursState
from engagements.states.answers import Purpose


def asked_session(user: User, reference: str, *, is_named: bool) -> Asked | None:
    """Return what the session asks of ``user``. Queries: at most 5."""
    try:
        session = get_session(user, reference)
    except Http404:
        return None
    if not can_answer_session(user, session) or are_apart(user, [session.logged_by]):
        return None
    waits = session.state == HoursState.UNCONFIRMED and session.engagement.state in ANSWERING_STATES
    words = {
        "time": duration(session.minutes),
        "day": formats.date_format(session.held_on),
        "need": session.engagement.need.title,
    }
    told = _("A session of %(time)s on %(day)s was logged for “%(need)s”.") % words
    return Asked(
        key=f"session:{reference}",
        thing=session,
        # Corrected hours are other hours: who saw ninety minutes has not confirmed two hours.
        stamp=f"{session.minutes}",
        words=told if is_named else _("A session of %(time)s on %(day)s was logged.") % words,
        facts=_facts(session) if is_named else (),
        purposes=(Purpose.CONFIRM, Purpose.DISPUTE) if waits else (),
        page=reverse("engagements:engagement", args=[session.engagement.reference]) + "#sessions",
        locks=(session.engagement, session),
    )


def _facts(session: Session) -> Facts:
    facts = [(str(_("What was done")), str(session.get_kind_display()))]
    facts.append((str(_("Logged by")), str(session.logged_by)))
    if session.summary:
        facts.append((str(_("Result")), session.summary))
    return tuple(facts)
