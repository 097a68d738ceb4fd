"""Give the answer that a link in an e-mail stands for: the same acts as on the pages, once, as the person it is for."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict
from diaspora_net.core.transitions import lock
from engagements.actions.agreements import agree_engagement
from engagements.actions.broadcasts import refuse_broadcasts
from engagements.actions.foreseen import draft_foreseen, drop_foreseen
from engagements.actions.gap_invitations import answer_interest
from engagements.actions.meeting_ends import log_meeting, miss_meeting
from engagements.actions.meetings import choose_time
from engagements.actions.nominations import say_yes
from engagements.actions.outcome_clocks import renew_links
from engagements.actions.outcomes import give_outcome, give_participant_outcome
from engagements.actions.participants import stop_mails
from engagements.actions.proposals import decline_proposal
from engagements.actions.questions import answer_question, ask_sender
from engagements.actions.sessions import confirm_session, dispute_session
from engagements.actions.skills_rounds import give_skills_answer, keep_skills_draft
from engagements.models import Participant, SkillsAnswer
from engagements.payloads.answer_links import Claim
from engagements.queries.answers import Opened, open_claim, person_of
from engagements.states.answers import Purpose

Act = Callable[..., object]


def _log(actor: User, meeting: Any, given: Mapping[str, Any]) -> object:
    _reference, held_on, _minutes = given["held"]
    log = {name: given[name] for name in ("minutes", "kind", "people_present", "summary")}
    is_on_site = bool(given.get("is_on_site"))
    engagement = meeting.engagement
    return log_meeting(
        actor=actor, meeting=meeting, engagement=engagement, held_on=held_on, is_on_site=is_on_site, **log
    )


def _report(actor: User, outcome: Any, given: Mapping[str, Any]) -> object:
    return give_outcome(actor=actor, engagement=outcome.engagement, moment=given["moment"], **given["answers"])


def _lack(actor: User, answer: Any, given: Mapping[str, Any]) -> object:
    return give_skills_answer(actor=actor, answer=answer, language=given["language"], **given["answer"])


def _interest(actor: User, interest: Any, *, is_interested: bool) -> object:
    return answer_interest(actor=actor, interest=interest, is_interested=is_interested)


# Acts that take more than the values of a form.
_OWN_ACTS: dict[Purpose, Callable[[User, Any, Mapping[str, Any]], object]] = {
    Purpose.HELD: _log,
    Purpose.REPORT: _report,
    Purpose.LACKS: _lack,
    Purpose.REFUSE: lambda actor, _reader, _given: refuse_broadcasts(actor=actor),
    Purpose.WOULD: lambda actor, thing, _given: _interest(actor, thing, is_interested=True),
    Purpose.WOULD_NOT: lambda actor, thing, _given: _interest(actor, thing, is_interested=False),
}
# purpose → the act, what it calls its object, and which values it takes
_ACTS: dict[Purpose, tuple[Act, str, tuple[str, ...]]] = {
    Purpose.ACCEPT: (say_yes, "proposal", ()),
    Purpose.DECLINE: (decline_proposal, "proposal", ("reason", "note", "pause_until")),
    Purpose.ASK: (ask_sender, "proposal", ("text",)),
    Purpose.INFORM: (answer_question, "proposal", ("text",)),
    Purpose.AGREE: (agree_engagement, "engagement", ("seen",)),
    Purpose.CHOOSE: (choose_time, "meeting", ("starts_at",)),
    Purpose.MISSED: (miss_meeting, "meeting", ("absent",)),
    Purpose.CONFIRM: (confirm_session, "session", ()),
    Purpose.DISPUTE: (dispute_session, "session", ("note",)),
    Purpose.DRAFT: (draft_foreseen, "foreseen", ()),
    Purpose.DROP: (drop_foreseen, "foreseen", ()),
}


class AnsweredAlready(Conflict):
    """Refuse an answer that a link was not made for any more."""

    code = "answered"


@transaction.atomic
def answer_by_link(*, opened: Opened, values: Mapping[str, Any]) -> None:
    """Give the answer of a link with what its form says.

    Person and objects are locked in the usual order and looked at anew, so that of the same link sent twice at once
    one has an effect. Raises AnsweredAlready when the object is not in the state the link was made for, the person may
    not answer any more or the link is over; else what the act raises. Effects: those of the act, whose audit entries
    say that it came through a link.
    """
    people = (opened.person,) if opened.has_account else ()
    for row in (*people, *opened.asked.locks):
        lock(row)
    person = person_of(opened.claim)
    present = open_claim(opened.claim, person, is_in_time=opened.is_in_time) if person else None
    if person is None or present is None or not present.is_open:
        raise AnsweredAlready(_("This is answered already."))
    given = {**values, **present.asked.values}
    with audit.through("link"):
        if isinstance(person, Participant):
            _answer_as_participant(person, present, given)
        elif present.purpose in _OWN_ACTS:
            _OWN_ACTS[present.purpose](person, present.asked.thing, given)
        else:
            act, noun, names = _ACTS[present.purpose]
            taken = {name: given[name] for name in names if name in given}
            act(actor=person, **{noun: present.asked.thing}, **taken)


@transaction.atomic
def keep_draft_by_link(*, opened: Opened, draft: dict[str, str]) -> None:
    """Remember what was typed behind a link and not sent, for the person it is for.

    Raises AnsweredAlready as the answer would, else as ``keep_skills_draft``. Effects: row.
    """
    person = person_of(opened.claim)
    present = open_claim(opened.claim, person, is_in_time=opened.is_in_time) if person else None
    answer = present.asked.thing if present and present.is_open else None
    if not isinstance(person, User) or not isinstance(answer, SkillsAnswer):
        raise AnsweredAlready(_("This is answered already."))
    keep_skills_draft(actor=person, answer=answer, draft=draft)


def renew_by_link(*, claim: Claim) -> None:
    """Send whoever a link was for the links that work now, if they take part still; nobody is told whether they do.

    Effects: those of ``renew_links``.
    """
    person = person_of(claim)
    if isinstance(person, Participant):
        renew_links(participant=person)


def _answer_as_participant(participant: Participant, present: Opened, given: Mapping[str, Any]) -> None:
    if present.purpose == Purpose.STOP:
        stop_mails(participant=participant)
    else:
        give_participant_outcome(participant=participant, moment=given["moment"], **given["answers"])
