"""A packet of EDI files: read, checked and mapped. Pure but for the bytes that it is handed; nothing is decided for good here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from edi.acknowledgments import HEADLESS
from edi.findings import Finding, Place, Severity
from edi.guidemodel import Guide
from edi.guides import Subject, check, subject_of
from edi.reading.files import SourceFile, read_files
from edi.segments import Batch, Interchange
from flows.acknowledging import acknowledgment_for
from flows.outcomes import QUARANTINED, Outcome, first_error, of_cut, of_headless, of_interchange, of_transaction, why
from flows.partners import Correspondence, by_policy, correspondence, interchange_key, partners_guide
from flows.planning import PlannedFile
from flows.work import Document, NightContext, PacketWork, SeenInterchange
from storage.records import Supersession
from transforms.mappings.documents import Documents
from transforms.mappings.registry import DocumentMap, count_records, document_rows, find, stated_amounts
from transforms.verdicts import WITHOUT_NUMBER, Verdict, document_id, interchange_id

_NO_TRANSACTION = Outcome(QUARANTINED, "no_transaction", "The interchange holds no transaction that we map.")


def read_edi(files: Sequence[PlannedFile], load: Callable[[str], bytes], night: NightContext, work: PacketWork) -> None:
    """Read the EDI files of a packet into ``work``. A second landing of the same bytes is read for itself: it counts as read too."""
    for copy in sorted({file.copy for file in files}):
        landed = {file.file_hash: file for file in files if file.copy == copy}
        for batch in read_files([SourceFile(name, load(name)) for name in landed], limits=night.definitions.limits):
            _BatchReader(batch, landed, night, work).run()


class _BatchReader:
    """Carries one batch through check and map."""

    def __init__(self, batch: Batch, landed: Mapping[str, PlannedFile], night: NightContext, work: PacketWork) -> None:
        self.batch, self.landed, self.night, self.work = batch, landed, night, work
        self.whose = [correspondence(each, night.definitions) for each in batch.interchanges]
        self.index = {(batch.table.files[each.file], each.ordinal): at for at, each in enumerate(batch.interchanges)}
        self.renewed = {version.partition(".")[0]: version for file in landed.values() for version in file.renewed}
        self.of_file: dict[str, list[Finding]] = defaultdict(list)
        self.of_interchange: dict[int, list[Finding]] = defaultdict(list)
        self.of_group: dict[tuple[int, int], list[Finding]] = defaultdict(list)
        self.of_transaction: dict[tuple[int, int], list[Finding]] = defaultdict(list)
        self.within: dict[int, list[Finding]] = defaultdict(list)  # what is of its groups and transactions, by interchange
        self.headless: dict[int, list[Finding]] = defaultdict(list)  # transactions that cannot be named, by interchange
        for finding in (*batch.findings, *check(batch, self._guide, max_depth=self.night.definitions.limits.max_depth)):
            self._file_away(finding)
        self.seen = [self._seen(at) for at in range(len(batch.interchanges))]
        self.shared = [self._shared_outcome(at) for at in range(len(batch.interchanges))]

    def run(self) -> None:
        """Give every transaction its document, map those that go on, and prepare the acknowledgments."""
        documents = [self._document(at) for at in range(len(self.batch.transactions))]
        self._map(documents)
        self.work.documents.extend([*documents, *self._without_transactions(documents)])
        self.work.interchanges.extend(self.seen)
        for at, seen in enumerate(self.seen):
            self._acknowledge(at, seen)

    def _guide(self, subject: Subject) -> Guide | None:
        return partners_guide(subject, self.night.definitions)

    def _file_away(self, finding: Finding) -> None:
        place = finding.place
        at = self.index.get((place.file or "", place.interchange or 0))
        if at is None:
            self.of_file[place.file or ""].append(finding)
            return
        finding = by_policy(finding, self.whose[at])
        if finding.code == HEADLESS and first_error((finding,)):
            self.headless[at].append(finding)
        elif place.transaction is None and place.group is None:
            self.of_interchange[at].append(finding)
        else:
            self.within[at].append(finding)
            owner = self.of_group[at, place.group or 0] if place.transaction is None else self.of_transaction[at, place.transaction]
            owner.append(finding)

    def _seen(self, at: int) -> SeenInterchange:
        interchange, whose = self.batch.interchanges[at], self.whose[at]
        file = self._file(interchange)
        key = replace(interchange_key(interchange, whose, self.night.business_date), epoch=file.epochs[interchange.ordinal - 1])
        verdict = file.verdicts[interchange.ordinal - 1]
        # What is void must not stand in the way of the repaired one: it is known by its file too.
        content = interchange.content_hash
        if verdict in WITHOUT_NUMBER:
            content = f"{content}:{file.file_hash}:{interchange.ordinal}"
        return SeenInterchange(interchange, interchange_id(key, content), key.epoch, file.file_hash, file.copy, verdict, whose.partner_id)

    def _file(self, interchange: Interchange) -> PlannedFile:
        return self.landed[self.batch.table.files[interchange.file]]

    def _shared_outcome(self, at: int) -> Outcome | None:
        return self._outcome_as(at, self.seen[at].verdict, self._file(self.batch.interchanges[at]).until)

    def _outcome_as(self, at: int, verdict: str, until: str = "") -> Outcome | None:
        return of_interchange(self.batch.interchanges[at], self.whose[at], verdict, self.of_interchange[at],
                              environment=self.night.environment, until=until)

    def _document(self, index: int) -> Document:
        transactions = self.batch.transactions
        at = int(transactions.interchange[index])
        interchange, whose = self.batch.interchanges[at], self.whose[at]
        ordinal = int(transactions.ordinal[index])
        type_code = self.batch.type_codes[index]
        # What is wrong with a functional group is wrong with each of its transactions: the partner sends the group again.
        group = int(transactions.group[index])
        of_group = self.of_group[at, self.batch.groups[group].ordinal] if group >= 0 else []
        findings = [*of_group, *self.of_transaction[at, ordinal]]
        mapping = find(interchange.standard, type_code)
        file = self._file(interchange)
        identity = document_id(self.seen[at].interchange_id, ordinal)
        # Held the first time, or to be loaded once more, it is judged as if it were new; its neighbours stay duplicates.
        version = self.renewed.get(identity, "")
        shared = self._outcome_as(at, Verdict.NEW) if version or identity in file.released else self.shared[at]
        if version:
            self.work.supersedes.append(Supersession(identity, version, file.forced_because))
        return Document(
            version or identity, interchange.standard, type_code, whose.partner_id, whose.direction_code,
            file.file_hash, file.copy, interchange.ordinal, ordinal, interchange.control_number,
            transactions.control_number[index].as_py(), outcome=shared or of_transaction(type_code, whose, mapping, findings),
            has_money=bool(mapping and mapping.money), findings=[*findings, *(self.of_interchange[at] if ordinal == 1 else ())],
        )

    def _without_transactions(self, documents: Sequence[Document]) -> list[Document]:
        """Make one document for each interchange, and each file, in which no transaction could be told apart, or some could not.

        So nothing goes uncounted.
        """
        having = {(document.file_hash, document.interchange_ordinal) for document in documents}
        made = []
        for at, interchange in enumerate(self.batch.interchanges):
            file, lost = self._file(interchange), self.headless[at]
            is_alone = (file.file_hash, interchange.ordinal) not in having
            if is_alone or lost:
                outcome = self.shared[at] or of_headless(lost, self.whose[at], interchange, is_alone=is_alone) or _NO_TRANSACTION
                findings = [*(self.of_interchange[at] if is_alone else ()), *lost]
                made.append(_whole(file, self.whose[at], interchange, outcome, findings, self.seen[at].interchange_id))
        self.work.file_findings.extend(self._of_empty_groups())
        for name in self.batch.table.files:
            file = self.landed[name]
            if not file.verdicts:
                made.append(_unreadable(file, self.of_file[name]))
            else:
                self.work.file_findings.extend(self.of_file[name])
        return made

    def _of_empty_groups(self) -> list[Finding]:
        """Return what was found about groups in which no transaction could be told apart: no document carries it."""
        groups = [self.batch.groups[at] for at in np.unique(self.batch.transactions.group).tolist() if at >= 0]
        holding = {(group.interchange, group.ordinal) for group in groups}
        return [finding for owner, found in self.of_group.items() if owner not in holding for finding in found]

    def _map(self, documents: Sequence[Document]) -> None:
        groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for index, document in enumerate(documents):
            if find(document.standard, document.type_code):
                mark = self.batch.interchanges[int(self.batch.transactions.interchange[index])].delimiters.decimal.decode("latin-1")
                groups[document.standard, document.type_code, mark].append(index)
        for (standard, type_code, mark), indices in sorted(groups.items()):
            mapping = find(standard, type_code)
            assert mapping is not None
            self._count(mapping, documents, indices, mark)
            going_on = [index for index in indices if documents[index].outcome is None]
            if going_on:
                self._map_group(mapping, documents, going_on, mark)

    def _count(self, mapping: DocumentMap, documents: Sequence[Document], indices: list[int], mark: str) -> None:
        every = self._documents(mapping, documents, indices, mark)
        records = count_records(every, mapping)
        amounts, currencies = stated_amounts(every, mapping)
        for row, index in enumerate(indices):
            document = documents[index]
            document.record_count = int(records[row])
            document.stated_amount = amounts[row].as_py()
            document.currency = currencies[row].as_py() if mapping.money else None

    def _map_group(self, mapping: DocumentMap, documents: Sequence[Document], indices: list[int], mark: str) -> None:
        chosen = self._documents(mapping, documents, indices, mark)
        mapped = mapping.map(chosen)
        self.work.add_tables(mapped.tables)
        self.work.add_tables({"documents": document_rows(chosen, mapping, mapped, batch=self.batch, transactions=np.array(indices))})
        by_place = {(documents[index].file_hash, documents[index].interchange_ordinal, documents[index].transaction_ordinal):
                    documents[index] for index in indices}
        for finding in mapped.findings:
            place = finding.place
            by_place[place.file or "", place.interchange or 0, place.transaction or 0].findings.append(finding)
        self.work.archive[mapping.hash] = ("map", mapping.text)

    def _documents(self, mapping: DocumentMap, documents: Sequence[Document], indices: list[int], mark: str) -> Documents:
        rows = np.array(indices, dtype=np.int64)
        transactions = self.batch.transactions
        whose = [self.whose[int(transactions.interchange[index])] for index in indices]
        return Documents(
            table=self.batch.table, first=transactions.first_segment[rows], stop=transactions.stop_segment[rows],
            heads=self._heads(mapping, [documents[index] for index in indices], indices),
            currency=pa.array([each.agreement.currency if each.agreement else None for each in whose], pa.string()),
            interchange_ordinal=np.array([documents[index].interchange_ordinal for index in indices], dtype=np.int64),
            decimal_mark=mark, units=self.night.definitions.units(mapping.standard),
        )

    def _heads(self, mapping: DocumentMap, documents: Sequence[Document], indices: list[int]) -> pa.Table:
        count = len(documents)
        return pa.table({
            "document_id": [document.document_id for document in documents],
            "system_code": ["edi"] * count,
            "partner_id": [document.partner_id for document in documents],
            "direction_code": [document.direction_code for document in documents],
            "type_code": [document.type_code for document in documents],
            "file_hash": [document.file_hash for document in documents],
            "interchange_number": [document.interchange_number for document in documents],
            "transaction_ordinal": pa.array([document.transaction_ordinal for document in documents], pa.int64()),
            "map_hash": [mapping.hash] * count,
            "guide_hash": pa.array([self._guide_hash(index) for index in indices], pa.string()),
            "settings_hash": [self.night.definitions.settings_hash] * count,
            "known_at": pa.array([self.night.sequence] * count, pa.int64()),
            "business_date": pa.array([self.night.business_date] * count, pa.date32()),
        })

    def _guide_hash(self, index: int) -> str | None:
        guide = self._guide(subject_of(self.batch, index))
        if guide is None:
            return None
        self.work.archive[guide.hash] = ("guide", guide.text)
        return guide.hash

    def _acknowledge(self, at: int, seen: SeenInterchange) -> None:
        file = self._file(self.batch.interchanges[at])
        released = any(one.startswith(f"{seen.interchange_id}-") for one in file.released)
        if seen.verdict in (Verdict.RESEND, Verdict.FORCED) and not released:
            if not file.again and not file.forced_because:  # the partner learns nothing of what we do over
                self.work.offered_again.append(seen.interchange_id)
            return
        shared = self._outcome_as(at, Verdict.NEW) if released else self.shared[at]
        findings = [*self.of_interchange[at], *self.headless[at], *self.within[at]]
        self.work.acknowledgments.extend(acknowledgment_for(self.batch, at, self.whose[at], shared, findings, seen, self.night))


def _whole(file: PlannedFile, whose: Correspondence, interchange: Interchange, outcome: Outcome, findings: list[Finding],
           interchange_id_: str) -> Document:
    return Document(
        document_id(interchange_id_, 0), interchange.standard, "interchange", whose.partner_id, whose.direction_code, file.file_hash,
        file.copy, interchange.ordinal, 0, interchange.control_number, None, outcome=outcome, findings=list(findings),
    )


def _unreadable(file: PlannedFile, findings: list[Finding]) -> Document:
    made = unreadable_file(file, findings or [], default="file.no_interchange", reason="No interchange could be told apart in the file.")
    return replace(made, outcome=of_cut(file.cut, file.until) or made.outcome)


def unreadable_file(file: PlannedFile, findings: list[Finding], *, default: str, reason: str) -> Document:
    """Make the one document that stands for a file that cannot be split at all: held by us, since nobody is known to be told."""
    first = first_error(findings) or next(iter(findings), None)
    outcome = Outcome(QUARANTINED, first.code if first else default, why(first) if first else reason)
    return Document(f"{file.file_hash[:40]}-000000", "unknown", "file", "unknown", "inbound", file.file_hash, file.copy, 0, 0, None, None,
                    outcome=outcome, findings=[replace(finding, place=replace(finding.place, file=file.file_hash)) for finding in findings])


def unknown_file(file: PlannedFile) -> Document:
    """Make the document of a file that is neither EDI nor named like any export that a contract knows."""
    place = Place(file=file.file_hash, offset=0)
    return unreadable_file(file, [Finding(
        "file.unknown", Severity.ERROR, place, "The file is neither X12 nor EDIFACT, and no contract in data/sources has its name.",
        "Add a contract whose file_pattern matches, or tell the sender; then release.")], default="file.unknown", reason="")
