"""The ledger's tables: what has been decided, sent and promised. They live beside the canonical tables in one database.

Columns marked ``cut`` depend on how the work was cut into packets or in which order it came, not on the data; comparisons of
runs that differ in that leave them out, as they leave out the tables of ``CUT_TABLES``.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from transforms.model.types import ExactDecimal

LEDGER = sa.MetaData()

OPERATIONAL_TABLES = frozenset({"leases", "attempts"})  # left out of dumps: they tell of runs, not of data
CUT_TABLES = frozenset({"plans", "packets", "arrivals", "lake_files", "audit"})  # equal only for equal plans

OUTCOMES = ("loaded", "duplicate", "quarantined", "rejected", "pending")
PACKET_STATES = ("planned", "committed", "visible")
RULED = ("approved", "refused")
ITEM_STATES = ("queued", "sent", "answered")
SIDES = ("total", "matched", "breaks", "excluded")


def _text(name: str, *, key: bool = False, null: bool = False, cut: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), primary_key=key, nullable=null, info={"cut": cut})


def _integer(name: str, *, key: bool = False, null: bool = False, cut: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), primary_key=key, nullable=null, autoincrement=False, info={"cut": cut})


def _money(name: str, *, null: bool = True) -> sa.Column[Any]:
    return sa.Column(name, ExactDecimal(28, 4), nullable=null)


def _known(column: str, values: tuple[str, ...], table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(sa.column(column).in_(values), name=f"{table}_{column}_known")


NIGHTS = sa.Table(
    "nights", LEDGER, _text("night_id", key=True), _text("deployment"), sa.Column("business_date", sa.Date(), nullable=False),
    _integer("sequence"), _text("slot_at"), _text("state"), _text("plan_hash", null=True, cut=True), _text("settings_hash"),
    sa.UniqueConstraint("sequence"), sa.UniqueConstraint("deployment", "business_date"),
)

PLANS = sa.Table(
    "plans", LEDGER, _text("night_id", key=True), _integer("plan_round", key=True), _text("plan_hash"), _text("content"),
)

PACKETS = sa.Table(
    "packets", LEDGER, _text("packet_key", key=True), _text("night_id"), _integer("plan_round"), _integer("ordinal"), _text("state"),
    _text("partner_id", null=True), _text("files"),
    sa.UniqueConstraint("night_id", "plan_round", "ordinal"), _known("state", PACKET_STATES, "packets"),
)

ARRIVALS = sa.Table(
    "arrivals", LEDGER, _text("night_id", key=True), _integer("arrival", key=True), _text("hash"), _text("name"), _text("source"),
)

IDENTITY = ("standard", "sender_qualifier", "sender_id", "receiver_qualifier", "receiver_id", "control_number", "usage_code", "epoch")

SUPERSEDED = sa.Table(
    "superseded", LEDGER, _text("document_id", key=True), _text("by_document_id"), _text("night_id"), _integer("known_at"),
    _text("packet_key", cut=True), _text("reason"), sa.Index("superseded_by", "by_document_id"),
)

INTERCHANGES = sa.Table(
    "interchanges", LEDGER,
    _text("standard"), _text("sender_qualifier"), _text("sender_id"), _text("receiver_qualifier"), _text("receiver_id"),
    _text("control_number"), _text("usage_code"), _integer("epoch"),
    _text("content_hash"), _text("verdict"), _text("night_id", key=True), _text("file_hash", key=True),
    _integer("copy", key=True), _integer("interchange_ordinal", key=True), _text("interchange_id"), _text("packet_key", cut=True),
    sa.Index("interchanges_content", "content_hash"), sa.Index("interchanges_number", "control_number"),
    sa.Index("interchanges_id", "interchange_id"), sa.Index("interchanges_sender", "sender_id"),
)
_FIRST = INTERCHANGES.c.verdict.in_(("new", "reissue"))  # the verdicts that take an identity: one interchange, for ever
FIRST_ONLY_ONCE = sa.Index(
    "interchanges_first_only_once", *[INTERCHANGES.c[name] for name in IDENTITY], unique=True,
    sqlite_where=_FIRST, postgresql_where=_FIRST,
)

_WRAPPED = INTERCHANGES.c.epoch >= 1_000_000  # numbers have wrapped around, see transforms/numbering
WRAPPED = sa.Index("interchanges_wrapped", INTERCHANGES.c.epoch, sqlite_where=_WRAPPED, postgresql_where=_WRAPPED)
# What a person approved in a conflict is loaded beside the original under its number: each content once.
_APPROVED = INTERCHANGES.c.verdict == "approved"
APPROVED_ONLY_ONCE = sa.Index(
    "interchanges_approved_only_once", *[INTERCHANGES.c[name] for name in (*IDENTITY, "content_hash")], unique=True,
    sqlite_where=_APPROVED, postgresql_where=_APPROVED,
)

RULINGS = sa.Table(
    "rulings", LEDGER, _text("interchange_id", key=True), _text("ruling"), _text("reason"), _known("ruling", RULED, "rulings"),
)

EPOCHS = sa.Table(
    "epochs", LEDGER, _text("partner_id", key=True), sa.Column("begins", sa.Date(), primary_key=True), _text("reason"),
)

COUNTERS = sa.Table(
    "counters", LEDGER, _text("standard", key=True), _text("kind", key=True), _text("our_id", key=True), _text("their_id", key=True),
    _integer("last"),
)

DECISIONS = sa.Table(
    "decisions", LEDGER, _text("document_id", null=True), _text("night_id", key=True), _text("packet_key", cut=True),
    _text("standard"), _text("type_code", null=True), _text("partner_id", null=True), _text("direction_code", null=True),
    _text("file_hash", key=True), _integer("copy", key=True), _integer("interchange_ordinal", key=True),
    _integer("transaction_ordinal", key=True), _text("control_number", null=True), _text("outcome"),
    _text("reason_code", null=True), _text("reason", null=True), _integer("record_count"), _money("stated_amount"),
    _text("currency", null=True),
    _known("outcome", OUTCOMES, "decisions"), sa.Index("decisions_packet", "packet_key"), sa.Index("decisions_document", "document_id"),
    sa.Index("decisions_file", "file_hash"),
)
PENDING_DECISIONS = sa.Index("decisions_pending", DECISIONS.c.night_id, sqlite_where=DECISIONS.c.outcome == "pending",
                             postgresql_where=DECISIONS.c.outcome == "pending")

# Rows of an export by what they are beside what was loaded before; ``known`` is what a snapshot is compared with.
EXPORTS = sa.Table(
    "exports", LEDGER, _text("night_id", key=True), _text("file_hash", key=True), _integer("copy", key=True), _text("packet_key", cut=True),
    _text("source_id"), _text("kind"), *(_integer(f"{part}_{what}") for part in (
        "new", "changed", "unchanged", "set_aside", "vanished") for what in ("documents", "rows")),
    _integer("known_documents"), _integer("returned_documents"), _integer("ordinal", cut=True), sa.Index("exports_source", "source_id"),
)

# A snapshot does not have a document any more, or has it again. The last word counts.
ABSENCES = sa.Table(
    "absences", LEDGER, _text("night_id", key=True), _text("packet_key", cut=True), _text("file_hash", key=True),
    _integer("copy", key=True), _text("document_id", key=True), _text("source_id"), sa.Column("is_gone", sa.Boolean(), nullable=False),
    sa.Index("absences_source", "source_id"),
)

FINDINGS = sa.Table(
    "findings", LEDGER, _text("packet_key", key=True, cut=True), _integer("finding_ordinal", key=True, cut=True), _text("night_id"),
    _text("file_hash", null=True), _integer("interchange_ordinal", null=True), _integer("transaction_ordinal", null=True),
    _text("code"), _text("severity"), _integer("byte_offset", null=True), _integer("line", null=True), _integer("group_ordinal", null=True),
    _integer("segment", null=True), _text("tag", null=True), _integer("element", null=True), _integer("component", null=True),
    _integer("repetition", null=True), _text("message"), _text("remedy"),
    sa.Index("findings_document", "night_id", "file_hash", "interchange_ordinal", "transaction_ordinal"),
)

OUTBOX = sa.Table(
    "outbox", LEDGER, _text("item_id", key=True), _text("night_id"), _text("packet_key", cut=True), _text("partner_id"), _text("kind"),
    _text("file_name"), _integer("control_number", null=True), sa.Column("content", sa.LargeBinary(), nullable=False),
    _text("content_hash"), _text("answers"), _text("state"), _integer("ordinal", cut=True),
    sa.UniqueConstraint("partner_id", "ordinal"), _known("state", ITEM_STATES, "outbox"), sa.Index("outbox_answers", "answers"),
)

AUDIT = sa.Table(
    "audit", LEDGER, _integer("sequence", key=True), _text("night_id"), _text("action"), _text("subject"), _text("detail"),
    _text("previous_hash"), _text("hash"),
)

SETTINGS_ARCHIVE = sa.Table("settings_archive", LEDGER, _text("hash", key=True), _text("kind"), _text("text"))

LAKE_FILES = sa.Table(
    "lake_files", LEDGER, _text("packet_key", key=True), _text("table_name", key=True), _text("path"), _text("hash"),
    _integer("row_count"), _text("state"), sa.UniqueConstraint("path"), _known("state", PACKET_STATES[1:], "lake_files"),
)

BREAKS = sa.Table(
    "breaks", LEDGER, _text("night_id", key=True), _text("break_id", key=True), _text("rule_id"), _text("class_code"),
    _text("state_code"), _text("partner_id", null=True), _text("key"), _text("left", null=True), _text("right", null=True),
    _money("difference_amount"), _text("currency", null=True), _text("evidence"), _text("sentence"), _integer("first_night_sequence"),
    sa.Index("breaks_rule", "night_id", "rule_id"),
)

RULE_TOTALS = sa.Table(
    "rule_totals", LEDGER, _text("night_id", key=True), _text("rule_id", key=True), _text("side", key=True), _text("currency", key=True),
    *(column for part in SIDES for column in (_integer(f"{part}_count"), _money(f"{part}_amount"))),
)

LEASES = sa.Table("leases", LEDGER, _text("name", key=True), _text("holder"), _integer("token"), _text("expires_at"))

ATTEMPTS = sa.Table(
    "attempts", LEDGER, _text("night_id", key=True), _integer("attempt", key=True), _text("step"), _text("started_at"), _text("outcome"),
)
