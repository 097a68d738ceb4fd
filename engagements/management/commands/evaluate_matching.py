"""Measure the matching on a set from the command line."""

import json
from argparse import ArgumentParser, BooleanOptionalAction
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from engagements.evaluation.files import MalformedSet, read_set
from engagements.evaluation.measures import MEASURES
from engagements.evaluation.running import Result, evaluate
from engagements.evaluation.scratch import is_migrated


class Command(BaseCommand):
    """``manage.py evaluate_matching DIR``: experts, needs, truth and perhaps history as .jsonl or .jsonl.gz files."""

    help = "Measure the matching on a set, beside simple methods, in a schema of its own that is dropped afterwards."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder, what to rank, whether the past counts, and how to print."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="folder with experts, needs, truth and history")
        parser.add_argument(
            "--direction", choices=["needs", "experts"], default="needs", help="for whom to rank; needs by default"
        )
        parser.add_argument(
            "--history",
            action=BooleanOptionalAction,
            default=None,
            help="ask for history.jsonl, or leave it unread; by default it is read when it is there",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")

    def handle(self, *args: Any, folder: Path, direction: str, history: bool | None, **options: Any) -> None:
        """Read, evaluate and print."""
        try:
            known = read_set(folder, wants_history=history)
        except MalformedSet as error:
            raise CommandError(str(error)) from error
        if not is_migrated():
            raise CommandError("The database lacks tables of this version; run “manage.py migrate” first.")
        results = evaluate(known, for_experts=direction == "experts", say=self.stderr.write)
        if options["json"]:
            rounded = {
                name: {measure: round(value, 4) for measure, value in result.figures.items()}
                for name, result in results.items()
            }
            self.stdout.write(json.dumps({"set": known.name, "methods": rounded}))
        else:
            self.tell(known.name, results)

    def tell(self, name: str, results: Mapping[str, Result]) -> None:
        """Print a table: means, and 95 % intervals in brackets."""
        self.stdout.write(name)
        self.stdout.write(f"{'':14}" + "".join(f"{measure:<22}" for measure in MEASURES).rstrip())
        for method, result in results.items():
            cells = ((result.figures[measure], *result.intervals[measure]) for measure in MEASURES)
            line = "".join(f"{value:.3f} [{low:.3f}, {high:.3f}]  " for value, low, high in cells)
            self.stdout.write(f"{method:<14}{line}".rstrip())
