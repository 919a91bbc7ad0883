"""What can be expected of a column, as data. A blocking check quarantines its document, a reported one leaves a mark."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from edi.findings import Kind, Severity, kind

Bound: TypeAlias = int | date | None


@dataclass(frozen=True, slots=True)
class NotNull:
    """The column has a value."""


@dataclass(frozen=True, slots=True)
class Unique:
    """The columns together occur once."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of a closed set; null passes."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """The value lies between the bounds, both included; null passes."""

    low: Bound = None
    high: Bound = None


@dataclass(frozen=True, slots=True)
class Matches:
    """The text matches the regular expression from its start; null passes."""

    pattern: str


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the columns has a value."""


@dataclass(frozen=True, slots=True)
class SignFollows:
    """The first column's sign follows a code in the second: not negative for the first value, not positive for the other."""

    positive: str
    negative: str


Rule: TypeAlias = NotNull | Unique | OneOf | Between | Matches | AnyOf | SignFollows


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation of a canonical table."""

    table: str
    name: str
    columns: tuple[str, ...]
    rule: Rule
    kind: Kind

    @property
    def blocking(self) -> bool:
        """Whether a document that fails it is quarantined."""
        return self.kind.severity == Severity.ERROR


def check(table: str, name: str, columns: tuple[str, ...], rule: Rule, *, blocking: bool, template: str, remedy: str) -> Check:
    """Declare a check; its finding's code is ``expect.<table>.<name>``."""
    severity = Severity.ERROR if blocking else Severity.WARNING
    return Check(table, name, columns, rule, kind(f"expect.{table}.{name}", severity, template, remedy))
