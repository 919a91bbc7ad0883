"""The plan of a night: what landed, in canonical order, with the verdict on every interchange, cut into work packets.

The plan is written to the ledger before any work, so that a restart does the same. It holds no data, only hashes,
ordinals, control numbers and verdicts.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from fnmatch import fnmatch
from hashlib import sha256
from typing import Any

from edi.findings import Severity
from edi.reading.detect import Detection, detect
from edi.reading.files import SourceFile, read_files
from edi.segments import Batch
from flows.definitions import Definitions
from flows.partners import by_policy, correspondence, interchange_key
from storage.landing import Landed
from transforms.exports_file import count_rows
from transforms.policy import SourceContract
from transforms.verdicts import Candidate, InterchangeKey, Memory, Verdict, decide, interchange_id


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A landed file in a packet, told apart from other landings of the same bytes by ``copy``."""

    file_hash: str
    copy: int
    name: str
    source: str
    size: int
    kind: str  # "edi", "csv" or "unknown"
    source_id: str | None  # contract of a CSV export
    verdicts: tuple[str, ...]  # of its interchanges, by ordinal
    transactions: int  # as the tokenizer counted them
    order: tuple[str, ...]  # the canonical order: partner, standard, control number, content
    rows: int = 0  # of a CSV export, as the tokenizer counted them
    released: tuple[str, ...] = ()  # documents of a resend that were held the first time and get another try


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


@dataclass(frozen=True, slots=True)
class _Looked:
    """A landed file after a first look."""

    landed: Landed
    copy: int
    kind: str
    source_id: str | None
    transactions: int
    candidates: tuple[Candidate, ...]
    void: frozenset[int]
    order: tuple[str, ...]
    rows: int = 0


def make_plan(
    landed: Sequence[Landed], load: Callable[[str], bytes], definitions: Definitions, memory_of: Callable[[list[Candidate]], Memory],
    held_of: Callable[[set[str]], set[str]] = lambda _: set(),
    *, night_id: str, business_date: date, packet_bytes: int, packet_files: int, first_ordinal: int = 1,
    earlier_copies: Counter[str] | None = None,
) -> list[PlannedPacket]:
    """Plan the files that landed.

    Args:
        memory_of: what the ledger knows of the identities and contents of candidates.
        held_of: which documents of some interchanges are held and may be tried again.
        earlier_copies: how often the same bytes landed in earlier plans of the night.
    """
    looked = sorted(_look(landed, load, definitions, business_date, packet_bytes, earlier_copies or Counter()), key=lambda each: (
        each.order, each.landed.hash, each.copy))
    candidates = [candidate for each in looked for candidate in each.candidates if candidate.ordinal not in each.void]
    verdicts = decide(candidates, memory_of(candidates))
    verdicts |= {candidate: Verdict.VOID for each in looked for candidate in each.candidates if candidate.ordinal in each.void}
    held = held_of({_id(candidate) for candidate, verdict in verdicts.items() if verdict == Verdict.RESEND})
    files = [_planned(each, verdicts, held) for each in looked]
    return [
        PlannedPacket(_packet_key(night_id, ordinal, chunk), ordinal, tuple(chunk))
        for ordinal, chunk in enumerate(_chunks(files, packet_bytes, packet_files), start=first_ordinal)
    ]


def _look(landed: Sequence[Landed], load: Callable[[str], bytes], definitions: Definitions, business_date: date,
          packet_bytes: int, copies: Counter[str]) -> Iterator[_Looked]:
    numbered: list[tuple[Landed, int]] = []
    for each in sorted(landed, key=lambda one: (one.hash, one.source, one.name)):
        copies[each.hash] += 1
        numbered.append((each, copies[each.hash]))
    for chunk in _by_size(numbered, packet_bytes):
        data = {each.hash: load(each.hash) for each, _ in chunk}
        known = {each.name: _contract(each, definitions) for each, _ in chunk}
        found = {name: detect(content) for name, content in data.items()}
        edi = {(each.hash, copy) for each, copy in chunk if _is_edi(found[each.hash], known[each.name])}
        interchanges = _interchanges({name: data[name] for name, _ in edi}, definitions, business_date)
        for each, copy in chunk:
            if (each.hash, copy) in edi:
                yield _looked(each, copy, interchanges[each.hash])
            else:
                yield _looked_at_export(each, copy, known[each.name], data[each.hash])


def _is_edi(found: Detection, contract: SourceContract | None) -> bool:
    """Tell what is read as EDI: what is empty or breaks off in its header, and is no export, then says so of itself."""
    return found.standard is not None or (contract is None and (found.empty or found.broken))


@dataclass(slots=True)
class _Contents:
    keys: list[tuple[InterchangeKey, str, int]]
    void: set[int]  # ordinals of interchanges that are cut short or wrong as a whole
    order: tuple[str, ...]
    transactions: int


def _interchanges(files: dict[str, bytes], definitions: Definitions, business_date: date) -> dict[str, _Contents]:
    found: dict[str, _Contents] = {name: _Contents([], set(), ("~unreadable",), 0) for name in files}
    for batch in read_files([SourceFile(name, data) for name, data in sorted(files.items())], limits=definitions.limits):
        counts = _transactions_by_file(batch)
        for name, count in counts.items():
            found[name].transactions = count
        spoiled = _spoiled(batch, definitions)
        for at, interchange in enumerate(batch.interchanges):
            whose = correspondence(interchange, definitions)
            contents = found[batch.table.files[interchange.file]]
            if not contents.keys:
                contents.order = (whose.partner_id, interchange.standard, interchange.control_number, interchange.content_hash)
            contents.keys.append((interchange_key(interchange, whose, business_date), interchange.content_hash, interchange.ordinal))
            if at in spoiled or not interchange.has_trailer:
                contents.void.add(interchange.ordinal)
    return found


def _spoiled(batch: Batch, definitions: Definitions) -> set[int]:
    """Return the interchanges that are wrong as a whole, by the severities of their partner."""
    index = {(batch.table.files[each.file], each.ordinal): at for at, each in enumerate(batch.interchanges)}
    spoiled = set()
    for finding in batch.findings:
        place = finding.place
        at = index.get((place.file or "", place.interchange or 0))
        if at is not None and place.transaction is None and place.group is None:
            judged = by_policy(finding, correspondence(batch.interchanges[at], definitions))
            if judged.severity in (Severity.ERROR, Severity.FATAL):
                spoiled.add(at)
    return spoiled


def _transactions_by_file(batch: Batch) -> Counter[str]:
    files = [batch.interchanges[index].file for index in batch.transactions.interchange.tolist()]
    return Counter(batch.table.files[file] for file in files)


def _looked(landed: Landed, copy: int, contents: _Contents) -> _Looked:
    candidates = tuple(Candidate(key, content, landed.hash, copy, ordinal) for key, content, ordinal in contents.keys)
    return _Looked(landed, copy, "edi", None, contents.transactions, candidates, frozenset(contents.void), contents.order)


def _contract(landed: Landed, definitions: Definitions) -> SourceContract | None:
    return next((each for each in definitions.contracts if fnmatch(landed.name, each.file_pattern)), None)


def _looked_at_export(landed: Landed, copy: int, contract: SourceContract | None, data: bytes) -> _Looked:
    kind, source = ("csv", contract.source_id) if contract else ("unknown", None)
    rows = count_rows(contract, data) if contract else 0
    return _Looked(landed, copy, kind, source, 0, (), frozenset(), (f"~{kind}", source or "", landed.name, landed.hash), rows)


def _id(candidate: Candidate) -> str:
    return interchange_id(candidate.key, candidate.content_hash)


def _planned(each: _Looked, verdicts: dict[Candidate, Verdict], held: set[str]) -> PlannedFile:
    """Plan a file; documents that it releases are taken out of ``held``, so that a second copy does not release them too."""
    resent = {_id(candidate) for candidate in each.candidates if verdicts[candidate] == Verdict.RESEND}
    released = tuple(sorted(document for document in held if document.rpartition("-")[0] in resent))
    held -= set(released)
    return PlannedFile(
        each.landed.hash, each.copy, each.landed.name, each.landed.source, each.landed.size, each.kind, each.source_id,
        tuple(str(verdicts[candidate]) for candidate in each.candidates), each.transactions, each.order,
        each.rows, released,
    )


def _by_size(files: Sequence[tuple[Landed, int]], most: int) -> Iterator[list[tuple[Landed, int]]]:
    chunk: list[tuple[Landed, int]] = []
    size = 0
    for each in files:
        if chunk and size + each[0].size > most:
            yield chunk
            chunk, size = [], 0
        chunk.append(each)
        size += each[0].size
    if chunk:
        yield chunk


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


def _packet_key(night_id: str, ordinal: int, files: Sequence[PlannedFile]) -> str:
    parts = "\n".join([night_id, str(ordinal), *(f"{file.file_hash} {file.copy}" for file in files)])
    return sha256(parts.encode()).hexdigest()[:24]
