"""Load the starter vocabulary from the command line."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mentors.actions.skills import load_vocabulary
from mentors.actions.vocabulary import VocabularyError


class Command(BaseCommand):
    """``manage.py load_vocabulary``: can be run as often as one likes."""

    help = "Load the starter vocabulary of skills; a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the action and say what changed."""
        try:
            written = load_vocabulary()
        except VocabularyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Vocabulary: {written.concepts} concepts, {written.labels} labels and {written.broader} links"
            " added or changed."
        )
