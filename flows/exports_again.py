"""An export that is fed in again: what of it is loaded once more by force, and what is left as it is, since what came later counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from flows.outcomes import DUPLICATE, Outcome
from flows.planning import PlannedFile
from storage.records import Supersession
from transforms.exports import Export, KnownDocument

REPLAYED = Outcome(DUPLICATE, "replayed", "Fed in again: it was decided on when the file came, and what came since counts. Nothing to do.")
SHARED = Outcome(
    DUPLICATE, "replayed", "By the new key of its contract it shares rows with documents that a later export has changed, or that this one "
    "did not bring: those stay. Replay what came first, or have the source export it again.")


@dataclass(frozen=True, slots=True)
class Before:
    """What became of an export when it came before."""

    settled: frozenset[int] = frozenset()  # ordinals of its documents that were loaded, or known
    present: frozenset[str] = frozenset()  # keys of those that no later export has changed
    rows: Mapping[int, str] = field(default_factory=dict)  # where a row of it begins -> the document that was loaded with it; if forced


@dataclass(frozen=True, slots=True)
class Again:
    """What becomes of an export's documents: the loaded ones whose place each takes that is forced, and those that are over."""

    forced: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    over: frozenset[str] = frozenset()
    why: Outcome = REPLAYED  # of those that are over
    replaceable: frozenset[str] = frozenset()  # keys that may go, since documents under other keys take the places

    def supersedes(self, reason: str) -> list[Supersession]:
        """Return which document takes the place of which."""
        return [Supersession(old, new, reason) for new, those in self.forced.items() for old in those]


def fed_again(export: Export, file: PlannedFile, before: Before, known: Mapping[str, KnownDocument]) -> Again:
    """Decide about the documents of an export by what became of it before.

    Args:
        export: as it is read now.
        file: why it is loaded by force, if it is.
        before: nothing where it comes for the first time.
        known: the latest loaded version of each document of the source, by key.
    """
    if not before.present <= {made.key for made in export.documents}:  # under other keys ordinals tell nothing
        if not file.forced_because:
            return Again(over=frozenset(made.document_id for made in export.documents))
        return replace(_by_rows(export, before.rows, {known[key].document_id for key in before.present}), replaceable=before.present)
    settled = [made for made in export.documents if made.ordinal in before.settled]
    forced = {made.document_id: (known[made.key].document_id,) for made in settled if file.forced_because and made.key in before.present}
    return Again(forced, frozenset(made.document_id for made in settled if made.verdict != "unchanged" and made.document_id not in forced))


def _by_rows(export: Export, loaded: Mapping[int, str], present: Collection[str]) -> Again:
    """Decide where documents have other keys than before: the contract has changed, and with it which rows are one document.

    A document takes the place of those that its rows were loaded with. It does only if each of its rows was, in a version that still
    counts, and if the same is true of all documents that share one of those with it: else a row would count twice, or no more. All
    others are over: what their rows did not bring, an export before this one may have.
    """
    before = {document: {loaded.get(row) for row in rows} for document, rows in _rows(export).items()}
    blocked = {old for olds in before.values() for old in olds if old not in present}
    forced = dict(before)
    while held := [document for document, olds in forced.items() if not olds.isdisjoint(blocked)]:
        for document in held:
            blocked |= forced.pop(document)
    takes = {document: tuple(sorted(old for old in olds if old)) for document, olds in forced.items()}
    return Again(takes, frozenset(before.keys() - takes.keys()), SHARED)


def _rows(export: Export) -> dict[str, set[int]]:
    """Return where the rows of each document begin, in the order of the documents."""
    rows: dict[str, set[int]] = {made.document_id: {made.byte_offset} for made in export.documents}
    for table in export.tables.values():
        for document, offset in zip(table.column("document_id").to_pylist(), table.column("byte_offset").to_pylist(), strict=True):
            rows[document].add(offset)
    return rows
