"""A first look at what landed: which files are EDI, which exports, what interchanges they hold, and which end before they should.

Every envelope is read once, before any work is planned; nothing is decided here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatch

from edi.findings import Severity
from edi.octets import PADDING
from edi.reading.detect import Detection, detect
from edi.reading.files import SourceFile, read_files
from edi.segments import Batch
from flows.definitions import Definitions
from flows.partners import by_policy, correspondence, interchange_key
from storage.landing import Landed
from transforms.exports_file import count_rows, ends_early
from transforms.policy import SourceContract
from transforms.verdicts import Candidate, InterchangeKey

_REST_BYTES = 1024  # behind the last interchange: padding, or the beginning of one more


@dataclass(frozen=True, slots=True)
class Looked:
    """A landed file after a first look."""

    landed: Landed
    copy: int
    kind: str
    source_id: str | None
    transactions: int
    candidates: tuple[Candidate, ...]
    void: frozenset[int]  # ordinals of interchanges that are wrong as a whole or have no end
    order: tuple[str, ...]
    rows: int = 0
    starts: tuple[tuple[date, ...], ...] = ()  # of each candidate: when its sender's numbering began again
    counts: tuple[bool, ...] = ()  # of each candidate: whether its sender's numbers are agreed to count
    ends_early: bool = False  # it breaks off: what stands last in it has no end


def look_at(landed: Sequence[Landed], load: Callable[[str], bytes], definitions: Definitions, business_date: date,
            *, packet_bytes: int, copies: Counter[str]) -> Iterator[Looked]:
    """Look at files in bunches of some size.

    Args:
        copies: how often the same bytes landed in the night so far; counted on.
    """
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
                yield _looked(each, copy, interchanges[each.hash], found[each.hash])
            else:
                yield _looked_at_export(each, copy, known[each.name], data[each.hash])


def _is_edi(found: Detection, contract: SourceContract | None) -> bool:
    """Tell what is read as EDI: what is empty or breaks off in its header, and is no export, then says so of itself."""
    return found.standard is not None or (contract is None and (found.empty or found.broken))


@dataclass(slots=True)
class _Contents:
    keys: list[tuple[InterchangeKey, str, int]]
    starts: list[tuple[date, ...]]
    counts: list[bool]
    void: set[int]  # ordinals of interchanges that are cut short or wrong as a whole
    order: tuple[str, ...]
    transactions: int
    last: int = 0  # ordinal of the last interchange
    ends_early: bool = False


def _interchanges(files: dict[str, bytes], definitions: Definitions, business_date: date) -> dict[str, _Contents]:
    found: dict[str, _Contents] = {name: _Contents([], [], [], set(), ("~unreadable",), 0) for name in files}
    for batch in read_files([SourceFile(name, data) for name, data in sorted(files.items())], limits=definitions.limits):
        counts = _transactions_by_file(batch)
        for name, count in counts.items():
            found[name].transactions = count
        spoiled = _spoiled(batch, definitions)
        for at, interchange in enumerate(batch.interchanges):
            whose = correspondence(interchange, definitions)
            name = batch.table.files[interchange.file]
            contents = found[name]
            if not contents.keys:
                contents.order = (whose.partner_id, interchange.standard, interchange.control_number, interchange.content_hash)
            contents.starts.append(whose.restarts)
            contents.counts.append(whose.counts)
            contents.keys.append((interchange_key(interchange, whose, business_date), interchange.content_hash, interchange.ordinal))
            if at in spoiled or not interchange.has_trailer:
                contents.void.add(interchange.ordinal)
            if interchange.ordinal > contents.last:  # batches need not come in the file's order
                contents.last = interchange.ordinal
                rest = files[name][interchange.end:interchange.end + _REST_BYTES]
                contents.ends_early = not interchange.has_trailer or _begins_another(rest)
    return found


def _begins_another(rest: bytes) -> bool:
    """Tell whether what stands behind the last interchange is the beginning of one more."""
    head = rest.lstrip(PADDING)[:3]
    return bool(head) and any(tag.startswith(head) for tag in (b"ISA", b"UNA", b"UNB"))


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


def _looked(landed: Landed, copy: int, contents: _Contents, found: Detection) -> Looked:
    candidates = tuple(Candidate(key, content, landed.hash, copy, ordinal) for key, content, ordinal in contents.keys)
    early = contents.ends_early if candidates else found.empty or found.broken
    return Looked(landed, copy, "edi", None, contents.transactions, candidates, frozenset(contents.void), contents.order,
                  starts=tuple(contents.starts), counts=tuple(contents.counts), ends_early=early)


def _contract(landed: Landed, definitions: Definitions) -> SourceContract | None:
    return next((each for each in definitions.contracts if fnmatch(landed.name, each.file_pattern)), None)


def _looked_at_export(landed: Landed, copy: int, contract: SourceContract | None, data: bytes) -> Looked:
    kind, source = ("csv", contract.source_id) if contract else ("unknown", None)
    rows, early = (count_rows(contract, data), ends_early(contract, data)) if contract else (0, False)
    order = (f"~{kind}", source or "", landed.name, landed.hash)
    return Looked(landed, copy, kind, source, 0, (), frozenset(), order, rows, ends_early=early)


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
