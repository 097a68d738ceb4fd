"""What all steps that wait have in common: their columns, and when they are due, counted by the database."""

from typing import Any, NamedTuple

from django.db.models import Case, CharField, DateTimeField, F, Func, IntegerField, Q, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from engagements.queries.rests import NEVER, rests_at
from engagements.states.clocks import CLOCKS, Turn, WaitingKind

# ``step_place`` (a country) and ``step_zone`` are where the working days of whoever is waited for are counted.
COLUMNS = (
    "step_kind",
    "step_row",
    "step_reference",
    "step_page",
    "step_title",
    "step_organisation",
    "step_turn",
    "step_expert",
    "step_focal_point",
    "step_place",
    "step_zone",
    "step_since",
    "step_target",
    "step_due_at",
    "step_ends_at",
)


class AfterWorkingDays(Func):
    """The instant so many working days after another: since, days, country, zone, rests."""

    function = "engagements_after_working_days"
    output_field = DateTimeField()


class AfterTime(Func):
    """The instant so long after another: since, span, rests."""

    function = "engagements_after_time"
    output_field = DateTimeField()


class Paths(NamedTuple):
    """Where a model finds what it is about, each path with its ``__``: empty for itself, None when it has none.

    ``page`` leads to what is shown of it; ``work`` is the path to the id of the engagement that may rest.
    """

    need: str | None
    organisation: str
    expert: str | None = None
    page: str = ""
    work: str | None = None


def text(value: str) -> Value:
    """Return a constant column."""
    return Value(value, output_field=CharField())


def turn_of(expert: Q, both: Q | None = None) -> Case:
    """Return whose turn it is: the institution's where neither condition holds."""
    cases = [When(both, then=text(Turn.BOTH))] if both is not None else []
    return Case(*cases, When(expert, then=text(Turn.EXPERT)), default=text(Turn.INSTITUTION))


def after(number: Any) -> AfterWorkingDays:
    """Return the instant ``number`` working days after the row began to wait, where whoever is waited for lives and
    without the time in which the work rested.
    """
    return AfterWorkingDays(F("step_since"), number, F("step_place"), F("step_zone"), F("step_rests"))


def days(kind: WaitingKind, part: str, paths: Paths) -> Any:
    """Return the days of ``part`` (a field of Clock) for a row, as ``clock_of`` has them: by the target of its need's
    programme, else the network's.
    """
    clock = CLOCKS[kind]
    usual = Value(getattr(clock, part))
    if paths.need is None:
        return usual
    # Whole numbers above zero, of which PostgreSQL leaves out what is left of a division.
    return Coalesce((own_days(kind, paths.need) * usual + clock.target - 1) / Value(clock.target), usual)


def own_days(name: str, need: str) -> Cast:
    """Return the days that the programme of a need sets under a name of WAIT_NAMES; null where it sets none."""
    return Cast(KeyTextTransform(name, f"{need}programme__waits"), IntegerField())


def with_columns(kind: WaitingKind, rows: Any, paths: Paths) -> Any:
    """Give rows that have ``step_turn`` and ``step_since`` the other COLUMNS but for when they are due and end.

    ``step_rests`` says when their work rested.
    """
    nobody = Value(None, output_field=IntegerField())
    place: Any = _plain(f"{paths.organisation}country")
    zone: Any = _plain(f"{paths.organisation}time_zone")
    if paths.expert is not None:
        is_expert = Q(step_turn=Turn.EXPERT)
        place = Case(When(is_expert, then=_plain(f"{paths.expert}residence")), default=place)
        zone = Case(When(is_expert, then=_plain(f"{paths.expert}user__time_zone")), default=zone)
    return rows.annotate(
        step_kind=text(kind),
        step_row=F("pk"),
        step_reference=F("reference"),
        step_page=F(f"{paths.page}reference"),
        step_title=F("name") if paths.need is None else F(f"{paths.need}title"),
        step_organisation=F(f"{paths.organisation}pk"),
        step_expert=nobody if paths.expert is None else F(f"{paths.expert}user"),
        step_focal_point=nobody if paths.need is None else F(f"{paths.need}focal_point"),
        step_place=place,
        step_zone=zone,
        step_rests=NEVER if paths.work is None else rests_at(paths.work),
        step_target=days(kind, "target", paths),
    )


def _plain(path: str) -> Cast:
    return Cast(F(path), CharField())
