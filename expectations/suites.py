"""From checks to a Great Expectations suite: which expectation each rule becomes, and the frame that it is asked of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from expectations.base import BASE
from expectations.business import CHECKS
from expectations.checks import AnyOf, Between, Bound, Check, Matches, NotNull, OneOf, SignFollows, Unique

if TYPE_CHECKING:
    import pandas as pd

TRUE = "true"
_EPOCH = date(1970, 1, 1)


@cache
def checks_of(table: str) -> tuple[Check, ...]:
    """Return a table's checks, the model's first."""
    return (*BASE[table], *(check for check in CHECKS if check.table == table))


def expectation(check: Check, gxe: Any) -> Any:
    """Return the Great Expectations expectation of a check.

    Args:
        gxe: the module ``great_expectations.expectations``, imported by the caller because it takes seconds.
    """
    rule, column = check.rule, check.columns[0]
    if isinstance(rule, NotNull):
        return gxe.ExpectColumnValuesToNotBeNull(column=column)
    if isinstance(rule, Unique):
        if len(check.columns) == 1:
            return gxe.ExpectColumnValuesToBeUnique(column=column)
        return gxe.ExpectCompoundColumnsToBeUnique(column_list=list(check.columns))
    if isinstance(rule, OneOf):
        return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=list(rule.values))
    if isinstance(rule, Between):
        return gxe.ExpectColumnValuesToBeBetween(column=column, min_value=_bound(rule.low), max_value=_bound(rule.high))
    if isinstance(rule, Matches):
        return gxe.ExpectColumnValuesToMatchRegex(column=column, regex=rule.pattern)
    return gxe.ExpectColumnValuesToBeInSet(column=derived_name(check), value_set=[TRUE])


def derived_name(check: Check) -> str:
    """Return the name of the column that says whether a row satisfies a rule over several columns."""
    return f"{check.name}:{'+'.join(check.columns)}"


def frame_of(table: pa.Table, checks: tuple[Check, ...]) -> pd.DataFrame:
    """Return the columns that the checks look at as a frame whose index is the row's position; decimals stay exact objects."""
    import pandas as pd  # most commands judge no table

    names = sorted({column for check in checks for column in check.columns})
    columns = {name: _comparable(table.column(name)) for name in names}
    columns |= {derived_name(check): derived for check in checks if (derived := _derived(check, table)) is not None}
    return pd.DataFrame({name: column.to_pandas() for name, column in columns.items()})


def _bound(bound: Bound) -> int | None:
    return (bound - _EPOCH).days if isinstance(bound, date) else bound


def _comparable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Turn dates into days since 1970, as :func:`_bound` does: frames of dates cannot be compared with bounds."""
    return column.cast(pa.int32()) if pa.types.is_date32(column.type) else column


def _derived(check: Check, table: pa.Table) -> pa.ChunkedArray | None:
    if isinstance(check.rule, AnyOf):
        holds = pc.is_valid(pc.coalesce(*(table.column(name) for name in check.columns)))
    elif isinstance(check.rule, SignFollows):
        amount, code = (table.column(name) for name in check.columns)
        wrong = pc.or_kleene(
            pc.and_kleene(pc.equal(code, check.rule.positive), pc.less(amount, pa.scalar(Decimal(0), amount.type))),
            pc.and_kleene(pc.equal(code, check.rule.negative), pc.greater(amount, pa.scalar(Decimal(0), amount.type))))
        holds = pc.invert(pc.fill_null(wrong, False))
    else:
        return None
    return pc.if_else(holds, TRUE, "false")
