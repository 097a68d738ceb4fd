"""Hold everything matching reads against what it is derived from, from the command line."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand

from engagements.actions.terms import rewrite_open_terms
from engagements.actions.work_spread import refresh_work_spread
from mentors.actions.postings import rebuild_postings
from mentors.actions.skills import refresh_skill_counts


class Command(BaseCommand):
    """``manage.py rebuild_matching``: safe while people work, and as often as one likes."""

    help = "Rewrite what matching reads wherever it differs from profiles and needs; a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Count skills and completed work, then compare experts and needs, saying how far it is."""
        counts = refresh_skill_counts()
        self.stdout.write(f"Skills: {counts} counts changed.")
        self.stdout.write(f"Spread of completed work: {refresh_work_spread():.3f}.")
        postings = rebuild_postings(self._report("Experts"))
        terms = rewrite_open_terms(self._report("Needs"))
        self.stdout.write(f"Rebuilt: {postings} rows of experts and {terms} rows of needs were written.")

    def _report(self, noun: str) -> Callable[[int, int, int], None]:
        def say(done: int, total: int, rows: int) -> None:
            self.stdout.write(f"{noun}: {done} of {total} compared, {rows} rows written.")

        return say
