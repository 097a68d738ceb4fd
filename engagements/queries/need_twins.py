"""Find needs that ask for the same: by the skills they want and the words of their titles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Count, F, Func, Q, TextField, Value
from django.utils.translation import gettext as _

from engagements.models import Need, NeedTwin
from engagements.queries.needs import visible_needs
from engagements.states import OPEN_NEED_STATES, NeedState
from engagements.states.readiness import TwinVerdict

LIVE_NEED_STATES = OPEN_NEED_STATES | {NeedState.SUBMITTED, NeedState.PAUSED, NeedState.FILLED, NeedState.STALE}
MOST_COMPARED, MOST_TOLD = 50, 5
# Half of the skills of both and something of the words; or nearly the same words and a skill.
SKILLS_ALIKE, WORDS_FAINTLY, WORDS_ALIKE = 0.5, 0.3, 0.6


@dataclass(frozen=True)
class Twin:
    """A need that asks for the same, how many skills both want, and whether it is of the same institution."""

    need: Need
    shared: int
    is_own: bool

    @property
    def reason(self) -> str:
        """Return why it is told, in words."""
        return _("same institution, same skills") if self.is_own else _("same skills and similar words")


def twins_of(viewer: Any, need: Need) -> list[Twin]:
    """Return the live needs that the viewer may see and that ask for the same, the nearest first, at most 5.

    Those that somebody found to be different are left out. Queries: at most 3.
    """
    wanted = list(need.skill_items.values_list("tag", flat=True))
    return twins_like(viewer, title=need.title, wanted=wanted, organisation=need.organisation_id, need=need.pk)


def twins_like(
    viewer: Any, *, title: str, wanted: Sequence[int], organisation: int, need: int | None = None
) -> list[Twin]:
    """Return the same for what is about to be written: its title, the keys of its skills and of who writes it.

    Queries: at most 2.
    """
    if not wanted:
        return []
    judged = NeedTwin.objects.filter(Q(need=need) | Q(other=need), verdict=TwinVerdict.BOTH)
    like: Any = Func(Value(title), function="accounts_likeness", output_field=TextField())
    own: Any = Func(F("title"), function="accounts_likeness", output_field=TextField())
    words = TrigramSimilarity(own, like)
    near = (
        visible_needs(viewer)
        .filter(state__in=sorted(LIVE_NEED_STATES), is_pathway=False, skill_items__tag__in=wanted)
        .exclude(pk=need or 0)
        .exclude(pk__in=judged.values("need"))
        .exclude(pk__in=judged.values("other"))
        .annotate(shared=Count("skill_items", distinct=True), words=words)
        .order_by("-shared", "-words", "pk")[:MOST_COMPARED]
    )
    rows = list(near)
    sizes = dict(
        Need.objects.filter(pk__in=[row.pk for row in rows])
        .annotate(size=Count("skill_items"))
        .values_list("pk", "size")
    )
    found = []
    for row in rows:
        shared, alike = vars(row)["shared"], vars(row)["words"]
        skills = shared / (sizes[row.pk] + len(wanted) - shared)
        if (skills >= SKILLS_ALIKE and alike >= WORDS_FAINTLY) or alike >= WORDS_ALIKE:
            found.append((skills + alike, Twin(row, shared, row.organisation_id == organisation)))
    found.sort(key=lambda pair: -pair[0])
    return [twin for _nearness, twin in found[:MOST_TOLD]]


def same_as(need: Need) -> Need | None:
    """Return the need that this one was found to be the same as, or None. Queries: at most 1."""
    if need.state != NeedState.WITHDRAWN:
        return None
    twin = NeedTwin.objects.filter(need=need, verdict=TwinVerdict.SAME).select_related("other").first()
    return twin.other if twin else None
