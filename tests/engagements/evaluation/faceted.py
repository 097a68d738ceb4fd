"""A made-up network with declared tags in three facets, where common topics drown rare fields.

Everybody has one field they truly work in and a few skills of it. Careful experts declare just that; eager ones declare
many fields, skills and nearly every topic. Needs ask for a field, a skill or two of it, and several common topics; who
proves right truly works in the field, mostly with the skill. Nothing of this is told but the tags.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

FIELDS, SKILLS_PER_FIELD, TOPICS = 60, 12, 14
EAGER = 0.35


@dataclass(frozen=True)
class Person:
    """What an expert truly does, and the tags they declare."""

    field: int
    skills: tuple[int, ...]
    tags: tuple[str, ...]


def faceted_set(experts: int, needs: int, *, seed: int = 5) -> dict[str, Sequence[Mapping[str, Any]]]:
    """Return the lines of a set without history; the same for a seed."""
    chance = Random(seed)
    people = [_person(chance) for _ in range(experts)]
    by_field: dict[int, list[int]] = {}
    for number, person in enumerate(people):
        by_field.setdefault(person.field, []).append(number)
    asked, truth = [], []
    while len(asked) < needs:
        field = _common(FIELDS, chance)
        if field not in by_field:
            continue
        skills = chance.sample(range(SKILLS_PER_FIELD), chance.randint(1, 2))
        able = [number for number in by_field[field] if set(skills) & set(people[number].skills)]
        name = f"n{len(asked)}"
        asked.append({"id": name, "tags": [*_tags(field, skills), *_topics(chance, chance.randint(3, 6))]})
        truth.append({"need_id": name, "expert_ids": [f"e{chance.choice(able or by_field[field])}"]})
    rows = [{"id": f"e{number}", "tags": list(person.tags)} for number, person in enumerate(people)]
    return {"experts": rows, "needs": asked, "truth": truth}


def _person(chance: Random) -> Person:
    field = _common(FIELDS, chance)
    skills = tuple(chance.sample(range(SKILLS_PER_FIELD), chance.randint(2, 4)))
    tags = [*_tags(field, skills), *_topics(chance, chance.randint(1, 3))]
    if chance.random() < EAGER:
        for other in {_common(FIELDS, chance) for _ in range(chance.randint(4, 10))}:
            tags += _tags(other, chance.sample(range(SKILLS_PER_FIELD), chance.randint(1, 4)))
        tags += _topics(chance, chance.randint(8, TOPICS))
    return Person(field, skills, tuple(dict.fromkeys(tags)))


def _tags(field: int, skills: Sequence[int]) -> list[str]:
    return [f"occupation:field {field}", *(f"skill:skill {field} {skill}" for skill in skills)]


def _topics(chance: Random, count: int) -> list[str]:
    return [f"topic:topic {number}" for number in chance.sample(range(TOPICS), count)]


def _common(count: int, chance: Random) -> int:
    """Return a number below ``count``, low ones more often."""
    return min(int(count * chance.random() ** 1.5), count - 1)
