"""Who may read the private line of an outcome."""

from diaspora_net.accounts.models import User
from engagements.models import Outcome
from engagements.states import Side
from engagements.states.outcomes import FeedbackReader, Respondent


def can_read_feedback(user: User, outcome: Outcome, *, side: Side | None, is_supervisor: bool) -> bool:
    """Say whether the person may read the private line: who wrote it, and the one it is for, nobody else.

    ``side`` is the one the person takes in the engagement, ``is_supervisor`` whether they coordinate it without taking
    part. What a counterpart writes for the other side is for the expert. Queries: 0.
    """
    if outcome.given_by_id is not None and outcome.given_by_id == user.pk:
        return True
    if outcome.feedback_to == FeedbackReader.COORDINATOR:
        return is_supervisor
    is_from_expert = outcome.respondent == Respondent.EXPERT
    return side == (Side.INSTITUTION if is_from_expert else Side.EXPERT)
