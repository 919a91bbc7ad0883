"""The plan of a night: what landed, in canonical order, with the verdict on every interchange, cut into work packets.

The plan is written to the ledger before any work, so that a restart does the same. It holds no data, only hashes,
ordinals, control numbers and verdicts.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any

from flows.definitions import Definitions
from flows.firstlook import Looked, look_at
from flows.incomplete import Settled, Waiting, settle
from flows.remembering import TakenUp, placed
from storage.landing import Landed
from transforms.verdicts import Candidate, Memory, Verdict, decide, interchange_id

REPLAY = "replay"  # the source of a file that is fed in again
FORCED = "forced replay: "  # and of one whose documents are loaded once more, before the reason


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A landed file in a packet, told apart from other landings of the same bytes by ``copy``."""

    file_hash: str
    copy: int
    name: str
    source: str
    size: int
    kind: str  # "edi", "csv", "unknown" or "poison"
    source_id: str | None  # contract of a CSV export
    verdicts: tuple[str, ...]  # of its interchanges, by ordinal
    transactions: int  # as the tokenizer counted them
    order: tuple[str, ...]  # the canonical order: partner, standard, control number, content
    rows: int = 0  # of a CSV export, as the tokenizer counted them
    released: tuple[str, ...] = ()  # documents of a resend that were held the first time and get another try
    cut: str = ""  # of a file that breaks off and in which no interchange can be told apart: what becomes of it
    until: str = ""  # business date until which the rest of a file that breaks off is waited for
    epochs: tuple[int, ...] = ()  # of its interchanges, by ordinal: how often their sender's numbering had begun again
    again: bool = False  # looked at again by us, though it did not come again: nobody waits for an answer
    renewed: tuple[str, ...] = ()  # new versions of its documents that a forced replay loads, by their keys
    poison: str = ""  # how the process that looked at it died, of a file that is never opened again


    @property
    def is_replayed(self) -> bool:
        """Tell whether the file is fed in again, by force or not."""
        return self.source == REPLAY or bool(self.forced_because)

    @property
    def forced_because(self) -> str:
        """The reason for which what is loaded is loaded once more, empty where it is not."""
        return self.source.removeprefix(FORCED) if self.source.startswith(FORCED) else ""


@dataclass(frozen=True, slots=True)
class PlannedPacket:
    """A unit of work; its key is made from what it holds and the night, never from when it was cut."""

    packet_key: str
    ordinal: int
    files: tuple[PlannedFile, ...]

    def to_json(self) -> str:
        """Return canonical JSON for the ledger."""
        return json.dumps([asdict(file) for file in self.files], sort_keys=True, separators=(",", ":"))


def packet_from_json(packet_key: str, ordinal: int, text: str) -> PlannedPacket:
    """Return a packet as the ledger keeps it."""
    def file(values: dict[str, Any]) -> PlannedFile:
        fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
        return PlannedFile(**fields)

    files = tuple(file(values) for values in json.loads(text))
    return PlannedPacket(packet_key, ordinal, files)


def make_plan(
    landed: Sequence[Landed], load: Callable[[str], bytes], definitions: Definitions, memory_of: Callable[[list[Candidate]], Memory],
    held_of: Callable[[set[str]], set[str]] = lambda _: set(),
    *, night_id: str, business_date: date, packet_bytes: int, packet_files: int, first_ordinal: int = 1,
    earlier_copies: Counter[str] | None = None, waiting: Waiting | None = None, taken_up: Sequence[TakenUp] = (),
    next_versions_of: Callable[[set[str]], dict[str, str]] = lambda _: {},
) -> list[PlannedPacket]:
    """Plan the files that landed.

    Args:
        memory_of: what the ledger knows of the identities and contents of candidates.
        held_of: which documents of some interchanges are held and may be tried again.
        earlier_copies: how often the same bytes landed in earlier plans of the night.
        waiting: which files broke off before, and how long the rest of one is waited for; not at all if left out.
        taken_up: files with conflicts that a person has ruled on.
        next_versions_of: the keys of the next versions of what is loaded of some interchanges, for forced replays.
    """
    waiting = waiting or Waiting(business_date)
    again = [*(each.landed for each in waiting.carried), *(each.landed for each in taken_up)]
    every = [*landed, *again]
    looked = sorted(look_at(every, load, definitions, business_date, packet_bytes=packet_bytes, copies=earlier_copies or Counter()),
                    key=lambda each: (each.order, each.landed.hash, each.copy))
    memory = memory_of([candidate for each in looked for candidate in each.candidates])
    looked = placed(looked, memory, business_date)
    ruled = _ruled(looked, taken_up)
    settled = settle(looked, memory, load, waiting, {each.source_id for each in definitions.contracts if each.kind == "snapshot"})
    looked = [each for each in looked if not (_of(each, settled).is_pending and waiting.is_old(each.landed))]
    verdicts = _verdicts(looked, settled, ruled, memory)
    held = held_of({_id(candidate) for candidate, verdict in verdicts.items() if verdict == Verdict.RESEND})
    newer = _forced(looked, verdicts, next_versions_of)
    files = [_planned(each, verdicts, held, _of(each, settled), again, newer) for each in looked]
    return [
        packet_of(chunk, night_id=night_id, ordinal=ordinal)
        for ordinal, chunk in enumerate(_chunks(files, packet_bytes, packet_files), start=first_ordinal)
    ]


def _of(each: Looked, settled: dict[tuple[str, int], Settled]) -> Settled:
    return settled.get((each.landed.hash, each.copy), Settled({}))


def _ruled(looked: list[Looked], taken_up: Sequence[TakenUp]) -> dict[Candidate, Verdict]:
    """Return what a person has ruled on, and put it back into the epoch that it was held in."""
    ruled: dict[Candidate, Verdict] = {}
    for one in taken_up:
        at = next(at for at, each in enumerate(looked) if each.landed is one.landed)
        candidates = tuple(replace(each, key=replace(each.key, epoch=one.rulings[each.ordinal][1])) if each.ordinal in one.rulings else each
                           for each in looked[at].candidates)
        looked[at] = replace(looked[at], candidates=candidates)
        ruled |= {each: one.rulings[each.ordinal][0] for each in candidates if each.ordinal in one.rulings}
    return ruled


def _verdicts(looked: Sequence[Looked], settled: dict[tuple[str, int], Settled], ruled: Mapping[Candidate, Verdict], memory: Memory,
              ) -> dict[Candidate, Verdict]:
    """Give every interchange its verdict: what is cut short or wrong as a whole takes no part in the comparison of numbers."""
    verdicts: dict[Candidate, Verdict] = {}
    judged = []
    for each in looked:
        of_file = _of(each, settled).verdicts
        for candidate in each.candidates:
            if candidate in ruled:
                verdicts[candidate] = ruled[candidate]
            elif candidate.ordinal in of_file:
                verdicts[candidate] = of_file[candidate.ordinal]
            elif candidate.ordinal in each.void:
                verdicts[candidate] = Verdict.VOID
            else:
                judged.append(candidate)
    return verdicts | decide(judged, memory.with_ruled(ruled))


def _id(candidate: Candidate) -> str:
    return interchange_id(candidate.key, candidate.content_hash)


def _forced(looked: Sequence[Looked], verdicts: dict[Candidate, Verdict],
            next_versions_of: Callable[[set[str]], dict[str, str]]) -> dict[str, str]:
    """Mark what is loaded and fed in again by force, each interchange once; return the next version of each of its documents."""
    first: dict[str, Candidate] = {}
    for candidate in (candidate for each in looked if each.landed.source.startswith(FORCED) for candidate in each.candidates):
        if verdicts[candidate] == Verdict.RESEND:
            first.setdefault(_id(candidate), candidate)
    newer = next_versions_of(set(first)) if first else {}
    loaded = {document.rpartition("-")[0] for document in newer}
    verdicts |= {candidate: Verdict.FORCED for interchange, candidate in first.items() if interchange in loaded}
    return newer


def _planned(each: Looked, verdicts: dict[Candidate, Verdict], held: set[str], settled: Settled,
             again: Sequence[Landed], newer: Mapping[str, str]) -> PlannedFile:
    """Plan a file; documents that it releases are taken out of ``held``, so that a second copy does not release them too."""
    forced = {_id(candidate) for candidate in each.candidates if verdicts[candidate] == Verdict.FORCED}
    resent = forced | {_id(candidate) for candidate in each.candidates if verdicts[candidate] == Verdict.RESEND}
    released = tuple(sorted(document for document in held if document.rpartition("-")[0] in resent))
    held -= set(released)
    return PlannedFile(
        each.landed.hash, each.copy, each.landed.name, each.landed.source, each.landed.size, each.kind, each.source_id,
        tuple(str(verdicts[candidate]) for candidate in each.candidates), each.transactions, each.order,
        each.rows, released, "" if each.candidates else settled.whole, settled.until,
        tuple(candidate.key.epoch for candidate in each.candidates), any(each.landed is one for one in again),
        tuple(version for document, version in newer.items() if document.rpartition("-")[0] in forced),
    )


def _chunks(files: Iterable[PlannedFile], most_bytes: int, most_files: int) -> Iterator[list[PlannedFile]]:
    """Cut files into packets. Two exports of one source never share one: the later must see what became of the earlier."""
    chunk: list[PlannedFile] = []
    size = 0
    for file in files:
        again = file.source_id is not None and any(each.source_id == file.source_id for each in chunk)
        if chunk and (again or size + file.size > most_bytes or len(chunk) == most_files):
            yield chunk
            chunk, size = [], 0
        chunk.append(file)
        size += file.size
    if chunk:
        yield chunk


def packet_of(files: Sequence[PlannedFile], *, night_id: str, ordinal: int) -> PlannedPacket:
    """Make a packet of files; its key follows from them, the night and its place in the plan."""
    return PlannedPacket(_packet_key(night_id, ordinal, files), ordinal, tuple(files))


def _packet_key(night_id: str, ordinal: int, files: Sequence[PlannedFile]) -> str:
    parts = "\n".join([night_id, str(ordinal), *(f"{file.file_hash} {file.copy}" for file in files)])
    return sha256(parts.encode()).hexdigest()[:24]
