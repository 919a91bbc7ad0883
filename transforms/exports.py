"""CSV exports of other systems to canonical documents, driven by the contracts in data/sources.

Everything is text first: leading zeros, ``NA`` and byte offsets survive; types come last. The steps are in
``exports_file`` (is the file whole?), ``exports_documents`` (which rows are one document?) and ``exports_rows`` (typed rows).
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from edi.findings import Finding
from transforms import exports_contract, exports_documents, exports_file, exports_rows, exports_values
from transforms.exports_contract import usable
from transforms.exports_documents import contradictions, group, identified, partners_of
from transforms.exports_file import read_file
from transforms.exports_model import Export, ExportContext, ExportDocument, Groups, KnownDocument
from transforms.exports_rows import RowMaker
from transforms.exports_values import Reader
from transforms.policy import SourceContract

__all__ = ["MAP_HASH", "MAP_TEXT", "Export", "ExportContext", "ExportDocument", "KnownDocument", "read_export"]

# The source of what makes rows of exports, archived under its hash as the mappings of EDI documents are.
MAP_TEXT = "\n".join(inspect.getsource(module) for module in (
    exports_contract, exports_file, exports_documents, exports_values, exports_rows))
MAP_HASH = sha256(MAP_TEXT.encode()).hexdigest()


def read_export(contract: SourceContract, data: bytes, context: ExportContext, known: Mapping[str, KnownDocument]) -> Export:
    """Read one export.

    Args:
        contract: what the source promised.
        data: the whole file.
        context: the file and the night.
        known: the latest loaded version of each document of the source, by key.

    Raises:
        ConfigurationError: the contract contradicts the canonical model. What is wrong with the data is a finding.
    """
    file = read_file(usable(contract), data, context.file_hash)
    if file.error is not None:
        return Export((), {}, file.findings, (), file.error, len(file.records))
    groups = group(file.records, contract)
    reader = Reader(contract, context.units, file.records, groups, context.file_hash)
    partners = partners_of(reader)
    documents = identified(reader, partners, known)
    maker = RowMaker(reader, context, documents, partners)
    tables = maker.tables()
    findings = (*file.findings, *_placed(file.bad_rows, groups), *contradictions(reader, partners), *maker.findings)
    # A row that cannot be read may belong to any document: then nothing has vanished for certain.
    complete = contract.kind == "snapshot" and not file.bad_rows
    present = {document.key for document in documents}
    vanished = tuple(sorted(
        key for key, before in known.items() if key not in present and not before.is_gone)) if complete else ()
    return Export(documents, tables, findings, vanished, None, len(file.records))


def _placed(bad_rows: tuple[Finding, ...], groups: Groups) -> list[Finding]:
    """Tell findings about rows which document they belong to."""
    rows = [(finding.place.segment or 1) - 1 for finding in bad_rows]
    return [replace(finding, place=replace(finding.place, transaction=int(groups.document[row]) + 1))
            for finding, row in zip(bad_rows, rows, strict=True)]
