"""The canonical model: SQLAlchemy Core tables in one MetaData, the single declaration of every canonical table."""

from __future__ import annotations

from transforms.model.arrow import arrow_schema, business_columns, empty
from transforms.model.columns import METADATA
from transforms.model.exchange import DOCUMENTS, PARTIES, PARTNER_ACKNOWLEDGMENTS
from transforms.model.invoices import INVOICE_CHARGES, INVOICE_LINES, INVOICE_TAXES, INVOICES
from transforms.model.orders import (
    ITEM_IDENTIFIERS,
    ORDER_DESTINATIONS,
    ORDER_LINES,
    ORDER_RESPONSE_LINES,
    ORDER_RESPONSES,
    ORDERS,
)
from transforms.model.payments import PAYMENTS, REMITTANCE_LINES
from transforms.model.shipments import PACKAGES, RECEIPT_LINES, RECEIPTS, SHIPMENT_LINES, SHIPMENTS

TABLES = dict(METADATA.tables)

__all__ = [
    "DOCUMENTS", "INVOICES", "INVOICE_CHARGES", "INVOICE_LINES", "INVOICE_TAXES", "ITEM_IDENTIFIERS", "METADATA", "ORDERS",
    "ORDER_DESTINATIONS", "ORDER_LINES", "ORDER_RESPONSES", "ORDER_RESPONSE_LINES", "PACKAGES", "PARTIES",
    "PARTNER_ACKNOWLEDGMENTS", "PAYMENTS", "RECEIPTS", "RECEIPT_LINES", "REMITTANCE_LINES", "SHIPMENTS", "SHIPMENT_LINES",
    "TABLES", "arrow_schema", "business_columns", "empty",
]
