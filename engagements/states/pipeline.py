"""The steps of the pipeline: what states they gather, how many days each should take, and what a coordinator moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaspora_net.accounts.states import OrganisationState
from engagements.states.engagements import EngagementState
from engagements.states.needs import NeedState


class PipelineOf(models.TextChoices):
    """What the pipeline shows: the work of two sides, the needs it comes from, or the institutions that have them."""

    WORK = "work", _("Proposals and engagements")
    NEEDS = "needs", _("Needs")
    ORGANISATIONS = "organisations", _("Institutions")


class WorkStep(models.TextChoices):
    """Where a proposal and the engagement that follows from it stand, as one line."""

    PROPOSED = "proposed", _("Proposed")
    INTRODUCED = "introduced", _("Introduced")
    AGREED = "agreed", _("Agreed")
    UNDER_WAY = "under_way", _("Under way")
    REPORTING = "reporting", _("Reporting")
    COMPLETED = "completed", _("Completed")
    CLOSED = "closed", _("Closed without result")


class NeedStep(models.TextChoices):
    """Where a need stands on its way."""

    IN_CHECK = "in_check", _("In check")
    OPEN = "open", _("Open")
    PAUSED = "paused", _("Paused")
    FULL = "full", _("Full")
    CLOSED = "closed", _("Closed")


STATES_OF_WORK: dict[str, list[str]] = {
    WorkStep.INTRODUCED: ["agreeing"],
    WorkStep.AGREED: ["scheduled"],
    WorkStep.UNDER_WAY: ["active", "paused", "on_hold_safeguarding"],
    WorkStep.REPORTING: ["wrapping_up"],
    WorkStep.COMPLETED: ["completed", "followed_up"],
    WorkStep.CLOSED: ["ended_early", "cancelled"],
}
STATES_OF_NEEDS: dict[str, list[str]] = {
    NeedStep.IN_CHECK: ["submitted", "changes_requested"],
    NeedStep.OPEN: ["published", "in_engagement"],
    NeedStep.PAUSED: ["paused", "stale"],
    NeedStep.FULL: ["filled"],
    NeedStep.CLOSED: ["closed", "withdrawn", "rejected", "expired"],
}
# Days that a step should take at most; work under way is measured by how long it has been quiet, an open need by how
# long nobody has been found for it.
WORK_TARGETS: dict[str, int] = {
    WorkStep.PROPOSED: 3,
    WorkStep.INTRODUCED: 7,
    WorkStep.AGREED: 14,
    WorkStep.UNDER_WAY: 14,
    WorkStep.REPORTING: 14,
}
NEED_TARGETS: dict[str, int] = {NeedStep.IN_CHECK: 2, NeedStep.OPEN: 7}
# An institution's steps are its states; what is verified waits for nobody.
ORGANISATION_TARGETS: dict[str, int] = {
    OrganisationState.APPLIED: 2,
    OrganisationState.DOCUMENTS_REQUESTED: 7,
    OrganisationState.RENEWAL_DUE: 14,
    OrganisationState.LAPSED: 14,
}
# They are over: nothing waits in them.
WORK_ENDS = frozenset({WorkStep.COMPLETED, WorkStep.CLOSED})
NEED_ENDS = frozenset({NeedStep.CLOSED})
ORGANISATION_ENDS = frozenset({OrganisationState.SUSPENDED})


class WorkMove(models.TextChoices):
    """What the country's coordinator does with work; everything else is for the two sides."""

    CLOSE = "close", _("Close, nobody answers")
    HOLD = "hold", _("Put on hold")
    RELEASE = "release", _("Let it go on")
    CANCEL = "cancel", _("Call off")
    END = "end", _("End early")
    FOLLOW_UP = "follow_up", _("Followed up")


class NeedMove(models.TextChoices):
    """What the country's coordinator does with needs, besides checking them."""

    PAUSE = "pause", _("Pause")
    RESUME = "resume", _("Open again")
    WITHDRAW = "withdraw", _("Take back")
    CLOSE = "close", _("Close")


WORK_MOVES: dict[str, list[WorkMove]] = {
    EngagementState.AGREEING: [WorkMove.HOLD, WorkMove.CANCEL],
    EngagementState.SCHEDULED: [WorkMove.HOLD, WorkMove.CANCEL, WorkMove.END],
    EngagementState.ACTIVE: [WorkMove.HOLD, WorkMove.END],
    EngagementState.PAUSED: [WorkMove.HOLD, WorkMove.END],
    EngagementState.WRAPPING_UP: [WorkMove.HOLD, WorkMove.END],
    EngagementState.ON_HOLD_SAFEGUARDING: [WorkMove.RELEASE, WorkMove.END],
    EngagementState.COMPLETED: [WorkMove.FOLLOW_UP],
}
NEED_MOVES: dict[str, list[NeedMove]] = {
    NeedState.CHANGES_REQUESTED: [NeedMove.WITHDRAW],
    NeedState.PUBLISHED: [NeedMove.PAUSE, NeedMove.WITHDRAW, NeedMove.CLOSE],
    NeedState.IN_ENGAGEMENT: [NeedMove.PAUSE, NeedMove.CLOSE],
    NeedState.PAUSED: [NeedMove.RESUME, NeedMove.CLOSE],
    NeedState.FILLED: [NeedMove.CLOSE],
    NeedState.STALE: [NeedMove.CLOSE],
}
# These ask for one more word: why it ends, or whether the need was met.
MOVES_WITH_REASON = frozenset({WorkMove.CANCEL, WorkMove.END})
MOVES_WITH_RESULT = frozenset({NeedMove.CLOSE})
