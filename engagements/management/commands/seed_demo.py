"""Fill the demo network: ``manage.py seed_demo [--people N]``."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from engagements.demo.story import is_seeded, tell_story


class Command(BaseCommand):
    """Make the demo network once."""

    help = (
        "Fill the demo network with invented people, needs and work. Only in demo mode; a second run changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many experts to make."""
        parser.add_argument("--people", type=int, metavar="N", help="about how many experts (default: all)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse outside of demo mode, do nothing the second time, else play the story."""
        if not settings.DEMO:
            raise CommandError("This is not a demo (DEMO is not set), so no invented people are put among real ones.")
        if is_seeded():
            self.stdout.write("The demo network is there already.")
            return
        began = time.monotonic()
        tell_story(people=options["people"], say=self._say)
        self.stdout.write(f"Seeded in {time.monotonic() - began:.1f} s")

    def _say(self, step: str) -> None:
        self.stdout.write(step)
        self.stdout.flush()
