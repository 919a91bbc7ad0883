"""One SQL text per rule, for DuckDB: judge every key, list the breaks, and account for every row of both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transforms.reconcile.rules import BreakClass, Exclusion, Rule, Side
from transforms.reconcile.vocabulary import AMOUNTS, COMPARISONS, MONEY_VALUES, ONCE, QUANTITY_GAP, VALUES

# The order in which "first" is meant: what was known first, then by content. It never depends on how rows were loaded.
_FIRST = "known_at, document_id, line_ordinal, byte_offset"
_EVIDENCE = ("known_at", "document_id", "line_ordinal", "file_hash", "byte_offset")

# What the right side of a check is where it has none.
_NOTHING = """SELECT NULL::VARCHAR AS document_id, NULL::VARCHAR AS file_hash, NULL::BIGINT AS byte_offset, NULL::BIGINT AS known_at,
    NULL::BIGINT AS line_ordinal, NULL::BIGINT AS row_count, NULL::VARCHAR AS partner_id, NULL::VARCHAR AS currency,
    NULL::DECIMAL(18, 4) AS amount, NULL::DECIMAL(38, 8) AS quantity, NULL::VARCHAR AS unit, no_rate() AS rate WHERE false"""


@dataclass(frozen=True, slots=True)
class RuleSql:
    """The three statements of a rule, to be run in this order: the first leaves the temporary table ``judged``."""

    judge: str
    breaks: str
    totals: str

    @property
    def text(self) -> str:
        """All of it, as a reader would run it."""
        return ";\n\n".join((self.judge, self.breaks, self.totals)) + ";\n"


def rule_sql(rule: Rule) -> RuleSql:
    """Write the SQL of a rule; what varies comes from the rule's parsed names and the vocabulary only."""
    return RuleSql(_judge(rule), breaks_sql(rule, rule.classes), _totals(rule))


def breaks_sql(rule: Rule, classes: Sequence[BreakClass]) -> str:
    """Write the statement that lists the breaks of some of a rule's classes."""
    parts = "\nUNION ALL\n".join(_breaks_of(rule, each) for each in classes)
    return f"SELECT * FROM (\n{parts}\n)\nORDER BY partner_id, class_code, subject, break_id"


def broken_sql(rule: Rule) -> str:
    """Write the statement that tells, of each class in turn, whether anything that was judged is a break of it."""
    return f"SELECT {', '.join(f'coalesce(bool_or(is_{each.code}), false)' for each in rule.classes)} FROM judged"


def _named(rule: Rule) -> list[str]:
    """Return the columns by which keys and subjects are told, each once."""
    names = [*rule.key, *rule.subject]
    for each in rule.classes:
        names += [*each.per, *each.subject]
    return list(dict.fromkeys(names))


def _judge(rule: Rule) -> str:
    ctes = [f"l AS ({_rows(rule) if not rule.is_match else _grouped(rule, rule.left, subjects=True)})"]
    ctes.append(f"r AS ({_grouped(rule, rule.right, subjects=rule.is_match) if rule.right else _NOTHING})")
    scopes = _scopes(rule)
    ctes += [f"{name} AS ({sql})" for name, (sql, _) in scopes.items()]
    join = " AND ".join(f"r.{name} = l.{name}" for name in ("partner_id", *rule.key)) if rule.right else "false"
    names = ["partner_id", *_named(rule)]
    told = [f"coalesce(l.{name}, r.{name}) AS {name}" if rule.is_match else f"l.{name} AS {name}" for name in names]
    bases = [f"coalesce({_condition(rule, each)}, false) AS base_{each.code}" for each in rule.classes]
    dues = [f"{_passed(each.due, rule)} AS due_{each.code}" for each in rule.classes]
    pairs = ",\n    ".join(["l", "r", *told, f"{_reason(rule)} AS reason", *bases, *dues])
    joins = "".join(f"\nLEFT JOIN {name} ON {on}" for name, (_, on) in scopes.items())
    ctes.append(f"pairs AS (SELECT {pairs}\nFROM l {'FULL' if rule.is_match else 'LEFT'} JOIN r ON {join}\n"
                f"LEFT JOIN partner_terms p ON p.partner_id = coalesce(l.partner_id, r.partner_id){joins}\nCROSS JOIN this_night n)")
    applies = {each.code: " AND ".join(["reason IS NULL", f"base_{each.code}", *(f"NOT base_{other}" for other in each.unless)])
               for each in rule.classes}
    is_break = " OR ".join(f"({applies[each.code]} AND due_{each.code})" for each in rule.classes)
    waits = " OR ".join(f"({applies[each.code]} AND NOT due_{each.code})" for each in rule.classes)
    flags = ",\n    ".join(f"({applies[each.code]} AND due_{each.code}) AS is_{each.code}" for each in rule.classes)
    status = f"CASE WHEN {is_break} THEN 'break' WHEN reason IS NOT NULL OR {waits} THEN 'excluded' ELSE 'matched' END AS status"
    with_ = ",\n".join(ctes)
    return f"CREATE OR REPLACE TEMP TABLE judged AS\nWITH {with_}\nSELECT *,\n    {flags},\n    {status}\nFROM pairs"


def _rows(rule: Rule) -> str:
    return f"SELECT v.*, 1::BIGINT AS row_count FROM {rule.left.view} v WHERE {_usable(rule)}"


def _usable(rule: Rule) -> str:
    return " AND ".join(["v.excluded IS NULL", "v.partner_id IS NOT NULL", *(f"v.{name} IS NOT NULL" for name in rule.key)])


def _grouped(rule: Rule, side: Side, *, subjects: bool) -> str:
    """Make one row of the rows of each key: sums, first values, evidence of the first row, and how many there were."""
    keys = ["partner_id", *rule.key]
    taken = [name for name in _named(rule) if name not in rule.key] if subjects else []
    firsts = [name for name in dict.fromkeys((*taken, *side.first)) if name not in keys]
    columns = [
        *keys,
        *(f"arg_min({name}, place) AS {name}" for name in (*firsts, *_EVIDENCE)),
        *(f"sum({name}) AS {name}" for name in side.sum),
        *(f"{_same(name)} AS {name}" for name in (*side.same, "currency")),
        *(f"max({name}) AS {name}" for name in side.latest),
        *(f"coalesce(bool_or({name}), false) AS {name}" for name in side.any),
        "CASE WHEN count(amount) = count(*) AND count(DISTINCT currency) <= 1 THEN sum(amount)::DECIMAL(18, 4) END AS amount",
        "count(*) AS row_count",
    ]
    place = f"row_number() OVER (PARTITION BY {', '.join(keys)} ORDER BY {_FIRST}) AS place"
    placed = f"SELECT v.*, {place} FROM {side.view} v WHERE {_usable(rule)}"
    return f"SELECT {', '.join(columns)}\n    FROM ({placed}) GROUP BY {', '.join(keys)}"


def _same(name: str) -> str:
    return f"CASE WHEN min({name}) = max({name}) AND count({name}) = count(*) THEN min({name}) END"


def _scopes(rule: Rule) -> dict[str, tuple[str, str]]:
    """Return, for each side and scope that a word asks for, the keys that are there at all, and how they join."""
    found: dict[str, tuple[str, str]] = {}
    asked: list[BreakClass | Exclusion] = [*rule.exclusions, *rule.classes]
    for each in asked:
        side = rule.left if each.when == "left_missing" else rule.right
        if each.scope and side:
            columns = ", ".join(("partner_id", *each.scope))
            present = " AND ".join(f"{name} IS NOT NULL" for name in each.scope)
            name = _scope_name(each)
            ours = [f"{name}.{column} = coalesce(l.{column}, r.{column})" for column in ("partner_id", *each.scope)]
            found[name] = (f"SELECT DISTINCT {columns} FROM {side.view} WHERE {present}", " AND ".join(ours))
    return found


def _scope_name(each: BreakClass | Exclusion) -> str:
    return "_".join(("scope", each.when.removesuffix("_missing"), *each.scope))


def _condition(rule: Rule, each: BreakClass | Exclusion) -> str:
    missing = f"{_scope_name(each)}.partner_id IS NULL" if each.scope else "{}.document_id IS NULL"
    tolerance = getattr(each, "tolerance", "")
    times = getattr(each, "times", "")
    return "(" + COMPARISONS[each.when].format(
        left=_column("l", each.left), right=_column(_right(rule), each.right),
        left_missing=missing.format("l"), right_missing=missing.format("r"),
        tolerance=f"p.{tolerance}" if tolerance else "0", times=f"l.{times}" if times else "1",
    ) + ")"


def _right(rule: Rule) -> str:
    return "r" if rule.right else "l"


def _column(alias: str, name: str) -> str:
    return f"{alias}.{name}" if name else "NULL"


def _passed(column: str, rule: Rule) -> str:
    """Tell whether the last date on which all is well has passed; true where there is none."""
    return f"coalesce(n.business_date > {_either(column, rule)}, false)" if column else "true"


def _either(column: str, rule: Rule) -> str:
    """Name a column of whichever side has it."""
    if rule.right and column in rule.right.columns:
        return f"coalesce(l.{column}, r.{column})" if column in rule.left.columns else f"r.{column}"
    return f"l.{column}"


def _reason(rule: Rule) -> str:
    cases = [f"WHEN {_excludes(rule, each)} THEN '{each.reason}'" for each in rule.exclusions]
    return f"CASE {' '.join(cases)} END" if cases else "NULL::VARCHAR"


def _excludes(rule: Rule, each: Exclusion) -> str:
    conditions = [_condition(rule, each)]
    conditions += [f"NOT coalesce({_condition(rule, other)}, false)" for other in rule.classes if other.code in each.unless]
    if each.until:
        conditions.append(f"n.business_date <= {_either(each.until, rule)}")
    return " AND ".join(conditions)


def _breaks_of(rule: Rule, each: BreakClass) -> str:
    """List the breaks of a class: its keys grouped by what one break stands for."""
    stable = f"concat_ws(chr(31), {', '.join(f'{name}::VARCHAR' for name in each.per or rule.key)})"
    left_value, right_value = VALUES[each.value]
    amount = AMOUNTS[each.amount].format(left=_column("l", each.left), right=_column(_right(rule), each.right))
    evidence = ", ".join(f"{side}.{name} AS {side}_{name}" for side in ("l", "r") for name in (*_EVIDENCE, "currency", "row_count"))
    first = ", ".join(f"coalesce(l.{name}, r.{name})" for name in ("known_at", "document_id", "line_ordinal", "byte_offset"))
    inner = (
        f"SELECT partner_id, {stable} AS stable_key, concat_ws('/', {', '.join(each.subject or rule.subject)}) AS subject, "
        f"{left_value} AS left_value, {right_value} AS right_value, "
        f"{QUANTITY_GAP if each.value == 'quantity' else 'NULL'}::DECIMAL(38, 8) AS gap, ({amount})::DECIMAL(38, 4) AS amount, "
        f"coalesce(l.currency, r.currency) AS currency, {evidence}, "
        f"row_number() OVER (PARTITION BY partner_id, {stable} ORDER BY {first}) AS place FROM judged WHERE is_{each.code}"
    )
    total = "max(amount)" if each.amount in ONCE else "sum(amount)"
    grouped = ", ".join((
        "partner_id", "stable_key", "arg_min(subject, place) AS subject",
        f"{_value(each, 'l')} AS left_value", f"{_value(each, 'r')} AS right_value",
        "CASE WHEN count(gap) = count(*) THEN sum(gap) END AS gap",
        f"CASE WHEN count(amount) = count(*) AND count(DISTINCT currency) <= 1 THEN {total}::DECIMAL(18, 4) END AS amount",
        f"{_same('currency')} AS currency",
        *(f"arg_min({side}_{name}, place) AS {side}_{name}" for side in ("l", "r") for name in ("document_id", "file_hash", "byte_offset")),
        "(sum(coalesce(l_row_count, 0)) + sum(coalesce(r_row_count, 0)))::BIGINT AS evidence_count",
    ))
    return (
        f"SELECT sha256(concat_ws('|', '{rule.rule_id}', '{each.code}', partner_id, subject, stable_key)) AS break_id, "
        f"'{rule.rule_id}' AS rule_id, '{each.code}' AS class_code, partner_id, subject, left_value, right_value, "
        "round(gap, 4)::DECIMAL(18, 4) AS difference_quantity, amount AS difference_amount, currency, "
        "l_document_id AS left_document_id, l_file_hash AS left_file_hash, l_byte_offset AS left_byte_offset, "
        "r_document_id AS right_document_id, r_file_hash AS right_file_hash, r_byte_offset AS right_byte_offset, "
        f"evidence_count, {_sentence(each.sentence)} AS sentence\n"
        f"FROM (SELECT {grouped}\nFROM ({inner})\nGROUP BY partner_id, stable_key)"
    )


def _value(each: BreakClass, side: str) -> str:
    """Write a side's value: money summed over the break where all of it is known, text as its first row has it."""
    name = "left_value" if side == "l" else "right_value"
    if each.value not in MONEY_VALUES:
        return f"arg_min({name}, place)"
    of = "l" if each.value == "expected" else side  # what a document comes to is computed from the same side
    currency = _same(f"{of}_currency")
    known = f"count({name}) > 0 AND count({name}) = count({of}_document_id)"
    return f"CASE WHEN {known} THEN money_text({'max' if each.amount in ONCE else 'sum'}({name}), {currency}) END"


def _sentence(template: str) -> str:
    """Turn a template into SQL that fills it in."""
    filled = {
        "subject": "subject", "left": "coalesce(left_value, 'nothing')", "right": "coalesce(right_value, 'nothing')",
        "amount": "coalesce(money_text(amount, currency), 'an unknown amount')", "currency": "coalesce(currency, 'no one currency')",
        "quantity": "coalesce(plain_number(gap), 'an unknown quantity')",
    }
    parts: list[str] = []
    for at, piece in enumerate(template.replace("{", "}").split("}")):
        if piece:
            quoted = piece.replace("'", "''")
            parts.append(filled[piece] if at % 2 else f"'{quoted}'")
    return f"concat({', '.join(parts)})"


def _totals(rule: Rule) -> str:
    sides = [_totals_of(rule, "left", rule.left)]
    if rule.is_match and rule.right:
        sides.append(_totals_of(rule, "right", rule.right))
    return "SELECT * FROM (\n" + "\nUNION ALL\n".join(sides) + "\n)\nORDER BY rule_id, side, currency"


def _totals_of(rule: Rule, side: str, of: Side) -> str:
    """Account for a side: the whole is counted over the view, the parts over what was judged, so that they can disagree."""
    alias = side[0]
    keys = ("partner_id", *rule.key) if rule.is_match else ("document_id", "line_ordinal")
    join = " AND ".join(f"j.{name} = v.{name}" for name in keys)
    judged = f"SELECT {', '.join(f'{alias}.{name} AS {name}' for name in keys)}, status FROM judged WHERE {alias}.document_id IS NOT NULL"
    parts = ", ".join(
        f"count(*) FILTER (status = '{status}') AS {name}_count, "
        f"coalesce(sum(amount) FILTER (status = '{status}'), 0)::DECIMAL(18, 4) AS {name}_amount"
        for status, name in (("matched", "matched"), ("break", "break"), ("excluded", "excluded"))
    )
    rows = (f"SELECT coalesce(v.currency, '') AS currency, v.amount, "
            f"CASE WHEN {_usable(rule)} THEN j.status ELSE 'excluded' END AS status\n"
            f"FROM {of.view} v LEFT JOIN ({judged}) j ON {join}")
    whole = ("SELECT coalesce(currency, '') AS currency, count(*) AS total_count, "
             f"coalesce(sum(amount), 0)::DECIMAL(18, 4) AS total_amount, "
             f"count(*) FILTER (amount IS NULL) AS unknown_amount_count FROM {of.view} GROUP BY 1")
    return (
        f"SELECT '{rule.rule_id}' AS rule_id, '{side}' AS side, w.currency, w.total_count, coalesce(matched_count, 0) AS matched_count, "
        "coalesce(break_count, 0) AS break_count, coalesce(excluded_count, 0) AS excluded_count, w.total_amount, "
        "coalesce(matched_amount, 0) AS matched_amount, coalesce(break_amount, 0) AS break_amount, "
        "coalesce(excluded_amount, 0) AS excluded_amount, w.unknown_amount_count\n"
        f"FROM ({whole}) w LEFT JOIN (SELECT currency, {parts}\nFROM ({rows}) GROUP BY currency) s ON s.currency = w.currency"
    )
