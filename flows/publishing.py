"""From what reading a packet gave to what storage publishes as one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from edi.findings import Finding
from flows.definitions import Definitions
from flows.outcomes import DUPLICATE, LOADED, OK
from flows.work import Acknowledgment, Document, PacketWork, ReadExport, SeenInterchange
from storage.records import (
    Absence,
    AckOrder,
    ArchivedText,
    CounterKey,
    Decision,
    ExportTally,
    Interchange,
    Lease,
    Night,
    Publication,
    Reoffer,
)


def publication_of(work: PacketWork, night: Night, definitions: Definitions, held: Lease | None) -> Publication:
    """Return the publication of a packet: rows of loaded documents only, decisions and findings in order of place."""
    documents = sorted(work.documents, key=_place)
    loaded = [document.document_id for document in documents if document.outcome is not None and document.outcome.outcome == LOADED]
    archive = {**work.archive, definitions.settings_hash: ("settings", definitions.text)}
    supersedes = tuple(each for each in work.supersedes if each.by_document_id in set(loaded))
    exports = [_without_replaced(one, documents, {each.document_id for each in supersedes}) for one in work.exports]
    absences = [(one, each, is_gone) for one in exports for those, is_gone in ((one.vanished, True), (one.returned, False))
                for each in those]
    return Publication(
        packet_key=work.packet_key, night=night, tables=work.keep(loaded),
        decisions=tuple(_decision(document) for document in documents),
        findings=tuple(_findings(documents, work.file_findings)),
        interchanges=tuple(_interchange(seen, night) for seen in sorted(work.interchanges, key=lambda each: (
            each.file_hash, each.copy, each.interchange.ordinal))),
        acknowledgments=tuple(_order(made) for made in work.acknowledgments),
        reoffers=tuple(Reoffer(answers, f"{night.night_id}-{answers}") for answers in sorted(set(work.offered_again))),
        archive=tuple(ArchivedText(digest, kind, text) for digest, (kind, text) in sorted(archive.items())), lease=held,
        exports=tuple(_tally(one, documents) for one in exports),
        absences=tuple(Absence(one.file_hash, one.copy, each.document_id, one.source_id, is_gone) for one, each, is_gone in absences),
        supersedes=supersedes,
    )


def _without_replaced(export: ReadExport, documents: list[Document], superseded: set[str]) -> ReadExport:
    """Count as vanished what other documents took the place of, if no loaded one has its key now."""
    if not export.replaceable:
        return export
    kept = {each.control_number for each in documents if each.type_code == export.source_id and (each.outcome or OK).outcome == LOADED}
    replaced = [each for key, each in sorted(export.replaceable.items()) if each.document_id in superseded and key not in kept]
    return replace(export, vanished=(*export.vanished, *replaced))


def _tally(export: ReadExport, documents: list[Document]) -> ExportTally:
    """Count the documents and rows of an export by what became of them."""
    counts: Counter[str] = Counter()
    for document in documents:
        if (document.file_hash, document.copy) == (export.file_hash, export.copy) and document.standard == "csv":
            taken = document.change if (document.outcome or OK).outcome in (LOADED, DUPLICATE) else ""
            counts[f"{taken or 'set_aside'}_documents"] += document.transaction_ordinal > 0 or not taken
            counts[f"{taken or 'set_aside'}_rows"] += document.record_count
    return ExportTally(
        export.file_hash, export.copy, export.source_id, export.kind, counts["new_documents"], counts["new_rows"],
        counts["changed_documents"], counts["changed_rows"], counts["unchanged_documents"], counts["unchanged_rows"],
        counts["set_aside_documents"], counts["set_aside_rows"], len(export.vanished), sum(each.record_count for each in export.vanished),
        export.known_documents, len(export.returned))


def _place(document: Document) -> tuple[str, int, int, int]:
    return (document.file_hash, document.copy, document.interchange_ordinal, document.transaction_ordinal)


def _decision(document: Document) -> Decision:
    outcome = document.outcome or OK
    return Decision(
        standard=document.standard, file_hash=document.file_hash, copy=document.copy, interchange_ordinal=document.interchange_ordinal,
        transaction_ordinal=document.transaction_ordinal, outcome=outcome.outcome, record_count=document.record_count,
        document_id=document.document_id, type_code=document.type_code, partner_id=document.partner_id,
        direction_code=document.direction_code,
        control_number="/".join(part for part in (document.interchange_number, document.control_number) if part) or None,
        reason_code=outcome.reason_code, reason=outcome.reason, stated_amount=document.stated_amount,
        currency=document.currency,
    )


def _findings(documents: list[Document], loose: list[Finding]) -> list[Finding]:
    placed = [
        replace(finding, place=replace(finding.place, file=document.file_hash, interchange=document.interchange_ordinal,
                                       transaction=finding.place.transaction or document.transaction_ordinal))
        for document in documents for finding in document.findings
    ]
    every = [*placed, *loose]
    return sorted(every, key=lambda finding: (finding.place.file or "", finding.place.offset or 0, finding.place.element or 0, finding.code,
                                              finding.message))


def _interchange(seen: SeenInterchange, night: Night) -> Interchange:
    one = seen.interchange
    return Interchange(
        standard=one.standard, sender_qualifier=one.sender_qualifier, sender_id=one.sender_id, receiver_qualifier=one.receiver_qualifier,
        receiver_id=one.receiver_id, control_number=one.control_number, usage_code=one.usage_code, content_hash=one.content_hash,
        verdict=seen.verdict, file_hash=seen.file_hash, interchange_ordinal=one.ordinal, interchange_id=seen.interchange_id,
        copy=seen.copy, epoch=seen.epoch, night_id=night.night_id,
    )


def _order(made: Acknowledgment) -> AckOrder:
    standard, kind, our_qualifier, our_id, their_qualifier, their_id = made.counter
    key = CounterKey(standard, kind, f"{our_qualifier}/{our_id}", f"{their_qualifier}/{their_id}")
    return AckOrder(made.partner_id, made.kind, made.answers, key, made.render, made.name)
