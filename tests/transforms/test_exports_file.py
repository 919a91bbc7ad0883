"""An export is what its contract promises, or it is held whole and the finding says why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edi.errors import ConfigurationError
from tests.transforms.exports_case import (
    CONTEXT,
    INVOICES,
    INVOICES_HEADER,
    ORDERS,
    ORDERS_HEADER,
    Column,
    codes,
    invoices,
    orders,
    read,
    rows,
)
from transforms.exports import Export, read_export
from transforms.policy import ControlTotal

ORDER = "ACME LTD,00501,2026-03-02,EUR,0001,NA,10,PCS,15.00"
INVOICE = "ACME LTD;I-1;RE;01.03.2026;EUR;1200,50"
CREDIT = "ACME LTD;C-1;GS;02.03.2026;EUR;-200,50"


def why(export: Export) -> str:
    return next(found.message for found in export.findings if found.code == export.file_error)


def test_the_order_of_columns_is_the_sources_own():
    turned = read(ORDERS, "amount,order,partner,date,currency,line,item,quantity,unit",
                  "15.00,00501,ACME LTD,2026-03-02,EUR,0001,NA,10,PCS")
    assert turned.file_error is None
    assert rows(turned, "orders", "order_number", "order_date") == [("00501", "2026-03-02")]
    assert turned.documents[0].content_hash == orders(ORDER).documents[0].content_hash


def test_a_missing_and_an_unexpected_column_hold_the_file():
    export = read(ORDERS, "partner,order,date,currency,line,item,qty,unit,amount", ORDER)
    assert export.file_error == "csv.header_changed"
    assert "missing: quantity; not expected: qty" in why(export)
    assert (export.documents, dict(export.tables), export.record_count) == ((), {}, 1)


def test_a_column_that_occurs_twice_holds_the_file():
    export = read(ORDERS, "partner,order,date,currency,line,item,quantity,unit,amount,unit", ORDER + ",PCS")
    assert export.file_error == "csv.header_changed"
    assert "more than once: unit" in why(export)


def test_without_a_header_the_first_record_is_not_repeated_in_the_message():
    export = read(ORDERS, ORDER, ORDER)
    assert export.file_error == "csv.header_changed"
    assert "ACME" not in why(export)
    assert "expected order" in why(export)


def test_an_empty_file_is_held_and_a_header_alone_is_not():
    assert read_export(ORDERS, b"", CONTEXT, {}).file_error == "csv.empty"
    alone = orders()
    assert (alone.file_error, alone.documents, alone.record_count) == (None, (), 0)
    assert alone.tables["order_lines"].num_rows == alone.tables["documents"].num_rows == 0


def test_an_unclosed_quote_holds_the_file():
    export = orders(ORDER, 'ACME LTD,00502,2026-03-02,EUR,0001,"NA,10,PCS,15.00', ORDER)
    assert export.file_error == "csv.not_readable"
    assert "csv.unclosed_quote" in [found.code for found in export.findings]


def test_a_trailer_that_agrees_is_no_row():
    export = invoices(INVOICE, CREDIT, "SUM;2;1000,00")  # 1200.50 - 200.50
    assert (export.file_error, export.record_count, codes(export)) == (None, 2, [])
    assert [document.key for document in export.documents] == ["ACME LTD|I-1", "ACME LTD|C-1"]


@pytest.mark.parametrize(("trailer", "reason"), [
    ("SUM;3;1000,00", "it states 3 rows, 2 were read"),
    ("SUM;2;1000,01", "the sum of amount is another"),
    ("SUM;2;1000.00", "it states no readable sum of amount"),  # the contract's mark is the comma
    ("SUM;2", "it states no readable sum of amount"),
    ("SUM;two;1000,00", "field 2 is not a number of rows"),
])
def test_a_trailer_that_disagrees_holds_the_file(trailer: str, reason: str):
    export = invoices(INVOICE, CREDIT, trailer)
    assert export.file_error == "csv.control_total"
    assert reason in why(export)
    assert (export.documents, export.record_count) == ((), 2)


def test_a_file_that_lost_its_trailer_is_held():
    export = invoices(INVOICE, CREDIT)
    assert export.file_error == "csv.control_total"
    assert "does not begin with SUM" in why(export)


def test_a_file_without_rows_has_a_trailer_of_zeros():
    assert invoices("SUM;0;0,00").file_error is None
    assert invoices().file_error == "csv.control_total"


def test_sums_are_exact():
    tenths = [f"ACME LTD;I-{at};RE;01.03.2026;EUR;0,1" for at in range(10)]
    assert invoices(*tenths, "SUM;10;1").file_error is None
    large = ["ACME LTD;I-1;RE;01.03.2026;EUR;99999999999999,9999", "ACME LTD;I-2;RE;01.03.2026;EUR;0,0001"]
    assert invoices(*large, "SUM;2;100000000000000").file_error is None
    assert invoices(*large, "SUM;2;100000000000000,0001").file_error == "csv.control_total"


def test_a_sum_with_a_part_that_cannot_be_read_is_not_compared():
    export = invoices(INVOICE, "ACME LTD;C-1;GS;02.03.2026;EUR;about 200", "SUM;2;1000,00")
    assert export.file_error is None
    assert [code for code, *_ in codes(export)] == ["csv.control_total_unchecked", "value.unreadable_number"]
    assert invoices(INVOICE, "ACME LTD;C-1;GS;02.03.2026;EUR;about 200", "SUM;3;1000,00").file_error == "csv.control_total"


def test_a_ragged_row_holds_its_document_and_nothing_else_is_said_of_the_row():
    ragged = "ACME LTD,00501,2026-03-02,EUR,0001,a bolt, long,10,PCS,15.00"
    export = orders(ragged, ORDER.replace("0001", "0002"), ORDER.replace("00501", "00502"))
    assert codes(export) == [("csv.unreadable_row", 1, 1, None)]
    held = export.documents[0]
    assert (held.key, held.record_count, held.amount) == ("ACME LTD|00501", 2, None)
    place = export.findings[0].place
    assert (place.file, place.offset) == ("f" * 64, len(ORDERS_HEADER) + 1)


def test_a_value_in_another_encoding_makes_the_row_unreadable():
    data = f"{ORDERS_HEADER}\n{ORDER}\n{ORDER.replace('NA', 'Größe')}\n".encode("latin-1")
    assert codes(read_export(ORDERS, data, CONTEXT, {})) == [("csv.unreadable_row", 1, 2, "item")]
    good = read_export(replace(ORDERS, encoding="latin-1"), data, CONTEXT, {})
    assert codes(good) == []
    assert rows(good, "order_lines", "buyer_item_number") == [("NA",), ("Größe",)]


def test_a_byte_order_mark_is_a_note():
    export = read_export(ORDERS, f"﻿{ORDERS_HEADER}\n{ORDER}\n".encode(), CONTEXT, {})
    assert [(found.code, str(found.severity)) for found in export.findings] == [("csv.bom", "note")]
    assert export.documents[0].byte_offset == 3 + len(ORDERS_HEADER) + 1


def test_offsets_count_bytes_past_quoted_newlines_and_letters_of_two_bytes():
    lines = [ORDERS_HEADER, 'ACME LTD,00501,2026-03-02,EUR,0001,"Öse,\n5 mm",10,PCS,1', ORDER.replace("00501", "00502")]
    data = "\r\n".join(lines).encode()
    export = read_export(ORDERS, data, CONTEXT, {})
    assert codes(export) == []
    assert rows(export, "order_lines", "buyer_item_number") == [("Öse,\n5 mm",), ("NA",)]
    assert [data[document.byte_offset:][:15] for document in export.documents] == [b"ACME LTD,00501,", b"ACME LTD,00502,"]
    assert [document.first_record for document in export.documents] == [1, 2]


@pytest.mark.parametrize(("changes", "words"), [
    ({"delimiter": "||"}, "delimiter must be one ASCII character"),
    ({"date_format": "D.M.Y"}, "date_format must be one of"),
    ({"line_table": "order_rows"}, "order_rows is not a canonical table"),
    ({"constants": {"orders.purpose": "original"}}, "target orders.purpose is not a column of orders or order_lines"),
    ({"columns": (*ORDERS.columns, Column("order2", "orders.order_number"))}, "target orders.order_number is filled twice"),
    ({"columns": (*ORDERS.columns, Column("wanted", "orders.requested_delivery_date"))},
     "column wanted fills orders.requested_delivery_date: its kind must be date"),
])
def test_a_contract_that_cannot_work_is_refused_by_name(changes: dict[str, object], words: str):
    with pytest.raises(ConfigurationError, match=words.replace("|", r"\|")) as refused:
        read(replace(ORDERS, **changes), ORDERS_HEADER, ORDER)
    assert "data/sources/erp_orders.toml" in str(refused.value)


def test_a_column_without_a_target_is_expected_and_not_loaded():
    contract = replace(ORDERS, columns=(*ORDERS.columns, Column("clerk", "")))
    assert codes(read(contract, f"{ORDERS_HEADER},clerk", f"{ORDER},Smith")) == []
    assert read(contract, ORDERS_HEADER, ORDER).file_error == "csv.header_changed"


def test_a_count_alone_is_control_enough():
    contract = replace(INVOICES, control_total=ControlTotal(marker="END", count_field=2))
    assert read(contract, INVOICES_HEADER, INVOICE, "END;1").file_error is None
    assert read(contract, INVOICES_HEADER, INVOICE, "END;2").file_error == "csv.control_total"
