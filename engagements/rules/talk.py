"""Who may do what with groups around an engagement, and with reports and pauses of conversations."""

from diaspora_net.accounts.models import User
from diaspora_net.accounts.rules import coordinates, is_member
from engagements.models import Engagement, Need, Report
from engagements.rules.work import side_of
from engagements.states import RUNNING_STATES, Side


def can_start_group(user: User, engagement: Engagement) -> bool:
    """Say whether the person may start a group: either side, while the engagement runs. Queries: at most 1."""
    return engagement.state in RUNNING_STATES and side_of(user, engagement) is not None


def can_bring_in(user: User, engagement: Engagement) -> bool:
    """Say whether the person may bring colleagues in: the institution's side, whose colleagues they are. Queries: 1."""
    return side_of(user, engagement) == Side.INSTITUTION


def can_remove(user: User, engagement: Engagement, person: User) -> bool:
    """Say whether the person may take another out of a group: the institution's side, and never the expert."""
    return person.pk not in {user.pk, engagement.expert.user_id} and can_bring_in(user, engagement)


def can_watch_talk(user: User, need: Need) -> bool:
    """Say whether the person may work on reports from conversations about a need, and pause those.

    The country's coordinators who do not belong to the organisation. Queries: at most 2.
    """
    return coordinates(user, need.organisation.country.code) and not is_member(user, need.organisation)


def can_work_report(user: User, report: Report) -> bool:
    """Say whether the person may work on the report: who watches, and is neither side of it. Queries: at most 2."""
    return user.pk not in {report.reporter_id, report.about_id} and can_watch_talk(user, report.need)


def can_read_snapshot(user: User, report: Report) -> bool:
    """Say whether the person may read what was reported: only who has taken it on, which the audit trail holds."""
    return report.owner_id == user.pk and can_work_report(user, report)
