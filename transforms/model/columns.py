"""The vocabulary of columns: each constructor fixes type, naming suffix, data class and what a reader is told.

Names follow a grammar: ``_id`` ours, ``_number`` the business's own, ``_code``, ``_date``, ``_at`` (UTC), ``_quantity``,
``_amount``, ``_price``, ``_currency``, ``is_``/``has_``.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import sqlalchemy as sa

from transforms.model.types import ExactDecimal

METADATA = sa.MetaData()

Column: TypeAlias = sa.Column[Any]

BUSINESS = "business"
PROVENANCE = "provenance"

SYSTEMS = ("edi", "erp", "warehouse")
DIRECTIONS = ("inbound", "outbound")


def column(name: str, type_: Any, comment: str, *, key: bool = False, required: bool = False,
           role: str = BUSINESS, data_class: str = "internal", values: tuple[str, ...] | None = None) -> Column:
    """Make a column with its documentation in ``info``: role, data class and, for codes, the closed set of values."""
    info: dict[str, Any] = {"role": role, "class": data_class}
    if values is not None:
        info["values"] = values
    return sa.Column(name, type_, primary_key=key, nullable=not (key or required), comment=comment, info=info,
                     autoincrement=False)


def text(name: str, comment: str, *, key: bool = False, required: bool = False, data_class: str = "internal") -> Column:
    """Free text or a business number; leading zeros and case as sent."""
    return column(name, sa.Text(), comment, key=key, required=required, data_class=data_class)


def code(name: str, comment: str, *values: str, required: bool = False) -> Column:
    """A code; with values, of a closed set of ours."""
    return column(name, sa.Text(), comment, required=required, values=values or None)


def ordinal(name: str, comment: str, *, key: bool = False) -> Column:
    """A position from 1."""
    return column(name, sa.BigInteger(), comment, key=key)


def date(name: str, comment: str, *, required: bool = False) -> Column:
    """A calendar date without time zone, as the document states it."""
    return column(name, sa.Date(), comment, required=required)


def quantity(name: str, comment: str, *, required: bool = False) -> Column:
    """A quantity, Numeric(18, 4), in the unit of the row's unit_code."""
    return column(name, ExactDecimal(18, 4), comment, required=required)


def amount(name: str, comment: str, *, required: bool = False) -> Column:
    """Money, Numeric(18, 4), signed: a credit is negative."""
    return column(name, ExactDecimal(18, 4), comment, required=required, data_class="financial")


def price(name: str, comment: str) -> Column:
    """A unit price, Numeric(28, 10), for price_basis_quantity units."""
    return column(name, ExactDecimal(28, 10), comment, data_class="financial")


def percent(name: str, comment: str) -> Column:
    """A percentage, Numeric(18, 4): 19 % is 19.0000."""
    return column(name, ExactDecimal(18, 4), comment)


def provenance() -> tuple[Column, ...]:
    """Columns that every canonical row carries: whose it is, and the bytes and rules that made it."""
    def made(name: str, type_: Any, comment: str, *, required: bool = True, values: tuple[str, ...] | None = None) -> Column:
        return column(name, type_, comment, required=required, role=PROVENANCE, values=values)

    return (
        made("system_code", sa.Text(), "System that stated the fact", values=SYSTEMS),
        made("partner_id", sa.Text(), "Trading partner, by its file in data/partners"),
        made("direction_code", sa.Text(), "Inbound: received from the partner; outbound: a copy of what we sent", values=DIRECTIONS),
        made("type_code", sa.Text(), "Document type as named by its standard or source: 850, ORDERS, erp_orders"),
        made("file_hash", sa.Text(), "SHA-256 of the landed file"),
        made("interchange_number", sa.Text(), "Interchange control number; null for CSV", required=False),
        made("transaction_ordinal", sa.BigInteger(), "Ordinal of the transaction in its interchange, of the document in a CSV file"),
        made("segment_ordinal", sa.BigInteger(), "Ordinal in the transaction of the segment that anchors the row; record number for CSV"),
        made("byte_offset", sa.BigInteger(), "Offset in the file of that segment or record"),
        made("map_hash", sa.Text(), "Mapping that made the row"),
        made("guide_hash", sa.Text(), "Guide that the document was checked against; null where there is none", required=False),
        made("settings_hash", sa.Text(), "Settings in force"),
        made("known_at", sa.BigInteger(), "Sequence of the night that brought the fact"),
        made("business_date", sa.Date(), "Business date of that night"),
    )


def document_key() -> Column:
    """The key that all rows of one document share, made from its content."""
    return column("document_id", sa.Text(), "Our key of the document, made from content", key=True, role=PROVENANCE)


def items() -> tuple[Column, ...]:
    """How a line names its item."""
    return (
        text("buyer_item_number", "Buyer's item number (X12 235 IN/BP, EDIFACT 7143 IN/BP)"),
        text("supplier_item_number", "Supplier's item number (X12 235 VN/VP, EDIFACT 7143 SA/VN)"),
        text("gtin", "GTIN, padded with zeros on the left to 14 digits (X12 235 UP/UK/EN, EDIFACT 7143 EN/SRV/UP)"),
    )


def table(name: str, comment: str, *columns: Column) -> sa.Table:
    """Declare a canonical table: key and business columns first, provenance last, checks for closed code sets, nights found by index."""
    every = (*columns, *provenance())
    checks = [
        sa.CheckConstraint(sa.column(made.name).in_(made.info["values"]), name=f"{name}_{made.name}_known")
        for made in every if made.info.get("values")
    ]
    return sa.Table(name, METADATA, *every, *checks, sa.Index(f"{name}_known_at", "known_at"), comment=comment)
