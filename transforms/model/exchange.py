"""The parties of a document, and what partners acknowledged of what we sent."""

from __future__ import annotations

import sqlalchemy as sa

from transforms.model.columns import PROVENANCE, code, column, document_key, ordinal, table, text

ROLES = ("buyer", "supplier", "ship_to", "ship_from", "invoicee", "payer", "payee", "other")

PARTIES = table(
    "parties", "One row a party named by a document (N1 loop, NAD)",
    document_key(),
    ordinal("party_ordinal", "Position in the document, from 1", key=True),
    code("role_code", "What the party is in the document", *ROLES, required=True),
    code("qualifier_code", "The role as sent (N101, NAD 3035)", required=True),
    code("number_qualifier_code", "Whose numbering (N103, NAD C082 3055)"),
    text("party_number", "The party's number (N104, NAD C082 3039), leading zeros kept"),
    text("party_name", "Name (N102, NAD C080 3036)", data_class="personal"),
    text("city_name", "City (N401, NAD 3164)", data_class="personal"),
    text("postal_code", "Postal code (N403, NAD 3251)", data_class="personal"),
    code("country_code", "Country (N404, NAD 3207)"),
)

PARTNER_ACKNOWLEDGMENTS = table(
    "partner_acknowledgments", "One row a statement of a partner about something that we sent (997, 999, TA1, CONTRL)",
    document_key(),
    ordinal("statement_ordinal", "Position of the statement in the document, from 1", key=True),
    code("level_code", "What is spoken of", "interchange", "group", "transaction", required=True),
    text("acknowledged_interchange_number", "Our UNB 0020 or ISA13; null in a 997"),
    text("acknowledged_group_number", "Our GS06 (AK102); null in a CONTRL"),
    text("acknowledged_transaction_number", "Our ST02 or UNH 0062; null above the transaction"),
    code("acknowledged_type_code", "The type spoken of: 850 (AK201), ORDERS (UCM S009 0065), or a functional code (AK101)"),
    code("status_code", "What is said", "accepted", "accepted_with_errors", "partly_accepted", "rejected", required=True),
    code("reason_code", "Error code as sent (AK502, UCI 0085); null where none"),
)

# One row a document, for every document that is loaded: what the totals of a night are recounted from.
DOCUMENTS = table(
    "documents", "One row a loaded document of any kind",
    document_key(),
    code("standard_code", "Where it comes from", "x12", "edifact", "csv", required=True),
    text("version_code", "Version as sent (GS08, UNH 0052+0054); the contract's for CSV"),
    code("usage_code", "Production or test", "production", "test", required=True),
    text("group_number", "GS06; what acknowledgments of the group cite"),
    text("transaction_number", "ST02 or UNH 0062; the document's key for CSV"),
    text("business_number", "The document's own number: order, shipment, invoice, payment"),
    column("content_hash", sa.Text(), "SHA-256 of the content: of the interchange's for EDI, of the document's rows for CSV", required=True,
           role=PROVENANCE),
    column("record_count", sa.BigInteger(), "Detail records that the tokenizer counted before any mapping", required=True),
)
sa.Index("documents_type_code", DOCUMENTS.c.type_code)  # versions of exports are found without reading what EDI brought
