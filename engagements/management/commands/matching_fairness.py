"""Print how evenly invitations fall on experts."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_countries import countries

from engagements.queries.fairness import fairness_in


class Command(BaseCommand):
    help = (
        "Show how evenly invitations fall on published experts, who gets most, who none, and how soon needs meet one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print machine-readable figures")
        parser.add_argument("--country", metavar="XX", help="only experts from and needs of this country (ISO alpha-2)")

    def handle(self, *args: Any, **options: Any) -> None:
        code = (options["country"] or "").upper()
        if code and code not in dict(countries):
            raise CommandError(f"“{code}” is no country code (ISO 3166-1 alpha-2).")
        found = fairness_in([code] if code else None)
        figures: dict[str, Any] = {
            "country": code or None,
            "experts": found.experts,
            "invitations": found.invitations,
            "gini": found.gini,
            "least_gini": round(found.least_gini, 3),
            "never_invited": found.never_invited,
            "most_invited": [{"profile": one.profile.reference, "count": one.count} for one in found.most_invited],
            "needs": found.needs_counted,
            "first_contact_within_7_days": None if found.soon_share is None else round(found.soon_share, 3),
        }
        if options["json"]:
            self.stdout.write(json.dumps(figures))
            return
        for name, value in figures.items():
            if name != "most_invited":
                self.stdout.write(f"{name.replace('_', ' '):<30}{'–' if value is None else value}")
        for one in figures["most_invited"]:
            self.stdout.write(f"  {one['profile']}  {one['count']}")
