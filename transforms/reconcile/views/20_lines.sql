-- One table of every line that any system states about an order, keyed so that they meet: line_facts.

-- Exports state a document again when it changed: the version known last counts. What EDI says is never superseded.
CREATE OR REPLACE TEMP TABLE present_documents AS
SELECT document_id FROM documents
QUALIFY system_code = 'edi' OR row_number() OVER (
    PARTITION BY system_code, type_code, coalesce(transaction_number, document_id) ORDER BY known_at DESC, document_id DESC) = 1;

-- A line may be stated by the response known last; within one response, statements add up.
CREATE OR REPLACE TEMP TABLE stated_lines AS
SELECT 'order' AS kind, l.system_code, l.partner_id, l.document_id, l.line_ordinal, l.file_hash, l.byte_offset, l.known_at,
    l.order_number, l.line_number, l.buyer_item_number, l.supplier_item_number, l.gtin,
    l.ordered_quantity AS stated_quantity, l.unit_code, l.pack_quantity, l.unit_price, l.price_basis_quantity,
    l.line_amount AS stated_amount, l.order_currency AS currency, l.order_number AS document_number, h.order_date AS document_date,
    NULL::VARCHAR AS shipment_number, NULL::VARCHAR AS status_code
FROM order_lines l JOIN orders h USING (document_id) JOIN present_documents USING (document_id) WHERE h.purpose_code = 'original'
UNION ALL
SELECT 'response', l.system_code, l.partner_id, l.document_id, l.line_ordinal, l.file_hash, l.byte_offset, l.known_at,
    l.order_number, l.line_number, l.buyer_item_number, l.supplier_item_number, l.gtin,
    l.confirmed_quantity, l.unit_code, NULL, l.unit_price, l.price_basis_quantity,
    NULL, NULL, coalesce(h.response_number, l.order_number), h.response_date, NULL,
    CASE WHEN h.response_code = 'rejected' THEN 'rejected' ELSE l.response_code END
FROM order_response_lines l JOIN order_responses h USING (document_id) JOIN present_documents USING (document_id)
UNION ALL
SELECT 'shipment', l.system_code, l.partner_id, l.document_id, l.line_ordinal, l.file_hash, l.byte_offset, l.known_at,
    l.order_number, l.line_number, l.buyer_item_number, l.supplier_item_number, l.gtin,
    l.shipped_quantity, l.unit_code, l.pack_quantity, NULL, NULL, NULL, NULL, l.shipment_number, h.shipment_date, l.shipment_number, NULL
FROM shipment_lines l JOIN shipments h USING (document_id) JOIN present_documents USING (document_id)
UNION ALL
SELECT 'receipt', l.system_code, l.partner_id, l.document_id, l.line_ordinal, l.file_hash, l.byte_offset, l.known_at,
    l.order_number, l.line_number, l.buyer_item_number, l.supplier_item_number, l.gtin,
    l.received_quantity, l.unit_code, NULL, NULL, NULL, NULL, NULL, l.receipt_number, h.receipt_date, l.shipment_number, NULL
FROM receipt_lines l JOIN receipts h USING (document_id) JOIN present_documents USING (document_id)
UNION ALL
SELECT 'invoice', l.system_code, l.partner_id, l.document_id, l.line_ordinal, l.file_hash, l.byte_offset, l.known_at,
    l.order_number, l.line_number, l.buyer_item_number, l.supplier_item_number, l.gtin,
    l.invoiced_quantity, l.unit_code, l.pack_quantity, l.unit_price, l.price_basis_quantity,
    l.line_amount, l.invoice_currency, l.invoice_number, h.invoice_date, NULL, NULL
FROM invoice_lines l JOIN invoices h USING (document_id) JOIN present_documents USING (document_id) WHERE l.system_code = 'edi';

CREATE OR REPLACE TEMP TABLE numbered_lines AS
SELECT * REPLACE (nullif(gtin, '') AS gtin, nullif(buyer_item_number, '') AS buyer_item_number,
        nullif(supplier_item_number, '') AS supplier_item_number),
    number_key(order_number) AS order_key, number_key(line_number) AS line_digits,
    coalesce('L' || number_key(line_number), 'G' || nullif(gtin, ''), 'B' || nullif(buyer_item_number, ''),
        'S' || nullif(supplier_item_number, '')) AS own_key,
    coalesce(nullif(line_number, ''), nullif(gtin, ''), nullif(buyer_item_number, ''), nullif(supplier_item_number, '')) AS line_text
FROM stated_lines;

-- What an order's lines may be called by: a number, else an item that only one of its lines has.
CREATE OR REPLACE TEMP TABLE ordered_lines AS
SELECT partner_id, order_key, own_key, line_digits, gtin, buyer_item_number, supplier_item_number
FROM numbered_lines WHERE kind = 'order' AND system_code = 'edi' AND order_key IS NOT NULL;
CREATE OR REPLACE TEMP TABLE lines_by_gtin AS
SELECT partner_id, order_key, gtin, min(own_key) AS line_key FROM ordered_lines WHERE gtin IS NOT NULL
GROUP BY ALL HAVING min(own_key) = max(own_key);
CREATE OR REPLACE TEMP TABLE lines_by_buyer AS
SELECT partner_id, order_key, buyer_item_number, min(own_key) AS line_key FROM ordered_lines WHERE buyer_item_number IS NOT NULL
GROUP BY ALL HAVING min(own_key) = max(own_key);
CREATE OR REPLACE TEMP TABLE lines_by_supplier AS
SELECT partner_id, order_key, supplier_item_number, min(own_key) AS line_key FROM ordered_lines WHERE supplier_item_number IS NOT NULL
GROUP BY ALL HAVING min(own_key) = max(own_key);
CREATE OR REPLACE TEMP TABLE numbered_orders AS
SELECT DISTINCT partner_id, order_key FROM ordered_lines WHERE line_digits IS NOT NULL;

-- The same item twice on an order, in lines without a number: nobody can say which is which, so nothing is compared.
CREATE OR REPLACE TEMP TABLE ambiguous_items AS
SELECT partner_id, order_key, coalesce(gtin, buyer_item_number, supplier_item_number) AS item,
    min(buyer_item_number) AS buyer_item_number, min(supplier_item_number) AS supplier_item_number
FROM numbered_lines WHERE kind = 'order' AND system_code = 'edi' AND order_key IS NOT NULL
GROUP BY partner_id, order_key, item HAVING count(*) > 1 AND count(*) > count(line_digits) AND item IS NOT NULL;

CREATE OR REPLACE TEMP TABLE ambiguous_lines AS
SELECT DISTINCT l.document_id, l.line_ordinal, l.byte_offset
FROM numbered_lines l JOIN ambiguous_items a ON a.partner_id = l.partner_id AND a.order_key = l.order_key
LEFT JOIN ordered_lines o ON o.partner_id = l.partner_id AND o.order_key = l.order_key AND o.line_digits = l.line_digits
WHERE (a.item IN (l.gtin, l.buyer_item_number, l.supplier_item_number) OR a.buyer_item_number = l.buyer_item_number
    OR a.supplier_item_number = l.supplier_item_number) AND o.partner_id IS NULL;

CREATE OR REPLACE TEMP TABLE keyed_lines AS
SELECT l.*,
    CASE WHEN l.line_digits IS NOT NULL AND (n.partner_id IS NOT NULL OR coalesce(g.line_key, b.line_key, s.line_key) IS NULL)
        THEN 'L' || l.line_digits ELSE coalesce(g.line_key, b.line_key, s.line_key, l.own_key) END AS line_key,
    a.document_id IS NOT NULL AS is_ambiguous
FROM numbered_lines l
LEFT JOIN numbered_orders n ON n.partner_id = l.partner_id AND n.order_key = l.order_key
LEFT JOIN lines_by_gtin g ON g.partner_id = l.partner_id AND g.order_key = l.order_key AND g.gtin = l.gtin
LEFT JOIN lines_by_buyer b ON b.partner_id = l.partner_id AND b.order_key = l.order_key AND b.buyer_item_number = l.buyer_item_number
LEFT JOIN lines_by_supplier s ON s.partner_id = l.partner_id AND s.order_key = l.order_key AND s.supplier_item_number = l.supplier_item_number
LEFT JOIN ambiguous_lines a ON a.document_id = l.document_id AND a.line_ordinal = l.line_ordinal AND a.byte_offset = l.byte_offset;
