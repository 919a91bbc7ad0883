"""Poison: a file that crashes, hangs or bloats whoever reads it. It is held whole, with evidence; the rest of the night goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Engine

from edi.errors import CrossfootError
from flows import attempts
from flows.apart import Bounds, bounded, sift
from flows.clock import Clock
from flows.outcomes import QUARANTINED, Outcome
from flows.planning import PlannedFile, PlannedPacket, packet_of
from flows.settings import Settings
from flows.work import Document, PacketWork
from storage.landing import Landed

KIND = "poison"
_LEAST_SECONDS = 60.0


def bounds_of(settings: Settings, sizes: Sequence[int], whole: int) -> Bounds:
    """Return what reading some files of a packet may take: their share of its time, but never too little to tell a hang."""
    share = settings.reading_seconds * sum(sizes) / max(whole, 1)
    return Bounds(max(share, min(_LEAST_SECONDS, settings.reading_seconds)), settings.reading_memory)


def poisoned_packet(landed: Sequence[Landed], evidence: Mapping[str, str], *, night_id: str, ordinal: int,
                    copies: Mapping[str, int]) -> PlannedPacket:
    """Plan the files that kill their reader at the first look: they are never opened again, only held.

    Args:
        evidence: by hash of the content.
        copies: how often each content was planned in this night already.
    """
    files, seen = [], dict(copies)
    for each in sorted(landed, key=lambda one: (one.hash, one.source, one.name)):
        seen[each.hash] = seen.get(each.hash, 0) + 1
        files.append(PlannedFile(each.hash, seen[each.hash], each.name, each.source, each.size, KIND, None, (), 0,
                                 ("~poison", each.hash), poison=evidence[each.hash]))
    return packet_of(files, night_id=night_id, ordinal=ordinal)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a night that is noted before it begins."""

    engine: Engine
    night_id: str
    name: str
    clock: Clock


def planned_soundly(step: Step, settings: Settings, landed: Sequence[Landed], plan_files: Callable[[Sequence[Landed]], list[PlannedPacket]],
                    before: Sequence[PlannedPacket]) -> list[PlannedPacket]:
    """Plan files. Where that died before or dies now, those that kill whoever looks at them are found out apart and planned as poison.

    Args:
        plan_files: makes the plan of some files; nothing is written.
        before: what the night has planned already.
    """
    if attempts.is_suspected(step.engine, step.night_id, step.name):
        return _planned_apart(step, settings, landed, plan_files, before)
    try:
        with attempts.attempted(step.engine, step.night_id, step.name, step.clock), bounded(bounds_of(settings, (1,), 1)):
            return plan_files(landed)
    except CrossfootError:
        raise
    except Exception:  # noqa: BLE001  # a file may do anything to its reader; which one, is found out apart
        return _planned_apart(step, settings, landed, plan_files, before)


def _planned_apart(step: Step, settings: Settings, landed: Sequence[Landed], plan_files: Callable[[Sequence[Landed]], list[PlannedPacket]],
                   before: Sequence[PlannedPacket]) -> list[PlannedPacket]:
    whole = sum(each.size for each in landed)
    _, found = sift(landed, lambda some: len(plan_files(some)), lambda some: bounds_of(settings, [each.size for each in some], whole))
    evidence = {each.hash: how for each, how in found.items()}
    sound = [each for each in landed if each.hash not in evidence]
    made = plan_files(sound)
    if not evidence:
        return made
    copies = Counter(file.file_hash for packet in (*before, *made) for file in packet.files)
    held_back = [each for each in landed if each.hash in evidence]
    return [*made, poisoned_packet(held_back, evidence, night_id=step.night_id, ordinal=len(before) + len(made) + 1, copies=copies)]


def held(file: PlannedFile, evidence: str) -> list[Document]:
    """Make the documents of a poison file: one for each transaction that was counted when it was planned, at least one."""
    outcome = Outcome(QUARANTINED, "poison", f"Reading the file was tried apart from all others, twice, and its process {evidence}. "
                                             "Report it; when the reader is mended, `crossfoot replay --file` takes the file in again.")
    if file.kind == "edi" and file.transactions:
        partner, standard = file.order[:2]
        return [_document(file, outcome, standard=standard, partner=partner, interchange=1, ordinal=ordinal)
                for ordinal in range(1, file.transactions + 1)]
    return [_document(file, outcome, standard="csv" if file.kind == "csv" else "unknown", records=file.rows)]


def _document(file: PlannedFile, outcome: Outcome, *, standard: str, partner: str = "unknown", interchange: int = 0, ordinal: int = 0,
              records: int = 0) -> Document:
    return Document(f"{file.file_hash[:40]}-{ordinal:06d}", standard, file.source_id or "file", partner, "inbound", file.file_hash,
                    file.copy, interchange, ordinal, None, None, record_count=records, outcome=outcome)


def together(works: Sequence[PacketWork], packet_key: str) -> PacketWork:
    """Put the parts of a packet together that were read one by one."""
    whole = PacketWork(packet_key)
    for work in works:
        whole.documents += work.documents
        whole.file_findings += work.file_findings
        whole.interchanges += work.interchanges
        whole.acknowledgments += work.acknowledgments
        whole.offered_again += work.offered_again
        whole.archive |= work.archive
        whole.supersedes += work.supersedes
        whole.expectations += work.expectations
        whole.exports += work.exports
        for name, pieces in work.pieces.items():
            whole.pieces.setdefault(name, []).extend(pieces)
    return whole
