-- Sides of the rules about the exchange itself: what we sent and what was acknowledged; items and their numbers.

CREATE OR REPLACE TEMP TABLE sent_documents AS
SELECT d.partner_id, d.document_id, d.document_id AS sent_id, 0::BIGINT AS line_ordinal, d.file_hash, d.byte_offset, d.known_at, d.type_code,
    d.transaction_number, p.standard, CASE WHEN p.standard = 'x12' THEN d.group_number ELSE d.interchange_number END AS sent_number,
    CASE WHEN p.standard = 'x12' THEN number_key(d.group_number) ELSE d.interchange_number END AS sent_key,
    number_key(d.interchange_number) AS interchange_key, NULL::VARCHAR AS currency, NULL::DECIMAL(18, 4) AS amount,
    d.business_date + a.within_days AS acknowledgment_due_date, NULL::VARCHAR AS excluded
FROM documents d JOIN partner_terms p USING (partner_id)
JOIN acknowledgment_terms a ON a.partner_id = d.partner_id AND a.type_code = d.type_code
WHERE d.system_code = 'edi' AND d.direction_code = 'outbound';

-- What partners said, for each of our documents that it is about: of its group or interchange as a whole, or of itself.
-- A TA1 speaks of an X12 interchange: it can only reject, as the group still wants its own acknowledgment.
CREATE OR REPLACE TEMP TABLE acknowledged_documents AS
SELECT s.partner_id, s.sent_id, k.document_id, k.statement_ordinal AS line_ordinal, k.file_hash, k.byte_offset, k.known_at,
    NULL::VARCHAR AS currency, NULL::DECIMAL(18, 4) AS amount, NULL::VARCHAR AS excluded, k.status_code = 'rejected' AS is_rejected
FROM sent_documents s JOIN partner_acknowledgments k ON k.partner_id = s.partner_id
    AND CASE
        WHEN s.standard = 'x12' AND k.level_code = 'interchange'
            THEN k.status_code = 'rejected' AND number_key(k.acknowledged_interchange_number) = s.interchange_key
        WHEN s.standard = 'x12' THEN number_key(k.acknowledged_group_number) = s.sent_key
        ELSE k.acknowledged_interchange_number = s.sent_key END
    AND (k.level_code <> 'transaction' OR k.acknowledged_transaction_number IS NULL
        OR number_key(k.acknowledged_transaction_number) = number_key(s.transaction_number));

CREATE OR REPLACE TEMP VIEW gtin_lines AS
SELECT l.* REPLACE (CASE WHEN l.excluded IS NULL AND c.items = 0 AND has_right_check_digit(l.gtin) THEN 'no_item_master' ELSE l.excluded END AS excluded),
    l.line_ordinal::VARCHAR AS ordinal_text, NOT has_right_check_digit(l.gtin) AS has_wrong_digit, m.gtin IS NULL AS is_unknown_item
FROM line_facts l CROSS JOIN (SELECT count(*) AS items FROM item_master) c LEFT JOIN items_by_gtin m ON m.gtin = l.gtin
WHERE l.system_code = 'edi' AND l.kind IN ('order', 'shipment', 'invoice') AND l.gtin IS NOT NULL;
