"""Everything that waits for somebody, as one list: what, for whom, since when, until when.

Computed from the rows themselves, so that nothing is on it that was done a moment ago. The database joins the kinds,
counts the working days and puts them in order: what is most over its time first.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.models import Membership, Organisation, Remit, User
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.accounts.queries.verification import seconds_of
from diaspora_net.accounts.states import SPEAKING_ROLES
from engagements.payloads.working_days import working_days_between
from engagements.queries.rests import pairs
from engagements.queries.waiting_clocks import COLUMNS
from engagements.queries.waiting_rows import is_stuck_since, waiting_rows
from engagements.states.clocks import Turn, WaitingKind

LIST_LENGTH = 50
_PAGES = {
    WaitingKind.REPLY: "engagements:proposal",
    WaitingKind.INFORMATION: "engagements:proposal",
    WaitingKind.AGREEMENT: "engagements:engagement",
    WaitingKind.TIME: "engagements:meeting",
    WaitingKind.SESSION: "engagements:meeting",
    WaitingKind.HOURS: "engagements:engagement",
    WaitingKind.OUTCOME: "engagements:engagement",
    WaitingKind.PROPOSALS: "engagements:need-people",
    WaitingKind.CLOSING: "engagements:need",
    WaitingKind.RENEWAL: "engagements:need",
    WaitingKind.CHECK: "engagements:desk-need",
    WaitingKind.CHANGES: "engagements:need",
    WaitingKind.VERIFICATION: "engagements:desk-organisation",
    WaitingKind.DOCUMENTS: "engagements:desk-organisation",
    WaitingKind.SECOND: "engagements:desk-organisation",
    WaitingKind.FACTS: "engagements:desk-organisation",
}


@dataclass(frozen=True, slots=True)
class WaitingStep:
    """One step that waits.

    ``row`` and ``reference`` are of what waits; ``page`` is the reference of what shows it (for hours, the engagement).
    ``turn`` says which side is waited for and ``people`` who that is, none when nobody is left to answer. ``due_at`` is
    ``target`` working days after ``since``, counted in the country ``place`` on the clock ``zone``; ``waited`` and
    ``over`` are whole working days. While the work rested nothing is counted. At ``ends_at`` it ends by itself, or the
    coordinator is told.
    """

    kind: WaitingKind
    row: int
    reference: str
    page: str
    title: str
    organisation: Organisation
    turn: Turn
    people: tuple[User, ...]
    place: str
    zone: ZoneInfo
    since: datetime
    due_at: datetime
    ends_at: datetime
    target: int
    waited: int
    over: int

    @property
    def country(self) -> str:
        """Return the country whose coordinators it concerns, as ISO 3166-1 alpha-2."""
        return str(self.organisation.country.code)

    @property
    def url(self) -> str:
        """Return the address where a coordinator sees it."""
        return reverse(_PAGES[self.kind], args=[self.page])

    @property
    def answer_url(self) -> str:
        """Return the address where whoever is waited for does it."""
        if self.kind in {WaitingKind.DOCUMENTS, WaitingKind.FACTS}:
            return reverse("engagements:organisation-verification", args=[self.page])
        return self.url


@dataclass(frozen=True, slots=True)
class Tally:
    """How many steps of one kind wait, how many of them are ``late``, and since when the oldest does."""

    count: int = 0
    late: int = 0
    oldest: datetime | None = None


def waiting_steps(
    viewer: User,
    *,
    kinds: Collection[WaitingKind] = (),
    late_only: bool = False,
    is_stuck: bool = False,
    limit: int = LIST_LENGTH,
    offset: int = 0,
) -> list[WaitingStep]:
    """Return what waits in the countries of the viewer's remit, the most overdue first; all ``kinds`` when none named.

    ``late_only`` leaves out what is in time, ``is_stuck`` needs for which somebody may still come by themselves.
    Raises Http404 for somebody without a remit. Queries: at most 9, however many there are.
    """
    countries = _remit(viewer)
    now = timezone.now()
    parts = [waiting_rows(kind, countries=countries) for kind in kinds or WaitingKind]
    if late_only:
        parts = [part.filter(step_due_at__lte=now) for part in parts]
    if is_stuck:
        parts = [part.filter(is_stuck_since(now)) for part in parts]
    first, *others = [part.order_by().values(*COLUMNS, "step_rests") for part in parts]
    rows = first.union(*others, all=True).order_by("step_due_at", "step_kind", "step_row")
    return _steps(list(rows[offset : offset + limit]), now)


def waiting_tallies(viewer: User) -> dict[WaitingKind, Tally]:
    """Return how many steps of each kind wait in the countries of the viewer's remit.

    Raises Http404 for somebody without a remit. Queries: 2.
    """
    countries = _remit(viewer)
    late = Q(step_due_at__lte=timezone.now())
    parts: list[QuerySet[Any, dict[str, Any]]] = [
        waiting_rows(kind, countries=countries)
        .order_by()
        .values("step_kind")
        .annotate(step_count=Count("pk"), step_late=Count("pk", filter=late), step_oldest=Min("step_since"))
        for kind in WaitingKind
    ]
    tallies = {kind: Tally() for kind in WaitingKind}
    for row in parts[0].union(*parts[1:], all=True):
        tallies[WaitingKind(row["step_kind"])] = Tally(row["step_count"], row["step_late"], row["step_oldest"])
    return tallies


def waiting_step(kind: WaitingKind, row: int, since: datetime, *, with_ended: bool = False) -> WaitingStep | None:
    """Return the step as it waits now; None when it no longer does, or began to wait anew. Queries: at most 5."""
    found = waiting_rows(kind, with_ended=with_ended).filter(pk=row, step_since=since)
    row_now = found.values(*COLUMNS, "step_rests").first()
    return _steps([row_now], timezone.now())[0] if row_now else None


def present_step(kind: WaitingKind, row: int) -> WaitingStep | None:
    """Return the step of a row as it waits now, since whenever; None when it waits no longer. Queries: at most 6."""
    since = waiting_rows(kind).filter(pk=row).values_list("step_since", flat=True).first()
    return waiting_step(kind, row, since) if since else None


def _remit(viewer: User) -> frozenset[str]:
    countries = remit_countries(viewer)
    if not countries:
        raise Http404
    return countries


def _steps(rows: Sequence[dict[str, Any]], now: datetime) -> list[WaitingStep]:
    """Turn rows into steps. Queries: at most 4, and 3 more where an organisation waits for a second coordinator."""
    organisations = Organisation.objects.in_bulk({row["step_organisation"] for row in rows})
    people = _People(rows, organisations.values())
    return [_step(row, organisations[row["step_organisation"]], people.of(row), now) for row in rows]


def _step(row: dict[str, Any], organisation: Organisation, people: tuple[User, ...], now: datetime) -> WaitingStep:
    place, zone = row["step_place"], ZoneInfo(row["step_zone"])
    rests = pairs(row["step_rests"])
    return WaitingStep(
        kind=WaitingKind(row["step_kind"]),
        row=row["step_row"],
        reference=row["step_reference"],
        page=row["step_page"],
        title=row["step_title"],
        organisation=organisation,
        turn=Turn(row["step_turn"]),
        people=people,
        place=place,
        zone=zone,
        since=row["step_since"],
        due_at=row["step_due_at"],
        ends_at=row["step_ends_at"],
        target=row["step_target"],
        waited=max(0, working_days_between(row["step_since"], now, place, zone, rests)),
        over=max(0, working_days_between(row["step_due_at"], now, place, zone, rests)),
    )


class _People:
    """Who is waited for, read once for all rows: experts, who speaks for organisations, coordinators."""

    def __init__(self, rows: Sequence[dict[str, Any]], organisations: Iterable[Organisation]) -> None:
        turns = {turn: [row for row in rows if row["step_turn"] == turn] for turn in Turn}
        experts = {row["step_expert"] for turn in (Turn.EXPERT, Turn.BOTH) for row in turns[turn]}
        asked = {row["step_organisation"] for turn in (Turn.INSTITUTION, Turn.BOTH) for row in turns[turn]}
        judged = {row["step_organisation"] for row in turns[Turn.COORDINATOR]}
        self._countries = {one.pk: str(one.country.code) for one in organisations}
        self._experts = User.objects.filter(is_active=True).in_bulk(experts) if experts else {}
        self._speakers = _speakers(asked) if asked else {}
        self._coordinators = _coordinators({self._countries[one] for one in judged}) if judged else {}
        recommended = {
            row["step_organisation"]: row["step_expert"] for row in turns[Turn.COORDINATOR] if _is_second(row)
        }
        self._seconds = seconds_of(recommended) if recommended else {}

    def of(self, row: dict[str, Any]) -> tuple[User, ...]:
        """Return who is waited for in one row."""
        if _is_second(row):
            return tuple(self._seconds[row["step_organisation"]])
        expert = self._experts.get(row["step_expert"])
        speakers = self._speakers.get(row["step_organisation"], [])
        talkers = [one for one in speakers if one.pk == row["step_focal_point"]] or speakers
        experts = [expert] if expert else []
        if row["step_turn"] == Turn.COORDINATOR:
            return tuple(self._coordinators.get(self._countries[row["step_organisation"]], []))
        return tuple({Turn.EXPERT: experts, Turn.INSTITUTION: talkers, Turn.BOTH: experts + talkers}[row["step_turn"]])


def _is_second(row: dict[str, Any]) -> bool:
    return bool(row["step_kind"] == WaitingKind.SECOND)


def _speakers(organisations: Collection[int]) -> dict[int, list[User]]:
    found: dict[int, list[User]] = defaultdict(list)
    memberships = Membership.objects.filter(
        organisation__in=organisations, left_at__isnull=True, role__in=sorted(SPEAKING_ROLES), user__is_active=True
    )
    for membership in memberships.select_related("user").order_by("user__full_name", "user"):
        found[membership.organisation_id].append(membership.user)
    return found


def _coordinators(countries: Collection[str]) -> dict[str, list[User]]:
    found: dict[str, list[User]] = defaultdict(list)
    remits = Remit.objects.filter(country__in=sorted(countries), ended_at__isnull=True, user__is_active=True)
    for remit in remits.select_related("user").order_by("user"):
        found[str(remit.country.code)].append(remit.user)
    return found
