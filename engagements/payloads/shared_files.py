"""Say of the files of an engagement what they are, why one cannot be had, and what a person may do with each."""

from collections.abc import Sequence
from dataclasses import dataclass

from engagements.models import SharedFile
from engagements.rules.files import can_fill_kit, can_remove_file
from engagements.states import Side
from messaging.payloads import FileLine, file_lines


@dataclass(frozen=True)
class SharedLine:
    """One shared file as its page shows it; ``is_open`` says whether the viewer may take it now."""

    shared: SharedFile
    line: FileLine
    is_open: bool
    can_remove: bool
    can_keep: bool


def shared_lines(files: Sequence[SharedFile], side: Side | None, *, may_open: bool) -> list[SharedLine]:
    """Return files in words, in the active language, for somebody on ``side``. Queries: 0."""
    lines = file_lines([shared.file for shared in files])
    return [
        SharedLine(
            shared=shared,
            line=line,
            is_open=may_open and line.is_ready,
            can_remove=can_remove_file(shared, side),
            can_keep=line.is_ready and can_fill_kit(shared.engagement, side),
        )
        for shared, line in zip(files, lines, strict=True)
    ]
