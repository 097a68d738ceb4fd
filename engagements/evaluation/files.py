"""Read a matching set: experts, needs, who proved right, and past needs, as lines of JSON, plain or compressed."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

FACET_MARK = ":"
ENCODING = "utf-8-sig"  # some programs begin a file with a mark
MOST_EVIDENCE = 1_000_000_000
UNREADABLE = (OSError, EOFError, zlib.error)
T = TypeVar("T")


class MalformedSet(Exception):
    """A set cannot be read; says the file, the line and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Expert:
    """An expert's tags; ``counts`` holds pieces of evidence by tag where the profile grew from activity."""

    reference: str
    tags: tuple[str, ...]
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A need's tags, in the order in which they were asked."""

    reference: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """A past need and the experts who helped with it."""

    reference: str
    tags: tuple[str, ...]
    experts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatchingSet:
    """What a folder holds. ``truth`` maps needs to the experts who proved right; only known ones are in it."""

    name: str
    experts: tuple[Expert, ...]
    needs: tuple[Asked, ...]
    truth: Mapping[str, frozenset[str]]
    history: tuple[Past, ...] = ()


def read_set(folder: Path, *, wants_history: bool | None = None) -> MatchingSet:
    """Read the set in ``folder``.

    ``wants_history`` True asks for ``history.jsonl``, False leaves it unread, None reads it when it is there. People
    and needs that the truth or the history names without their being in the set are left out. Raises MalformedSet.
    """
    experts = _distinct(folder, "experts", _expert)
    needs = _distinct(folder, "needs", _asked)
    known, asked = {expert.reference for expert in experts}, {need.reference for need in needs}
    truth: dict[str, frozenset[str]] = {}
    for reference, people in _records(folder, "truth", _truth):
        if reference in asked and (right := frozenset(people) & known):
            truth[reference] = truth.get(reference, frozenset()) | right
    if not truth:
        raise MalformedSet(f"{folder}: no need of the set has an expert who proved right")
    has_history = wants_history or (wants_history is None and _find(folder, "history") is not None)
    history = [past for past in _records(folder, "history", _past) if known & set(past.experts)] if has_history else []
    return MatchingSet(folder.resolve().name, experts, needs, truth, tuple(history))


def _find(folder: Path, name: str) -> Path | None:
    paths = (folder / f"{name}.jsonl", folder / f"{name}.jsonl.gz")
    return next((path for path in paths if path.is_file()), None)


def _distinct(folder: Path, name: str, read: Callable[[dict[str, Any]], T]) -> tuple[T, ...]:
    seen: set[str] = set()

    def once(record: dict[str, Any]) -> T:
        reference = _text(record, "id")
        if reference in seen:
            raise ValueError(f"“{reference}” stands in an earlier line, too")
        seen.add(reference)
        return read(record)

    return tuple(_records(folder, name, once))


def _records(folder: Path, name: str, read: Callable[[dict[str, Any]], T]) -> Iterator[T]:
    path = _find(folder, name)
    if path is None:
        raise MalformedSet(f"{folder}: there is neither {name}.jsonl nor {name}.jsonl.gz")
    number = 0
    try:
        with (
            gzip.open(path, "rt", encoding=ENCODING) if path.suffix == ".gz" else path.open(encoding=ENCODING) as lines
        ):
            for line in lines:
                number += 1
                if line.strip():
                    yield read(_object(line))
    except (ValueError, *UNREADABLE) as error:
        # What cannot be decoded fails while the line after the last good one is read.
        at = number + 1 if isinstance(error, (UnicodeError, *UNREADABLE)) else number
        raise MalformedSet(f"{path}, line {at}: {error}") from error


def _object(line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"this is not JSON: {error.msg} at column {error.colno}") from error
    except RecursionError as error:
        raise ValueError("this is not JSON that can be read: too deeply nested") from error
    if not isinstance(record, dict):
        raise ValueError("a line must be a JSON object in braces")
    return record


def _text(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f"“{key}” must be a text that is not empty")
    return _storable(value, key)


def _storable(text: str, key: str) -> str:
    """Return ``text`` when a database can hold it: JSON may name signs that no text has."""
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ValueError(f"“{key}” holds a sign that no text can hold")
    return text


def _texts(record: dict[str, Any], key: str) -> tuple[str, ...]:
    values = record.get(key)
    if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
        raise ValueError(f"“{key}” must be a list of texts that are not empty")
    return tuple(_storable(value, key) for value in dict.fromkeys(values))


def _expert(record: dict[str, Any]) -> Expert:
    tags, counts = _texts(record, "tags"), record.get("tag_counts") or {}
    if not isinstance(counts, dict) or not all(
        type(count) is int and 0 <= count <= MOST_EVIDENCE for count in counts.values()
    ):
        raise ValueError("“tag_counts” must map tags to whole numbers, at most a billion")
    return Expert(_text(record, "id"), tags, counts)


def _asked(record: dict[str, Any]) -> Asked:
    return Asked(_text(record, "id"), _texts(record, "tags"))


def _truth(record: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    return _text(record, "need_id"), _texts(record, "expert_ids")


def _past(record: dict[str, Any]) -> Past:
    return Past(_text(record, "need_id"), _texts(record, "tags"), _texts(record, "expert_ids"))
