"""Say who can be signed in as in the demo: ``manage.py demo_people [--json]``."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from diaspora_net.accounts.demo import PEOPLE


class Command(BaseCommand):
    """Print the demo people."""

    help = "Print name, e-mail address, password and roles of the demo people."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the form of the answer."""
        parser.add_argument("--json", action="store_true", help="print a JSON list instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line, or one object, per person."""
        people = [
            {"name": one.name, "email": one.email, "password": one.password, "roles": [one.role]} for one in PEOPLE
        ]
        if options["json"]:
            self.stdout.write(json.dumps(people, ensure_ascii=False, indent=2))
            return
        for one in PEOPLE:
            self.stdout.write(f"{one.name:<16} {one.email:<22} {one.password}  {one.role}: {one.says}")
