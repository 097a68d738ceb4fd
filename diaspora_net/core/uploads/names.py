"""The names of files: what people called them, without what could mislead a person or a disk."""

import re
import unicodedata

MOST_CHARACTERS = 120
# Names of a full kind still fit a disk after a browser has added " (1)".
MOST_BYTES = 230
_UNSAFE = re.compile(r'[<>:"|?*]')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


def clean_name(name: str) -> str:
    """Return ``name`` as it is stored and shown, or "" when nothing is left of it.

    Directories, control characters and invisible signs go, among them those which turn the direction of writing and so
    hide an ending. What disks refuse becomes "_". Long names are cut before their ending. Cleaning twice changes
    nothing.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(
        " " if letter in "\t\n\r" else letter for letter in last if _is_visible(letter) or letter in "\t\n\r"
    )
    plain = _UNSAFE.sub("_", _SPACE.sub(" ", kept)).strip(" .")
    stem, dot, ending = plain.rpartition(".") if "." in plain else (plain, "", "")
    stem, ending = stem.strip(" ."), ending.strip()
    if not stem:
        return ""
    if _DEVICE.fullmatch(stem.partition(".")[0]):
        stem = f"_{stem}"
    return _cut(stem, dot + ending) + dot + ending if len(ending) <= 10 else _cut(f"{stem}{dot}{ending}", "")


def _is_visible(letter: str) -> bool:
    return unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _cut(stem: str, ending: str) -> str:
    stem = stem[: MOST_CHARACTERS - len(ending)]
    while len((stem + ending).encode()) > MOST_BYTES:
        stem = stem[:-1]
    return stem.rstrip(" .")
