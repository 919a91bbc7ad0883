"""Conservation: what was read equals what was loaded, held, refused or already there, by transaction, by record and in money.

*Read* comes from the plan and the tokenizer, before any mapping; *loaded* is recounted from the canonical tables after the commit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from edi.errors import ConfigurationError, ConservationError
from flows.night import Session, planned
from flows.outcomes import LOADED, OUTCOMES
from flows.planning import PlannedFile
from storage import ledger
from storage.database import reading
from storage.documents import count_documents, count_records, sum_money
from storage.exports import export_before, load_exports
from transforms.mappings.registry import REGISTRY
from transforms.policy import SourceContract

MONEY_OF_EXPORT = {
    "orders": ("order_lines", "line_amount", "order_currency"),
    "invoices": ("invoices", "invoice_amount", "invoice_currency"),
    "payments": ("remittance_lines", "paid_amount", "payment_currency"),
}


@dataclass(slots=True)
class Counts:
    """Transactions, their detail records, their money by currency, and how many state money that could not be read."""

    documents: int = 0
    records: int = 0
    money: dict[str, Decimal] = field(default_factory=dict)
    unknown_money: int = 0

    def add(self, *, records: int, amount: Decimal | None, currency: str | None, expects_money: bool) -> None:
        """Count one document."""
        self.documents += 1
        self.records += records
        if amount is not None:
            self.money[currency or "?"] = self.money.get(currency or "?", Decimal(0)) + amount
        elif expects_money:
            self.unknown_money += 1

    def to_json(self) -> dict[str, Any]:
        """Return plain values, money as text."""
        return {"documents": self.documents, "records": self.records, "unknown_money": self.unknown_money,
                "money": {code: format(amount, "f") for code, amount in sorted(self.money.items())}}


@dataclass(frozen=True, slots=True)
class CrossFoot:
    """The totals of a night. ``recounted`` is what the canonical tables hold, ``outcomes`` what was decided."""

    read: Counts
    outcomes: Mapping[str, Counts]
    recounted: Counts
    problems: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"read": self.read.to_json(), "outcomes": {name: counts.to_json() for name, counts in self.outcomes.items()},
                "loaded_recounted": self.recounted.to_json(), "agrees": not self.problems, "problems": list(self.problems)}


def cross_foot(session: Session) -> CrossFoot:
    """Add up a night and compare; nothing is raised here, so that a report can show what does not agree."""
    with reading(session.engine) as connection:
        decisions = ledger.load_decisions(connection, night_id=session.night.night_id)
    outcomes = {name: Counts() for name in OUTCOMES}
    read = Counts()
    for decision in decisions:
        money = _expects_money(session, decision)
        for counts in (read, outcomes[decision["outcome"]]):
            counts.add(records=decision["record_count"], amount=decision["stated_amount"], currency=decision["currency"],
                       expects_money=money)
    recounted = _recount(session)
    files = [file for packet in planned(session) for file in packet.files]
    return CrossFoot(read, outcomes, recounted, tuple(_problems(read, outcomes, recounted, files, decisions, session)))


def demand(totals: CrossFoot) -> CrossFoot:
    """Return totals that agree.

    Raises:
        ConservationError: naming every total that does not.
    """
    if totals.problems:
        raise ConservationError("the night does not cross-foot: " + "; ".join(totals.problems) +
                                ". Nothing is lost: keep the landing archive, look at `crossfoot status`, and report it")
    return totals


def _tokenized(files: Sequence[PlannedFile], decisions: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Return (transactions that the tokenizer counted when planning, decisions about transactions of EDI files)."""
    counted = sum(file.transactions for file in files)
    decided = sum(decision["standard"] in ("x12", "edifact") and decision["transaction_ordinal"] > 0 for decision in decisions)
    return counted, decided


def _changes_of_exports(session: Session, files: Sequence[PlannedFile]) -> Iterable[str]:
    """Compare them with what was told of them: new, changed, unchanged or set aside; and each snapshot with what the one before left."""
    rows = {(file.file_hash, file.copy): file.rows for file in files if file.kind == "csv"}
    with reading(session.engine) as connection:
        exports = load_exports(connection, night_id=session.night.night_id)
        compared = [(one, export_before(connection, one)) for one in exports]
    for one, left in compared:
        told = sum(one[f"{name}_rows"] for name in ("new", "changed", "unchanged", "set_aside"))
        if told != rows.get((one["file_hash"], one["copy"])):
            yield f"{one['source_id']}: {told} rows are new, changed, unchanged or set aside, the tokenizer counted another number"
        if left is not None:
            present = left["known_documents"] + left["new_documents"] + left["returned_documents"] - left["vanished_documents"]
            if present != one["known_documents"]:
                yield (f"{one['source_id']}: the export before left {present} documents, this one was compared with "
                       f"{one['known_documents']}")
    if {(one["file_hash"], one["copy"]) for one in exports} != set(rows):
        yield f"{len(rows)} exports planned, {len(exports)} compared with what was there before"


def _expects_money(session: Session, decision: Mapping[str, Any]) -> bool:
    mapping = REGISTRY.get((decision["standard"], decision["type_code"] or ""))
    if mapping is not None:
        return mapping.money is not None
    contract = session.definitions.contract(decision["type_code"] or "")
    return contract is not None and contract.amount_column is not None and decision["transaction_ordinal"] > 0


def _recount(session: Session) -> Counts:
    known_at = session.night.sequence
    counts = Counts()
    money: dict[str, Decimal] = defaultdict(Decimal)
    with reading(session.engine) as connection:
        documents = count_documents(connection, known_at=known_at)
        counts.documents = sum(documents.values())
        for type_code in documents:
            table, columns, amount = _where(session, type_code)
            counts.records += count_records(connection, table, columns, known_at=known_at).get(type_code, 0)
            if amount is not None:
                for (code, currency), total in sum_money(connection, *amount, known_at=known_at).items():
                    if code == type_code:
                        money[currency] += total
    counts.money = dict(money)
    return counts


def _where(session: Session, type_code: str) -> tuple[str, tuple[str, ...], tuple[str, str, str] | None]:
    """Return where the records and the money of a type of document stand: table and key columns; table, amount and currency."""
    contract = session.definitions.contract(type_code)
    if contract is not None:
        return _where_of_export(contract)
    mapping = next((made for (_, code), made in REGISTRY.items() if code == type_code), None)
    if mapping is None:
        raise ConfigurationError(f"documents of {type_code} are loaded, but data/sources/{type_code}.toml is gone; put it back")
    amount = None
    if mapping.money_table and mapping.money_column:
        currency = {"orders": "order_currency", "order_lines": "order_currency", "invoices": "invoice_currency",
                    "payments": "payment_currency"}[mapping.money_table]
        amount = (mapping.money_table, mapping.money_column, currency)
    return mapping.record_table, mapping.record_columns, amount


def _where_of_export(contract: SourceContract) -> tuple[str, tuple[str, ...], tuple[str, str, str] | None]:
    amount = MONEY_OF_EXPORT.get(contract.header_table) if contract.amount_column else None
    return (contract.line_table, ("line_ordinal",), amount) if contract.line_table else (contract.header_table, (), amount)


def _problems(read: Counts, outcomes: Mapping[str, Counts], recounted: Counts, files: Sequence[PlannedFile],
              decisions: Sequence[Mapping[str, Any]], session: Session) -> Iterable[str]:
    loaded = outcomes[LOADED]
    counted, with_outcome = _tokenized(files, decisions)
    if counted != with_outcome:
        yield f"the tokenizer counted {counted} transactions, {with_outcome} have an outcome"
    if loaded.documents != recounted.documents:
        yield f"{loaded.documents} documents decided as loaded, {recounted.documents} stand in the database"
    if loaded.records != recounted.records:
        yield f"{loaded.records} records read of loaded documents, {recounted.records} stand in the database"
    for currency in sorted({*loaded.money, *recounted.money}):
        stated, stored = loaded.money.get(currency, Decimal(0)), recounted.money.get(currency, Decimal(0))
        if stated != stored:
            yield f"{currency} {stated:f} stated by loaded documents, {stored:f} stand in the database"
    yield from _changes_of_exports(session, files)
    yield from _rows_of_exports(decisions, files)
    due = {(file.file_hash, file.copy) for file in files}
    decided = {(decision["file_hash"], decision["copy"]) for decision in decisions}
    if due != decided:
        yield f"{len(due)} files planned, {len(decided)} have an outcome"


def _rows_of_exports(decisions: Sequence[Mapping[str, Any]], files: Sequence[PlannedFile]) -> Iterable[str]:
    """Compare the rows of each export as the tokenizer counted them for the plan with those of the documents decided about."""
    decided: Counter[tuple[str, int]] = Counter()
    for decision in decisions:
        decided[decision["file_hash"], decision["copy"]] += decision["record_count"]
    for file in (file for file in files if file.kind == "csv"):
        rows = decided[file.file_hash, file.copy]
        if rows != file.rows:
            yield f"{file.source_id}: the tokenizer counted {file.rows} rows in an export, {rows} belong to a document"
