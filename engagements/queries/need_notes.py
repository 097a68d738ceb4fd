"""Read the notes that coordinators wrote beside the fields of a need."""

from dataclasses import dataclass

from engagements.models import Need, NeedNote
from engagements.states.readiness import NeedField


@dataclass(frozen=True)
class NoteLine:
    """One note as its form shows it; ``is_changed`` says whether what stands there now is not what it was about."""

    note: NeedNote
    is_changed: bool


def value_of(need: Need, field: str) -> str:
    """Return what stands in a field of a need, in one form to be compared. Queries: at most 1."""
    if field == NeedField.SKILLS:
        skills = need.skill_items.order_by("position", "pk").values_list("tag", "strength", "level")
        return ", ".join(f"{tag} {strength} {level or ''}".strip() for tag, strength, level in skills)
    if field == NeedField.LANGUAGE:
        languages = need.languages.order_by("pk").values_list("language", "level")
        return ", ".join(f"{language} {level}" for language, level in languages)
    value = need.focal_point_id if field == NeedField.FOCAL_POINT else getattr(need, field)
    return "" if value is None else str(value)


def open_notes(need: Need) -> dict[str, NoteLine]:
    """Return the notes that wait for an answer, by field. Queries: 1, and at most 1 for each of two fields."""
    notes = NeedNote.objects.filter(need=need, resolved_at__isnull=True)
    return {note.field: NoteLine(note, value_of(need, note.field) != note.seen) for note in notes}


def notes_of(need: Need) -> list[NeedNote]:
    """Return every note of a need with who wrote it, newest first. Queries: 1."""
    return list(NeedNote.objects.filter(need=need).select_related("review__reviewed_by"))
