"""What the form of one moment needs to know."""

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, NotAllowed
from engagements.models import Engagement, Need
from engagements.queries.credentials import asked_skills
from engagements.queries.outcomes import first_levels
from engagements.queries.work import get_engagement
from engagements.reports.outcome_mail import question
from engagements.rules.work import side_of
from engagements.states.outcomes import ANSWERED_IN, OutcomeMoment, OutcomeState, Respondent
from mentors.queries.skills import skill_labels


def agreed_skills(need: Need) -> list[tuple[int, str]]:
    """Return the ids and labels of the skills the work is about, in the active language and the need's order.

    Queries: 2.
    """
    names = dict(asked_skills(need))
    labels = skill_labels(names, get_language() or "en")
    return [(skill, labels.get(skill, name)) for skill, name in names.items()]


@dataclass(frozen=True)
class OutcomePage:
    """What one side is asked at one moment, and what it said at the start."""

    engagement: Engagement
    moment: OutcomeMoment
    respondent: Respondent
    skills: list[tuple[int, str]]
    before: dict[int, int]

    @property
    def question(self) -> str:
        """Return what is asked, in the active language."""
        return question(self.moment, self.engagement.need.title)


def outcome_page(viewer: User, reference: str, moment: str) -> OutcomePage:
    """Return what the form asks the side of ``viewer``. Queries: at most 6.

    Raises Http404 unless they may see the engagement, NotAllowed unless they are a side, Conflict when it is answered
    or not asked at present.
    """
    engagement = get_engagement(viewer, reference)
    side = side_of(viewer, engagement)
    if side is None:
        raise NotAllowed(_("Only the two sides of an engagement do this."))
    row = engagement.outcomes.filter(moment=moment, respondent=side.value).first()
    if row is not None and row.state == OutcomeState.ANSWERED:
        raise Conflict(_("Your side has said already what came of the work."))
    may_come_early = moment == OutcomeMoment.END
    if engagement.state not in ANSWERED_IN[moment] or (row is None and not may_come_early):
        raise Conflict(_("This is not asked at present."))
    return OutcomePage(
        engagement=engagement,
        moment=OutcomeMoment(moment),
        respondent=Respondent(side.value),
        skills=agreed_skills(engagement.need),
        before=first_levels(engagement, respondent=side.value),
    )
