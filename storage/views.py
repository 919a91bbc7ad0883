"""The present state, as views: facts are appended and stay; what holds now is asked for here."""

from __future__ import annotations

from transforms.model import TABLES

VIEWS: dict[str, str] = {
    "current_breaks": (
        "SELECT b.* FROM breaks b JOIN nights n ON n.night_id = b.night_id "
        "WHERE n.sequence = (SELECT max(m.sequence) FROM nights m "
        "WHERE m.night_id IN (SELECT night_id FROM rule_totals UNION SELECT night_id FROM breaks))"
    ),
    "current_decisions": (
        "SELECT d.* FROM decisions d JOIN nights n ON n.night_id = d.night_id WHERE NOT EXISTS ("
        "SELECT 1 FROM decisions l JOIN nights m ON m.night_id = l.night_id WHERE l.file_hash = d.file_hash "
        "AND l.interchange_ordinal = d.interchange_ordinal AND l.transaction_ordinal = d.transaction_ordinal AND m.sequence > n.sequence)"
    ),
    "outcomes": (
        "SELECT night_id, outcome, reason_code, count(*) AS documents, sum(record_count) AS records "
        "FROM decisions GROUP BY night_id, outcome, reason_code"
    ),
    **{f"current_{name}": (
        f'SELECT t.* FROM "{name}" t WHERE NOT EXISTS (SELECT 1 FROM superseded s WHERE s.document_id = t.document_id)'
    ) for name in TABLES},
}
