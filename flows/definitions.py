"""What business people edit under data/: partners, sources, rules and codes, read into the frozen policies of each layer."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from edi.errors import ConfigurationError
from edi.findings import Severity
from edi.limits import Limits
from edi.overlayfile import Overlay
from flows.guides import overlay_of, refuse_strangers
from flows.settings import Settings, Strict, known_zone, read_toml, validated
from transforms.policy import (
    Agreement,
    ContractColumn,
    ControlTotal,
    DocumentAgreement,
    Identity,
    Item,
    Reference,
    SourceContract,
    Tolerances,
)
from transforms.reconcile.rules import Rule, parse_rule


class IdentityModel(Strict):
    """Interchange addresses of the pair."""

    their_qualifier: str
    their_id: str = Field(min_length=1)
    our_qualifier: str
    our_id: str = Field(min_length=1)


class DocumentModel(Strict):
    """A type of document that the agreement covers."""

    type_code: str
    direction_code: Literal["inbound", "outbound"]
    acknowledge_within_days: int | None = Field(default=None, ge=0)
    guide: str | None = None


class TolerancesModel(Strict):
    """How much systems may differ."""

    quantity_over_percent: Decimal = Field(default=Decimal(0), ge=0)
    quantity_under_percent: Decimal = Field(default=Decimal(0), ge=0)
    price_percent: Decimal = Field(default=Decimal(1), ge=0)
    price_amount: Decimal = Field(default=Decimal("0.05"), ge=0)
    line_amount: Decimal = Field(default=Decimal("0.01"), ge=0)
    total_amount: Decimal = Field(default=Decimal("0.01"), ge=0)
    invoice_within_days: int = Field(default=3, ge=0)
    receipt_within_days: int = Field(default=3, ge=0)
    response_within_days: int = Field(default=2, ge=0)
    payment_within_days: int = Field(default=45, ge=0)


class PartnerModel(Strict):
    """data/partners/<partner_id>.toml."""

    name: str
    our_role: Literal["buyer", "supplier"]
    standard: Literal["x12", "edifact"]
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    time_zone: str
    identities: tuple[IdentityModel, ...] = Field(min_length=1)
    documents: tuple[DocumentModel, ...] = Field(min_length=1)
    acknowledge: bool = True
    accept_with_errors: bool = False
    echo_bad_values: bool = False
    acknowledgment: Literal["by_guide", "997", "999"] = "by_guide"
    ta1: Literal["requested", "always", "on_error", "never"] = "requested"
    contrl: Literal["always", "requested", "on_error"] = "always"
    contrl_version: Literal["by_syntax", "D:3", "2:2", "4:1"] = "by_syntax"
    reissue: Literal["hold", "load"] = "hold"
    consecutive_numbers: bool = False
    allow_test: bool = False
    epochs: tuple[date, ...] = ()
    agreed_charges: tuple[str, ...] = ()
    tax_percents: tuple[Decimal, ...] = ()
    tolerances: TolerancesModel = TolerancesModel()
    severities: dict[str, Severity] = Field(default_factory=dict)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        return known_zone(name)

    def frozen(self, partner_id: str) -> Agreement:
        """Return the policy that the layers below are handed."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return Agreement(**{
            **fields, "partner_id": partner_id,
            "identities": tuple(Identity(**made.model_dump()) for made in self.identities),
            "documents": tuple(DocumentAgreement(**made.model_dump()) for made in self.documents),
            "tolerances": Tolerances(**self.tolerances.model_dump()),
        })


class ColumnModel(Strict):
    """A column of a CSV export."""

    name: str
    target: str = Field(pattern=r"^[a-z_]+\.[a-z_]+$|^$")
    kind: Literal["text", "decimal", "date", "integer"] = "text"
    required: bool = False
    values: dict[str, str] = Field(default_factory=dict)


class ControlTotalModel(Strict):
    """The trailer of a CSV export."""

    marker: str
    count_field: int | None = Field(default=None, ge=1)
    sum_field: int | None = Field(default=None, ge=1)
    sum_column: str | None = None


class SourceModel(Strict):
    """data/sources/<source_id>.toml."""

    system_code: Literal["erp", "warehouse"]
    file_pattern: str
    kind: Literal["snapshot", "delta", "append"]
    header_table: str
    line_table: str | None = None
    document_key: tuple[str, ...] = Field(min_length=1)
    columns: tuple[ColumnModel, ...] = Field(min_length=1)
    partner_column: str
    partner_aliases: dict[str, str] = Field(default_factory=dict)
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8"
    decimal_mark: Literal[".", ","] = "."
    date_format: Literal["YYYY-MM-DD", "DD.MM.YYYY", "YYYYMMDD", "MM/DD/YYYY"] = "YYYY-MM-DD"
    amount_column: str | None = None
    currency_column: str | None = None
    control_total: ControlTotalModel | None = None
    ends_with_newline: bool = True
    constants: dict[str, str] = Field(default_factory=dict)

    def frozen(self, source_id: str) -> SourceContract:
        """Return the policy that the layers below are handed."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return SourceContract(**{
            **fields, "source_id": source_id,
            "columns": tuple(ContractColumn(**column.model_dump()) for column in self.columns),
            "control_total": ControlTotal(**self.control_total.model_dump()) if self.control_total else None,
        })


@dataclass(frozen=True, slots=True)
class Definitions:
    """Everything under data/, with the text that it was read from and that text's hash."""

    agreements: tuple[Agreement, ...]
    contracts: tuple[SourceContract, ...]
    rules: tuple[Rule, ...]
    reference: Reference
    guides: Mapping[str, Overlay]  # name of the file under data/guides -> a partner's overrides
    limits: Limits  # on what is read, from the settings
    settings_hash: str
    text: str  # canonical JSON of all of it, to be archived

    def agreement(self, partner_id: str) -> Agreement | None:
        """Return a partner's agreement."""
        return next((agreed for agreed in self.agreements if agreed.partner_id == partner_id), None)

    def contract(self, source_id: str) -> SourceContract | None:
        """Return a source's contract."""
        return next((contract for contract in self.contracts if contract.source_id == source_id), None)

    def units(self, standard: str) -> dict[str, str]:
        """Return the unit codes of a standard (or "csv") and what they are with us."""
        prefix = f"{standard}:"
        return {wire.removeprefix(prefix): ours for wire, ours in self.reference.units.items() if wire.startswith(prefix)}


def load_definitions(settings: Settings) -> Definitions:
    """Read everything under data/.

    Raises:
        ConfigurationError: for unknown keys, wrong types and identities that two partners share.
    """
    folder = settings.data
    texts: dict[str, Any] = {}
    agreements = tuple(validated(PartnerModel, content, path=path).frozen(path.stem) for path, content in _each(folder / "partners", texts))
    _refuse_overlaps(agreements, folder / "partners")
    guides = _guides(folder / "guides", texts)
    refuse_strangers(agreements, guides, folder)
    contracts = tuple(validated(SourceModel, content, path=path).frozen(path.stem) for path, content in _each(folder / "sources", texts))
    rules = tuple(parse_rule(path.stem, content) for path, content in _each(folder / "rules", texts))
    reference = _reference(folder / "codes", texts)
    texts["environment"] = settings.environment
    texts["limits"] = asdict(settings.limits)
    text = json.dumps(texts, sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))
    return Definitions(agreements, contracts, rules, reference, guides, settings.limits, hashlib.sha256(text.encode()).hexdigest(), text)


def _each(folder: Path, texts: dict[str, Any]) -> list[tuple[Path, dict[str, Any]]]:
    if not folder.is_dir():
        raise ConfigurationError(f"{folder}: no such folder; make it, or name another data folder with `data` in crossfoot.toml")
    found = [(path, read_toml(path)) for path in sorted(folder.glob("*.toml"))]
    texts[folder.name] = {path.stem: content for path, content in found}
    return found


def _guides(folder: Path, texts: dict[str, Any]) -> dict[str, Overlay]:
    """Read the overrides of guides; a site need not have any."""
    found = _each(folder, texts) if folder.is_dir() else []
    return {path.stem: overlay_of(str(path), content) for path, content in found}


def _refuse_overlaps(agreements: tuple[Agreement, ...], folder: Path) -> None:
    owners: dict[tuple[str, str, str], str] = {}
    for agreed in agreements:
        for identity in agreed.identities:
            key = (agreed.standard, identity.their_qualifier, identity.their_id)
            other = owners.setdefault(key, agreed.partner_id)
            if other != agreed.partner_id:
                raise ConfigurationError(
                    f"{folder / agreed.partner_id}.toml: identities: {identity.their_qualifier}/{identity.their_id} also belongs to "
                    f"{other}.toml; one identity has one partner: remove it from one of the two"
                )


def _reference(folder: Path, texts: dict[str, Any]) -> Reference:
    units = read_toml(folder / "units.toml")
    flat = {f"{standard}:{wire}": str(ours) for standard, codes in units.items() for wire, ours in codes.items()}
    path = folder / "items.csv"
    rows: list[Mapping[str, str]] = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
    texts["codes"] = {"units": flat, "items": rows}
    return Reference(units=flat, items=tuple(_item(row, number, path) for number, row in enumerate(rows, start=2)))


def _item(row: Mapping[str, str], line: int, path: Path) -> Item:
    try:
        pack = {row["pack_unit_code"]: Decimal(row["pack_quantity"])} if row["pack_unit_code"] else {}
        return Item(row["gtin"], row["buyer_item_number"] or None, row["supplier_item_number"] or None, row["base_unit_code"], pack)
    except (KeyError, ArithmeticError, TypeError) as error:
        raise ConfigurationError(
            f"{path}: line {line}: cannot be read ({type(error).__name__}: {error}); the header is gtin,buyer_item_number,"
            "supplier_item_number,base_unit_code,pack_unit_code,pack_quantity"
        ) from None
