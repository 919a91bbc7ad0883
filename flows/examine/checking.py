"""Check many files in one call: small ones together, each with its own report, in the order in which they were given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from edi.findings import Finding
from edi.guides import Checker
from edi.limits import Limits
from edi.reading.files import SourceFile, read_files
from edi.segments import Batch
from flows.examine.files import failed, listed, opened, packets, parts
from flows.examine.policy import Policy
from flows.examine.reports import Draft, FileReport, InterchangeReport


def check_files(paths: Iterable[str], policy: Policy, *, limits: Limits, max_findings: int) -> Iterator[FileReport]:
    """Check files and folders, and yield a report a file. What is wrong with a file is a finding, never an exception.

    Memory does not grow with the number of files, nor with their size.
    """
    for packet in packets(opened(given, limits, most_held=limits.part_bytes) for given in listed(paths)):
        drafts = {given.path: Draft(max_findings) for given in packet}
        held = [SourceFile(given.path, given.data) for given in packet if given.finding is None and not given.streamed]
        _take_in(read_files(held, limits=limits), drafts, policy)
        for given in packet:
            draft = drafts[given.path]
            if given.finding is not None:
                draft.add(given.finding)
            if given.streamed:
                try:
                    _take_in(parts(given, limits), drafts, policy)
                except OSError as error:
                    draft.add(failed(given, error))
            yield draft.report(given.path, given.size, guided=policy.guides is not None)


def _take_in(batches: Iterable[Batch], drafts: Mapping[str, Draft], policy: Policy) -> None:
    checker = policy.checker()
    for batch in batches:
        for finding in judged(batch, checker, policy):
            drafts[finding.place.file or ""].add(finding)
        _take_envelopes(batch, drafts)


def judged(batch: Batch, checker: Checker | None, policy: Policy) -> Iterator[Finding]:
    """Yield all findings of a batch, with the severities that each partner's agreement has."""
    by_place = {(batch.table.files[each.file], each.ordinal): policy.severity_of(each) for each in batch.interchanges}
    for finding in (*batch.findings, *(checker.check(batch) if checker else ())):
        judge = by_place.get((finding.place.file or "", finding.place.interchange or 0))
        yield judge(finding) if judge else finding


def _take_envelopes(batch: Batch, drafts: Mapping[str, Draft]) -> None:
    those = batch.transactions
    counts = [0] * len(batch.interchanges)
    columns = (those.interchange.tolist(), those.segments_before.tolist(), those.ordinal.tolist(), batch.type_codes,
               those.version.to_pylist(), those.control_number.to_pylist())
    for at, before, ordinal, type_code, version, control_number in zip(*columns, strict=True):
        interchange = batch.interchanges[at]
        counts[at] += before == 0
        drafts[batch.table.files[interchange.file]].add_transaction(
            interchange.ordinal, ordinal, type_code, version or "", control_number or "")
    for each, count in zip(batch.interchanges, counts, strict=True):
        drafts[batch.table.files[each.file]].add_interchange(InterchangeReport(
            each.ordinal, each.standard, each.control_number, f"{each.sender_qualifier}/{each.sender_id}",
            f"{each.receiver_qualifier}/{each.receiver_id}", each.usage_code, each.version, count))
