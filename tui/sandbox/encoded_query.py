"""Encoded queries: which rows they find, and in what order.

`^` joins conditions, `^OR` adds an alternative to the condition before it, `^NQ` starts
another query whose rows are found too. Case is ignored, as in the platform's databases. An
invalid part is ignored (c_TableAPI).
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from tui.sandbox.tables import Row

GetType: TypeAlias = Callable[[str], str | None]
"""Returns the type of a column by its name, None if there is no such column."""
GetValue: TypeAlias = Callable[[Row, str], str]
"""Returns the value of a row's column by its name."""

_PART = re.compile(
    r"([a-z0-9_.]+)"
    r"(ISNOTEMPTY|ISEMPTY|NOT IN|NOT LIKE|DOES NOT CONTAIN|CONTAINS|IN|LIKE"
    r"|STARTSWITH|ENDSWITH|!=|>=|<=|=|>|<)"
    r"(.*)",
    re.DOTALL,
)
_SEPARATOR = re.compile(r"(?<!\^)\^(?!\^)")


@dataclass(frozen=True, slots=True)
class QueryCondition:
    """A comparison of a column with a text."""

    field: str
    operator: str
    text: str
    numeric: bool

    def matches(self, value: str) -> bool:
        """Return whether a value of the column meets the condition."""
        if self.numeric and self.operator in _COMPARISONS:
            return _is_number(value) and _COMPARISONS[self.operator](int(value), int(self.text))
        return _TESTS[self.operator](value.casefold(), self.text.casefold())


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    **_COMPARISONS,
    "=": operator.eq,
    "!=": operator.ne,
    "ISEMPTY": lambda value, _: value == "",
    "ISNOTEMPTY": lambda value, _: value != "",
    "IN": lambda value, text: value in text.split(","),
    "NOT IN": lambda value, text: value not in text.split(","),
    "LIKE": operator.contains,
    "CONTAINS": operator.contains,
    "NOT LIKE": lambda value, text: text not in value,
    "DOES NOT CONTAIN": lambda value, text: text not in value,
    "STARTSWITH": str.startswith,
    "ENDSWITH": str.endswith,
}


@dataclass(frozen=True, slots=True)
class SortKey:
    """A column that rows are sorted by."""

    field: str
    numeric: bool
    descending: bool

    def key(self, value: str) -> tuple[int, str]:
        """Return what a value is sorted by."""
        if self.numeric:
            return (int(value) if _is_number(value) else -(2**63), "")
        return (0, value.casefold())


@dataclass(frozen=True, slots=True)
class EncodedQuery:
    """A parsed query.

    Attributes:
        queries: A row that meets any of them is found; it meets a condition of each group.
        orders: Sort keys, the most significant first.
        invalid: Whether a part of the text is invalid.
    """

    queries: Sequence[Sequence[Sequence[QueryCondition]]]
    orders: Sequence[SortKey]
    invalid: bool

    def select(self, rows: Sequence[Row], get_value: GetValue) -> list[Row]:
        """Return the rows that the query finds, in its order; the sort is stable."""
        found = [row for row in rows if self._matches(row, get_value)]
        for order in reversed(self.orders):
            found.sort(
                key=lambda row, by=order: by.key(get_value(row, by.field)),  # type: ignore[misc]
                reverse=order.descending,
            )
        return found

    def _matches(self, row: Row, get_value: GetValue) -> bool:
        return any(
            all(any(one.matches(get_value(row, one.field)) for one in group) for group in query)
            for query in self.queries
        )


def parse_query(encoded: str, get_type: GetType) -> EncodedQuery:
    """Parse an encoded query."""
    queries: list[list[list[QueryCondition]]] = [[]]
    orders: list[SortKey] = []
    invalid = False
    for part in _SEPARATOR.split(encoded):
        if part.startswith("NQ"):
            queries.append([])
            part = part.removeprefix("NQ")
        if not part or part == "EQ":
            continue
        if part.startswith("ORDERBY"):
            order = _parse_order(part, get_type)
            invalid = invalid or order is None
            orders += [order] if order else []
            continue
        condition = _parse_condition(part.removeprefix("OR"), get_type)
        invalid = invalid or condition is None
        if not part.startswith("OR") or not queries[-1]:
            queries[-1].append([])
        queries[-1][-1] += [condition] if condition else []
    return EncodedQuery([[group for group in query if group] for query in queries], orders, invalid)


def _parse_order(part: str, get_type: GetType) -> SortKey | None:
    descending = part.startswith("ORDERBYDESC")
    name = part.removeprefix("ORDERBYDESC" if descending else "ORDERBY")
    column = get_type(name)
    return None if column is None else SortKey(name, column == "integer", descending)


def _parse_condition(part: str, get_type: GetType) -> QueryCondition | None:
    found = _PART.fullmatch(part)
    column = get_type(found[1]) if found else None
    if found is None or column is None:
        return None
    condition = QueryCondition(found[1], found[2], found[3].replace("^^", "^"), column == "integer")
    if condition.numeric and condition.operator in _COMPARISONS and not _is_number(condition.text):
        return None
    return condition


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]{1,18}", text) is not None
