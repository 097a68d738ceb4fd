"""What the kernel tells of processes: families, processor time, memory. Linux only."""

import os
import signal
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_KIB = os.sysconf("SC_PAGE_SIZE") / 1024


def stat(pid: int) -> list[str]:
    """Return the fields of a process from its state on; none when it has gone."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []


def family(pid: int) -> list[int]:
    """Return a process and all below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parts := stat(int(entry.name))):
            children.setdefault(int(parts[1]), []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def signal_family(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process and all below it; who has gone meanwhile is passed over."""
    for one in family(pid):
        try:
            os.kill(one, number)
        except ProcessLookupError:
            continue


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process and all below it, with that of its children that have ended."""
    parts = stat(pid)
    ended = sum(int(value) for value in parts[13:15]) if parts else 0
    alive = sum(int(value) for one in family(pid) for value in stat(one)[11:13])
    return (ended + alive) / TICKS


def resident_kib(pid: int) -> float:
    """Return the resident memory of a process and all below it."""
    total = 0.0
    for one in family(pid):
        try:
            total += int((Path("/proc") / str(one) / "statm").read_text().split()[1]) * PAGE_KIB
        except OSError:
            continue
    return total
