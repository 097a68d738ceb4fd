"""Grant a coordinator a country: ``manage.py grant_remit EMAIL COUNTRY...``."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_countries import countries

from diaspora_net.accounts.actions.people import allow_pathways, grant_remit
from diaspora_net.accounts.queries.people import person_by_email


class Command(BaseCommand):
    """Make a person coordinator of one or more countries."""

    help = "Make a person coordinator of one or more countries (ISO 3166-1 codes such as TN SN)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address and the countries."""
        parser.add_argument("email")
        parser.add_argument("country", nargs="+")
        parser.add_argument("--pathways", action="store_true", help="let them mediate labour pathways, too")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check everything first, then grant."""
        person = person_by_email(options["email"])
        if person is None:
            raise CommandError(f"Nobody here uses {options['email']}. They have to join first.")
        codes = [code.upper() for code in options["country"]]
        unknown = [code for code in codes if code not in dict(countries)]
        if unknown:
            raise CommandError(f"Not a country code: {', '.join(unknown)}. Use two letters, such as TN.")
        for code in codes:
            grant_remit(actor=None, user=person, country=code)
            if options["pathways"]:
                allow_pathways(actor=None, user=person, country=code)
        self.stdout.write(f"{person.email} coordinates {', '.join(codes)}.")
