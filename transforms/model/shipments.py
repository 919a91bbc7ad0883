"""What was shipped and what was received (X12 856, EDIFACT DESADV, warehouse shipments, ERP goods receipts)."""

from __future__ import annotations

from transforms.model.columns import code, date, document_key, items, ordinal, quantity, table, text

LEVELS = ("shipment", "order", "tare", "pack", "item")

SHIPMENTS = table(
    "shipments", "One row a shipment notice or a warehouse's shipment",
    document_key(),
    text("shipment_number", "Shipment id (BSN02, BGM 1004)", required=True),
    date("shipment_date", "Date of dispatch (DTM 011, DTM 11), else of the notice (BSN03, DTM 137)", required=True),
    date("delivery_date", "Date of delivery, estimated or agreed (DTM 017, DTM 17/2)"),
    text("carrier_code", "SCAC (TD503) or carrier (TDT C040 3127)"),
    text("bill_of_lading_number", "REF BM, RFF BM"),
)

PACKAGES = table(
    "packages", "One row a node of the packing hierarchy that is a tare or a pack (HL, CPS/PAC)",
    document_key(),
    ordinal("package_ordinal", "Position of the node in the document, from 1", key=True),
    ordinal("parent_ordinal", "The package that holds this one; null at the top"),
    code("level_code", "Kind of node", "tare", "pack", required=True),
    text("sscc", "Serial shipping container code, 18 digits (MAN GM, GIN BJ)"),
)

SHIPMENT_LINES = table(
    "shipment_lines", "One row an item as shipped, whatever the hierarchy: lines of one order line add up",
    document_key(),
    ordinal("line_ordinal", "Position in the document, from 1", key=True),
    ordinal("package_ordinal", "The package that holds it; null where none is stated"),
    text("shipment_number", "Repeated from the shipment", required=True),
    text("order_number", "The order (PRF01, RFF ON)"),
    text("line_number", "Line number of the order (LIN01, RFF LI, LIN 1082)"),
    *items(),
    quantity("shipped_quantity", "Quantity shipped (SN102, QTY 12)", required=True),
    code("unit_code", "Our unit code", required=True),
    quantity("pack_quantity", "Base units in one unit_code, where the document says (PO4); null: see the item master"),
    text("ship_to_number", "Where it goes, where the document says so"),
)

RECEIPTS = table(
    "receipts", "One row a goods receipt of the ERP",
    document_key(),
    text("receipt_number", "Goods receipt number", required=True),
    date("receipt_date", "Date of receipt", required=True),
    text("shipment_number", "The partner's shipment, where the ERP knows it"),
)

RECEIPT_LINES = table(
    "receipt_lines", "One row an item as received",
    document_key(),
    ordinal("line_ordinal", "Position in the document, from 1", key=True),
    text("receipt_number", "Repeated from the receipt", required=True),
    text("shipment_number", "Repeated from the receipt"),
    text("order_number", "The order", required=True),
    text("line_number", "Line number of the order"),
    *items(),
    quantity("received_quantity", "Quantity received", required=True),
    code("unit_code", "Our unit code", required=True),
)
