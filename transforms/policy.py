"""What was agreed with partners and promised by sources, as frozen values. ``flows`` reads them from data/, nobody changes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Identity:
    """A pair of interchange addresses: theirs and ours."""

    their_qualifier: str
    their_id: str
    our_qualifier: str
    our_id: str


@dataclass(frozen=True, slots=True)
class DocumentAgreement:
    """One type of document that the agreement covers."""

    type_code: str  # "850", "ORDERS"
    direction_code: str  # "inbound" or "outbound", seen from us
    acknowledge_within_days: int | None = None  # outbound: when the partner's 997 or CONTRL is overdue
    guide: str | None = None  # name of the partner's overrides under data/guides


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How much two systems may differ before it is a break. Percentages are of the left side."""

    quantity_over_percent: Decimal = Decimal(0)
    quantity_under_percent: Decimal = Decimal(0)
    price_percent: Decimal = Decimal(1)
    price_amount: Decimal = Decimal("0.05")  # the smaller of the two allowances counts
    line_amount: Decimal = Decimal("0.01")
    total_amount: Decimal = Decimal("0.01")
    invoice_within_days: int = 3  # after the shipment: an invoice is overdue only then
    receipt_within_days: int = 3
    response_within_days: int = 2
    payment_within_days: int = 45


@dataclass(frozen=True, slots=True)
class Agreement:
    """A trading partner as data/partners/*.toml has it."""

    partner_id: str
    name: str
    our_role: str  # "buyer" or "supplier"
    standard: str  # "x12" or "edifact"
    currency: str
    time_zone: str
    identities: tuple[Identity, ...]
    documents: tuple[DocumentAgreement, ...]
    acknowledge: bool = True  # 997 or CONTRL for what the partner sends
    accept_with_errors: bool = False  # 997 E instead of A where warnings were found
    echo_bad_values: bool = False  # AK404 and IK404 may quote what is wrong
    acknowledgment: str = "by_guide"  # "997", "999" (from 005010 on), "by_guide": 999 where GS08 names an implementation guide
    ta1: str = "requested"  # "requested" (ISA14 = 1, and whenever rejected), "always", "on_error", "never"
    contrl: str = "always"  # "always", "requested" (UNB 0031, and whenever something is rejected), "on_error"
    contrl_version: str = "by_syntax"  # "D:3", "2:2", "4:1", or "by_syntax": 4:1 for syntax 4, else D:3
    reissue: str = "hold"  # "hold" or "load": same content under a new control number
    consecutive_numbers: bool = False
    allow_test: bool = False
    epochs: tuple[date, ...] = ()  # business dates from which the partner's numbering began again, approved by a person
    agreed_charges: tuple[str, ...] = ()  # reason codes (SAC02, ALC 7161) that an invoice may carry
    tax_percents: tuple[Decimal, ...] = ()  # rates that an invoice may carry; empty: not checked
    tolerances: Tolerances = field(default_factory=Tolerances)
    severities: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def direction(self, type_code: str) -> str | None:
        """Return the agreed direction of a type of document, None where it is not agreed."""
        return next((agreed.direction_code for agreed in self.documents if agreed.type_code == type_code), None)

    def guide(self, type_code: str) -> str | None:
        """Return the name of the partner's overrides of a type of document, None where the standard's guide holds."""
        return next((agreed.guide for agreed in self.documents if agreed.type_code == type_code), None)


@dataclass(frozen=True, slots=True)
class ContractColumn:
    """One column of a CSV export and the canonical column that it fills."""

    name: str  # as in the header
    target: str  # canonical column, "header.column" being written as "orders.order_number"
    kind: str = "text"  # text, decimal, date, integer
    required: bool = False
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # their code -> ours


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """A trailer record that states how many rows, or what sum, the file should have."""

    marker: str  # value of the first field that tells the trailer
    count_field: int | None = None  # position from 1 of the stated row count
    sum_field: int | None = None  # position from 1 of the stated sum
    sum_column: str | None = None  # column that is summed


@dataclass(frozen=True, slots=True)
class SourceContract:
    """A CSV export as data/sources/*.toml has it."""

    source_id: str  # "erp_orders": the type_code of its documents
    system_code: str  # "erp" or "warehouse"
    file_pattern: str  # fnmatch on the file's name
    kind: str  # snapshot, delta or append
    header_table: str  # canonical table of one row a document
    line_table: str | None  # canonical table of one row a record
    document_key: tuple[str, ...]  # CSV columns whose values tell one document from another
    columns: tuple[ContractColumn, ...]
    partner_column: str  # CSV column that names the partner (a partner_id, or an alias in partner_aliases)
    partner_aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    delimiter: str = ","
    encoding: str = "utf-8"
    decimal_mark: str = "."
    date_format: str = "YYYY-MM-DD"
    amount_column: str | None = None  # CSV column whose sum is the money of the file
    currency_column: str | None = None
    control_total: ControlTotal | None = None
    ends_with_newline: bool = True  # the last row too is ended; a file whose last is not has been cut short
    constants: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # "orders.purpose_code" -> value for every document


@dataclass(frozen=True, slots=True)
class Reference:
    """What is known beside the documents: units and items."""

    units: Mapping[str, str]  # "x12:CA" or "edifact:CT" -> our unit code
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the master: its numbers and how many base units its packs hold."""

    gtin: str
    buyer_item_number: str | None
    supplier_item_number: str | None
    base_unit_code: str
    pack_units: Mapping[str, Decimal]  # unit code -> base units: {"CA": 12}
