"""Half a year of a network in which institutions invite whom their list shows first: with and without the brakes.

Run ``python -m tests.bench.fairness``. Pure and seeded: the lists are made by the product's own ranking; only people
are simulated, and what they do is said below. Nothing here is measured on real people: the table says which way the
exposure cost and the daily cap pull, not how far they will in a real network.
"""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from mentors.recommender.fairness import gini
from mentors.recommender.scoring import DEFAULT, idf, rank
from mentors.recommender.types import Candidate, Facet, Offered, Strength, Wanted, Wish
from mentors.recommender.weights import Weights

WEEKS, SKILLS = 26, 40
# A network of some size, and a small one in which the same few are asked from all sides.
SIZES = (300, 60)
NEEDS_A_WEEK = 30
INVITED_FOR_A_NEED = 3
# Coordinators check needs together, so they open together: Mondays and Thursdays.
OPENING_DAYS = (0, 3)
# An unburdened expert answers an invitation with yes this often within a week; each further invitation of the same
# seven days halves the chance, since a full mailbox is not read.
WILLING = 0.35
FIRST_DAY = date(2026, 1, 5)


@dataclass(frozen=True)
class Setting:
    """One way to run the network; ``cap`` is the most invitations of an expert in a day, None for no cap."""

    name: str
    weights: Weights
    cap: int | None


@dataclass(frozen=True)
class Outcome:
    """``soon`` is the share of needs with a yes within 7 days, ``never`` of experts never invited."""

    name: str
    gini: float
    never: float
    busiest: int
    soon: float
    score: float


def settings() -> Iterator[Setting]:
    """Yield the four combinations."""
    without = replace(DEFAULT, exposure_step=0)
    yield Setting("neither", without, None)
    yield Setting("daily cap of 3", without, 3)
    yield Setting("exposure cost", DEFAULT, None)
    yield Setting("both", DEFAULT, 3)


def crowd(chance: random.Random, experts: int) -> list[Candidate]:
    """Return experts with popular and rare skills; some are strong at much, most at little."""
    popularity = [1 / (place + 1) ** 0.8 for place in range(SKILLS)]
    people = []
    for number in range(experts):
        known = set(chance.choices(range(SKILLS), popularity, k=chance.randint(3, 9)))
        level = chance.choices((1, 2, 3, 4), (2, 4, 3, 1))[0]
        skills = {skill: Offered(skill, level, chance.randint(0, 20), facet=Facet.SKILL) for skill in sorted(known)}
        people.append(Candidate(number, skills=skills, breadth={Facet.SKILL: len(skills)}, capacity=3))
    return people


def needs(chance: random.Random, people: list[Candidate]) -> list[Wish]:
    """Return a week's needs: two or three skills each, the popular ones more often."""
    popularity = [1 / (place + 1) ** 0.8 for place in range(SKILLS)]
    holders = Counter(skill for one in people for skill in one.skills)
    wishes = []
    for _number in range(NEEDS_A_WEEK):
        asked = sorted(set(chance.choices(range(SKILLS), popularity, k=3)))
        wishes.append(
            Wish(
                tuple(
                    Wanted(slot, skill, Facet.SKILL, Strength.REQUIRED, idf=idf(holders[skill], len(people)))
                    for slot, skill in enumerate(asked)
                )
            )
        )
    return wishes


class Network:
    """One run of 26 weeks."""

    def __init__(self, setting: Setting, experts: int, seed: int) -> None:
        self.setting = setting
        self.chance = random.Random(seed)
        self.people = crowd(self.chance, experts)
        self.invited: dict[int, list[date]] = defaultdict(list)
        self.met = self.asked = 0
        self.scores: list[float] = []

    def run(self) -> Outcome:
        """Let the weeks pass."""
        for week in range(WEEKS):
            for number, wish in enumerate(needs(self.chance, self.people)):
                self.meet(wish, FIRST_DAY + timedelta(weeks=week, days=OPENING_DAYS[number % len(OPENING_DAYS)]))
        counts = [len(self.invited[one.expert]) for one in self.people]
        return Outcome(
            self.setting.name,
            gini(counts),
            sum(not count for count in counts) / len(counts),
            max(counts),
            self.met / self.asked,
            sum(self.scores) / len(self.scores),
        )

    def meet(self, wish: Wish, day: date) -> None:
        """Invite the first of the list who may be asked today, and see whether one of them says yes within a week."""
        wanted = {slot.skill for slot in wish.wanted}
        known = [
            replace(one, invitations_last_30_days=self._since(one.expert, day, 30))
            for one in self.people
            if wanted & one.skills.keys()
        ]
        chosen = 0
        yes = False
        for match in rank(wish, known, limit=10, day=day, weights=self.setting.weights):
            if chosen == INVITED_FOR_A_NEED:
                break
            if self.setting.cap is not None and self._since(match.expert, day, 1) >= self.setting.cap:
                continue
            burden = self._since(match.expert, day, 7)
            self.invited[match.expert].append(day)
            self.scores.append(match.required_met / match.required_wanted)
            yes |= self.chance.random() < WILLING * 0.5**burden
            chosen += 1
        self.asked += 1
        self.met += yes

    def _since(self, expert: int, day: date, days: int) -> int:
        return sum(day - timedelta(days=days) < other <= day for other in self.invited[expert])


def table(outcomes: list[Outcome]) -> str:
    """Return the outcomes as a Markdown table."""
    columns: list[tuple[str, Callable[[Outcome], str]]] = [
        ("brakes", lambda one: one.name),
        ("Gini of invitations", lambda one: f"{one.gini:.3f}"),
        ("never invited", lambda one: f"{one.never:.0%}"),
        ("invitations of the busiest", lambda one: f"{one.busiest}"),
        ("yes within 7 days", lambda one: f"{one.soon:.1%}"),
        ("must-haves met by the invited", lambda one: f"{one.score:.1%}"),
    ]
    rows = [" | ".join(name for name, _read in columns), " | ".join("---" for _column in columns)]
    rows += [" | ".join(read(one) for _name, read in columns) for one in outcomes]
    return "\n".join(f"| {row} |" for row in rows)


def mean(outcomes: list[Outcome]) -> Outcome:
    """Return the mean of several runs of one setting."""

    def of(name: str) -> float:
        return sum(getattr(one, name) for one in outcomes) / len(outcomes)

    return Outcome(outcomes[0].name, of("gini"), of("never"), round(of("busiest")), of("soon"), of("score"))


def simulate(experts: int, seeds: int = 3) -> list[Outcome]:
    """Return the mean outcome of each setting in a network of ``experts`` over ``seeds`` seeds."""
    return [mean([Network(setting, experts, seed).run() for seed in range(seeds)]) for setting in settings()]


if __name__ == "__main__":
    for size in SIZES:
        began = time.monotonic()
        outcomes = simulate(size)
        took = time.monotonic() - began
        print(
            f"{size} experts, {NEEDS_A_WEEK} needs a week, {WEEKS} weeks, 3 seeds, {took:.0f} s\n\n{table(outcomes)}\n"
        )
