"""A made-up network with declared tags in three facets, where common topics drown rare fields.

Everybody truly works in one field, with a few techniques that many fields share, and cares about some topics. Careful
experts declare just that; eager ones add other fields, more techniques and most topics. A need asks for a field, one
or two techniques, and a long list of topics which matter little: who proves right truly works in the field, mostly
with the techniques. Nothing of this is told but the tags.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

FIELDS, TECHNIQUES, TOPICS = 80, 30, 40
EAGER = 0.3


@dataclass(frozen=True)
class Person:
    """What an expert truly does, and the tags they declare."""

    field: int
    techniques: frozenset[int]
    tags: tuple[str, ...]


def faceted_set(experts: int, needs: int, *, seed: int = 5) -> dict[str, Sequence[Mapping[str, Any]]]:
    """Return the lines of a set without history; the same for a seed."""
    chance = Random(seed)
    people = [_person(chance) for _ in range(experts)]
    asked, truth = [], []
    while len(asked) < needs:
        field, techniques = _common(FIELDS, chance), chance.sample(range(TECHNIQUES), chance.randint(1, 2))
        able = [number for number, person in enumerate(people) if person.field == field]
        best = [number for number in able if people[number].techniques & set(techniques)]
        if able:
            name = f"n{len(asked)}"
            asked.append({"id": name, "tags": [*_tags([field], techniques), *_topics(chance, 6, 12)]})
            truth.append({"need_id": name, "expert_ids": [f"e{chance.choice(best or able)}"]})
    rows = [{"id": f"e{number}", "tags": list(person.tags)} for number, person in enumerate(people)]
    return {"experts": rows, "needs": asked, "truth": truth}


def _person(chance: Random) -> Person:
    field, techniques = _common(FIELDS, chance), chance.sample(range(TECHNIQUES), chance.randint(3, 6))
    tags = [*_tags([field], techniques), *_topics(chance, 4, 16)]
    if chance.random() < EAGER:
        fields = [_common(FIELDS, chance) for _ in range(chance.randint(3, 8))]
        tags += [*_tags(fields, chance.sample(range(TECHNIQUES), chance.randint(6, 15))), *_topics(chance, 8, 30)]
    return Person(field, frozenset(techniques), tuple(dict.fromkeys(tags)))


def _tags(fields: Sequence[int], techniques: Sequence[int]) -> list[str]:
    return [*(f"occupation:field {one}" for one in fields), *(f"skill:technique {one}" for one in techniques)]


def _topics(chance: Random, least: int, most: int) -> list[str]:
    return [f"topic:topic {number}" for number in chance.sample(range(TOPICS), chance.randint(least, most))]


def _common(count: int, chance: Random) -> int:
    """Return a number below ``count``, low ones more often."""
    return min(int(count * chance.random() ** 1.5), count - 1)
