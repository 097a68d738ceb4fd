"""The coordinator's desk: four counts, and one queue of everything that waits in their countries.

What waits and until when stands in ``waiting_rows``; who looks after it and until when it rests in ``Case``. The order
is days over target times the kind's weight, reports above everything.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries as all_countries

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.people import remit_countries
from engagements.payloads.working_days import working_days_between
from engagements.queries.desk_rows import ALL_KINDS, ENGAGEMENTS, PARTS, PROPOSALS, count_since, desk_rows, one_row
from engagements.queries.reminders import reminded_of_today
from engagements.states import ReportReason
from engagements.states.clocks import Turn, WaitingKind
from engagements.states.desk import GROUP_OF, GROUPS, TOP, DeskGroup, OtherKind

QUEUE_LENGTH = 50
# Somebody can be reminded of these; of the others nobody but the coordinator can do anything, or by a page of its own.
REMINDED = PROPOSALS | ENGAGEMENTS | PARTS
LABELS = {kind: kind.label for kind in (*WaitingKind, *OtherKind)}
PAGES: dict[str, str] = {
    WaitingKind.REPLY: "engagements:proposal",
    WaitingKind.INFORMATION: "engagements:proposal",
    WaitingKind.TIME: "engagements:meeting",
    WaitingKind.SESSION: "engagements:meeting",
    WaitingKind.CHECK: "engagements:desk-need",
    WaitingKind.CHANGES: "engagements:desk-need",
    WaitingKind.PROPOSALS: "engagements:desk-need",
    WaitingKind.CLOSING: "engagements:desk-need",
    WaitingKind.RENEWAL: "engagements:desk-need",
    WaitingKind.VERIFICATION: "engagements:desk-organisation",
    WaitingKind.DOCUMENTS: "engagements:desk-organisation",
    WaitingKind.SECOND: "engagements:desk-organisation",
    WaitingKind.FACTS: "engagements:desk-organisation",
    OtherKind.RECOMMENDED: "engagements:desk-organisation",
    OtherKind.SAFETY: "engagements:report",
}
# What only a coordinator does has a page of its own; where somebody else is waited for, they are reminded.
LINKS: dict[str, tuple[str, Any]] = {
    WaitingKind.CHECK: ("engagements:desk-need", gettext_lazy("Check")),
    WaitingKind.VERIFICATION: ("engagements:desk-organisation", gettext_lazy("Verify")),
    WaitingKind.SECOND: ("engagements:desk-organisation", gettext_lazy("Decide")),
    WaitingKind.PROPOSALS: ("engagements:rescue", gettext_lazy("Find people")),
    OtherKind.SAFETY: ("engagements:report", gettext_lazy("Look at it")),
}


@dataclass(frozen=True)
class Item:
    """One thing that waits. ``key`` is its kind and id; ``days`` it has waited, ``over`` of them beyond its target.

    ``noun`` and ``case`` lead to what coordinators keep about it; ``noun`` is empty for an organisation of another
    country that waits for a second opinion from here. ``act`` is its one next step: ``remind``, or the address of a
    page; empty when it was reminded today.
    """

    key: str
    kind: str
    row: int
    label: str
    group: str
    title: str
    url: str
    organisation: str
    country: str
    who: str
    noun: str
    case: str
    owner: str
    is_mine: bool
    since: datetime
    days: int
    over: int
    act: str
    act_label: str


@dataclass(frozen=True)
class Count:
    """How many things of a group wait, how many are over target, and how many days the oldest has waited."""

    group: str
    label: str
    count: int
    late: int
    oldest_days: int


@dataclass(frozen=True)
class Desk:
    """The whole desk. ``only`` is the group or ``mine`` the queue is narrowed to, empty for everything."""

    top: list[Count]
    others: list[Count]
    mine: int
    resting: int
    only: str
    items: list[Item]
    seen_at: datetime

    @property
    def late(self) -> int:
        """Return how many things are over target."""
        return sum(count.late for count in (*self.top, *self.others))

    @property
    def oldest_days(self) -> int:
        """Return how many days the oldest thing has waited."""
        return max((count.oldest_days for count in (*self.top, *self.others)), default=0)

    @property
    def more(self) -> int:
        """Return how many things wait beside those that the queue shows."""
        counts = {count.group: count.count for count in (*self.top, *self.others)}
        total = self.mine if self.only == "mine" else counts.get(self.only, 0) if self.only else sum(counts.values())
        return max(0, total - len(self.items))


def desk(viewer: User, only: str = "") -> Desk:
    """Return the desk of a coordinator; ``only`` is a DeskGroup, ``mine`` or nothing.

    Raises Http404 for somebody without a remit. Queries: 3, however many things wait.
    """
    countries = _remit(viewer)
    only = only if only == "mine" or only in DeskGroup.values else ""
    today = timezone.localdate(timezone=viewer.zone)
    found = desk_rows(
        viewer,
        countries,
        today=today,
        kinds=GROUPS[DeskGroup(only)] if only in DeskGroup.values else None,
        owner=viewer if only == "mine" else None,
        limit=QUEUE_LENGTH,
    )
    reminded = reminded_of_today()
    counts = [_count(group, found.tallies) for group in DeskGroup]
    return Desk(
        top=[count for count in counts if count.group in TOP],
        others=[count for count in counts if count.group not in TOP and count.count],
        mine=sum(tally["mine"] for tally in found.tallies.values()),
        resting=found.resting,
        only=only,
        items=[_item(viewer, row, reminded, countries) for row in found.rows],
        seen_at=timezone.now(),
    )


def desk_item(viewer: User, key: str) -> Item | None:
    """Return one thing of the desk by its key, None when it waits no more. Http404 without a remit. Queries: 3."""
    kind, _dot, row = key.partition("-")
    if kind not in ALL_KINDS or not row.isdecimal() or len(row) > 18:
        return None
    countries = _remit(viewer)
    found = one_row(viewer, countries, kind, int(row), today=timezone.localdate(timezone=viewer.zone))
    return _item(viewer, found, reminded_of_today(), countries) if found else None


def new_since(viewer: User, moment: datetime) -> int:
    """Return how many things began to wait after a moment. Http404 without a remit. Queries: 2."""
    return count_since(viewer, _remit(viewer), moment, today=timezone.localdate(timezone=viewer.zone))


def _remit(viewer: User) -> frozenset[str]:
    countries = remit_countries(viewer)
    if not countries:
        raise Http404
    return countries


def _count(group: DeskGroup, tallies: dict[str, dict[str, Any]]) -> Count:
    found = [tallies[kind] for kind in GROUPS[group] if kind in tallies]
    oldest = min((datetime.fromisoformat(tally["oldest"]) for tally in found), default=None)
    return Count(
        group=group.value,
        label=str(group.label),
        count=sum(tally["count"] for tally in found),
        late=sum(tally["late"] for tally in found),
        oldest_days=max(0, (timezone.now() - oldest).days) if oldest else 0,
    )


def _item(viewer: User, row: dict[str, Any], reminded: set[str], countries: frozenset[str]) -> Item:
    kind, now = row["step_kind"], timezone.now()
    place, zone = row["step_place"], ZoneInfo(row["step_zone"])
    since, due = datetime.fromisoformat(row["step_since"]), datetime.fromisoformat(row["step_due_at"])
    rests = [(datetime.fromisoformat(began), datetime.fromisoformat(ended)) for began, ended in row["rests"] or ()]
    act, act_label = _act(kind, row, reminded)
    return Item(
        key=f"{kind}-{row['step_row']}",
        kind=kind,
        row=row["step_row"],
        label=str(LABELS[kind]),
        group=GROUP_OF[kind],
        title=str(ReportReason(row["step_title"]).label) if kind == OtherKind.SAFETY else row["step_title"],
        url=reverse(PAGES.get(kind, "engagements:engagement"), args=[row["step_page"]]),
        organisation=row["organisation"],
        country=str(all_countries.name(row["country"])),
        who=_("a second coordinator") if kind == OtherKind.RECOMMENDED else _who(row),
        noun=row["case_noun"] if row["country"] in countries else "",
        case=row["case_reference"],
        owner=row["owner"] or "",
        is_mine=row["owner_id"] == viewer.pk,
        since=since,
        days=max(0, working_days_between(since, now, place, zone, rests)),
        over=max(0, working_days_between(due, now, place, zone, rests)),
        act=act,
        act_label=act_label,
    )


def _who(row: dict[str, Any]) -> str:
    """Return who is waited for, in words."""
    expert = row["expert"] or _("the expert")
    if row["step_turn"] == Turn.COORDINATOR:
        return _("you")
    if row["step_turn"] == Turn.INSTITUTION:
        return str(row["organisation"])
    if row["step_turn"] == Turn.BOTH:
        return _("%(expert)s and %(organisation)s") % {"expert": expert, "organisation": row["organisation"]}
    return str(expert)


def _act(kind: str, row: dict[str, Any], reminded: set[str]) -> tuple[str, str]:
    """Return the one next step of a thing and its name; nothing when it was reminded today."""
    if kind in LINKS:
        page, label = LINKS[kind]
        return reverse(page, args=[row["step_page"]]), str(label)
    if kind not in REMINDED:
        return reverse(PAGES[kind], args=[row["step_page"]]), _("Look at it")
    noun = "proposal" if kind in PROPOSALS else "engagement"
    return ("", "") if f"engagements.{noun}:{row['case_work']}" in reminded else ("remind", _("Remind"))
