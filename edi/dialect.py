"""What one interchange's first segment tells us, in the same words for both standards.

Tokenising needs the delimiters, the envelope checks need to know which tag opens what: both are data here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from edi.findings import Kind
from edi.segments import Delimiters


class Role(IntEnum):
    """What a segment does to the envelope."""

    BODY = 0
    HEADER = 1
    GROUP = 2
    TRANSACTION = 3
    TRANSACTION_END = 4
    GROUP_END = 5
    TRAILER = 6
    SERVICE = 7  # stands between transactions by right: TA1, UNO, UNP


@dataclass(frozen=True, slots=True)
class Dialect:
    """Everything that must be equal for two interchanges to be tokenised in one pass."""

    standard: str
    delimiters: Delimiters
    charset: str  # a Python codec, "utf-8" where nothing need be converted; or edi.scanning.tokens.UNDECLARED


@lru_cache(maxsize=256)
def dialect(standard: str, delimiters: Delimiters, charset: str) -> Dialect:
    """Return a dialect; equal ones are the same object, which is compared faster."""
    return Dialect(standard, delimiters, charset)


class Header(NamedTuple):
    """ISA, or UNA and UNB, as read from the raw bytes. A tuple, as all that is made of each small file: it costs a third of an object."""

    standard: str
    body: int  # position of the tag ISA or UNB
    delimiters: Delimiters
    fixed: bool  # laid out so exactly that it can be nothing else
    sender_qualifier: str
    sender_id: str
    receiver_qualifier: str
    receiver_id: str
    control_number: str
    usage_code: str
    version: str
    acknowledgment_requested: bool
    prepared: str
    charset: str | None = None  # codec that UNB 0001 declares; None where it declares nothing beyond ASCII
    faults: tuple[Kind, ...] = ()
    una: bytes = b""  # UNA and what lies between it and UNB
    literals: tuple[int, ...] = ()  # positions of ISA11 and ISA16 where they state a separator: there it is a value


@dataclass(frozen=True, slots=True)
class Envelope:
    """The envelope of a standard as data; positions are (element, component)."""

    standard: str
    roles: Mapping[str, Role]
    transaction_control: tuple[int, int]
    transaction_type: tuple[int, int]
    association: tuple[int, int]
    group_control: tuple[int, int]
    transaction_count_wrong: Kind
    transaction_control_wrong: Kind
    transaction_repeated: Kind
    group_count_wrong: Kind
    group_control_wrong: Kind
    group_repeated: Kind
    interchange_count_wrong: Kind
    interchange_control_wrong: Kind

    def tag(self, role: Role) -> str:
        """Return the tag that plays a role."""
        return next(tag for tag, played in self.roles.items() if played is role)
