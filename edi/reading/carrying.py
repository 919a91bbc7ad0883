"""What an interchange that is read in several parts takes along from one part to the next."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edi.segments import Earlier, Group

if TYPE_CHECKING:
    from hashlib import _Hash


@dataclass(frozen=True, slots=True, eq=False)
class Digests:
    """The running hashes of an interchange's content: its values, their shape, and the lengths that are too long for that."""

    values: _Hash = field(default_factory=hashlib.sha256)
    shapes: _Hash = field(default_factory=hashlib.sha256)
    long: _Hash = field(default_factory=hashlib.sha256)


@dataclass(frozen=True, slots=True)
class OpenTransaction:
    """A transaction that goes on: type, version, association and control number as its header told, and its segments so far."""

    texts: tuple[str | None, str | None, str | None, str | None]
    segments: int


@dataclass(frozen=True, slots=True, eq=False)
class Carry:
    """The state at the end of a part. The default is that of a file's beginning: nothing is open."""

    earlier: Earlier = field(default_factory=Earlier)
    digests: Digests = field(default_factory=Digests)
    group: Group | None = None
    transaction: OpenTransaction | None = None
    closed: bool = False  # the trailer was there already; what still follows lies outside
    newline: bytes | None = None  # what follows the terminators, where that is known
    told: frozenset[str] = frozenset()  # codes of what is told once an interchange

    @property
    def segments(self) -> int:
        """Segments so far of the transaction that goes on."""
        return self.transaction.segments if self.transaction else 0

    @property
    def ended_groups(self) -> int:
        """Groups of the interchange that are over."""
        return self.earlier.groups - (self.group is not None)

    @property
    def ended_transactions(self) -> int:
        """Transactions of the interchange that are over."""
        return self.earlier.transactions - (self.transaction is not None)

    @property
    def ended_in_group(self) -> int:
        """Transactions of the open group that are over."""
        return self.earlier.group_transactions - (self.transaction is not None)
