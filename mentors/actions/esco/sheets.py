"""Find and read the sheets of an ESCO download: CSV files in zip files, folders or on their own, plain or gzipped.

Both layouts are read: that of version 1.1.1 (bundles with many columns) and the older one with fewer columns. Columns
are known by their names, so further ones do no harm.
"""

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO


class EscoError(Exception):
    """A file that cannot be imported. Its text names file, line and reason."""

    def __init__(self, place: str, line: int, reason: str) -> None:
        super().__init__(f"{place}, line {line}: {reason}")


class SheetKind(StrEnum):
    """What a sheet holds."""

    SKILLS = "skills"
    OCCUPATIONS = "occupations"
    GROUPS = "skillGroups"
    LANGUAGES = "languageSkillsCollection"
    BROADER_SKILLS = "broaderRelationsSkillPillar"
    BROADER_OCCUPATIONS = "broaderRelationsOccPillar"
    OCCUPATION_SKILLS = "occupationSkillRelations"
    SKILL_SKILLS = "skillSkillRelations"


_CONCEPT = ("conceptUri", "preferredLabel", "altLabels")
_BROADER = ("conceptUri", "broaderUri")
COLUMNS: Mapping[SheetKind, tuple[str, ...]] = {
    SheetKind.SKILLS: (*_CONCEPT, "skillType"),
    SheetKind.OCCUPATIONS: _CONCEPT,
    SheetKind.GROUPS: _CONCEPT,
    SheetKind.LANGUAGES: ("conceptUri",),
    SheetKind.BROADER_SKILLS: _BROADER,
    SheetKind.BROADER_OCCUPATIONS: _BROADER,
    SheetKind.OCCUPATION_SKILLS: ("occupationUri", "relationType", "skillUri"),
    SheetKind.SKILL_SKILLS: ("originalSkillUri", "relationType", "relatedSkillUri"),
}
CONCEPTS = (SheetKind.SKILLS, SheetKind.OCCUPATIONS, SheetKind.GROUPS)
_NAME = re.compile(rf"^({'|'.join(SheetKind)})(?:_([a-z]{{2,3}})(?:-[A-Za-z]+)?)?\.csv(?:\.gz)?$", re.IGNORECASE)
_KINDS = {kind.lower(): kind for kind in SheetKind}
# Bytes that are not UTF-8 come out as these, so that the line can be named.
_UNDECODED = re.compile("[\udc80-\udcff]")
_UNREADABLE = (OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile)
Row = dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """One CSV file: what it holds, in which language (empty for relations), and how to open it."""

    kind: SheetKind
    language: str
    place: str
    open: Callable[[], IO[bytes]]


def find_sheets(paths: Iterable[Path]) -> list[Sheet]:
    """Return the sheets in ``paths`` (files, zip files, folders), concepts first, then relations, by name.

    Files whose names mean nothing to us are left out of zip files and folders. Raises EscoError for a path that does
    not exist, cannot be read, or holds no sheet.
    """
    sheets: list[Sheet] = []
    for path in paths:
        found = list(_sheets_in(path))
        if not found:
            raise EscoError(path.name, 1, "no ESCO sheet; names are those of the download, like skills_en.csv")
        sheets += found
    order = list(SheetKind)
    return sorted(
        sheets, key=lambda sheet: (order.index(sheet.kind), sheet.language != "en", sheet.language, sheet.place)
    )


def _sheets_in(path: Path) -> Iterator[Sheet]:
    if path.is_dir():
        for inner in sorted(path.iterdir()):
            if inner.suffix == ".zip" or _NAME.match(inner.name):
                yield from _sheets_in(inner)
    elif not path.is_file():
        raise EscoError(str(path), 1, "there is no such file")
    elif path.suffix == ".zip":
        yield from _sheets_in_zip(path)
    elif match := _NAME.match(path.name):
        yield _sheet(match, path.name, _file_opener(path))


def _sheets_in_zip(path: Path) -> Iterator[Sheet]:
    try:
        with zipfile.ZipFile(path) as bundle:
            names = sorted(bundle.namelist())
    except _UNREADABLE as error:
        raise EscoError(path.name, 1, f"this is not a readable zip file ({error})") from error
    for name in names:
        if match := _NAME.match(Path(name).name):
            yield _sheet(match, f"{path.name}: {name}", _zip_opener(path, name))


def _sheet(match: re.Match[str], place: str, opener: Callable[[], IO[bytes]]) -> Sheet:
    return Sheet(_KINDS[match[1].lower()], (match[2] or "").lower(), place, opener)


def _file_opener(path: Path) -> Callable[[], IO[bytes]]:
    if path.suffix == ".gz":
        return lambda: io.BufferedReader(gzip.open(path))
    return lambda: path.open("rb")


def _zip_opener(path: Path, name: str) -> Callable[[], IO[bytes]]:
    def opener() -> IO[bytes]:
        with zipfile.ZipFile(path) as bundle:
            return bundle.open(name)

    return opener


def rows_of(sheet: Sheet) -> Iterator[tuple[int, Row]]:
    """Yield (line, row) for every row of a sheet; ``line`` is where the row ends in the file.

    Raises EscoError for missing columns, rows with too many or too few fields, wrong quotes, bytes that are not
    UTF-8, and files that break off.
    """
    line = 1
    try:
        with sheet.open() as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
            reader = csv.reader(text, strict=True)
            header = next(reader, [])
            _check_header(sheet, header)
            for fields in reader:
                line = reader.line_num
                if fields:
                    yield line, _row(sheet, line, header, fields)
    except csv.Error as error:
        raise EscoError(sheet.place, line + 1, str(error)) from error
    except _UNREADABLE as error:
        raise EscoError(sheet.place, line + 1, f"the file breaks off or is damaged ({error})") from error


def _check_header(sheet: Sheet, header: list[str]) -> None:
    missing = [name for name in COLUMNS[sheet.kind] if name not in header]
    if missing:
        raise EscoError(sheet.place, 1, f"the header lacks {', '.join(missing)}")


def _row(sheet: Sheet, line: int, header: list[str], fields: list[str]) -> Row:
    if len(fields) != len(header):
        raise EscoError(sheet.place, line, f"{len(fields)} fields where the header has {len(header)}")
    row = dict(zip(header, fields, strict=True))
    if any(_UNDECODED.search(row[name]) for name in COLUMNS[sheet.kind]):
        raise EscoError(sheet.place, line, "the text is not UTF-8")
    return row
