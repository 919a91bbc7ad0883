"""What was read as Arrow tables: rows that refer to one another by position."""

from __future__ import annotations

from edi import read, tables

DATA = (b"UNB+UNOC:4+S+R+241123:0130+REF'UNH+1+ORDERS:D:96A:UN'BGM+220+PO1+9'FTX+a:b*c++d'UNT+4+1'UNH+2+INVOIC:D:01B:UN'UNT+9+2'"
        b"UNZ+2+REF'")


def test_values_tell_their_place():
    values = tables(read(DATA)).values

    assert [tuple(row.values()) for row in values.to_pylist() if row["segment"] == 3] == [
        (3, 0, 1, 1, "FTX"), (3, 1, 1, 1, "a"), (3, 1, 1, 2, "b"), (3, 1, 2, 1, "c"), (3, 2, 1, 1, ""), (3, 3, 1, 1, "d")]


def test_segments_tell_bytes_and_envelopes():
    segments = tables(read(DATA)).segments.to_pylist()

    assert [row["tag"] for row in segments] == ["UNB", "UNH", "BGM", "FTX", "UNT", "UNH", "UNT", "UNZ"]
    assert [row["transaction"] for row in segments] == [None, 0, 0, 0, 0, 1, 1, None]
    assert [row["ordinal"] for row in segments] == [None, 1, 2, 3, 4, 1, 2, None]
    assert all(DATA[row["offset"]:row["end"]].startswith(row["tag"].encode()) for row in segments)


def test_envelopes_and_findings():
    made = tables(read(DATA))

    assert made.interchanges.select(["standard", "sender_id", "control_number", "has_trailer"]).to_pylist() == [
        {"standard": "edifact", "sender_id": "S", "control_number": "REF", "has_trailer": True}]
    assert made.groups.num_rows == 0
    assert made.transactions.select(["type_code", "version", "group"]).to_pylist() == [
        {"type_code": "ORDERS", "version": "D:96A", "group": None}, {"type_code": "INVOIC", "version": "D:01B", "group": None}]
    assert made.findings.select(["code", "severity", "transaction", "tag"]).to_pylist() == [
        {"code": "edifact.unt_count", "severity": "error", "transaction": 2, "tag": "UNT"}]


def test_text_is_shared_not_copied():
    batch = read(DATA)

    assert tables(batch).values["value"].chunk(0).buffers()[2].address == batch.table.values.buffers()[2].address


def test_nothing_gives_empty_tables():
    made = tables(read(b""))

    assert (made.segments.num_rows, made.values.num_rows, made.findings.num_rows) == (0, 0, 1)
