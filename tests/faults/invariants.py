"""The invariants of a night, in one function that is called after every fault and again after a second recovery.

``check`` reads everything, judges it by a table of invariants and raises with every one that is violated: which, and where.
Right after a fault only those are asked that hold at every instant; after recovery all of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from socket import gethostname

from flows.clock import is_gone
from flows.settings import Settings
from storage.canonical import content_hash
from storage.lake import TOGETHER, Listed
from storage.tables import ITEM_STATES, OUTCOMES, PACKET_STATES
from storage.together import PERIODS, Piece
from tests.faults.evidence import Evidence, Memory, State, gather, lake_digests
from tests.faults.oracle import FIGURE_COLUMNS, FIGURES, versions_of

MOST_TOLD = 5  # places of one invariant in a message

Complaints = Iterator[str]


class ViolatedError(AssertionError):
    """An invariant does not hold."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """An invariant; one that is ``always`` so holds between a fault and its recovery, too."""

    name: str
    find: Callable[[Evidence], Complaints]
    always: bool


def check(settings: Settings, memory: Memory | None = None, *, undisturbed: State | None = None, state: State | None = None,
          at_rest: bool = True) -> Evidence:
    """Judge a home folder and its database.

    Args:
        settings: whose.
        memory: what earlier checks of the same home saw; it learns what this one sees.
        undisturbed: what an undisturbed run left, to be compared with ``state``, byte for byte.
        state: what is here.
        at_rest: a run has come to its end. False right after a fault: what a later run finishes is not asked for.

    Raises:
        ViolatedError: naming each invariant that does not hold, and where.
    """
    evidence = gather(settings)
    found = [(each.name, list(each.find(evidence))) for each in INVARIANTS if at_rest or each.always]
    if memory is not None:
        found.append(("moves forward", list(_moved_back(evidence, memory))))
    if undisturbed is not None and state is not None:
        found.append(("as if undisturbed", list(differences(undisturbed, state))))
    if complaints := [line for name, places in found for line in _told(name, places)]:
        raise ViolatedError("\n".join([f"in {settings.home}:", *complaints]))
    return evidence


def _told(name: str, places: list[str]) -> list[str]:
    more = [f"{name}: and {len(places) - MOST_TOLD} more"] if len(places) > MOST_TOLD else []
    return [f"{name}: {place}" for place in places[:MOST_TOLD]] + more


def differences(expected: State, found: State) -> Complaints:
    """Name the lines of the database's dump and the visible files in which two states differ."""
    same = expected[0] == found[0]
    before, after = (Counter[str]() if same else Counter(state[0].splitlines()) for state in (expected, found))
    for lines, what in ((before - after, "is missing from"), (after - before, "is new in")):
        for table, count in sorted(Counter(line.partition("\t")[0] for line in lines.elements()).items()):
            yield f"{count} of table {table} {what} the database"
    for name in sorted(expected[1].keys() | found[1].keys()):
        if expected[1].get(name) != found[1].get(name):
            yield f"{name} {'is missing' if name not in found[1] else 'is new' if name not in expected[1] else 'has other bytes'}"


def _rows_are_those_of_the_oracle(evidence: Evidence) -> Complaints:
    """Every document that was loaded stands in the database once, with as many records and the figures that its file has."""
    loaded = Counter(row["document_id"] for row in evidence.loaded())
    present = Counter(row["document_id"] for row in evidence.figures["documents"])
    yield from (f"document {one} is decided as loaded and stands {present[one]} times in documents" for one in loaded if present[one] != 1)
    yield from (f"document {one} stands in documents and nothing decided to load it" for one in present if not loaded[one])
    yield from (f"document {one} was loaded {count} times" for one, count in loaded.items() if count > 1)
    for table, rows in evidence.rows.items():
        yield from (f"{table} has rows of {one}, which is not in documents" for one in rows if one not in present)
    figures: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for table, column in FIGURE_COLUMNS.items():
        for row in evidence.figures[table]:
            figures[row["document_id"], table].append(abs(row[column]))
    names = {each["hash"]: each["name"] for arrived in evidence.arrivals.values() for each in arrived}
    for row in evidence.loaded():
        told = evidence.transactions(row["file_hash"], names.get(row["file_hash"], ""))
        if told is None:
            continue
        place = (row["interchange_ordinal"], row["transaction_ordinal"])
        where = f"file {row['file_hash'][:12]}, interchange {place[0]}, transaction {place[1]}"
        one = told.get(place)
        if one is None:
            yield f"{where} is loaded and not in the file"
        elif one.figures is not None:
            table = FIGURES[one.type_code].table if one.type_code in FIGURES else one.type_code
            stored = sorted(figures[row["document_id"], table])
            if stored != list(one.figures):
                yield f"{where}: {table} has {len(stored)} records, the file {len(one.figures)}, or other figures"


def _parquet_is_the_database(evidence: Evidence) -> Complaints:
    """Names are those of committed packets, the manifest lists whole ones, files have the decided bytes and the database's rows."""
    decided = {row["path"]: row for row in evidence.ledger["lake_files"]}
    listed = {entry["path"]: entry for entries in evidence.manifest.values() for entry in entries}
    shown = {decided[path]["packet_key"] for path in listed if path in decided}
    for path in sorted(evidence.settings.lake.rglob("[!.]*.parquet")):
        if TOGETHER not in path.parts and path.relative_to(evidence.settings.lake).as_posix() not in decided:
            yield f"{path.relative_to(evidence.settings.lake)} has its name, and no committed packet has it"
    packet_of = {row["document_id"]: row["packet_key"] for row in evidence.loaded()}
    yield from (f"{path} is in the manifest, and no committed packet has it" for path in listed if path not in decided)
    yield from (f"{path} is not in the manifest, though other files of its packet are" for path, row in decided.items()
                if row["packet_key"] in shown and path not in listed)
    seen: dict[str, dict[str, Counter[str]]] = defaultdict(dict)
    for path, entry in listed.items():
        row, file = decided.get(path), evidence.settings.lake / path
        if row is None:
            continue
        if not file.is_file():
            yield f"{path} is in the manifest and not there"
        elif not content_hash(file.read_bytes()) == row["hash"] == entry["hash"]:
            yield f"{path} has other bytes than were decided"
        else:
            seen[row["table_name"]].update(lake_digests(file, row["hash"]))
    for table, rows in evidence.rows.items():
        expected = {one: counted for one, counted in rows.items() if packet_of.get(one) in shown}
        for one in sorted(expected.keys() | seen[table].keys()):
            if expected.get(one) != seen[table].get(one):
                yield (f"{table} of document {one}: the database has {sum(expected.get(one, Counter()).values())} rows, "
                       f"Parquet {sum(seen[table].get(one, Counter()).values())}, or other values")


def _copies_have_what_they_copy(evidence: Evidence) -> Complaints:
    """A copy of files that are read together has the bytes that its name says and, while they are listed, the rows of all of them."""
    lake = evidence.settings.lake
    copied: dict[tuple[str, str], Piece] = {}
    for table, entries in evidence.manifest.items():
        for length in PERIODS:
            periods: dict[str, list[Listed]] = defaultdict(list)
            for each in entries:
                periods[each["path"].partition("business_date=")[2][:length]].append(Listed(each["path"], each["hash"], each["rows"]))
            copied |= {(table, piece.key): piece for piece in (Piece(table, period, tuple(members)) for period, members in periods.items())}
    for path in sorted((lake / TOGETHER).glob("*/[!.]*")):
        key, _, digest = path.stem.rpartition("-")
        piece = copied.get((path.parent.name, key))  # none where it is outdated: it is read no more
        if content_hash(path.read_bytes()) != digest:
            yield f"{path.relative_to(lake)} has other bytes than its name says"
        elif piece is not None and lake_digests(path, digest) != _added(lake_digests(lake / one.path, one.hash) for one in piece.members):
            yield f"{path.relative_to(lake)} has other rows than what it copies"


def _added(parts: Iterable[dict[str, Counter[str]]]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for part in parts:
        for document, rows in part.items():
            found[document] += rows
    return dict(found)


def _everything_is_shown(evidence: Evidence) -> Complaints:
    """No packet stops on the way, and whatever the ledger has is in the manifest."""
    yield from (f"packet {row['packet_key']} is {row['state']}" for row in evidence.ledger["packets"] if row["state"] != PACKET_STATES[-1])
    listed = {entry["path"] for entries in evidence.manifest.values() for entry in entries}
    yield from (f"{row['path']} is not in the manifest" for row in evidence.ledger["lake_files"] if row["path"] not in listed)
    yield from (f"night {row['night_id']} is {row['state']}" for row in evidence.ledger["nights"] if row["state"] != "closed")


def _each_transaction_has_one_outcome(evidence: Evidence) -> Complaints:
    """Each transaction of a file that is decided about has one decision, with an outcome that we know and a reason."""
    names = {each["hash"]: each["name"] for arrived in evidence.arrivals.values() for each in arrived}
    decided: dict[tuple[str, str, int], Counter[tuple[int, int]]] = defaultdict(Counter)
    for row in evidence.ledger["decisions"]:
        place = (row["interchange_ordinal"], row["transaction_ordinal"])
        where = f"file {row['file_hash'][:12]}, copy {row['copy']}, interchange {place[0]}, transaction {place[1]}"
        decided[row["night_id"], row["file_hash"], row["copy"]][place] += 1
        if row["outcome"] not in OUTCOMES:
            yield f"{where} has the outcome {row['outcome']}"
        if not row["reason_code"] or not row["reason"]:
            yield f"{where} is {row['outcome']} without a reason"
        if row["file_hash"] not in names:
            yield f"{where} is decided about, and the file never arrived"
    for (night, file_hash, copy), places in decided.items():
        told = evidence.transactions(file_hash, names[file_hash]) if file_hash in names else None
        for place in sorted(told or {}):
            if places[place] != 1:
                yield f"{night}, file {file_hash[:12]}, copy {copy}, transaction {place} has {places[place]} outcomes"
        for place in sorted(places if told else ()):
            if place not in (told or {}) and place[1] > 0:
                yield f"{night}, file {file_hash[:12]}, copy {copy}, transaction {place} has an outcome and is not in the file"


def _totals_cross_foot(evidence: Evidence) -> Complaints:
    """Everything that arrived is decided about: read = loaded + duplicate + quarantined + rejected + pending, copies counted.

    A file may be looked at more often than it arrived only where an earlier look left something open.
    """
    dates = {row["night_id"]: row["business_date"].isoformat() for row in evidence.ledger["nights"]}
    decided: dict[str, Counter[str]] = defaultdict(Counter)
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    copies: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    left_open: dict[str, tuple[str, int]] = {}  # file -> the first look that left something open
    for row in evidence.ledger["decisions"]:
        date = dates[row["night_id"]]
        if row["outcome"] == "pending" or row["reason_code"] == "conflict":  # what a person rules on is looked at again
            left_open[row["file_hash"]] = min(left_open.get(row["file_hash"], (date, row["copy"])), (date, row["copy"]))
        copies[date][row["file_hash"]].add(row["copy"])
        if row["transaction_ordinal"] > 0:
            decided[date][row["file_hash"]] += 1
            outcomes[date][row["outcome"]] += 1
    names = {each["hash"]: each["name"] for arrived in evidence.arrivals.values() for each in arrived}
    for date in sorted({*evidence.arrivals, *copies}):
        times, read = Counter(each["hash"] for each in evidence.arrivals.get(date, ())), 0
        for file_hash in {*times, *copies[date]}:
            count, looks = times[file_hash], copies[date][file_hash]
            again = left_open.get(file_hash, (date, len(looks))) < (date, len(looks))
            if looks != set(range(1, len(looks) + 1)) or len(looks) < count or (len(looks) > count and not again):
                yield f"{date}: file {file_hash[:12]} arrived {count} times and was decided about {len(looks)} times"
            told = evidence.transactions(file_hash, names[file_hash]) if file_hash in names else None
            read += decided[date][file_hash] if told is None else len(told) * len(looks)
        if read != sum(outcomes[date].values()):
            yield f"{date}: {read} transactions read, {dict(outcomes[date])} decided"


def _acknowledgments_have_one_identity(evidence: Evidence) -> Complaints:
    """An interchange is answered once: one name, one number and one content for each kind, whatever is sent again; no number is lost."""
    named: dict[tuple[str, str], set[tuple[int | None, str, str]]] = defaultdict(set)
    answers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in evidence.ledger["outbox"]:
        named[row["partner_id"], row["file_name"]].add((row["control_number"], row["content_hash"], row["answers"]))
        answers[row["answers"], row["kind"]].add(row["file_name"])
        if content_hash(bytes(row["content"])) != row["content_hash"]:
            yield f"{row['partner_id']}/{row['file_name']}: the content is not what its hash says"
    yield from (f"{partner}/{name} stands for {len(found)} acknowledgments" for (partner, name), found in named.items() if len(found) > 1)
    allowed = _versions(evidence)
    for (interchange, kind), names in answers.items():
        if len(names) > allowed.get(interchange, 1):
            yield f"interchange {interchange} is answered by {len(names)} different {kind}: {', '.join(sorted(names))}"
    given, last = len(named), sum(row["last"] for row in evidence.ledger["counters"])
    if given != last:
        yield f"{last} control numbers were taken, {given} acknowledgments carry one"


def _versions(evidence: Evidence) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in evidence.ledger["interchanges"]:
        path = evidence.settings.landing / row["file_hash"][:2] / row["file_hash"]
        if path.is_file():
            found[row["interchange_id"]] = versions_of(path.read_bytes()).get(row["interchange_ordinal"], 1)
    return found


def _the_outbox_is_what_was_queued(evidence: Evidence) -> Complaints:
    """What lies in the outbox has the bytes of a queued item, and what is marked as sent lies there."""
    folder = evidence.settings.outbox
    queued = {(folder / row["partner_id"] / row["file_name"]): row["content_hash"] for row in evidence.ledger["outbox"]}
    for name, path in evidence.files.items():
        if path.is_relative_to(folder) and not path.name.startswith(".") and queued.get(path) != content_hash(path.read_bytes()):
            yield f"{name} is not what was queued under this name"
    for row in evidence.ledger["outbox"]:
        if row["state"] != "queued" and not (folder / row["partner_id"] / row["file_name"]).is_file():
            yield f"{row['partner_id']}/{row['file_name']} is {row['state']} and not there"


def _everything_is_sent(evidence: Evidence) -> Complaints:
    """Nothing waits in the outbox once a run has ended."""
    yield from (f"{row['partner_id']}/{row['file_name']} is still queued" for row in evidence.ledger["outbox"] if row["state"] == "queued")


def _nothing_is_left_over(evidence: Evidence) -> Complaints:
    """No temporary, staged or half-written file anywhere, and none in the archive that nothing refers to."""
    settings = evidence.settings
    landed = {each["hash"] for arrived in evidence.arrivals.values() for each in arrived}
    for name, path in evidence.files.items():
        if path.name.startswith(".") and not path.name.endswith(".lock"):
            yield f"{name} is left over"
        elif _is_archived(path, settings.landing) and path.name not in landed:
            yield f"{name} was archived, and no arrival is noted"


def _the_archive_is_whole(evidence: Evidence) -> Complaints:
    """Every arrival that is noted lies in the archive, with the content that it arrived with."""
    for date, arrived in evidence.arrivals.items():
        for each in arrived:
            path = evidence.settings.landing / each["hash"][:2] / each["hash"]
            if not path.is_file() or content_hash(path.read_bytes()) != each["hash"]:
                yield f"{date}: arrival {each['arrival']} ({each['hash'][:12]}) is not in the archive as it arrived"


def _is_archived(path: Path, landing: Path) -> bool:
    return path.is_relative_to(landing) and len(path.name) == 64 and path.parent.parent == landing


def _no_lease_is_held_by_the_dead(evidence: Evidence) -> Complaints:
    """A lease is free, or its holder is a process of this machine that runs."""
    yield from (f"{row['name']} is held by {row['holder']}" for row in evidence.ledger["leases"]
                if row["holder"] and (is_gone(row["holder"]) or not row["holder"].startswith(f"{gethostname()} ")))


def _the_audit_chain_verifies(evidence: Evidence) -> Complaints:
    """The chain is whole, and says of each packet once that it was published, of each item at most once that it was sent."""
    if evidence.chain.broken_at is not None:
        yield f"broken at record {evidence.chain.broken_at}"
    told = Counter((row["action"], row["subject"]) for row in evidence.ledger["audit"])
    for row in evidence.ledger["packets"]:
        times = told["packet.published", row["packet_key"]]
        if times != (row["state"] != "planned"):
            yield f"packet {row['packet_key']} is {row['state']}, and was told to be published {times} times"
    for row in evidence.ledger["outbox"]:
        times = told["outbox.sent", row["item_id"]]
        if times != (row["state"] != "queued"):
            yield f"outbox item {row['item_id'][:12]} is {row['state']}, and was told to be sent {times} times"


def _moved_back(evidence: Evidence, memory: Memory) -> Complaints:
    """Compare with earlier checks of the same home: states only move forward, bytes and what was told stay."""
    states = {f"packet {row['packet_key']}": row["state"] for row in evidence.ledger["packets"]}
    states |= {f"item {row['item_id']}": row["state"] for row in evidence.ledger["outbox"]}
    order = (*PACKET_STATES, *ITEM_STATES)
    for what, state in memory.states.items():
        if what not in states:
            yield f"{what} was {state} and is gone"
        elif order.index(states[what]) < order.index(state):
            yield f"{what} was {state} and is {states[what]}"
    acknowledgments = {f"{row['partner_id']}/{row['file_name']}": row["content_hash"] for row in evidence.ledger["outbox"]}
    yield from (f"acknowledgment {name} had other bytes before, or is gone" for name, digest in memory.acknowledgments.items()
                if acknowledgments.get(name) != digest)
    heads = {row["hash"] for row in evidence.ledger["audit"]}
    if memory.audit_head is not None and memory.audit_head not in heads:
        yield "the end that the audit chain had is gone from it"
    memory.states, memory.acknowledgments = states, acknowledgments
    memory.audit_head = evidence.chain.head if heads else None


INVARIANTS = (
    Invariant("rows of the oracle", _rows_are_those_of_the_oracle, always=True),
    Invariant("Parquet = database", _parquet_is_the_database, always=True),
    Invariant("copies", _copies_have_what_they_copy, always=True),
    Invariant("everything is shown", _everything_is_shown, always=False),
    Invariant("one outcome, with a reason", _each_transaction_has_one_outcome, always=True),
    Invariant("totals cross-foot", _totals_cross_foot, always=False),
    Invariant("one acknowledgment identity", _acknowledgments_have_one_identity, always=True),
    Invariant("outbox", _the_outbox_is_what_was_queued, always=True),
    Invariant("everything is sent", _everything_is_sent, always=False),
    Invariant("nothing left over", _nothing_is_left_over, always=False),
    Invariant("archive", _the_archive_is_whole, always=True),
    Invariant("no lease held by the dead", _no_lease_is_held_by_the_dead, always=False),
    Invariant("audit chain", _the_audit_chain_verifies, always=True),
)
