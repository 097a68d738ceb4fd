"""The checker: it knows what clients did and saw and what the table holds, and nothing of how either came about."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
Event = Mapping[str, Any]
EXAMPLES = 3


@dataclass
class Report:
    """What was found; a promise is kept when its list is empty."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    holes: list[str] = field(default_factory=list)
    shown_twice: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def broken(self) -> set[str]:
        """Return the names of the promises that were not kept."""
        return {name for name, found in vars(self).items() if isinstance(found, list) and found}

    def __str__(self) -> str:
        parts = [f"{name} {value}" for name, value in self.figures.items()]
        for name in sorted(self.broken):
            found = getattr(self, name)
            parts.append(f"{name.upper()} {len(found)}: {'; '.join(found[:EXAMPLES])}")
        return "\n".join(parts) if self.broken else ", ".join(parts)


def check(events: Sequence[Event], rows: Sequence[Row], members: Mapping[str, Iterable[str]]) -> Report:
    """Judge a run.

    ``events`` are the histories of all clients by time, ``rows`` the table in the order of conversation and number,
    ``members`` who is in each conversation.
    """
    report = Report()
    threads: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for row in rows:
        threads[row["conversation"]].append((row["seq"], row["client_id"], row["text"]))
    check_table(report, threads)
    check_acks(report, events, {row["client_id"]: row["text"] for row in rows})
    check_views(report, events, threads, members)
    report.figures = figures(events, rows)
    return report


def check_table(report: Report, threads: Mapping[str, list[tuple[int, str, str]]]) -> None:
    """Find client ids with two rows, and numbers that are not 1, 2, 3 …."""
    for conversation, lines in threads.items():
        for client_id, count in Counter(client_id for _seq, client_id, _text in lines).items():
            if count > 1:
                report.doubled.append(f"{client_id} has {count} rows")
        for place, (seq, _client_id, _text) in enumerate(lines, start=1):
            if seq != place:
                report.holes.append(f"{conversation}: {seq} stands where {place} should")
                break


def check_acks(report: Report, events: Sequence[Event], stored: Mapping[str, str]) -> None:
    """Find acknowledged messages that are not stored as written, and written ones that never had an answer."""
    texts = {event["client_id"]: event["text"] for event in events if event["e"] == "write"}
    answered = set()
    for event in events:
        if event["e"] == "ack":
            answered.add(event["client_id"])
            if stored.get(event["client_id"]) != texts.get(event["client_id"]):
                report.lost.append(f"{event['who']} was told that {event['client_id']} is number {event['seq']}")
        elif event["e"] == "refused":
            answered.add(event["client_id"])
            report.refused.append(f"{event['client_id']}: {event['code']}")
    report.unanswered = sorted(set(texts) - answered)


def check_views(
    report: Report,
    events: Sequence[Event],
    threads: Mapping[str, list[tuple[int, str, str]]],
    members: Mapping[str, Iterable[str]],
) -> None:
    """Compare what each client has shown, in that order, with the table."""
    views: dict[tuple[str, str], list[tuple[int, str, str]]] = defaultdict(list)
    for event in events:
        if event["e"] == "shown":
            line = (event["seq"], event["client_id"], event["text"])
            views[event["who"], event["conversation"]].append(line)
        elif event["e"] == "epoch":
            for who, conversation in views:
                if who == event["who"]:
                    views[who, conversation] = []
    for (who, _conversation), lines in views.items():
        for client_id, count in Counter(client_id for _seq, client_id, _text in lines).items():
            if count > 1:
                report.shown_twice.append(f"{who} saw {client_id} {count} times")
    for conversation, people in members.items():
        for who in people:
            if difference := first_difference(views[who, conversation], threads.get(conversation, [])):
                report.differing.append(f"{who} in {conversation}: {difference}")


def first_difference(view: Sequence[Any], table: Sequence[Any]) -> str:
    """Say where a view leaves the table; nothing when it does not."""
    for place, (seen, stored) in enumerate(zip(view, table, strict=False), start=1):
        if seen != stored:
            return f"place {place} shows {seen}, the table has {stored}"
    return "" if len(view) == len(table) else f"shows {len(view)} of {len(table)}"


def figures(events: Sequence[Event], rows: Sequence[Row]) -> dict[str, Any]:
    """Return counts, and how long acknowledgements and deliveries took in seconds."""
    written = {event["client_id"]: event for event in events if event["e"] == "write"}
    acks = [event for event in events if event["e"] == "ack"]
    shown = [event for event in events if event["e"] == "shown" and event["client_id"] in written]
    counts = Counter(event["e"] for event in events)
    return {
        "written": len(written),
        "acknowledged": len(acks),
        "by HTTP": sum(event["way"] == "http" for event in acks),
        "already there": sum(event["dup"] for event in acks),
        "rows": len(rows),
        "links": counts["link"],
        "gaps asked": counts["gap"],
        "ack s": spread([event["at"] - written[event["client_id"]]["at"] for event in acks]),
        "delivery s": spread([event["at"] - written[event["client_id"]]["at"] for event in shown]),
    }


def spread(values: Sequence[float]) -> str:
    """Return median, 99th percentile and maximum as text."""
    if not values:
        return "–"
    ranked = sorted(values)
    cuts = (ranked[len(ranked) // 2], ranked[min(len(ranked) - 1, int(len(ranked) * 0.99))], ranked[-1])
    return "/".join(f"{cut:.2f}" for cut in cuts)
