"""What matching must reach, said beside what it did."""

import math
from itertools import pairwise
from typing import Any

BASE, OWN = "ours: whole answer, best 50", "ours: wanted skills only"
STATEMENT, PAGE = "ours: statement", "ours: page of ten, whole request"
TAGGIT, COUNT, GIN = "taggit similar_objects()", "SQL count with filters", "GIN on int[]"
TANTIVY, SAME_SCORE = "tantivy BM25", "tantivy, our score"


def print_goals(result: dict[str, Any]) -> None:
    """Print each goal of this size with what was reached."""
    rows, save = result["engines"], result["save_to_visible_ms"]
    whole = rows[BASE]

    def times(name: str, base: str) -> float:
        return float(rows[name]["p50"] / rows[base]["p50"]) if name in rows else math.nan

    goals = [
        ("page of ten, p50 ms", rows[PAGE]["p50"], "<=", 50.0),
        ("save to visible, p95 ms", save["whole_action_p95"], "<=", 5.0),
    ]
    if result["size"] == 100_000:
        goals += [("whole answer, p95 ms", whole["p95"], "<=", 10.0)]
    if result["size"] == 1_000_000:
        goals += [
            ("whole answer, p50 ms", whole["p50"], "<=", 10.0),
            ("whole answer, p95 ms", whole["p95"], "<=", 40.0),
            ("times faster than similar_objects()", times(TAGGIT, BASE), ">=", 150.0),
            ("times faster than GIN arrays", times(GIN, BASE), ">=", 5.0),
            ("times tantivy BM25's time", 1 / times(TANTIVY, BASE), "<=", 4.0),
            ("wanted only: times faster than the SQL count", times(COUNT, OWN), ">=", 50.0),
            ("wanted only: times faster than tantivy with our score", times(SAME_SCORE, OWN), ">=", 1.5),
            ("needs a second on two connections", result["throughput_per_second"], ">=", 160.0),
            ("points kept by pruning", result["pruning"].get("points_kept_mean", 1.0), ">=", 0.99),
        ]
    for name, value, sign, goal in goals:
        is_met = value <= goal if sign == "<=" else value >= goal
        print(f"{'met   ' if is_met else 'MISSED'} {name}: {value:.2f} (goal {sign} {goal:g})", flush=True)


def print_growth(figures: list[dict[str, Any]]) -> None:
    """Print to which power of the number of experts the median of each engine grows, from each size to the next."""
    for small, large in pairwise(sorted(figures, key=lambda one: int(one["size"]))):
        for name in (BASE, STATEMENT, OWN, TAGGIT):
            ratio = large["engines"][name]["p50"] / small["engines"][name]["p50"]
            power = math.log(ratio) / math.log(large["size"] / small["size"])
            print(f"{name}: grows with experts to the power {power:.2f}, {small['size']:,} to {large['size']:,}")
