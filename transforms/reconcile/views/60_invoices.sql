-- Sides of the rules about invoices and what was paid. Credits are negative throughout.

CREATE OR REPLACE TEMP TABLE edi_invoice_documents AS
SELECT h.partner_id, h.document_id, 0::BIGINT AS line_ordinal, h.file_hash, h.byte_offset, h.known_at, h.invoice_number, h.invoice_key,
    h.invoice_year, h.invoice_date, h.invoice_code, h.order_number, h.invoice_currency AS currency, h.invoice_amount AS amount, h.is_surplus, t.our_role,
    h.invoice_date + t.payment_within_days AS payment_due_date,
    CASE WHEN t.partner_id IS NULL THEN 'not_agreed' WHEN h.is_surplus THEN 'duplicate' END AS excluded
FROM edi_invoices h LEFT JOIN partner_terms t ON t.partner_id = h.partner_id;

CREATE OR REPLACE TEMP VIEW all_edi_invoices AS
SELECT * REPLACE (CASE WHEN excluded = 'duplicate' THEN NULL ELSE excluded END AS excluded) FROM edi_invoice_documents;

CREATE OR REPLACE TEMP VIEW bought_invoices AS SELECT * FROM edi_invoice_documents WHERE our_role = 'buyer';

CREATE OR REPLACE TEMP VIEW erp_invoices AS
SELECT h.partner_id, h.document_id, 0::BIGINT AS line_ordinal, h.file_hash, h.byte_offset, h.known_at, h.invoice_number,
    number_key(h.invoice_number) AS invoice_key, year(h.invoice_date) AS invoice_year, h.invoice_currency AS currency, h.invoice_amount AS amount,
    CASE WHEN t.partner_id IS NULL OR NOT t.has_invoices THEN 'not_agreed' END AS excluded
FROM invoices h JOIN present_documents USING (document_id) LEFT JOIN partner_terms t ON t.partner_id = h.partner_id WHERE h.system_code = 'erp';

-- Orders that an invoice names, in its header or in a line.
CREATE OR REPLACE TEMP TABLE invoiced_orders AS
SELECT DISTINCT ON (partner_id, document_id, order_key) * FROM (
    SELECT partner_id, document_id, line_ordinal, file_hash, byte_offset, known_at, currency, amount, excluded, number_key(order_number) AS order_key
    FROM edi_invoice_documents
    UNION ALL BY NAME
    SELECT partner_id, document_id, line_ordinal, file_hash, byte_offset, known_at, currency, amount, excluded, order_key FROM line_facts WHERE kind = 'invoice')
WHERE order_key IS NOT NULL ORDER BY partner_id, document_id, order_key, line_ordinal;

-- Charges of lines, by line: they are part of what the line comes to.
CREATE OR REPLACE TEMP TABLE line_charges AS
SELECT document_id, line_ordinal, sum(charge_amount)::DECIMAL(18, 4) AS charge_amount
FROM invoice_charges WHERE line_ordinal IS NOT NULL GROUP BY ALL;

CREATE OR REPLACE TEMP VIEW edi_invoice_lines AS
SELECT l.*, l.document_number AS invoice_number, d.amount AS document_amount FROM line_facts l JOIN edi_invoice_documents d USING (document_id)
WHERE l.kind = 'invoice';

-- An X12 810 states no amount of a line, so there is nothing to check it against.
CREATE OR REPLACE TEMP VIEW invoice_line_nets AS
SELECT l.* REPLACE (CASE WHEN l.excluded IS NOT NULL THEN l.excluded WHEN i.type_code = '810' THEN 'not_stated'
        WHEN l.amount IS NULL OR l.rate IS NULL THEN 'no_price' END AS excluded),
    l.line_ordinal::VARCHAR AS ordinal_text,
    worth(l.stated_quantity, rate_of(l.unit_price, l.price_basis_quantity, 1)) + coalesce(c.charge_amount, 0) AS expected_amount
FROM edi_invoice_lines l JOIN invoices i USING (document_id)
LEFT JOIN line_charges c ON c.document_id = l.document_id AND c.line_ordinal = l.line_ordinal;

CREATE OR REPLACE TEMP TABLE invoice_tax_sums AS
SELECT document_id, count(DISTINCT tax_percent) AS rate_count,
    coalesce(sum(tax_amount) FILTER (line_ordinal IS NULL), sum(tax_amount) FILTER (line_ordinal IS NOT NULL)) AS tax_amount
FROM invoice_taxes GROUP BY document_id;

-- Lines as they count for the total: an 810's with their charges added; MOA 203 has them in it already.
CREATE OR REPLACE TEMP TABLE invoice_sums AS
SELECT l.document_id, CASE WHEN count(l.line_amount) = count(*) THEN
    sum(l.line_amount) + sum(CASE WHEN l.type_code = '810' THEN coalesce(c.charge_amount, 0) ELSE 0 END) END AS line_amount
FROM invoice_lines l LEFT JOIN line_charges c ON c.document_id = l.document_id AND c.line_ordinal = l.line_ordinal GROUP BY l.document_id;

CREATE OR REPLACE TEMP TABLE invoice_totals AS
SELECT d.* REPLACE (CASE WHEN d.excluded IS NOT NULL THEN d.excluded WHEN c.expected_amount IS NULL THEN 'unknown_amount' END AS excluded),
    c.expected_amount, greatest(1, coalesce(c.rate_count, 1)) AS rate_count,
    c.expected_amount <> 0 AND (d.amount::DECIMAL(38, 4) = c.expected_amount * 100
        OR abs(d.amount::DECIMAL(38, 4) - c.expected_amount * 100) <= p.total_amount * 100
        OR abs(d.amount::DECIMAL(38, 4) * 100 - c.expected_amount) <= p.total_amount * 100) AND d.amount <> 0
        AND abs(d.amount - c.expected_amount) > p.total_amount * 10 AS is_slip
FROM edi_invoice_documents d
LEFT JOIN partner_terms p ON p.partner_id = d.partner_id
LEFT JOIN (
    SELECT h.document_id, t.rate_count, (s.line_amount + coalesce(g.charge_amount, 0)
        + coalesce(t.tax_amount, h.stated_tax_amount, 0))::DECIMAL(38, 4) AS expected_amount
    FROM edi_invoices h LEFT JOIN invoice_sums s USING (document_id) LEFT JOIN invoice_tax_sums t USING (document_id)
    LEFT JOIN (SELECT document_id, sum(charge_amount) AS charge_amount FROM invoice_charges WHERE line_ordinal IS NULL GROUP BY document_id) g
        USING (document_id)) c ON c.document_id = d.document_id;

CREATE OR REPLACE TEMP VIEW charges_of_invoices AS
SELECT d.* REPLACE (c.charge_ordinal AS line_ordinal, c.byte_offset AS byte_offset, c.charge_amount AS amount), c.reason_code,
    c.charge_code = 'charge' AND a.partner_id IS NULL AS is_undisclosed
FROM edi_invoice_documents d JOIN invoice_charges c USING (document_id)
LEFT JOIN (SELECT DISTINCT * FROM agreed_charges) a ON a.partner_id = d.partner_id AND a.reason_code = c.reason_code;

-- The tax of a line is in the tax of the invoice where the invoice states one: its money is not counted again.
CREATE OR REPLACE TEMP VIEW taxes_of_invoices AS
SELECT d.* REPLACE (x.tax_ordinal AS line_ordinal, x.byte_offset AS byte_offset,
        CASE WHEN x.line_ordinal IS NULL OR NOT h.has_header THEN x.tax_amount ELSE 0 END AS amount,
        CASE WHEN d.excluded IS NOT NULL THEN d.excluded WHEN k.partner_id IS NULL THEN 'not_agreed' WHEN x.tax_percent IS NULL THEN 'not_stated' END AS excluded),
    x.tax_percent, a.partner_id IS NULL AS is_other_rate, k.agreed_text
FROM edi_invoice_documents d JOIN invoice_taxes x USING (document_id)
JOIN (SELECT document_id, bool_or(line_ordinal IS NULL AND tax_amount IS NOT NULL) AS has_header FROM invoice_taxes GROUP BY document_id) h USING (document_id)
LEFT JOIN (SELECT partner_id, string_agg(plain_number(tax_percent), ' or ' ORDER BY tax_percent) AS agreed_text FROM agreed_taxes GROUP BY partner_id) k
    ON k.partner_id = d.partner_id
LEFT JOIN (SELECT DISTINCT * FROM agreed_taxes) a ON a.partner_id = d.partner_id AND a.tax_percent = x.tax_percent;

-- A remittance names an invoice by number only: of invoices that share it over the years, the last one before the payment is meant.
CREATE OR REPLACE TEMP TABLE remitted AS
SELECT r.partner_id, r.document_id, r.line_ordinal, r.file_hash, r.byte_offset, r.known_at, r.invoice_number, number_key(r.invoice_number) AS invoice_key,
    r.payment_currency AS currency, r.paid_amount AS amount, r.gross_amount,
    (r.paid_amount::DECIMAL(38, 4) + r.discount_amount - r.adjustment_amount) AS settled_amount, p.payment_date,
    CASE WHEN t.our_role IS DISTINCT FROM 'buyer' OR NOT t.has_invoices THEN 'not_agreed' END AS excluded
FROM remittance_lines r JOIN payments p USING (document_id) JOIN present_documents USING (document_id)
LEFT JOIN partner_terms t ON t.partner_id = r.partner_id;

CREATE OR REPLACE TEMP TABLE remittances AS
SELECT r.*, coalesce(y.before_year, y.first_year, year(r.payment_date)) AS invoice_year,
    r.gross_amount IS NOT NULL AND y.gross_amount IS NOT NULL AND r.gross_amount <> y.gross_amount AS has_other_gross
FROM remitted r LEFT JOIN (
    SELECT r.document_id, r.line_ordinal, max(i.invoice_year) FILTER (i.invoice_date <= r.payment_date) AS before_year,
        min(i.invoice_year) AS first_year, arg_max(i.amount, (i.invoice_date <= r.payment_date, i.invoice_year, i.document_id)) AS gross_amount
    FROM remitted r JOIN (SELECT partner_id, invoice_key, invoice_year, min(invoice_date) AS invoice_date, sum(amount) AS amount,
            min(document_id) AS document_id FROM bought_invoices WHERE excluded IS NULL GROUP BY ALL) i
        ON i.partner_id = r.partner_id AND i.invoice_key = r.invoice_key
    GROUP BY ALL) y ON y.document_id = r.document_id AND y.line_ordinal = r.line_ordinal;
