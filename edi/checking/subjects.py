"""What a guide is chosen by, and which transactions of a batch are checked against which guide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from edi.guidemodel import Guide
from edi.segments import Batch, Ints, Text


@dataclass(frozen=True, slots=True)
class Subject:
    """All that may decide which guide a transaction is checked against."""

    standard: str  # "x12" or "edifact"
    type_code: str
    version: str  # as the document states it, "" where it does not
    association: str = ""  # ST03 or UNH 0057
    sender: tuple[str, str] = ("", "")  # qualifier and identifier of the interchange
    receiver: tuple[str, str] = ("", "")


Resolver: TypeAlias = Callable[[Subject], Guide | None]


def subject_of(batch: Batch, transaction: int) -> Subject:
    """Return the subject of one transaction of a batch."""
    those = batch.transactions
    interchange = batch.interchanges[int(those.interchange[transaction])]
    return Subject(
        interchange.standard, batch.type_codes[transaction], str(those.version[transaction].as_py() or ""),
        str(those.association[transaction].as_py() or ""), (interchange.sender_qualifier, interchange.sender_id),
        (interchange.receiver_qualifier, interchange.receiver_id))


def by_guide(batch: Batch, guides: Resolver) -> list[tuple[Guide | None, Ints]]:
    """Return each guide that the batch needs, with its transactions ascending; None has those without a guide."""
    those = batch.transactions
    kind = np.zeros(len(those), dtype=np.int64)
    for column in (_numbered(those.type_code), _numbered(those.version), _numbered(those.association), those.interchange):
        _, kind = np.unique(kind * (int(column.max(initial=0)) + 1) + column, return_inverse=True)
    _, examples = np.unique(kind, return_index=True)
    chosen: dict[Subject, Guide | None] = {}
    rows: dict[int, tuple[Guide | None, list[int]]] = {}
    for number, example in enumerate(examples.tolist()):
        subject = subject_of(batch, example)
        if subject not in chosen:
            chosen[subject] = guides(subject)
        rows.setdefault(id(chosen[subject]), (chosen[subject], []))[1].append(number)
    return [(guide, np.flatnonzero(np.isin(kind, numbers))) for guide, numbers in rows.values()]


def _numbered(text: Text) -> Ints:
    indices: Ints = text.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64) + 1
    return indices
