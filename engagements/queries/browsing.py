"""Count what taking one filter away would bring whoever browses the needs and finds none."""

from dataclasses import fields, replace

from engagements.queries.needs import NeedFilters, browse_needs, open_needs


def without_one_filter(filters: NeedFilters, *, language: str) -> list[tuple[str, int]]:
    """Return (filter, how many needs there are without it), the greatest help first, only where there are some.

    Queries: at most 1 for each filter in use, and up to 5 for a text.
    """
    used = [one.name for one in fields(filters) if getattr(filters, one.name)]
    counts = [(name, browse_needs(replace(filters, **{name: ""}), language=language).count()) for name in used]
    return sorted(((name, count) for name, count in counts if count), key=lambda pair: -pair[1])


def count_open_needs() -> int:
    """Return how many needs are open. Queries: 1."""
    return open_needs().count()
