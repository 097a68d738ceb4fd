"""The statements that find candidates: experts for a need in the postings, needs for an expert in the terms.

One template with three renderings for the countries of origin, each an index-only scan of ``posting_match``. Best
term per slot, summed over slots, at least one required slot met. A quarter of the seats is kept for those who did most
such work lately, whatever their profile lists: they often fit best and are not always found by what they declare. Ties
fall by a hash of the day: an order by id would be a silent bias.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from diaspora_net.accounts.states import KEEPING_STATES
from diaspora_net.core import statements
from engagements.states import COMPLETED_ENGAGEMENT_STATES, LIVE_PROPOSAL_STATES, OPEN_NEED_STATES
from mentors.models import ExpertProfile
from mentors.queries.candidates import PARTS
from mentors.recommender.circumstances import NEAR
from mentors.recommender.scoring import posting_weight
from mentors.recommender.types import Candidate, Modality, Strength, Wish
from mentors.recommender.weights import DEFAULT, FADING_DAYS
from mentors.states import COORDINATORS_BIT, FIRST_ORIGIN_BIT, LANGUAGE_BITS, MODALITY_BITS, LanguageLevel

# Drawn from the generating terms, then rescored from all terms and held against the hard rules. Of the best 200 the
# circumstances of a pair change the order without loss; with 100 one to seven of a hundred top places were lost.
DRAWN, KEPT = 600, 200
# One seat in so many is for past work; more brought nothing. Of each skill so many needs are looked at, the newest.
SHARE_OF_PAST, REMEMBERED = 4, 500
HIGHEST = max(LanguageLevel.values)

ORIGINS = {
    "one": "JOIN mentors_posting posting ON posting.skill_id = wanted.skill_id AND posting.origin = %(origin)s",
    "several": """CROSS JOIN unnest(%(origins)s::smallint[]) AS tie(origin)
        JOIN mentors_posting posting ON posting.skill_id = wanted.skill_id AND posting.origin = tie.origin""",
    "any": """JOIN mentors_posting posting
            ON posting.skill_id = wanted.skill_id AND (posting.flags & %(first_origin)s) <> 0""",
}
TIES = {
    "one": "posting.origin = %(origin)s",
    "several": "posting.origin = ANY(%(origins)s::smallint[])",
    "any": "(posting.flags & %(first_origin)s) <> 0",
}
GENERATING = {"one": "is_generating", "several": "is_generating", "any": "is_generating_anywhere"}
FITS = """(%(languages)s = 0 OR (posting.flags & %(languages)s) <> 0)
            AND (%(modalities)s = 0 OR (posting.flags & %(modalities)s) <> 0)
            AND (posting.flags & %(hidden)s) <> %(coordinators)s"""
EXPERTS_FROM = """
WITH wanted AS MATERIALIZED (
    SELECT slot, skill_id, weight, {generating} AS is_generating FROM engagements_needterm WHERE need_id = %(need)s
),
pruned AS MATERIALIZED (SELECT EXISTS (SELECT FROM wanted WHERE NOT is_generating) AS is_so),
drawn AS MATERIALIZED (
    SELECT expert_id, sum(best) AS points, hashint8extended(expert_id, %(day)s) AS lot
    FROM (
        SELECT posting.expert_id, wanted.slot, max(posting.weight * wanted.weight) AS best
        FROM wanted {origins}
        WHERE wanted.is_generating
            AND {fits}
        GROUP BY posting.expert_id, wanted.slot
    ) AS by_slot
    GROUP BY expert_id HAVING (SELECT is_so FROM pruned) OR min(slot) < %(required)s
    ORDER BY points DESC, lot LIMIT %(drawn)s
),
scored AS (
    SELECT expert_id, points, lot FROM drawn WHERE NOT (SELECT is_so FROM pruned)
    UNION ALL
    SELECT expert_id, sum(best), min(lot)
    FROM (
        SELECT drawn.expert_id, wanted.slot, drawn.lot, max(posting.weight * wanted.weight) AS best
        FROM drawn
        JOIN mentors_posting posting ON posting.expert_id = drawn.expert_id
        JOIN wanted ON wanted.skill_id = posting.skill_id
        WHERE (SELECT is_so FROM pruned)
        GROUP BY drawn.expert_id, wanted.slot, drawn.lot
    ) AS by_slot
    GROUP BY expert_id HAVING min(slot) < %(required)s
),
practised AS (
    SELECT expert_id, work, hashint8extended(expert_id, %(day)s) AS lot
    FROM (
        SELECT expert_id, sum(exp(date_part('epoch', coalesce(ended_at, last_activity_at) - now())
            / %(fading)s::float8)) AS work
        FROM unnest(%(asked)s::bigint[]) AS asked(skill_id)
        CROSS JOIN LATERAL (SELECT content_object_id AS need_id FROM engagements_needskill
            WHERE tag_id = skill_id ORDER BY content_object_id DESC LIMIT {remembered}) AS past
        JOIN engagements_engagement USING (need_id)
        WHERE state = ANY(%(completed)s::text[])
        GROUP BY expert_id
    ) AS done
    WHERE EXISTS (SELECT FROM mentors_posting posting WHERE posting.expert_id = done.expert_id AND {tie}
            AND {fits})
    ORDER BY work DESC, lot LIMIT %(reserved)s
),
shut AS MATERIALIZED (
    SELECT expert_id FROM engagements_proposal WHERE need_id = %(need)s AND state = ANY(%(live)s::text[])
    UNION ALL
    SELECT expert_id FROM engagements_dismissal
    WHERE need_id = %(need)s OR hides_organisation_id = %(organisation)s
),
parted AS MATERIALIZED (
    SELECT user_id FROM accounts_membership WHERE organisation_id = %(organisation)s AND left_at IS NULL
    UNION ALL SELECT blocker_id FROM accounts_block WHERE blocked_id = ANY(%(people)s::bigint[])
    UNION ALL SELECT blocked_id FROM accounts_block WHERE blocker_id = ANY(%(people)s::bigint[])
)
SELECT {parts}, best.points
FROM (
    SELECT expert_id, work IS NULL AS is_new, coalesce(points, 0) AS points, coalesce(scored.lot, practised.lot) AS lot
    FROM scored FULL JOIN practised USING (expert_id)
    WHERE expert_id NOT IN (SELECT expert_id FROM shut)
    ORDER BY is_new, points DESC, lot
) AS best
JOIN mentors_matchfacts facts ON facts.expert_id = best.expert_id
WHERE facts.is_active
    AND (NOT facts.is_hidden OR string_to_array(facts.origins, ',') && %(remit)s::text[])
    AND (%(languages)s = 0 OR facts.languages && %(spoken)s::varchar[])
    AND facts.user_id NOT IN (SELECT user_id FROM parted)
ORDER BY best.is_new, best.points DESC, best.lot LIMIT %(kept)s
"""
# Without its indentation it is short enough for its plan to be kept.
EXPERTS = {
    name: " ".join(
        EXPERTS_FROM.format(
            origins=joined, generating=GENERATING[name], tie=TIES[name], fits=FITS, remembered=REMEMBERED, parts=PARTS
        ).split()
    )
    for name, joined in ORIGINS.items()
}
NEEDS = """
WITH mine AS MATERIALIZED (
    SELECT skill_id, weight FROM unnest(%(skills)s::bigint[], %(weights)s::integer[]) AS mine(skill_id, weight)
),
found AS MATERIALIZED (
    SELECT need_id, sum(best) AS points, min(slot) AS first_slot
    FROM (
        SELECT term.need_id, term.slot, max(term.weight * mine.weight) AS best
        FROM mine JOIN engagements_needterm term ON term.skill_id = mine.skill_id
            AND (mine.weight > %(practised)s OR (term.relation = '' AND term.strength = 'required'))
        GROUP BY term.need_id, term.slot
    ) AS by_slot
    GROUP BY need_id
)
SELECT need.id
FROM found
JOIN engagements_need need ON need.id = found.need_id
JOIN accounts_organisation organisation ON organisation.id = need.organisation_id
WHERE need.state = ANY(%(open)s::text[]) AND need.places_taken < need.places
    AND (need.closes_on IS NULL OR need.closes_on >= %(today)s::date)
    AND organisation.state = ANY(%(trusted)s::text[])
    AND (%(anywhere)s::boolean OR organisation.country = ANY(%(countries)s::text[]))
    AND need.modality = ANY(%(modalities)s::text[])
    AND found.first_slot < (SELECT count(*) FROM engagements_needskill item JOIN mentors_skill skill ON skill.id =
    item.tag_id
        WHERE item.content_object_id = need.id AND item.strength = 'required' AND skill.status <> 'suggested')
    AND (EXISTS (SELECT FROM engagements_needlanguage spoken
            JOIN unnest(%(languages)s::text[], %(levels)s::smallint[]) AS known(language, level)
                ON known.language = spoken.language AND known.level >= spoken.level
            WHERE spoken.need_id = need.id)
        OR NOT EXISTS (SELECT FROM engagements_needlanguage spoken WHERE spoken.need_id = need.id))
    AND NOT EXISTS (SELECT FROM engagements_proposal proposal
        WHERE proposal.need_id = need.id AND proposal.expert_id = %(expert)s AND proposal.state = ANY(%(live)s::text[]))
    AND NOT EXISTS (SELECT FROM engagements_dismissal dismissal
        WHERE dismissal.expert_id = %(expert)s
            AND (dismissal.need_id = need.id OR dismissal.hides_organisation_id = need.organisation_id))
    AND NOT EXISTS (SELECT FROM accounts_membership membership
        WHERE membership.organisation_id = organisation.id AND membership.user_id = %(user)s AND membership.left_at IS
        NULL)
    AND NOT EXISTS (SELECT FROM accounts_block block
        WHERE block.blocker_id = %(user)s AND block.blocked_id = need.focal_point_id)
    AND NOT EXISTS (SELECT FROM accounts_block block
        WHERE block.blocked_id = %(user)s AND block.blocker_id = need.focal_point_id)
ORDER BY found.points DESC, hashint8extended(need.id, %(day)s) LIMIT %(kept)s
"""


@dataclass(frozen=True)
class Scope:
    """How strictly experts are looked for. ``origins`` are ISO numeric countries, None for any."""

    origins: tuple[int, ...] | None
    asks_language: bool = True
    asks_modality: bool = True


def experts_statement(
    need_id: int,
    organisation_id: int,
    wish: Wish,
    scope: Scope,
    *,
    day: date,
    remit: Collection[str] = (),
    people: Collection[int] = (),
    kept: int = KEPT,
) -> tuple[str, statements.Params]:
    """Return the statement that yields what ``candidates_of`` takes and the points, and its parameters: those with past
    work first, each group by the points of what they list, 0 for nothing of it.

    When some of the need's terms do not generate candidates, points are counted again from all terms. ``remit`` holds
    the countries (ISO 3166-1 alpha-2) whose experts are found although only coordinators may find them: those the
    viewer coordinates, none for everybody else. ``people`` are the ids of who looks and who would talk with the expert;
    experts parted from any of them by a block are not found.
    """
    rendering = "any" if scope.origins is None else "one" if len(scope.origins) == 1 else "several"
    spoken = wish.languages if scope.asks_language else ()
    return EXPERTS[rendering], {
        "need": need_id,
        "organisation": organisation_id,
        "origin": scope.origins[0] if scope.origins else None,
        "origins": list(scope.origins or ()),
        "first_origin": FIRST_ORIGIN_BIT,
        "languages": sum(LANGUAGE_BITS[wanted.code] for wanted in spoken),
        "spoken": [f"{wanted.code}{level}" for wanted in spoken for level in range(wanted.level, HIGHEST + 1)],
        "modalities": modality_mask(wish.modality) if scope.asks_modality else 0,
        "hidden": 0 if remit else COORDINATORS_BIT,
        "coordinators": COORDINATORS_BIT,
        "remit": sorted(remit),
        "people": sorted(people),
        "required": sum(wanted.strength == Strength.REQUIRED for wanted in wish.wanted),
        "live": sorted(LIVE_PROPOSAL_STATES),
        "day": day.toordinal(),
        "asked": [wanted.skill for wanted in wish.wanted if wanted.strength == Strength.REQUIRED],
        "completed": sorted(COMPLETED_ENGAGEMENT_STATES),
        "fading": FADING_DAYS * 86_400,
        "reserved": kept // SHARE_OF_PAST,
        "drawn": DRAWN,
        "kept": kept,
    }


def modality_mask(modality: Modality | None) -> int:
    """Return the bits of the modalities that fit or half-fit ``modality``; 0 when none is asked."""
    if modality is None:
        return 0
    return sum(MODALITY_BITS[fitting] for fitting in {modality} | NEAR[modality])


def need_ids(candidate: Candidate, profile: ExpertProfile, countries: Sequence[str] | None, day: date) -> list[int]:
    """Return the ids of open needs that may suit this expert, best first, at most 200; ``countries`` None is any.

    Queries: 1.
    """
    practised = [skill for skill in candidate.completed_with_skill if skill not in candidate.skills]
    weights = [posting_weight(offered) for offered in candidate.skills.values()]
    params: statements.Params = {
        "skills": [*candidate.skills, *practised],
        "weights": [*weights, *(DEFAULT.practised for _ in practised)],
        "practised": DEFAULT.practised,
        "countries": list(countries or ()),
        "anywhere": countries is None,
        "languages": list(candidate.languages),
        "levels": list(candidate.languages.values()),
        "modalities": [str(asked) for asked in Modality if ({asked} | NEAR[asked]) & candidate.modalities],
        "expert": profile.pk,
        "user": profile.user_id,
        "open": sorted(OPEN_NEED_STATES),
        "trusted": sorted(KEEPING_STATES),
        "live": sorted(LIVE_PROPOSAL_STATES),
        "today": day,
        "day": day.toordinal(),
        "kept": KEPT,
    }
    return [pk for (pk,) in statements.rows(NEEDS, params)]
