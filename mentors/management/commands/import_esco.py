"""Import ESCO from the command line."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mentors.actions.esco import EscoError, EscoReport, import_esco

WIDTH = 30
STAGES = {"read": "Reading concepts", "relations": "Reading relations", "labels": "Writing labels"}


class Command(BaseCommand):
    """``manage.py import_esco PATH...``: zip files, folders, .csv and .csv.gz files of the official download."""

    help = "Import skills, occupations and their relations from ESCO's CSV download; a second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the paths."""
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="zip file, folder, .csv or .csv.gz")

    def handle(self, *args: Any, paths: list[Path], **options: Any) -> None:
        """Run the action and say what changed."""
        started = monotonic()
        try:
            report = import_esco(paths, progress=self.show if sys.stderr.isatty() else self.say)
        except EscoError as error:
            raise CommandError(f"{error}. Nothing was imported.") from error
        self.tell(report, monotonic() - started)

    def show(self, stage: str, done: int, total: int) -> None:
        """Draw a bar on the terminal's own line."""
        filled = WIDTH * done // max(total, 1)
        self.stderr.write(f"\r{STAGES[stage]:<20} [{'#' * filled}{'.' * (WIDTH - filled)}]", ending="")
        if done >= total:
            self.stderr.write("")

    def say(self, stage: str, done: int, total: int) -> None:
        """Say that a stage is over, where nobody watches."""
        if done >= total:
            self.stderr.write(f"{STAGES[stage]}: done")

    def tell(self, report: EscoReport, seconds: float) -> None:
        """Print what was read and what changed."""
        written = report.written
        self.stdout.write(f"Read {report.read} concepts in {', '.join(report.languages) or 'no language'}.")
        if report.unknown:
            self.stdout.write(f"Left out {report.unknown} relations that name a concept which is in none of the files.")
        self.stdout.write(
            f"{written.total} changes: {report.created} new concepts, {report.merged} known ones given an ESCO address,"
            f" {written.labels} labels, {written.broader} broader links, {written.relations} relations."
        )
        self.stdout.write(f"Took {seconds:.1f} seconds.")
