"""Orders as both parties and the ERP state them (X12 850, EDIFACT ORDERS, ERP purchase and sales orders)."""

from __future__ import annotations

from transforms.model.columns import amount, code, date, document_key, items, ordinal, price, quantity, table, text

PURPOSES = ("original", "cancellation", "replace", "change", "confirmation", "duplicate")

ORDERS = table(
    "orders", "One row an order document",
    document_key(),
    text("order_number", "Purchase order number (BEG03, BGM C106 1004)", required=True),
    text("release_number", "Release of a blanket order (BEG04)"),
    code("purpose_code", "What the document does to the order (BEG01, BGM 1225)", *PURPOSES, required=True),
    date("order_date", "Date of the order (BEG05, DTM 137)", required=True),
    date("requested_delivery_date", "Delivery requested for the whole order (DTM 002, DTM 2)"),
    code("order_currency", "ISO 4217; the agreement's currency where the document names none", required=True),
)

ORDER_LINES = table(
    "order_lines", "One row an ordered line",
    document_key(),
    ordinal("line_ordinal", "Position of the line in the document, from 1", key=True),
    text("order_number", "Repeated from the order", required=True),
    text("line_number", "Line number as sent (PO101, LIN 1082); null where none is sent"),
    *items(),
    quantity("ordered_quantity", "Quantity ordered (PO102, QTY 21)", required=True),
    code("unit_code", "Our unit code: EA, CA, PK, KGM, LBR, ...", required=True),
    quantity("pack_quantity", "Base units (EA) in one unit_code, where the document says (PO401, QTY 59); null: see the item master"),
    price("unit_price", "Net price for price_basis_quantity units (PO104, PRI AAA)"),
    quantity("price_basis_quantity", "Units that the price is for; 1 where none is stated (CTP, PRI 5284)", required=True),
    amount("line_amount", "ordered_quantity x unit_price / price_basis_quantity, rounded half up to 4 places; null without a price"),
    date("requested_delivery_date", "Delivery requested for the line; the order's where the line has none"),
    code("order_currency", "Repeated from the order", required=True),
)

ORDER_DESTINATIONS = table(
    "order_destinations", "One row a destination of a line (SDQ, SCH, LOC)",
    document_key(),
    ordinal("line_ordinal", "The line", key=True),
    ordinal("destination_ordinal", "Position in the line, from 1", key=True),
    text("location_number", "Store or location (SDQ03, LOC 3225)", required=True),
    quantity("ordered_quantity", "Quantity for the location", required=True),
    code("unit_code", "Our unit code", required=True),
    date("requested_delivery_date", "Delivery requested at the location"),
)

IDENTIFIER_KINDS = ("buyer", "supplier", "gtin", "other")

ITEM_IDENTIFIERS = table(
    "item_identifiers", "One row an item number of a line, of any kind of document, as sent",
    document_key(),
    ordinal("line_ordinal", "The line", key=True),
    ordinal("identifier_ordinal", "Position in the line, from 1", key=True),
    code("identifier_code", "Whose number it is", *IDENTIFIER_KINDS, required=True),
    code("qualifier_code", "The qualifier as sent (UP, IN, SRV, ...)", required=True),
    text("item_number", "The number as sent, leading zeros kept", required=True),
)

RESPONSES = ("accepted", "accepted_with_changes", "exceptions_only", "rejected")

ORDER_RESPONSES = table(
    "order_responses", "One row a response to an order (X12 855, EDIFACT ORDRSP)",
    document_key(),
    text("order_number", "The order answered (BAK03, RFF ON)", required=True),
    text("release_number", "Release of a blanket order (BAK05)"),
    text("response_number", "The response's own number (BGM 1004); null where it has none"),
    code("response_code", "What is said of the order as a whole (BAK02, BGM 1225)", *RESPONSES, required=True),
    date("response_date", "Date of the response (BAK04, DTM 137)", required=True),
)

LINE_RESPONSES = ("accepted", "quantity_changed", "price_changed", "date_changed", "backordered", "substituted", "rejected")

ORDER_RESPONSE_LINES = table(
    "order_response_lines", "One row a statement about a line: several ACK segments of a line are several rows and add up",
    document_key(),
    ordinal("line_ordinal", "Position of the line in the response, from 1", key=True),
    ordinal("response_ordinal", "Position of the statement in the line, from 1", key=True),
    text("order_number", "Repeated from the response", required=True),
    text("line_number", "Line number of the order (PO101, LIN 1082)"),
    *items(),
    code("response_code", "What is said of the line (ACK01, LIN 1229)", *LINE_RESPONSES, required=True),
    quantity("confirmed_quantity", "Quantity that the statement covers (ACK02, QTY 12/21/113): to be delivered unless rejected",
             required=True),
    code("unit_code", "Our unit code", required=True),
    price("unit_price", "Price confirmed (PO104, PRI AAA); null where none is stated"),
    quantity("price_basis_quantity", "Units that the price is for", required=True),
    date("confirmed_date", "Date confirmed (ACK05, DTM 69/2)"),
)
