"""What readers outside may know of a mapping wave: every number of it goes through here.

Nobody reads the exact ones, coordinators neither: who answers is in no file of theirs, and need not be. Waves ask many
of the same people again, so numbers are rounded as those are that are published again and again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from diaspora_net.core.suppression import GRAND, TOTAL, Dim, suppress
from engagements.payloads.numbers import Number, number_of
from engagements.payloads.published_where import PublishedWhere, publish_where

NO_ANSWER = ""
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Offered:
    """What a question offered: the codes of its answers, and whether several could be chosen."""

    code: str
    choices: Sequence[str]
    is_several: bool


@dataclass(frozen=True, slots=True)
class PublishedWave:
    """The numbers of a wave: all answers, by question and answer (``""`` is who gave none), and where people live."""

    answers: Number
    questions: Mapping[str, Mapping[str, Number]]
    where: PublishedWhere


def publish_wave(results: Mapping[str, Any], offered: Sequence[Offered], k: int) -> PublishedWave:
    """Return what readers for whom fewer than ``k`` people are too few may know of a wave's results."""
    everybody = results["answers"]
    total = number_of(suppress({GRAND: everybody}, k, (), is_recurring=True), GRAND)
    questions = {
        one.code: _several(results["questions"][one.code], one, everybody, k)
        if one.is_several
        else _one(results["questions"][one.code], one, everybody, k)
        for one in offered
        if one.code in results["questions"]
    }
    return PublishedWave(total, questions, publish_where(results["where"], k))


def _one(counted: Mapping[str, Any], offered: Offered, everybody: int, k: int) -> dict[str, Number]:
    """Return the numbers of a question of which everybody chose one answer or none."""
    table = {(choice, TOTAL): counted["by"].get(choice, 0) for choice in offered.choices}
    none = "none given"  # the empty word is a total
    table[none, TOTAL] = everybody - sum(table.values())
    dims = [Dim(offered.code, (*offered.choices, none))]
    told = suppress(table, k, dims, is_recurring=True)
    numbers = {choice: number_of(told, (choice, TOTAL)) for choice in offered.choices}
    return numbers | {NO_ANSWER: number_of(told, (none, TOTAL))}


def _several(counted: Mapping[str, Any], offered: Offered, everybody: int, k: int) -> dict[str, Number]:
    """Return the numbers of a question with several answers: each answer splits everybody into two."""
    numbers = {}
    for choice in offered.choices:
        chosen = counted["by"].get(choice, 0)
        table = {(YES, TOTAL): chosen, (NO, TOTAL): everybody - chosen}
        numbers[choice] = number_of(suppress(table, k, [Dim(choice, (YES, NO))], is_recurring=True), (YES, TOTAL))
    return numbers
