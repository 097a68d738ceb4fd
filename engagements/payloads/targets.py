"""The targets of a programme as reports and closed periods hold them."""

from typing import Any

from engagements.models import Programme


def targets_of(programme: Programme | None) -> list[dict[str, Any]]:
    """Return what a programme wants to reach, over all its time and, where its days are known, a month.

    Queries: 1 (0 without a programme).
    """
    if programme is None:
        return []
    months = None
    if programme.starts_on and programme.ends_on:
        first, last = programme.starts_on, programme.ends_on
        months = (last.year - first.year) * 12 + last.month - first.month + 1
    return [
        {
            "indicator": one.indicator,
            "dimension": one.dimension,
            "value": one.value,
            "number": float(one.number),
            "a_month": round(float(one.number) / months, 1) if months else None,
        }
        for one in programme.targets.all()
    ]
