"""``python -m diaspora_net.core.uploads.inspection FILE KIND PLACE``: print the verdict as JSON, write what is remade.

Exit code 0 means that there is a verdict. A file that breaks a reader is damaged; one that needs more than the limits
ends this process.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from diaspora_net.core.uploads.inspection.limits import give_up_rights
from diaspora_net.core.uploads.inspection.office import MAIN_PARTS, ODF_TYPES, inspect_office
from diaspora_net.core.uploads.inspection.pdf import inspect_pdf
from diaspora_net.core.uploads.inspection.pictures import FORMATS, inspect_picture
from diaspora_net.core.uploads.inspection.plain import inspect_plain
from diaspora_net.core.uploads.inspection.verdict import Facts, Refused


def inspect(source: Path, kind: str, place: Path) -> Facts:
    """Return what is known of the file. Raises Refused, or whatever a reader raises at a broken file."""
    if not source.stat().st_size:
        raise Refused("empty")
    if kind in FORMATS:
        return inspect_picture(source, kind, place)
    data = source.read_bytes()
    if kind == "pdf":
        return inspect_pdf(data)
    if kind in MAIN_PARTS or kind in ODF_TYPES:
        return inspect_office(data, kind)
    return inspect_plain(data, kind)


def verdict(source: Path, kind: str, place: Path) -> dict[str, object]:
    """Return the verdict as it is printed."""
    try:
        return {"reason": "", **asdict(inspect(source, kind, place))}
    except Refused as refused:
        return {"reason": refused.reason}
    except MemoryError:
        return {"reason": "too_heavy"}
    except Exception:  # noqa: BLE001 - a reader may raise anything at a broken file
        return {"reason": "damaged"}


if __name__ == "__main__":
    give_up_rights()
    print(json.dumps(verdict(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))))  # noqa: T201 - this is the answer
