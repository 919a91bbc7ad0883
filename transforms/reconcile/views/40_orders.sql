-- Sides of the rules about orders: what was ordered, what the ERP has, what was answered.

CREATE OR REPLACE TEMP VIEW edi_order_lines AS
SELECT *, document_date + response_within_days AS response_due_date FROM line_facts WHERE kind = 'order' AND system_code = 'edi';

CREATE OR REPLACE TEMP VIEW erp_order_lines AS
SELECT * REPLACE (CASE WHEN NOT has_orders THEN 'not_agreed' ELSE excluded END AS excluded)
FROM line_facts WHERE kind = 'order' AND system_code = 'erp';

CREATE OR REPLACE TEMP VIEW answerable_order_lines AS
SELECT * REPLACE (CASE WHEN NOT has_responses THEN 'not_agreed' ELSE excluded END AS excluded) FROM edi_order_lines;

-- Answers to an order, the one known last first: it counts for the lines that it speaks of, and by silence where it may be silent.
CREATE OR REPLACE TEMP TABLE answers AS
SELECT h.partner_id, number_key(h.order_number) AS order_key, h.document_id, h.response_code, h.file_hash, h.byte_offset, h.known_at,
    dense_rank() OVER (PARTITION BY h.partner_id, number_key(h.order_number) ORDER BY h.response_date DESC, h.known_at DESC) AS recency
FROM order_responses h JOIN present_documents USING (document_id) WHERE h.system_code = 'edi';

CREATE OR REPLACE TEMP TABLE stated_responses AS
SELECT l.*, rank() OVER (PARTITION BY l.partner_id, l.order_key, l.line_key ORDER BY a.recency) > 1 AS is_superseded
FROM line_facts l JOIN answers a USING (document_id) WHERE l.kind = 'response';

CREATE OR REPLACE TEMP TABLE silent_responses AS
SELECT o.* REPLACE ('response' AS kind, a.document_id AS document_id, a.file_hash AS file_hash, a.byte_offset AS byte_offset,
        a.known_at AS known_at, CASE WHEN a.response_code = 'rejected' THEN 'rejected' ELSE 'accepted' END AS status_code)
FROM line_facts o
JOIN answers a ON a.partner_id = o.partner_id AND a.order_key = o.order_key
    AND a.response_code IN ('accepted', 'exceptions_only', 'rejected')
LEFT JOIN (SELECT DISTINCT partner_id, order_key, line_key FROM stated_responses) s
    ON s.partner_id = o.partner_id AND s.order_key = o.order_key AND s.line_key = o.line_key
WHERE o.kind = 'order' AND o.system_code = 'edi' AND s.partner_id IS NULL
QUALIFY rank() OVER (PARTITION BY o.document_id, o.line_ordinal ORDER BY a.recency, a.document_id) = 1;

-- One row a statement; what was rejected counts nothing. A line that an accepting response leaves out is a row too: accepted by silence.
CREATE OR REPLACE TEMP TABLE response_lines AS
SELECT * EXCLUDE (is_superseded) REPLACE (
        CASE WHEN status_code = 'rejected' THEN 0 ELSE quantity END AS quantity,
        CASE WHEN status_code = 'rejected' THEN NULL ELSE rate END AS rate,
        coalesce(excluded, CASE WHEN is_superseded THEN 'superseded' END) AS excluded),
    status_code = 'rejected' AS is_rejected
FROM (FROM stated_responses UNION ALL BY NAME SELECT *, false AS is_superseded FROM silent_responses);

-- What is expected to be shipped: the quantity confirmed where a response has confirmed one.
CREATE OR REPLACE TEMP TABLE expected_lines AS
SELECT o.* EXCLUDE (response_due_date) REPLACE (
    CASE WHEN c.quantity IS NULL THEN o.quantity WHEN o.place = 1 THEN c.quantity ELSE 0 END AS quantity,
    CASE WHEN c.quantity IS NULL THEN o.unit ELSE c.unit END AS unit,
    CASE WHEN c.quantity IS NULL OR (o.place = 1 AND c.quantity = o.quantity AND c.unit = o.unit) THEN o.amount
        WHEN o.place > 1 THEN 0 WHEN c.unit = o.unit THEN worth(c.quantity, o.rate) END AS amount)
FROM (SELECT *, row_number() OVER (PARTITION BY partner_id, order_key, line_key ORDER BY known_at, document_id, line_ordinal, byte_offset) AS place
    FROM edi_order_lines) o
LEFT JOIN (SELECT partner_id, order_key, line_key, sum(quantity) AS quantity, min(unit) AS unit FROM response_lines WHERE excluded IS NULL
    GROUP BY ALL HAVING min(unit) = max(unit)) c
    ON c.partner_id = o.partner_id AND c.order_key = o.order_key AND c.line_key = o.line_key;

CREATE OR REPLACE TEMP VIEW ambiguous_order_lines AS
SELECT * REPLACE (CASE WHEN excluded = 'ambiguous' THEN NULL ELSE excluded END AS excluded) FROM edi_order_lines;
