-- Sides of the rules about goods: what was announced, what was received, what the warehouse sent out.

CREATE OR REPLACE TEMP VIEW edi_shipment_lines AS
SELECT * FROM line_facts WHERE kind = 'shipment' AND system_code = 'edi';

CREATE OR REPLACE TEMP VIEW erp_receipt_lines AS
SELECT * REPLACE (CASE WHEN our_role <> 'buyer' OR NOT has_shipments THEN 'not_agreed' ELSE excluded END AS excluded)
FROM line_facts WHERE kind = 'receipt';

-- A shipment that no receipt can know of yet is not waited for before its day: none names it, and the line's last receipt is older.
CREATE OR REPLACE TEMP TABLE last_receipts AS
SELECT partner_id, order_key, line_key, max(document_date) AS receipt_date, bool_and(shipment_key IS NOT NULL) AS all_named,
    list(DISTINCT shipment_key) AS shipment_keys
FROM line_facts WHERE kind = 'receipt' AND order_key IS NOT NULL AND line_key IS NOT NULL GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE inbound_shipment_lines AS
SELECT s.* REPLACE (CASE
        WHEN s.excluded IS NOT NULL THEN s.excluded
        WHEN r.partner_id IS NOT NULL AND n.business_date <= s.document_date + s.receipt_within_days
            AND NOT coalesce(list_contains(r.shipment_keys, s.shipment_key), false)
            AND (r.all_named OR s.document_date > r.receipt_date) THEN 'not_due'
        END AS excluded),
    s.document_date + s.receipt_within_days AS receipt_due_date
FROM edi_shipment_lines s CROSS JOIN this_night n
LEFT JOIN last_receipts r ON r.partner_id = s.partner_id AND r.order_key = s.order_key AND r.line_key = s.line_key
WHERE s.our_role = 'buyer';

CREATE OR REPLACE TEMP VIEW outbound_shipment_lines AS
SELECT * FROM edi_shipment_lines WHERE our_role = 'supplier';

CREATE OR REPLACE TEMP VIEW warehouse_shipment_lines AS
SELECT * REPLACE (CASE WHEN our_role <> 'supplier' OR NOT has_shipments THEN 'not_agreed' ELSE excluded END AS excluded)
FROM line_facts WHERE kind = 'shipment' AND system_code = 'warehouse';

-- What has arrived, as far as we can know it: the buyer's receipts, the supplier's own shipment notices.
CREATE OR REPLACE TEMP VIEW delivered_lines AS
SELECT *, document_date + invoice_within_days AS invoice_due_date
FROM line_facts WHERE (kind = 'receipt' AND our_role = 'buyer') OR (kind = 'shipment' AND system_code = 'edi' AND our_role = 'supplier');

CREATE OR REPLACE TEMP TABLE shipped_orders AS
SELECT partner_id, document_id, min(line_ordinal) AS line_ordinal, arg_min(file_hash, line_ordinal) AS file_hash,
    arg_min(byte_offset, line_ordinal) AS byte_offset, min(known_at) AS known_at, arg_min(order_number, line_ordinal) AS order_number,
    order_key, arg_min(document_number, line_ordinal) AS shipment_number,
    CASE WHEN min(currency) = max(currency) THEN min(currency) END AS currency,
    CASE WHEN count(amount) = count(*) THEN sum(amount)::DECIMAL(18, 4) END AS amount,
    max(document_date + invoice_within_days) AS invoice_due_date,
    CASE WHEN NOT bool_and(has_invoices) THEN 'not_agreed' END AS excluded
FROM edi_shipment_lines WHERE our_role = 'buyer' GROUP BY partner_id, document_id, order_key;
