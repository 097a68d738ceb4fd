"""Find organisations whose names or websites look like another's. Nothing here decides: people look and judge.

The database keeps what a name and a host look like (``accounts_likeness``: without accents, case and signs, with
letters of other alphabets as the Latin ones they imitate or stand for) and finds what shares three-letter groups by an
index; the few it finds are then compared word by word, since every hospital is called a hospital.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import Organisation
from diaspora_net.accounts.states import TRUSTED_STATES

MOST_COMPARED, MOST_TOLD = 60, 8
# A whole name this alike is told when what distinguishes it is, too; a name whose own words agree needs less.
ALIKE, OWN_WORDS_ALIKE, FAINTLY_ALIKE = 0.6, 0.8, 0.35
# Shorter names differ by a letter or two all the time.
SHORTEST_FOR_SLIPS, SLIPS = 5, 2
# Words that say what an organisation is, not which one, in the languages of the network, in plain letters.
_KINDS = """
the of for and de la le les des du d l al el et e do da dos das del los y centre center centro hospital hopital
clinique clinic clinica regional regionale national nationale nacional municipal university universite universidad
universidade institut institute instituto ministere ministry ministerio ecole school escola escuela college lycee
association asociacion associacao foundation fondation fundacion fundacao company societe cooperative public publique
general generale mstshfy wzarh jamah mdrsh markz mrkz
"""


@dataclass(frozen=True)
class LookAlike:
    """One organisation that looks like another, and why, in words."""

    organisation: Organisation
    reasons: tuple[str, ...]

    @property
    def is_trusted(self) -> bool:
        """Say whether the other one is verified."""
        return self.organisation.state in TRUSTED_STATES


def look_alikes_of(organisation: Organisation) -> list[LookAlike]:
    """Return which organisations look like this one, verified ones first, at most 8. Queries: 1.

    The organisation must have been read from the database since its name or website changed.
    """
    found = [LookAlike(one, told) for one in near_ones(organisation) if (told := _reasons(organisation, one))]
    return sorted(found, key=lambda one: not one.is_trusted)[:MOST_TOLD]


def near_ones(organisation: Organisation) -> QuerySet[Organisation]:
    """Return the organisations whose name or host shares groups of letters with this one's, the nearest first.

    Each carries how alike the names are as ``name_alike``, 0 to 1.
    """
    name, host = organisation.name_likeness, organisation.host_likeness
    condition, alike = Q(name_likeness__trigram_similar=name), TrigramSimilarity("name_likeness", name)
    nearest: Any = alike
    if host:
        condition |= Q(host_likeness__trigram_similar=host)
        nearest = Greatest(alike, TrigramSimilarity("host_likeness", host))
    near = Organisation.objects.filter(condition).exclude(pk=organisation.pk)
    return near.annotate(name_alike=alike, nearest=nearest).order_by("-nearest", "pk")[:MOST_COMPARED]


def _reasons(one: Organisation, other: Organisation) -> tuple[str, ...]:
    reasons = []
    if one.name_likeness == other.name_likeness:
        is_same = one.name.casefold().strip() == other.name.casefold().strip()
        reasons.append(_("the same name") if is_same else _("the same name in other letters"))
    elif is_similar(one.name_likeness, other.name_likeness, vars(other)["name_alike"]):
        reasons.append(_("a similar name"))
    if one.host_likeness and one.host_likeness == other.host_likeness:
        reasons.append(_("the same website"))
    elif one.host_likeness and other.host_likeness and _slips(one.host_likeness, other.host_likeness):
        reasons.append(_("a website that differs by a letter or two"))
    return tuple(reasons)


def is_similar(one: str, other: str, alike: float) -> bool:
    """Say whether two names in their likeness are so alike that somebody might take one for the other.

    ``alike`` is the share of three-letter groups they have in common, 0 to 1.
    """
    if _slips(one, other):
        return True
    mine, its = (" ".join(_own_words(name.split())) for name in (one, other))
    own = SequenceMatcher(None, mine, its, autojunk=False).ratio()
    return (alike >= ALIKE and own >= ALIKE) or (alike >= FAINTLY_ALIKE and own >= OWN_WORDS_ALIKE)


def _own_words(words: Iterable[str]) -> list[str]:
    """Return the words that distinguish a name, in alphabetical order; all of them when none does."""
    words = sorted(words)
    return [word for word in words if word not in KINDS] or words


def _slips(one: str, other: str) -> bool:
    """Say whether one text becomes the other by at most SLIPS letters written wrong, left out, added or swapped."""
    if min(len(one), len(other)) < SHORTEST_FOR_SLIPS or abs(len(one) - len(other)) > SLIPS:
        return False
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        above, row[0] = row[0], place
        for column, its in enumerate(other, 1):
            above, row[column] = row[column], min(above + (letter != its), row[column] + 1, row[column - 1] + 1)
        if min(row) > SLIPS:
            return False
    return row[-1] <= SLIPS


def plainly(word: str) -> str:
    """Return a word of plain letters in its likeness, as ``accounts_likeness`` does."""
    return word.translate(str.maketrans("i10", "llo")).replace("rn", "m").replace("vv", "w")


KINDS = frozenset(plainly(word) for word in _KINDS.split())
