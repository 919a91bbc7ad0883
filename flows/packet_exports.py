"""CSV exports of a packet: each row belongs to a document, which is new, changed or unchanged; all of them are counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace

from edi.findings import Finding, Severity
from flows.exports_again import Again, Before, fed_again
from flows.outcomes import DUPLICATE, QUARANTINED, Outcome, first_error, of_cut, why
from flows.planning import PlannedFile
from flows.work import Document, NightContext, PacketWork, ReadExport
from transforms.exports import MAP_HASH, MAP_TEXT, Export, ExportContext, ExportDocument, KnownDocument, read_export
from transforms.policy import SourceContract

Known = dict[str, dict[str, KnownDocument]]  # source_id -> document key -> its latest version

UNCHANGED = Outcome(DUPLICATE, "unchanged", "The same rows as the version that is loaded already: nothing to do.")


def read_exports(
    files: list[PlannedFile], load: Callable[[str], bytes], night: NightContext, known: Callable[[str], Mapping[str, KnownDocument]],
    work: PacketWork, before: Callable[[PlannedFile], Before] = lambda _: Before(),
) -> None:
    """Read the CSV exports of a packet in plan order; a later file of the packet compares with what an earlier one brought.

    Args:
        known: the latest loaded version of each document of a source, by key.
        before: what became of a file that is fed in again.
    """
    latest: Known = {}
    for file in files:
        contract = night.definitions.contract(file.source_id or "")
        assert contract is not None, "the plan names only sources that have a contract"
        versions = latest.setdefault(contract.source_id, dict(known(contract.source_id)))
        earlier = before(file) if file.is_replayed else Before()
        export = read_export(contract, load(file.file_hash), _context(file, night), _forgotten(versions, earlier, file))
        compared = _compared(export, contract, file, versions)
        if file.cut:
            work.exports.append(compared)
            work.documents.append(_cut_short(export, contract, file))
            continue
        again = fed_again(export, file, earlier, versions)
        work.exports.append(replace(compared, replaceable={key: versions[key] for key in again.replaceable}))
        _take(export, contract, file, work, again)
        work.supersedes.extend(again.supersedes(file.forced_because))
        spoiled = {finding.place.transaction for finding in export.findings if finding.severity in (Severity.ERROR, Severity.FATAL)}
        for document in export.documents:
            stays = document.verdict == "unchanged" or document.document_id in again.over
            if not stays and export.file_error is None and document.ordinal not in spoiled:
                versions[document.key] = KnownDocument(document.document_id, document.content_hash)


def _forgotten(versions: Mapping[str, KnownDocument], earlier: Before, file: PlannedFile) -> Mapping[str, KnownDocument]:
    """Return the versions that an export is compared with: by force, what is equal is a new version all the same."""
    if not file.forced_because:
        return versions
    return {key: replace(each, content_hash="") if key in earlier.present else each for key, each in versions.items()}


def _context(file: PlannedFile, night: NightContext) -> ExportContext:
    return ExportContext(
        file_hash=file.file_hash, known_at=night.sequence, business_date=night.business_date,
        settings_hash=night.definitions.settings_hash, map_hash=MAP_HASH, units=night.definitions.units("csv"),
    )


def _compared(export: Export, contract: SourceContract, file: PlannedFile, known: Mapping[str, KnownDocument]) -> ReadExport:
    """Return what an export was compared with. Only a snapshot that can be read as a whole tells of what is gone, or is there again.

    One that is fed in again does not: what it does not have has not vanished since.
    """
    made = _unread(file, contract, known)
    if file.is_replayed or file.cut or export.file_error is not None or contract.kind != "snapshot":
        return made
    there = [known[document.key] for document in export.documents if document.key in known]
    return replace(made, vanished=tuple(known[key] for key in export.vanished), returned=tuple(each for each in there if each.is_gone))


def not_compared(file: PlannedFile, night: NightContext, known: Mapping[str, KnownDocument]) -> ReadExport:
    """Return the same of an export that could not be read: it changes nothing of what is known."""
    contract = night.definitions.contract(file.source_id or "")
    assert contract is not None, "the plan names only sources that have a contract"
    return _unread(file, contract, known)


def _unread(file: PlannedFile, contract: SourceContract, known: Mapping[str, KnownDocument]) -> ReadExport:
    return ReadExport(file.file_hash, file.copy, contract.source_id, contract.kind, sum(not each.is_gone for each in known.values()))


def _take(export: Export, contract: SourceContract, file: PlannedFile, work: PacketWork, again: Again) -> None:
    found: dict[int, list[Finding]] = defaultdict(list)
    for finding in export.findings:
        found[finding.place.transaction or 0].append(finding)
    work.archive[MAP_HASH] = ("map", MAP_TEXT)
    if export.file_error is not None:
        work.documents.append(_held_whole(export, contract, file))
        return
    loose = found.pop(0, [])
    if not export.documents:
        work.documents.append(replace(_held_whole(export, contract, file), outcome=Outcome(
            DUPLICATE, "empty", "The export has a header and no rows: nothing to load."), findings=loose))
    work.file_findings.extend(loose)
    work.add_tables(export.tables)
    for made in export.documents:
        document = _document(made, contract, file, found[made.ordinal])
        work.documents.append(replace(document, outcome=again.why, change="unchanged") if made.document_id in again.over else document)


def _document(made: ExportDocument, contract: SourceContract, file: PlannedFile, findings: list[Finding]) -> Document:
    error = first_error(findings)
    outcome = None
    if error is not None:
        outcome = Outcome(QUARANTINED, error.code, why(error))
    elif made.verdict == "unchanged":
        outcome = UNCHANGED
    return Document(
        made.document_id, "csv", contract.source_id, made.partner_id or "unknown", "inbound", file.file_hash, file.copy, 0, made.ordinal,
        None, made.key, record_count=made.record_count, stated_amount=made.amount, currency=made.currency,
        has_money=contract.amount_column is not None, outcome=outcome, findings=findings,
        change=made.verdict,
    )


def _cut_short(export: Export, contract: SourceContract, file: PlannedFile) -> Document:
    """Make the one document that stands for an export which breaks off: none of its rows is loaded, however many are whole."""
    outcome = of_cut(file.cut, file.until) or Outcome(
        QUARANTINED, "incomplete", "The export breaks off; nothing of it was loaded. Have the source export it again. If it never ends its "
        "last row, set ends_with_newline = false in its contract.")
    return replace(_held_whole(export, contract, file), outcome=outcome)


def _held_whole(export: Export, contract: SourceContract, file: PlannedFile) -> Document:
    """Make the one document that stands for a file which is held: none of its rows can be trusted."""
    first = next((finding for finding in export.findings if finding.code == export.file_error), None)
    reason = why(first) if first else "The file cannot be read as its contract says."
    return Document(
        f"{file.file_hash[:40]}-000000", "csv", contract.source_id, "unknown", "inbound", file.file_hash, file.copy, 0, 0, None, None,
        record_count=export.record_count, outcome=Outcome(QUARANTINED, export.file_error or "csv.not_readable", reason),
        findings=list(export.findings),
    )
