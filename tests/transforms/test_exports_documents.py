"""Rows with one key are one document; what was loaded before tells new, changed, unchanged and vanished apart."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from tests.transforms.exports_case import codes, invoices, orders, rows
from transforms.exports import Export, KnownDocument

FIRST = "ACME LTD,00501,2026-03-02,EUR,0001,X1,10,PCS,15.00"
SECOND = "ACME LTD,00501,2026-03-02,EUR,0002,X2,4,PCS,2.25"
OTHER = "ACME LTD,501,2026-03-02,USD,0001,X1,1,PCS,9.99"


def known(export: Export) -> dict[str, KnownDocument]:
    return {document.key: KnownDocument(document.document_id, document.content_hash) for document in export.documents}


def verdicts(export: Export) -> dict[str, str]:
    return {document.key: document.verdict for document in export.documents}


def test_rows_of_a_document_need_not_stand_together():
    export = orders(FIRST, OTHER, SECOND)
    made = [(document.ordinal, document.key, document.first_record, document.record_count, document.amount, document.currency)
            for document in export.documents]
    assert made == [(1, "ACME LTD|00501", 1, 2, Decimal("17.25"), "EUR"), (2, "ACME LTD|501", 2, 1, Decimal("9.99"), "USD")]
    assert rows(export, "order_lines", "transaction_ordinal", "line_ordinal", "segment_ordinal", "line_number") == [
        (1, 1, 1, "0001"), (1, 2, 3, "0002"), (2, 1, 2, "0001")]


def test_leading_zeros_tell_documents_apart():
    assert list(verdicts(orders(FIRST, OTHER))) == ["ACME LTD|00501", "ACME LTD|501"]


def test_a_bar_in_a_value_does_not_make_two_keys_one():
    changes = {"partner_aliases": {"A": "acme", "A|B": "acme"}}
    export = orders("A|B,C,2026-03-02,EUR,1,X,1,PCS,1", "A,B|C,2026-03-02,EUR,1,X,1,PCS,1", **changes)
    assert len(export.documents) == 2


def test_the_content_hash_is_of_the_values_with_their_lengths_under_sorted_columns():
    names = ["amount", "currency", "date", "item", "line", "order", "partner", "quantity", "unit"]
    values = ["15.00", "EUR", "2026-03-02", "X1", "0001", "00501", "ACME LTD", "10", "PCS"]
    content = "\x1f".join(names) + "".join(f"{len(value)}:{value}" for value in values)
    document = orders(FIRST).documents[0]
    assert document.content_hash == hashlib.sha256(content.encode()).hexdigest()
    key = f"erp_orders|ACME LTD|00501|{document.content_hash}|"
    assert document.document_id == hashlib.sha256(key.encode()).hexdigest()[:40]


def test_moving_a_character_between_columns_changes_the_content():
    moved = FIRST.replace("0001,X1", "0001X,1")
    assert orders(FIRST).documents[0].content_hash != orders(moved).documents[0].content_hash


def test_the_order_of_documents_changes_nothing_the_order_of_lines_does():
    one, two = orders(FIRST, SECOND, OTHER), orders(OTHER, FIRST, SECOND)
    assert known(one) == known(two)
    assert known(orders(FIRST, SECOND)) != known(orders(SECOND, FIRST))


def test_a_snapshot_tells_new_unchanged_changed_and_vanished():
    gone = "ACME LTD,00400,2026-03-01,EUR,0001,X1,1,PCS,1.00"
    before = orders(FIRST, OTHER, gone)
    assert verdicts(before) == {"ACME LTD|00501": "new", "ACME LTD|501": "new", "ACME LTD|00400": "new"}
    after = orders(FIRST, SECOND, OTHER, "ACME LTD,00502,2026-03-03,EUR,0001,X1,1,PCS,1.00", known=known(before))
    assert verdicts(after) == {"ACME LTD|00501": "changed", "ACME LTD|501": "unchanged", "ACME LTD|00502": "new"}
    assert after.vanished == ("ACME LTD|00400",)
    assert len(rows(after, "orders", "order_number")) == 3


def test_in_a_delta_nothing_vanishes():
    before = orders(FIRST, OTHER, kind="delta")
    assert orders(FIRST, kind="delta", known=known(before)).vanished == ()


def test_a_snapshot_with_a_row_that_cannot_be_read_proves_no_absence():
    before = orders(FIRST, OTHER)
    assert orders(FIRST, "ACME LTD,5", known=known(before)).vanished == ()


def test_there_and_back_again_are_three_documents():
    a, b = FIRST, FIRST.replace(",10,", ",11,")
    first = orders(a)
    second = orders(b, known=known(first))
    third = orders(a, known=known(second))
    assert first.documents[0].content_hash == third.documents[0].content_hash
    assert third.documents[0].verdict == "changed"
    assert len({export.documents[0].document_id for export in (first, second, third)}) == 3


def test_an_unchanged_document_does_not_take_the_id_of_the_loaded_one():
    first = orders(FIRST)
    again = orders(FIRST, known=known(first))
    assert again.documents[0].verdict == "unchanged"
    assert again.documents[0].document_id != first.documents[0].document_id


def test_the_same_file_gives_the_same_export():
    one, two = orders(FIRST, OTHER, SECOND), orders(FIRST, OTHER, SECOND)
    assert one.documents == two.documents
    assert all(one.tables[name].equals(two.tables[name]) for name in ("orders", "order_lines", "documents"))


def test_partners_go_by_alias_or_by_their_id():
    export = orders(FIRST, FIRST.replace("ACME LTD", "acme"), FIRST.replace("ACME LTD", "NOBODY"))
    assert [document.partner_id for document in export.documents] == ["acme", "acme", None]
    assert codes(export) == [("csv.unknown_partner", 3, 3, "partner")]
    assert "NOBODY" not in export.findings[0].message


def test_a_row_that_contradicts_the_header_of_its_document():
    export = orders(FIRST, OTHER, SECOND.replace("EUR", "USD").replace("03-02", "03-03"))
    assert codes(export) == [("csv.header_disagrees", 1, 3, "date"), ("csv.header_disagrees", 1, 3, "currency")]
    assert rows(export, "orders", "order_number", "order_currency")[0] == ("00501", "EUR")


def test_partners_of_one_document_must_agree():
    export = orders(FIRST, SECOND.replace("ACME LTD", "acme"), document_key=("order",))
    assert codes(export) == [("csv.header_disagrees", 1, 2, "partner")]


def test_where_a_record_is_a_document_a_second_record_is_one_too_many():
    row = "ACME LTD;I-1;RE;01.03.2026;EUR;10,00"
    export = invoices(row, row, "SUM;2;20,00")
    assert codes(export) == [("csv.repeated_document", 1, 2, None)]
    assert (export.documents[0].record_count, export.documents[0].amount) == (2, Decimal(20))


def test_amounts_are_unknown_where_nothing_is_stated_or_a_part_cannot_be_read():
    nothing, part = FIRST.replace("15.00", ""), SECOND.replace("2.25", "2.25.")
    assert orders(nothing).documents[0].amount is None
    assert orders(nothing, SECOND).documents[0].amount == Decimal("2.25")
    assert orders(FIRST, part).documents[0].amount is None
    assert orders(FIRST, amount_column=None).documents[0].amount is None


def test_the_list_of_documents_has_key_number_and_count():
    export = orders(FIRST, OTHER, SECOND)
    columns = ("standard_code", "version_code", "usage_code", "transaction_number", "business_number", "record_count", "content_hash")
    assert rows(export, "documents", *columns) == [
        ("csv", None, "production", "ACME LTD|00501", "00501", 2, export.documents[0].content_hash),
        ("csv", None, "production", "ACME LTD|501", "501", 1, export.documents[1].content_hash)]
