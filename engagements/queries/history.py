"""What past proposals and engagements say about experts, for the recommender."""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from diaspora_net.core import statements
from engagements.states import (
    COMPLETED_ENGAGEMENT_STATES,
    DeclineReason,
    ProposalOrigin,
    ProposalState,
    SkillStrength,
)
from mentors.models import ExpertProfile
from mentors.queries.candidates import Past, candidates, candidates_of
from mentors.recommender.past import faded
from mentors.recommender.types import Candidate

EXPOSURE_PERIOD = timedelta(days=30)
# Fewer answers than this are no habit.
LEAST_ANSWERS = 3
ANSWERED = (ProposalState.ACCEPTED, ProposalState.CONVERTED, ProposalState.DECLINED)
# One row for each expert who was ever invited, for each completed engagement, and for each refused skill. A need keeps
# the concept it asked for; what that was merged into is what people have now.
PAST = """
SELECT 'invited' AS what, expert_id, count(*) FILTER (WHERE sent_at >= %(since)s::timestamptz) AS number,
    count(*) FILTER (WHERE state = ANY(%(answered)s::text[])) AS answered,
    count(*) FILTER (WHERE state = %(silent)s) AS silent, NULL::bigint[] AS skills, NULL::float AS evenness
FROM engagements_proposal
WHERE expert_id = ANY(%(experts)s::bigint[]) AND origin = %(invitation)s
GROUP BY expert_id
UNION ALL
SELECT 'completed', expert_id, (%(today)s::date - (coalesce(ended_at, last_activity_at) AT TIME ZONE 'UTC')::date),
    NULL, NULL, ARRAY(SELECT coalesce(skill.merged_into_id, skill.id) FROM engagements_needskill item
        JOIN mentors_skill skill ON skill.id = item.tag_id WHERE item.content_object_id = engagement.need_id),
    (SELECT evenness FROM engagements_workspread LIMIT 1)
FROM engagements_engagement engagement
WHERE expert_id = ANY(%(experts)s::bigint[]) AND state = ANY(%(completed)s::text[])
UNION ALL
SELECT 'refused', refusal.expert_id, count(*), NULL, NULL, ARRAY[item.tag_id], NULL
FROM (
    SELECT expert_id, need_id FROM engagements_proposal
    WHERE expert_id = ANY(%(experts)s::bigint[]) AND origin = %(invitation)s AND state = %(declined)s
        AND decline_reason = %(reason)s
    UNION ALL
    SELECT expert_id, need_id FROM engagements_dismissal
    WHERE expert_id = ANY(%(experts)s::bigint[]) AND reason = %(reason)s
) AS refusal
JOIN engagements_needskill item ON item.content_object_id = refusal.need_id AND item.strength = %(required)s
GROUP BY refusal.expert_id, item.tag_id
"""


def known_experts(expert_ids: Collection[int], *, of_skills: Container[int] | None = None) -> list[Candidate]:
    """Return what profiles and work together here say of experts, in the order of ``expert_ids``.

    ``of_skills`` as for ``candidates``. Queries: 2, whatever the number of experts.
    """
    return candidates(expert_ids, past_of(expert_ids), of_skills=of_skills)


def known_of(rows: Collection[tuple[Any, ...]], *, of_skills: Container[int]) -> list[Candidate]:
    """Return the same of the experts whom an experts statement found, whose profiles are in its rows.

    ``of_skills`` as for ``candidates``. Queries: 1.
    """
    return candidates_of(rows, past_of([row[0] for row in rows]), of_skills=of_skills)


def known_expert(profile: ExpertProfile) -> Candidate:
    """Return what is known of one expert. Queries: 2."""
    return known_experts([profile.pk])[0]


def past_of(expert_ids: Collection[int]) -> dict[int, Past]:
    """Return what those of these experts who have a past did here: completed work, refusals for want of expertise,
    exposure and replies.

    Queries: 1 (0 for nobody).
    """
    if not expert_ids:
        return {}
    params: statements.Params = {
        "experts": expert_ids,
        "since": (timezone.now() - EXPOSURE_PERIOD).isoformat(),
        "today": timezone.localdate(),
        "invitation": ProposalOrigin.INVITATION,
        "answered": ANSWERED,
        "silent": ProposalState.EXPIRED,
        "completed": COMPLETED_ENGAGEMENT_STATES,
        "declined": ProposalState.DECLINED,
        "reason": DeclineReason.NOT_MY_FIELD,
        "required": SkillStrength.REQUIRED,
    }
    records: dict[int, Record] = defaultdict(Record)
    for what, expert, number, answered, silent, skills, evenness in statements.rows(PAST, params):
        record = records[expert]
        if what == "invited":
            record.invited(number, answered, silent)
        elif what == "completed":
            record.finished(number, skills)
            record.evenness = evenness or record.evenness
        else:
            record.declined[skills[0]] = number
    return {expert: record.past() for expert, record in records.items()}


@dataclass
class Record:
    """The past of one expert while its rows are read, and how evenly such work is spread in the network."""

    recent: int = 0
    reply_rate: float | None = None
    completed: int = 0
    recently: float = 0.0
    with_skill: dict[int, int] = field(default_factory=dict)
    practice: dict[int, float] = field(default_factory=dict)
    declined: dict[int, int] = field(default_factory=dict)
    evenness: float = 1.0

    def invited(self, recent: int, answered: int, silent: int) -> None:
        """Note the invitations of the last 30 days, and the share ever answered unless there are too few."""
        self.recent = recent
        if answered + silent >= LEAST_ANSWERS:
            self.reply_rate = answered / (answered + silent)

    def finished(self, days: int, skills: Iterable[int]) -> None:
        """Count an engagement that ended so many days ago, in full and fading, alone and by skill asked for."""
        left = faded(days)
        self.completed += 1
        self.recently += left
        for skill in skills:
            self.with_skill[skill] = self.with_skill.get(skill, 0) + 1
            self.practice[skill] = self.practice.get(skill, 0.0) + left

    def past(self) -> Past:
        """Return it as candidates take it."""
        return Past(
            invitations_last_30_days=self.recent,
            reply_rate=self.reply_rate,
            completed=self.completed,
            recently=self.recently,
            completed_with_skill=self.with_skill,
            practice=self.practice,
            declined_with_skill=self.declined,
            evenness=self.evenness,
        )
