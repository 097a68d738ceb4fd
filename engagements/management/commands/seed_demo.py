"""Fill the demo network: ``manage.py seed_demo [--people N] [--history [--months N] [--seed N]]``."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from engagements.demo.history.telling import MONTHS, SEED, is_told, tell_history
from engagements.demo.story import is_seeded, tell_story


class Command(BaseCommand):
    """Make the demo network once."""

    help = (
        "Fill the demo network with invented people, needs and work, and with the history of four programmes when "
        "asked for. Only in demo mode; a second run changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many experts to make, and how much history."""
        parser.add_argument("--people", type=int, metavar="N", help="about how many experts (default: all)")
        parser.add_argument("--history", action="store_true", help="also play two years of four programmes (minutes)")
        parser.add_argument("--months", type=int, metavar="N", default=MONTHS, help="how long a history (default: 24)")
        parser.add_argument("--seed", type=int, metavar="N", default=SEED, help="another number, another history")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse outside of demo mode, do nothing the second time, else play the story."""
        if not settings.DEMO:
            raise CommandError("This is not a demo (DEMO is not set), so no invented people are put among real ones.")
        if not 1 <= options["months"] <= 60:
            raise CommandError("--months takes 1 to 60.")
        began = time.monotonic()
        if is_seeded():
            self._say("The demo network is there already.")
        else:
            tell_story(people=options["people"], say=self._say)
            self._say(f"Seeded in {time.monotonic() - began:.1f} s")
        if options["history"]:
            self._tell_history(options["months"], options["seed"])

    def _tell_history(self, months: int, seed: int) -> None:
        if is_told():
            self._say("The history is there already.")
            return
        began = time.monotonic()
        count = tell_history(months=months, seed=seed, say=self._say)
        self._say(f"{count} acts played in {time.monotonic() - began:.1f} s")

    def _say(self, step: str) -> None:
        self.stdout.write(step)
        self.stdout.flush()
