-- Quantities in base units: by what the line says, else the item master, else what another line of the order line says.

CREATE OR REPLACE TEMP TABLE items_by_gtin AS
SELECT gtin, min(item_id) AS item_id FROM item_master WHERE gtin IS NOT NULL GROUP BY gtin;
CREATE OR REPLACE TEMP TABLE items_by_buyer AS
SELECT buyer_item_number, min(item_id) AS item_id FROM item_master WHERE buyer_item_number IS NOT NULL GROUP BY ALL HAVING count(*) = 1;
CREATE OR REPLACE TEMP TABLE items_by_supplier AS
SELECT supplier_item_number, min(item_id) AS item_id FROM item_master WHERE supplier_item_number IS NOT NULL GROUP BY ALL HAVING count(*) = 1;

CREATE OR REPLACE TEMP TABLE factored_lines AS
SELECT l.*, m.base_unit_code,
    CASE WHEN l.unit_code = m.base_unit_code OR l.unit_code IN ('EA', 'KGM', 'LBR') THEN NULL
        WHEN l.pack_quantity > 0 THEN l.pack_quantity
        WHEN k.factor IS NOT NULL THEN k.factor
        ELSE first_value(l.pack_quantity IGNORE NULLS) OVER (
            PARTITION BY l.partner_id, l.order_key, l.line_key, l.unit_code
            ORDER BY l.known_at, l.document_id, l.line_ordinal, l.byte_offset
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    END AS pack_factor
FROM keyed_lines l
LEFT JOIN items_by_gtin g ON g.gtin = l.gtin
LEFT JOIN items_by_buyer b ON b.buyer_item_number = l.buyer_item_number
LEFT JOIN items_by_supplier s ON s.supplier_item_number = l.supplier_item_number
LEFT JOIN item_master m ON m.item_id = coalesce(g.item_id, b.item_id, s.item_id)
LEFT JOIN item_packs k ON k.item_id = m.item_id AND k.unit_code = l.unit_code;

CREATE OR REPLACE TEMP TABLE based_lines AS
SELECT * EXCLUDE (base_unit_code),
    stated_quantity::DECIMAL(38, 4) * coalesce(pack_factor, 1)::DECIMAL(18, 4) AS quantity,
    CASE WHEN pack_factor > 0 THEN coalesce(base_unit_code, 'EA') ELSE unit_code END AS unit,
    rate_of(unit_price, price_basis_quantity, coalesce(pack_factor, 1)) AS own_rate
FROM factored_lines;

CREATE OR REPLACE TEMP TABLE order_rates AS
SELECT partner_id, order_key, line_key, arg_min(own_rate, place) AS rate, arg_min(unit, place) AS unit, arg_min(currency, place) AS currency
FROM (SELECT *, row_number() OVER (PARTITION BY partner_id, order_key, line_key ORDER BY known_at, document_id, line_ordinal, byte_offset) AS place
    FROM based_lines WHERE kind = 'order' AND system_code = 'edi' AND order_key IS NOT NULL AND line_key IS NOT NULL)
GROUP BY ALL;

-- An invoice that was sent again under another number of ours or theirs is one invoice: the first known counts.
CREATE OR REPLACE TEMP TABLE edi_invoices AS
SELECT h.*, number_key(h.invoice_number) AS invoice_key, year(h.invoice_date) AS invoice_year,
    row_number() OVER (PARTITION BY h.partner_id, number_key(h.invoice_number), h.invoice_code, year(h.invoice_date)
        ORDER BY h.known_at, h.document_id) > 1 AS is_surplus
FROM invoices h JOIN present_documents USING (document_id) WHERE h.system_code = 'edi';

-- Every line with its quantity in base units, its rate (else its order's), its money at that rate, and why it is left out where it is.
CREATE OR REPLACE TEMP TABLE line_facts AS
SELECT l.kind, l.system_code, l.partner_id, l.document_id, l.line_ordinal, l.file_hash, l.byte_offset, l.known_at,
    l.order_number, l.order_key, l.line_text, l.line_key, l.gtin, l.document_number, number_key(l.document_number) AS document_key,
    l.document_date, l.shipment_number, number_key(l.shipment_number) AS shipment_key, l.status_code, l.is_ambiguous,
    l.stated_quantity, l.unit_price, l.price_basis_quantity, l.quantity, l.unit,
    CASE WHEN l.kind IN ('order', 'invoice', 'response') THEN l.own_rate WHEN l.unit = o.unit THEN o.rate END AS rate,
    coalesce(l.currency, o.currency) AS currency,
    CASE WHEN l.kind IN ('order', 'invoice') THEN l.stated_amount WHEN l.unit = o.unit THEN worth(l.quantity, o.rate) END AS amount,
    t.our_role, t.has_orders, t.has_responses, t.has_shipments, t.has_invoices,
    t.invoice_within_days, t.receipt_within_days, t.response_within_days,
    CASE WHEN t.partner_id IS NULL THEN 'not_agreed' WHEN l.is_ambiguous THEN 'ambiguous' WHEN v.is_surplus THEN 'duplicate' END AS excluded
FROM based_lines l
LEFT JOIN order_rates o ON o.partner_id = l.partner_id AND o.order_key = l.order_key AND o.line_key = l.line_key
LEFT JOIN edi_invoices v ON v.document_id = l.document_id
LEFT JOIN partner_terms t ON t.partner_id = l.partner_id;
