"""Strategies that draw wishes and candidates for the property tests, and short makers for the worked ones."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from mentors.recommender.scoring import breadth_of
from mentors.recommender.types import (
    Candidate,
    Facet,
    LanguageWanted,
    Modality,
    Offered,
    Relation,
    RelationKind,
    Strength,
    Wanted,
    Wish,
)

WANTED_SKILLS = range(1, 7)
RELATED_SKILLS = range(11, 17)
OTHER_SKILLS = range(101, 161)
LANGUAGES = ("ar", "en", "fr")
KINDS = ("advisory", "mentoring")
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def make_wanted(slot: int, skill: int, strength: Strength = Strength.REQUIRED, **values: object) -> Wanted:
    """Return a slot of a technical skill."""
    return replace(Wanted(slot, skill, Facet.SKILL, strength), **values)  # type: ignore[arg-type]


def make_wish(*wanted: Wanted, **values: object) -> Wish:
    """Return a wish for ``wanted`` that asks nothing else."""
    return replace(Wish(wanted), **values)  # type: ignore[arg-type]


def make_candidate(*offered: Offered, expert: int = 1, **values: object) -> Candidate:
    """Return an expert who lists ``offered``, with the breadth that follows from it."""
    candidate = Candidate(expert, {item.skill: item for item in offered}, **values)  # type: ignore[arg-type]
    return with_breadth(candidate)


def with_breadth(candidate: Candidate) -> Candidate:
    """Return ``candidate`` with the breadth its skills and evidence imply."""
    counts = breadth_of(candidate.skills.values(), candidate.activity)
    return candidate._replace(breadth=counts)


def listing(candidate: Candidate, offered: Offered) -> Candidate:
    """Return ``candidate`` with one more skill on the profile."""
    return with_breadth(candidate._replace(skills={**candidate.skills, offered.skill: offered}))


def facet_of(skill: int) -> Facet:
    """Return the family a drawn skill belongs to."""
    return (Facet.SKILL, Facet.KNOWLEDGE, Facet.TRANSFERABLE)[skill % 3]


def relations(skill: int) -> st.SearchStrategy[dict[int, Relation]]:
    """Draw what may stand in for ``skill``."""
    relation = st.builds(
        Relation,
        skill=st.sampled_from(RELATED_SKILLS),
        weight=st.floats(0.01, 0.6),
        kind=st.sampled_from(RelationKind),
    )
    return st.lists(relation, max_size=3).map(lambda items: {item.skill: item for item in items if item.skill != skill})


@st.composite
def wanteds(draw: st.DrawFn) -> tuple[Wanted, ...]:
    """Draw one to five slots of distinct skills."""
    skills = draw(st.lists(st.sampled_from(WANTED_SKILLS), min_size=1, max_size=5, unique=True))
    return tuple(
        Wanted(
            slot,
            skill,
            facet_of(skill),
            draw(st.sampled_from(Strength)),
            draw(st.none() | st.integers(1, 4)),
            draw(st.floats(0.05, 12)),
            draw(relations(skill)),
        )
        for slot, skill in enumerate(skills)
    )


@st.composite
def weeks(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """Draw up to three intervals of a week, which may wrap around its end."""
    pairs = draw(st.lists(st.tuples(st.integers(0, 10_079), st.integers(0, 10_079)), max_size=3))
    return tuple(pairs)


def wishes() -> st.SearchStrategy[Wish]:
    """Draw what a need may ask."""
    language = st.builds(LanguageWanted, st.sampled_from(LANGUAGES), st.integers(1, 6))
    return st.builds(
        Wish,
        wanted=wanteds(),
        languages=st.lists(language, max_size=2, unique_by=lambda item: item.code).map(tuple),
        modality=st.none() | st.sampled_from(Modality),
        kind=st.sampled_from(("", *KINDS)),
        sector=st.sampled_from(("", "health")),
        hours_per_month=st.none() | st.integers(1, 40),
        origin=st.none() | st.sampled_from((788, 686)),
        weekly_hours=weeks(),
        starts_on=st.none() | DAYS,
        ends_on=st.none() | DAYS,
    )


def offers() -> st.SearchStrategy[Offered]:
    """Draw a listed skill, wanted, related or other."""
    skills = st.sampled_from((*WANTED_SKILLS, *RELATED_SKILLS, *OTHER_SKILLS))
    return skills.flatmap(offers_of)


def offers_of(skill: int) -> st.SearchStrategy[Offered]:
    """Draw how well and how long ``skill`` is offered."""
    return st.builds(
        Offered, st.just(skill), st.integers(1, 4), st.integers(0, 45), st.booleans(), st.just(facet_of(skill))
    )


def counts() -> st.SearchStrategy[dict[int, int]]:
    """Draw counts by skill."""
    return st.dictionaries(st.sampled_from((*WANTED_SKILLS, *RELATED_SKILLS)), st.integers(0, 150), max_size=3)


def candidates() -> st.SearchStrategy[Candidate]:
    """Draw an expert, with or without a past."""
    skills = st.lists(offers(), max_size=14).map(lambda items: {item.skill: item for item in items})
    return st.builds(
        Candidate,
        expert=st.integers(1, 10**6),
        skills=skills,
        languages=st.dictionaries(st.sampled_from(LANGUAGES), st.integers(1, 6)),
        modalities=st.frozensets(st.sampled_from(Modality)),
        kinds=st.frozensets(st.sampled_from(KINDS)),
        origins=st.sampled_from(((), (788,), (686, 788))),
        hours_per_month=st.none() | st.integers(1, 60),
        capacity=st.integers(1, 5),
        open_engagements=st.integers(0, 6),
        weekly_hours=weeks(),
        free_from=st.none() | DAYS,
        free_until=st.none() | DAYS,
        sectors=st.sampled_from(({}, {"health": 4})),
        days_since_update=st.integers(0, 3000),
        invitations_last_30_days=st.integers(0, 200),
        completed=st.integers(0, 400),
        completed_with_skill=counts(),
        recently=st.none() | st.floats(0, 400),
        evenness=st.floats(0.05, 3),
        declined_with_skill=counts(),
        activity=counts(),
        reply_rate=st.none() | st.floats(0, 1),
    ).map(with_breadth)
