"""Phases of the story of a report that goes to somebody outside, built through the actions."""

from datetime import date

from engagements.actions.donor_reports import begin_report, set_report
from engagements.actions.periods import close_period
from engagements.actions.report_sending import send_report
from engagements.models import DonorReport, SentReport
from engagements.payloads.report_links import token_of
from tests.world import World


def after_reported(world: World) -> DonorReport:
    """Chidi has closed a quarter and written a report about it."""
    period = close_period(
        actor=world.chidi, country="TN", programme=None, starts_on=date(2025, 1, 1), ends_on=date(2025, 3, 31)
    )
    report = begin_report(actor=world.chidi, title="The first quarter", country="TN", programme=None)
    return set_report(actor=world.chidi, report=report, title=report.title, period=period)


def after_sent(world: World, **changes: object) -> SentReport:
    """He has sent it to a donor; ``changes`` replace single values."""
    values = {"email": "dora@donor.example", "readers": "donors", "language": "en", "days": 30}
    return send_report(actor=world.chidi, report=after_reported(world), **{**values, **changes})  # type: ignore[arg-type]


def sending_things(world: World) -> dict[str, list[object]]:
    """Return what the addresses of sent reports are asked for."""
    sent = after_sent(world)
    return {"sent-report": [sent.reference], "sent-token": [token_of(sent)]}
