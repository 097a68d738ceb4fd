"""Write matching sets to folders."""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Lines = Sequence[Mapping[str, Any] | str]
SMALL: dict[str, Lines] = {
    "experts": [
        {"id": "anna", "tags": ["health:echo", "topic:career"]},
        {"id": "ben", "tags": ["health:surgery", "topic:career"]},
        {"id": "chen", "tags": ["topic:career", "topic:study", "topic:abroad"]},
    ],
    "needs": [{"id": "n1", "tags": ["health:echo", "topic:career"]}, {"id": "n2", "tags": ["topic:study"]}],
    "truth": [{"need_id": "n1", "expert_ids": ["anna"]}, {"need_id": "n2", "expert_ids": ["chen"]}],
}
HISTORY: Lines = [
    {"need_id": "old", "tags": ["topic:study", "law:visa"], "expert_ids": ["chen", "gone"]},
    {"need_id": "older", "tags": ["topic:career"], "expert_ids": ["ben"]},
]


def write_set(folder: Path, parts: Mapping[str, Lines] = SMALL, *, compressed: bool = False) -> Path:
    """Write each part of a set as .jsonl or .jsonl.gz; texts stand as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in parts.items():
        text = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
        if compressed:
            (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress(text.encode()))
        else:
            (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return folder
