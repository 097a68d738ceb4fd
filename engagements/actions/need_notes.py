"""Write notes beside the fields of a need that is sent back, and resolve them when it is sent again."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.core.errors import Invalid
from engagements.models import Need, NeedNote, NeedReview
from engagements.queries.need_notes import open_notes, value_of
from engagements.states.readiness import NeedField

LONGEST_NOTE = 500


def check_notes(notes: Mapping[str, str]) -> dict[str, str]:
    """Return the notes that say something, by field. Raises Invalid for an unknown field and a note too long."""
    said = {field: text.strip() for field, text in notes.items() if text.strip()}
    problems = {f"note_{field}": _("Write a shorter note.") for field, text in said.items() if len(text) > LONGEST_NOTE}
    if problems or not set(said) <= set(NeedField.values):
        raise Invalid(_("Please look at the marked fields again."), fields=problems)
    return said


def write_notes(*, need: Need, review: NeedReview, notes: Mapping[str, str]) -> None:
    """Write what a coordinator says beside fields, in the transaction of the review. Effects: rows."""
    NeedNote.objects.bulk_create(
        NeedNote(need=need, review=review, field=field, text=text, seen=value_of(need, field))
        for field, text in notes.items()
    )


@transaction.atomic
def resolve_notes(*, need: Need) -> dict[str, dict[str, bool]]:
    """Close the open notes of a need that is sent again; return for the audit which fields were changed, if any.

    Effects: rows.
    """
    found = open_notes(need)
    for field, line in found.items():
        NeedNote.objects.filter(need=need, field=field, resolved_at__isnull=True).update(
            resolved_at=timezone.now(), is_changed=line.is_changed
        )
    return {"notes": {field: line.is_changed for field, line in found.items()}} if found else {}
