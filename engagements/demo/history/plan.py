"""The plan of the history: who joins when, and what becomes of every need. Pure, and the same for the same seed.

Days count back from the day of seeding, as everywhere in the demo. What lies less than a day back has not happened yet.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

from engagements.demo.history import shares
from engagements.demo.history.cases import Case, make_case
from engagements.demo.history.frames import (
    CITIES,
    FAMILY,
    FRAMES,
    GIVEN,
    HOMES,
    INSTITUTIONS,
    PEOPLE_OF,
    REGIONS,
    ZONES,
    Frame,
)
from engagements.demo.history.sectors import OF_FOCUS, SECTORS
from engagements.demo.shapes import EVENINGS, SATURDAY, VISITS, Expert, Institution, Member, Trainee
from mentors.states import EngagementKind

DAYS_PER_MONTH = 365 / 12
NEEDS_PER_MONTH, TRAINEES_PER_MONTH = 13, 16
LEAST_EXPERTS, MONTHS_PER_EXPERT = 8, 1.3
INSTITUTIONS_PER_COUNTRY = 4
CAPACITY = 5
# The first need is written when the first people have joined.
SETTLING_DAYS = 12


@dataclass(frozen=True)
class PlannedExpert:
    """An expert with the fields they work in."""

    expert: Expert
    sectors: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """Everything that happens in one programme."""

    frame: Frame
    span: int
    experts: tuple[PlannedExpert, ...]
    institutions: tuple[Institution, ...]
    cases: tuple[Case, ...]
    trainees: tuple[tuple[int, Trainee], ...]


def make_plans(*, months: int, seed: int) -> list[Plan]:
    """Return the plan of each of the four programmes over so many months; the same for the same arguments."""
    chance = Random(seed)  # noqa: S311 - invented data
    span = round(months * DAYS_PER_MONTH)
    names = {people: _names(people, chance) for people in GIVEN}
    kinds = shares.split(shares.KINDS, months * NEEDS_PER_MONTH, chance)
    fates = shares.split(shares.FATES, len(kinds), chance)
    focus = shares.split(shares.FOCUS, len(kinds), chance)
    modes = shares.split(shares.MODALITIES, len(kinds), chance)
    soon = shares.split(shares.SOON, len(kinds), chance)
    drawn: dict[str, list[tuple[str, str, str, bool]]] = defaultdict(list)
    for kind, *facts in zip(kinds, zip(fates, focus, modes, soon, strict=True), strict=True):
        drawn[kind] += facts
    trainees = _trainees(months, span, chance)
    return [_plan(frame, span, months, drawn[frame.kind], trainees[frame.key], names, chance) for frame in FRAMES]


def _names(people: str, chance: Random) -> Iterator[str]:
    """Yield every name of a region once, in any order."""
    found = [f"{given} {family}" for given, family in product(GIVEN[people], FAMILY[people])]
    chance.shuffle(found)
    yield from found


def _plan(
    frame: Frame,
    span: int,
    months: int,
    drawn: Sequence[tuple[str, str, str, bool]],
    trainees: tuple[tuple[int, Trainee], ...],
    names: dict[str, Iterator[str]],
    chance: Random,
) -> Plan:
    institutions = tuple(_institutions(frame, span, names))
    number = LEAST_EXPERTS + round(months / MONTHS_PER_EXPERT)
    experts = tuple(_expert(frame, place, span, number, names) for place in range(number))
    return Plan(
        frame, span, experts, institutions, tuple(_cases(frame, span, drawn, experts, institutions, chance)), trainees
    )


def _slug(name: str) -> str:
    return name.lower().replace(" ", ".")


def _institutions(frame: Frame, span: int, names: dict[str, Iterator[str]]) -> Iterator[Institution]:
    for country in frame.hosts:
        for place, city in enumerate(CITIES[country][: INSTITUTIONS_PER_COUNTRY * 2 // len(frame.hosts)]):
            what, kind = INSTITUTIONS[frame.language][place % len(INSTITUTIONS[frame.language])]
            name = next(names[PEOPLE_OF[country]])
            head = Member(f"{_slug(name)}.{frame.key}", name, "Head of training", writes=frame.language)
            yield Institution(
                f"{frame.key}-{country}-{place}",
                f"{what}, {city}",
                kind,
                country,
                city,
                ZONES[country],
                "",
                (head,),
                applied=span - place,
                decided=span - place - 2,
                reason="Register number checked, and called back at the number of the register.",
            )


def _expert(frame: Frame, place: int, span: int, number: int, names: dict[str, Iterator[str]]) -> PlannedExpert:
    """Return an expert of two fields; half are there from the beginning, the others come one after the other."""
    country = frame.hosts[place % len(frame.hosts)]
    name = next(names[PEOPLE_OF[country]])
    fields = SECTORS[place % len(SECTORS)], SECTORS[(place + 3) % len(SECTORS)]
    residence, city, zone = HOMES[place % len(HOMES)]
    late = max(0, place - number // 2) / max(1, number - number // 2)
    return PlannedExpert(
        Expert(
            f"{_slug(name)}.{frame.key}",
            name,
            fields[0].headline,
            residence,
            city,
            zone,
            (country,),
            skills=tuple(
                dict.fromkeys((skill, 3 + place % 2, 4 + place % 9) for field in fields for skill in field.skills)
            ),
            languages=((frame.language, 5), ("ar" if country in {"TN", "MA"} else "en", 6)),
            about="",
            joined=max(2, round((span - 4) * (1 - 0.9 * late))),
            writes=frame.language,
            capacity=CAPACITY,
            modalities=VISITS,
            kinds=tuple(EngagementKind.values),
            times=EVENINGS + SATURDAY,
        ),
        tuple(field.key for field in fields),
    )


def _cases(
    frame: Frame,
    span: int,
    drawn: Sequence[tuple[str, str, str, bool]],
    experts: Sequence[PlannedExpert],
    institutions: Sequence[Institution],
    chance: Random,
) -> Iterator[Case]:
    """Yield a case for each drawn fate, spread evenly over the time; each with the expert who has done least."""
    busy: dict[str, list[tuple[int, int]]] = defaultdict(list)
    origins = shares.split(shares.ORIGINS, len(drawn), chance)
    hours = iter(shares.split(shares.HOURS, len(drawn) * 8, chance))
    for place, (fate, focus, modality, is_soon) in enumerate(drawn):
        posted = max(2, round((span - SETTLING_DAYS) * (1 - place / len(drawn))) - chance.randrange(4))
        sector = chance.choice(OF_FOCUS[focus])
        able = [
            one.expert
            for one in experts
            if sector.key in one.sectors
            and one.expert.joined > posted
            and sum(begins >= posted - 60 and ends <= posted for begins, ends in busy[one.expert.key]) < CAPACITY - 1
        ]
        chance.shuffle(able)
        able.sort(key=lambda one: len(busy[one.key]))
        case = make_case(
            key=f"{frame.key}-{place}",
            frame=frame,
            institution=institutions[place % len(institutions)],
            sector=sector,
            able=[one.key for one in able],
            origin=origins[place],
            posted=posted,
            fate=fate,
            modality=modality,
            is_soon=is_soon,
            hours=hours,
            chance=chance,
        )
        for expert in {case.expert, case.first_expert} - {""}:
            busy[expert].append((case.answered or posted, case.over))
        yield case


def _trainees(months: int, span: int, chance: Random) -> dict[str, tuple[tuple[int, Trainee], ...]]:
    """Return by programme whom it trains and since which day."""
    number = months * TRAINEES_PER_MONTH
    drawn = zip(
        shares.split(shares.KINDS, number, chance),
        shares.split(shares.BENEFICIARIES, number, chance),
        shares.split(shares.SEXES, number, chance),
        shares.split(shares.AGES, number, chance),
        shares.split(shares.TRACKS, number, chance),
        strict=True,
    )
    found: dict[str, list[tuple[int, Trainee]]] = defaultdict(list)
    frames = {frame.kind: frame for frame in FRAMES}
    for place, (kind, group, sex, age, track) in enumerate(drawn):
        frame = frames[kind]
        also = (*(["women"] if sex == "woman" else []), *(["youth"] if age == "15_24" else []))
        people = PEOPLE_OF[frame.hosts[place % len(frame.hosts)]]
        given, family = chance.choice(GIVEN[people]), chance.choice(FAMILY[people])
        name = f"{given} {family[0]}. {place + 1}"
        one = Trainee(name, track, (group, *also), sex, age, chance.choice(REGIONS[frame.key]))
        found[frame.key].append((max(2, round((span - 8) * (1 - place / number))), one))
    return {key: tuple(rows) for key, rows in found.items()}
