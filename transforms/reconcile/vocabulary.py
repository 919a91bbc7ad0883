"""The words that rules are written with, and the exact SQL that each stands for.

``l`` and ``r`` are the two sides of a key, all null where a side has nothing; ``p`` the terms agreed with the partner. Quantities are
in base units, DECIMAL(38, 8); percentages are compared by multiplication; no expression divides but the macro ``worth``, which
does so in integers. Templates know {left} and {right} (columns), {tolerance}, {times}, {left_missing} and {right_missing}.
"""

from __future__ import annotations

TOLERANCES = (
    "quantity_over_percent", "quantity_under_percent", "price_percent", "price_amount", "line_amount", "total_amount",
)

_LESS = "coalesce(l.quantity, 0) < coalesce(r.quantity, 0)"
_MORE = "coalesce(l.quantity, 0) > coalesce(r.quantity, 0)"
_BOTH = "l.document_id IS NOT NULL AND r.document_id IS NOT NULL"
UNITS_DIFFER = f"({_BOTH} AND l.unit IS DISTINCT FROM r.unit)"
UNITS_AGREE = f"NOT {UNITS_DIFFER}"

COMPARISONS = {
    "left_missing": "{left_missing}",
    "right_missing": "{right_missing}",
    "flag": "coalesce({left}, {right}, false)",
    "currency": f"({_BOTH} AND l.currency IS DISTINCT FROM r.currency)",
    "money": "({left} IS DISTINCT FROM {right} OR l.currency IS DISTINCT FROM r.currency)",
    "beyond": "abs({left} - {right}) > {tolerance} * {times}",
    "overpaid": f"({_BOTH} AND (l.currency IS DISTINCT FROM r.currency OR r.has_other_gross"
                " OR sign(l.amount) * (r.settled_amount - l.amount) > {tolerance}))",
    "underpaid": "sign(l.amount) * (l.amount - coalesce(r.settled_amount, 0)) > {tolerance}",
    "unit": UNITS_DIFFER,
    "quantity": f"({UNITS_DIFFER} OR coalesce(l.quantity, 0) <> coalesce(r.quantity, 0))",
    "less": f"({UNITS_AGREE} AND {_LESS})",
    "short": "(coalesce(l.quantity, 0) - coalesce(r.quantity, 0)) * 100 > coalesce(l.quantity, 0) * {tolerance}",
    "over": "(coalesce(r.quantity, 0) - coalesce(l.quantity, 0)) * 100 > coalesce(l.quantity, 0) * {tolerance}",
    "price": f"({UNITS_AGREE} AND rates_differ(l.rate, r.rate))",
    "price_beyond": "rates_beyond(l.rate, r.rate, p.price_percent, p.price_amount)",
    "no_price": "(l.rate IS NULL OR r.rate IS NULL)",
}

# What stands for each side's value: text of a row, or money that is summed over the break.
VALUES = {
    "quantity": ("with_unit(l.quantity, l.unit)", "with_unit(r.quantity, r.unit)"),
    "price": ("rate_text(l.rate, l.currency)", "rate_text(r.rate, r.currency)"),
    "currency": ("l.currency", "r.currency"),
    "amount": ("l.amount", "r.amount"),
    "settled": ("l.amount", "r.settled_amount"),
    "expected": ("l.amount", "l.expected_amount"),
    "tax": ("plain_number(l.tax_percent)", "l.agreed_text"),
    "none": ("NULL::VARCHAR", "NULL::VARCHAR"),
}
MONEY_VALUES = ("amount", "settled", "expected")

_GAP = "abs(coalesce(l.quantity, 0) - coalesce(r.quantity, 0))"
QUANTITY_GAP = f"CASE WHEN {UNITS_AGREE} THEN {_GAP} END"

AMOUNTS = {
    "unknown": "NULL::DECIMAL(18, 4)",
    "quantity_at_left_price": f"CASE WHEN {UNITS_AGREE} THEN worth({_GAP}, coalesce(l.rate, r.rate)) END",
    "price_gap": "abs(worth(l.quantity, l.rate) - worth(l.quantity, r.rate))",
    "money_gap": "CASE WHEN l.currency IS NOT DISTINCT FROM r.currency THEN abs({left} - {right}) ELSE abs({left}) END",
    "expected_gap": "abs(l.amount - l.expected_amount)",
    "settled_gap": "CASE WHEN l.currency IS DISTINCT FROM r.currency THEN abs(coalesce(r.settled_amount, l.amount))"
                   " WHEN r.settled_amount IS NOT DISTINCT FROM l.amount THEN abs(coalesce(r.gross_amount, l.amount) - l.amount)"
                   " ELSE abs(l.amount - coalesce(r.settled_amount, 0)) END",
    "left": "abs(l.amount)",
    "right": "abs(r.amount)",
    "document": "abs(l.document_amount)",
}
ONCE = ("document",)  # amounts that every row of a document repeats: counted once a break, never summed
