"""Fill in the placeholders of a message, such as ``{name}``; nothing else in braces means anything."""

import re
from collections.abc import Mapping

from engagements.states.broadcasts import PLACEHOLDERS

_PLACE = re.compile(r"\{\s*(\w*)\s*\}")


def unknown_placeholders(text: str) -> list[str]:
    """Return what stands in braces and is no placeholder, each once, in order."""
    found = (match.group(0) for match in _PLACE.finditer(text) if match.group(1) not in PLACEHOLDERS)
    return list(dict.fromkeys(found))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return the text with every placeholder replaced; what it is replaced by is never read as a placeholder."""
    return _PLACE.sub(lambda match: values.get(match.group(1), match.group(0)), text)
