"""Small programmes beside the four, so that components and skill focus stand in their shares."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from engagements.demo.history import shares
from engagements.demo.history.frames import CITIES, FRAMES
from engagements.demo.history.shares import split
from engagements.states import ProgrammeKind, SkillFocus

PROJECTS = 44
_CALLED = {
    SkillFocus.VOCATIONAL: "Trades for %s",
    SkillFocus.CULTURAL: "Arriving in %s",
    SkillFocus.SEVERAL: "%s works",
    SkillFocus.OTHER: "Skills policy for %s",
}


@dataclass(frozen=True)
class Project:
    """One small programme; ``begun`` and ``ended`` are days ago, ``ended`` below zero where it is still to end."""

    name: str
    kind: str
    country: str
    component: str
    focus: str
    serves: tuple[str, ...]
    begun: int
    ended: int


def make_portfolio(*, span: int, seed: int, number: int = PROJECTS) -> list[Project]:
    """Return the small programmes; with the four of ``FRAMES`` their focus stands in the shares of ``shares.FOCUS``."""
    chance = Random(seed + 1)  # noqa: S311 - invented data
    foci = _without(split(shares.FOCUS, number + len(FRAMES), chance), [frame.focus for frame in FRAMES])
    components = _without(split(shares.COMPONENTS, number + len(FRAMES), chance), [frame.component for frame in FRAMES])
    serves = split(shares.BENEFICIARIES, number, chance)
    places = [(country, city) for country, cities in sorted(CITIES.items()) for city in cities]
    return [
        Project(
            _CALLED[SkillFocus(focus)] % city + (", again" if place >= len(places) else ""),
            ProgrammeKind.MENTORING if place % 2 else ProgrammeKind.ROSTER,
            country,
            component,
            focus,
            (serves[place],),
            begun := max(3, round(span * (1 - place / number))),
            begun - 90 - chance.randrange(180),
        )
        for place, (focus, component, (country, city)) in enumerate(
            zip(foci, components, _again(places, number), strict=True)
        )
    ]


def _again(places: list[tuple[str, str]], number: int) -> Iterator[tuple[str, str]]:
    return (places[place % len(places)] for place in range(number))


def _without(drawn: list[str], taken: list[str]) -> list[str]:
    """Return what is left when each of ``taken`` is struck out once; what is not there leaves another one out."""
    for one in taken:
        drawn.remove(one) if one in drawn else drawn.pop()
    return drawn
