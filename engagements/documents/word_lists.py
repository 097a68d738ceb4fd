"""The lists of words beside this file: which words in five languages mean one of our codes."""

from configparser import ConfigParser
from functools import cache
from pathlib import Path

from mentors.labels import fold


@cache
def listed(name: str, section: str) -> dict[str, list[str]]:
    """Return by folded word the codes that it may mean in a section of a list, in the order in which they stand."""
    file = ConfigParser(interpolation=None)
    file.read_string(Path(__file__).with_name(f"{name}.ini").read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {}
    for code, words in file[section].items():
        for word in words.split("|"):
            found.setdefault(fold(word), []).append(code)
    return found
