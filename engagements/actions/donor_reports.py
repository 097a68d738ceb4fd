"""Write reports for donors: begin one, choose its period, and put its blocks in order."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Invalid, NotAllowed
from diaspora_net.core.references import new_reference
from diaspora_net.core.transitions import lock
from engagements.models import ClosedPeriod, DonorReport, Programme
from engagements.queries.donor_reports import periods_of
from engagements.rules.reporting import can_report_on
from engagements.states.donor_reports import BlockKind, Chart

MOST_BLOCKS = 40
LONGEST_HEADING, LONGEST_TEXT = 140, 6000
LISTS = (BlockKind.NOTES, BlockKind.ANNEXES)
Block = dict[str, str]
# What a new report holds; a coordinator takes away what it does not need.
FIRST_BLOCKS = (
    (BlockKind.INDICATORS, ""),
    (BlockKind.CHART, Chart.FUNNEL),
    (BlockKind.CHART, Chart.HOURS),
    (BlockKind.CHART, Chart.REGIONS),
    (BlockKind.ABOUT, ""),
)


@transaction.atomic
def begin_report(*, actor: User, title: str, country: str, programme: Programme | None) -> DonorReport:
    """Begin a report about a country, or about a programme of it, with the numbers of the period closed last, if any.

    Raises NotAllowed without the remit, Invalid for the title or a programme of another country. Effects: the report
    with its first blocks, audit entry.
    """
    _require(actor, country)
    if programme is not None and str(programme.country) != country:
        raise Invalid(_("Choose a programme of this country."), fields={"about": _("It belongs to another country.")})
    report = DonorReport.objects.create(
        title=_title(title),
        country=country,
        programme=programme,
        period=next(iter(periods_of(country, programme)), None),
        blocks=[_block(kind, chart=chart) for kind, chart in FIRST_BLOCKS],
        created_by=actor,
    )
    audit.record(actor=actor, verb="engagements.donor_report.begun", obj=report, country=country)
    return report


@transaction.atomic
def set_report(*, actor: User, report: DonorReport, title: str, period: ClosedPeriod | None) -> DonorReport:
    """Give a report its title and the closed period its numbers come from; None for numbers of today.

    Raises NotAllowed without the remit, Invalid for the title or a period of something else. Effects: the report,
    audit entry.
    """
    _require(actor, str(report.country))
    if period is not None and (period.country, period.programme_id) != (report.country, report.programme_id):
        raise Invalid(_("This period is about something else."), fields={"period": _("Choose one of the list.")})
    lock(report)
    report.title, report.period = _title(title), period
    report.changed_at = timezone.now()
    report.save(update_fields=["title", "period", "changed_at"])
    audit.record(actor=actor, verb="engagements.donor_report.changed", obj=report, period=period.pk if period else None)
    return report


def add_block(
    *, actor: User, report: DonorReport, kind: str, heading: str = "", text: str = "", chart: str = ""
) -> str:
    """Add a block at the end, and return its id. Raises NotAllowed, Invalid. Effects: the report, audit entry."""
    if kind == BlockKind.CHART and chart not in Chart.values:
        raise Invalid(_("A chart is missing."), fields={"chart": _("Choose what the chart shows.")})
    if kind == BlockKind.STORY:
        raise Invalid(_("A story needs its photo."), fields={"kind": _("Add a story on its own page.")})
    _require_items(kind, text)
    return append_block(
        actor=actor,
        report=report,
        kind=BlockKind(kind),
        heading=heading,
        text=text,
        chart=chart if kind == BlockKind.CHART else "",
    )


@transaction.atomic
def append_block(
    *, actor: User, report: DonorReport, kind: BlockKind, heading: str, text: str, chart: str = "", picture: str = ""
) -> str:
    """Put a block at the end, whatever it is, and return its id; ``picture`` is the reference of a story's photo.

    Raises NotAllowed, Invalid. Effects: the report, audit entry.
    """
    block = _block(kind, heading=heading, text=text, chart=chart)
    if picture:
        block["picture"] = picture

    def add(blocks: list[Block]) -> list[Block]:
        if len(blocks) >= MOST_BLOCKS:
            raise Invalid(_("A report holds forty blocks at most. Take one away first."))
        return [*blocks, block]

    _rewrite(actor, report, add)
    return block["id"]


def change_block(*, actor: User, report: DonorReport, block: str, heading: str, text: str) -> None:
    """Write the heading and the text of a block anew. Raises NotAllowed, Invalid. Effects: the report, audit entry."""
    words = {"heading": _heading(heading), "text": _text(text)}

    def change(one: Block) -> Block:
        if one["id"] != block:
            return one
        _require_items(one["kind"], words["text"])
        return one | words

    _rewrite(actor, report, lambda blocks: [change(one) for one in blocks])


def move_block(*, actor: User, report: DonorReport, block: str, is_up: bool) -> None:
    """Move a block one place up or down; at the end it stays. Raises NotAllowed. Effects: the report, audit entry."""

    def move(blocks: list[Block]) -> list[Block]:
        here = next((place for place, one in enumerate(blocks) if one["id"] == block), None)
        there = None if here is None else here + (-1 if is_up else 1)
        if here is None or there is None or not 0 <= there < len(blocks):
            return blocks
        blocks[here], blocks[there] = blocks[there], blocks[here]
        return blocks

    _rewrite(actor, report, move)


@transaction.atomic
def remove_block(*, actor: User, report: DonorReport, block: str) -> None:
    """Take a block away, and with a story its photo for good. Raises NotAllowed. Effects: the report, audit entry."""
    gone: list[str] = []

    def remove(blocks: list[Block]) -> list[Block]:
        gone.extend(one["picture"] for one in blocks if one["id"] == block and "picture" in one)
        return [one for one in blocks if one["id"] != block]

    _rewrite(actor, report, remove)
    report.pictures.filter(reference__in=gone).delete()


@transaction.atomic
def _rewrite(actor: User, report: DonorReport, change: Callable[[list[Block]], list[Block]]) -> None:
    """Change the blocks as they are now, under the lock of the report."""
    _require(actor, str(report.country))
    present: Any = lock(report)
    report.blocks = change(list(present.blocks))
    report.changed_at = timezone.now()
    report.save(update_fields=["blocks", "changed_at"])
    audit.record(actor=actor, verb="engagements.donor_report.written", obj=report, blocks=len(report.blocks))


def _require_items(kind: str, text: str) -> None:
    if kind in LISTS and not text.strip():
        raise Invalid(_("The list is empty."), fields={"text": _("Write one on each line.")})


def _require(actor: User, country: str) -> None:
    if not can_report_on(actor, country):
        raise NotAllowed(_("Only coordinators of the country write its reports."))


def _title(title: str) -> str:
    words = " ".join(title.split())
    if not words or len(words) > LONGEST_HEADING:
        raise Invalid(_("The title is missing."), fields={"title": _("Write a title of 140 characters at most.")})
    return words


def _block(kind: BlockKind, *, heading: str = "", text: str = "", chart: str = "") -> Block:
    return {
        "id": new_reference(),
        "kind": kind.value,
        "heading": _heading(heading),
        "text": _text(text),
        "chart": str(chart),
    }


def _heading(heading: str) -> str:
    words = " ".join(heading.split())
    if len(words) > LONGEST_HEADING:
        raise Invalid(_("The heading is too long."), fields={"heading": _("Write 140 characters at most.")})
    return words


def _text(text: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if len(words) > LONGEST_TEXT:
        raise Invalid(_("The text is too long."), fields={"text": _("Write 6,000 characters at most.")})
    return words
