"""The record of a conversation as text."""

from messaging.reports.record import Entry, Record


def render_text(record: Record) -> str:
    """Return the record as lines of text; what goes on in further lines is set in."""
    lines = [record.title, *record.head]
    for entry in record.entries:
        if entry.day:
            lines += ["", entry.day, ""]
        lines += _lines(entry)
    return "\n".join(lines) + "\n"


def _lines(entry: Entry) -> list[str]:
    said = entry.text.split("\n") if entry.text else []
    head = f"{entry.time} {entry.author}:" if entry.author else entry.time
    first = [f"{head} {said[0]}"] if said else [head]
    return [*first, *(f"      {line}" for line in said[1:]), *(f"      [{note}]" for note in entry.notes)]
