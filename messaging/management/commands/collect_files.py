"""Remove files that nobody can reach any more, as the hourly sweep does, or say which would go."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from messaging.actions.file_collecting import collect_files


class Command(BaseCommand):
    help = "Remove files that no message speaks of and stored content that no row speaks of, when a day old."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rehearse", action="store_true", help="only say what would go")

    def handle(self, *_args: Any, **options: Any) -> None:
        for line in collect_files(is_rehearsal=options["rehearse"]):
            self.stdout.write(line)
