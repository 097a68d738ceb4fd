"""The number that every dashboard begins with: first useful contact within seven days of a need's opening."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from engagements.queries import counted_rows as rows
from engagements.queries.counted_rows import Period, Row, Scope

SOON = timedelta(days=7)
RECENT_DAYS = 90


@dataclass(frozen=True)
class FirstContact:
    """Of ``needs`` whose seventh day is over, ``soon`` had a first useful contact by then."""

    needs: int
    soon: int

    @property
    def share(self) -> float | None:
        """Return the share, None without needs."""
        return self.soon / self.needs if self.needs else None

    @property
    def percent(self) -> int | None:
        """Return the share as whole per cent, None without needs."""
        return None if self.share is None else round(100 * self.share)


def with_contact(needs: list[Row]) -> list[Row]:
    """Give each need the moment of its first useful contact: the side that was asked wrote, asked back or accepted.

    Queries: 2.
    """
    answers = rows.first_answers([need["pk"] for need in needs])
    for need in needs:
        moments = [moment for moment in (answers.get(need["pk"]), need["match"]) if moment is not None]
        need["contact"] = min(moments, default=None)
    return needs


def contact_within_days(needs: list[Row], now: datetime) -> FirstContact:
    """Count the needs of ``with_contact``; those whose seventh day is not over count nowhere."""
    told = [need for need in needs if need["published_at"] + SOON <= now]
    soon = [need for need in told if need["contact"] and need["contact"] <= need["published_at"] + SOON]
    return FirstContact(len(told), len(soon))


def recent_first_contact(countries: frozenset[str] | None) -> FirstContact:
    """Return the number for the needs of these countries, None for all, opened in the last 90 days. Queries: 3."""
    now = timezone.now()
    period = Period((now - timedelta(days=RECENT_DAYS)).date(), now.date())
    return contact_within_days(with_contact(rows.needs(Scope(countries), period)), now)
