"""A reader who works hidden numbers out: everything published as linear constraints, each figure bounded by HiGHS.

The constraints are those of flows in a network, so the bounds are whole numbers without asking for them.
Shares nothing with the code it attacks but the published values and what readers are told about zeros.
"""

from collections.abc import Iterable, Mapping, Sequence

import highspy

from diaspora_net.core.suppression import TOTAL, Dim, Key, Published, subtotal

FREE = 10_000  # more than any figure of a test
Name = tuple[str, Key]


class Attacker:
    """Collects what is published, of one table or several, and says between which bounds a figure must lie."""

    def __init__(self) -> None:
        self.solver = highspy.Highs()
        self.solver.setOptionValue("output_flag", False)
        self.variables: dict[Name, highspy.highs.highs_var] = {}

    def reads(self, name: str, published: Published, dims: Sequence[Dim], k: int) -> "Attacker":
        """Take in a table as it is published."""
        whole = _lines_left_out(published, dims)
        for key, value in published.values.items():
            low, high = (0 if key in whole else 1, FREE) if value is None else _bounds(value, published.step, k)
            self.variables[name, key] = self.solver.addVariable(low, high)
        for total, parts in _sums(dims):
            terms = [self.variables[name, part] for part in parts]
            self.solver.addConstr(self.solver.qsum(terms) == self.variables[name, total])
        return self

    def equates(self, first: str, second: str, keys: Iterable[tuple[Key, Key]]) -> "Attacker":
        """Take in that two tables tell of the same people, so that these figures of both are the same."""
        for one, other in keys:
            self.solver.addConstr(self.variables[first, one] == self.variables[second, other])
        return self

    def bounds(self, name: str, key: Key) -> tuple[int, int]:
        """Return the least and the greatest value that a figure can have."""
        return self._extreme(name, key, 1), self._extreme(name, key, -1)

    def _extreme(self, name: str, key: Key, sign: int) -> int:
        variable = self.variables[name, key]
        self.solver.changeColCost(variable.index, sign)
        self.solver.run()
        status, found = self.solver.getModelStatus(), self.solver.getSolution().col_value[variable.index]
        self.solver.changeColCost(variable.index, 0)
        assert status == highspy.HighsModelStatus.kOptimal, "what is published contradicts itself"
        assert abs(found - round(found)) < 1e-6
        return round(found)


def _bounds(value: int, step: int, k: int) -> tuple[int, int]:
    if step == 1 or value == 0:
        return value, value
    return max(k, value - step // 2), value - step // 2 + step - 1


def _lines(dims: Sequence[Dim]) -> list[list[Key]]:
    """Return the rows and columns of figures that stand beside each other on the page."""
    rows, columns = dims[0].categories, dims[1].categories if len(dims) > 1 else ()
    grouped = [row for _name, members in dims[0].groups for row in members]
    tops = [subtotal(name) for name, _members in dims[0].groups] + [row for row in rows if row not in grouped]
    blocks = [tops, *(list(members) for _name, members in dims[0].groups)]
    across = [[(row, column) for column in columns] for row in [*rows, *tops, TOTAL]]
    down = [[(row, column) for row in block] for block in blocks for column in [*columns, TOTAL]]
    return [line for line in across + down if len(line) > 1]


def _lines_left_out(published: Published, dims: Sequence[Dim]) -> set[Key]:
    lines = [line for line in _lines(dims) if all(published[key] is None for key in line)]
    group_of = {row: subtotal(name) for name, members in dims[0].groups for row in members}
    beneath = {
        (row, column)
        for row, column in published.values
        if (column != TOTAL and published[row, TOTAL] is None)
        or (row != TOTAL and published[group_of.get(row, TOTAL), column] is None)
    }
    return beneath.union(*lines)


def _sums(dims: Sequence[Dim]) -> list[tuple[Key, list[Key]]]:
    rows, columns = dims[0].categories, dims[1].categories if len(dims) > 1 else ()
    groups = [(subtotal(name), list(members)) for name, members in dims[0].groups]
    down = [
        ((line, column), [(row, column) for row in members])
        for line, members in [*groups, (TOTAL, list(rows))]
        for column in [*columns, TOTAL]
    ]
    across = [((row, TOTAL), [(row, column) for column in columns]) for row in [*rows, *(g for g, _ in groups), TOTAL]]
    return down + (across if columns else [])


def publish_naively(values: Mapping[Key, int], k: int) -> Published:
    """Leave out the small figures and nothing else, as the control does."""
    return Published({key: None if 0 < value < k else value for key, value in values.items()})
