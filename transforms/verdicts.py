"""Duplicates, told apart: what a control number and a content that were or were not seen before make of an interchange.

Decided over all arrivals of a night and the ledger's whole memory at once, so the order of arrival cannot matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from hashlib import sha256


class Verdict(StrEnum):
    """What an interchange is, compared with everything that was ever seen."""

    NEW = "new"
    RESEND = "resend"  # same number, same content: nothing is loaded, the first acknowledgment is offered again
    CONFLICT = "conflict"  # same number, other content: all contenders of the night, or the newcomer, are held
    REISSUE = "reissue"  # new number, same content: held or loaded as the partner's agreement says
    FORCED = "forced"  # same number, same content, and a person wants it loaded once more: its new version supersedes the old one
    VOID = "void"  # refused as a whole, or cut short: it takes no number, so that the repaired one may come under the same
    PENDING = "pending"  # in a file that breaks off: its rest is waited for, and nothing of it is judged
    CONTINUED = "continued"  # cut short, and the whole file begins with the same bytes: a copy that was still being written
    SENT_AGAIN = "sent_again"  # cut short, and whole under the same number since
    APPROVED = "approved"  # was in conflict; a person says that it counts
    REFUSED = "refused"  # was in conflict; a person says that it does not, and the partner is told


WITHOUT_NUMBER = frozenset({Verdict.VOID, Verdict.PENDING, Verdict.CONTINUED, Verdict.SENT_AGAIN})


@dataclass(frozen=True, slots=True, order=True)
class InterchangeKey:
    """The identity of an interchange."""

    standard: str
    sender_qualifier: str
    sender_id: str
    receiver_qualifier: str
    receiver_id: str
    control_number: str
    usage_code: str
    epoch: int

    @property
    def pair(self) -> tuple[str, ...]:
        """Who sends to whom, in test or production: the scope in which contents are compared."""
        return (self.standard, self.sender_qualifier, self.sender_id, self.receiver_qualifier, self.receiver_id, self.usage_code)


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """An interchange that arrived tonight; the order of the fields is the order in which equals are told apart."""

    key: InterchangeKey
    content_hash: str
    file_hash: str
    copy: int  # n-th landing of the same bytes in the night, from 1
    ordinal: int  # in its file


@dataclass(frozen=True, slots=True)
class Memory:
    """What the ledger knows of the identities and contents in question."""

    contents_by_key: Mapping[InterchangeKey, frozenset[str]]  # what counts under a number, or was refused; none where it is contested
    contents: Mapping[tuple[str, ...], frozenset[str]]  # pair -> content hashes that were new once
    epochs: Mapping[tuple[InterchangeKey, str], int] = field(default_factory=dict)  # identity but for the epoch, content -> its epoch
    first_seen: Mapping[tuple[InterchangeKey, str], date] = field(default_factory=dict)  # the same -> business date that it came first
    rounds: Mapping[tuple[tuple[str, ...], int], int] = field(default_factory=dict)  # pair, new beginnings -> times wrapped around, if any
    ends: frozenset[tuple[tuple[str, ...], int]] = frozenset()  # pair and epoch of numbers at the end of their scale
    halves: frozenset[tuple[tuple[str, ...], int]] = frozenset()  # the same of numbers in its upper half

    def with_ruled(self, ruled: Iterable[Candidate]) -> Memory:
        """Return the memory once a person has ruled: what they ruled on is known under its number."""
        known = dict(self.contents_by_key)
        for each in ruled:
            known[each.key] = known.get(each.key, frozenset()) | {each.content_hash}
        return replace(self, contents_by_key=known)


def interchange_id(key: InterchangeKey, content_hash: str) -> str:
    """Return our key of an interchange, made from its identity and content: 40 hex digits."""
    parts = (key.standard, key.sender_qualifier, key.sender_id, key.receiver_qualifier, key.receiver_id, key.control_number,
             key.usage_code, str(key.epoch), content_hash)
    return sha256("\x1f".join(parts).encode()).hexdigest()[:40]


def document_id(interchange: str, ordinal: int) -> str:
    """Return our key of a transaction: that of its interchange and its ordinal in it."""
    return f"{interchange}-{ordinal:06d}"


def decide(candidates: Iterable[Candidate], memory: Memory) -> dict[Candidate, Verdict]:
    """Give every candidate its verdict, whatever order they are handed in."""
    by_key: dict[InterchangeKey, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_key[candidate.key].append(candidate)
    verdicts: dict[Candidate, Verdict] = {}
    seen: dict[tuple[str, ...], set[str]] = {pair: set(contents) for pair, contents in memory.contents.items()}
    for key in sorted(by_key):
        verdicts.update(_of_one_number(sorted(by_key[key]), memory.contents_by_key.get(key), seen.setdefault(key.pair, set())))
    return verdicts


def _of_one_number(contenders: Sequence[Candidate], known: frozenset[str] | None, seen: set[str]) -> dict[Candidate, Verdict]:
    if known is not None:
        return {each: Verdict.RESEND if each.content_hash in known else Verdict.CONFLICT for each in contenders}
    if len({each.content_hash for each in contenders}) > 1:
        return dict.fromkeys(contenders, Verdict.CONFLICT)
    first = contenders[0]
    verdicts = dict.fromkeys(contenders, Verdict.RESEND)
    verdicts[first] = Verdict.REISSUE if first.content_hash in seen else Verdict.NEW
    seen.add(first.content_hash)
    return verdicts
