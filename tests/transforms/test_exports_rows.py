"""Text becomes what the model declares, exactly; what cannot is null and a finding that shows where, never what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.transforms.exports_case import CONTEXT, INVOICES, ORDERS, ORDERS_HEADER, Column, codes, invoices, orders, read, rows
from transforms.model import ORDER_LINES, arrow_schema
from transforms.policy import ContractColumn, SourceContract

ORDER = "ACME LTD,00501,2026-03-02,EUR,0001,NA,10,PCS,15.00"


def extended(*columns: ContractColumn, **changes: object) -> SourceContract:
    """Return the orders contract with more columns, its money column taken away."""
    kept = tuple(column for column in ORDERS.columns if column.name != "amount")
    return replace(ORDERS, amount_column=None, columns=(*kept, *columns), **changes)


def line(contract: SourceContract, values: dict[str, str]) -> tuple[str, str]:
    """Return the header and one row of a contract's export; what is not given is as in a sound order."""
    sound = {"partner": "ACME LTD", "order": "00501", "date": "2026-03-02", "currency": "EUR", "line": "0001", "item": "X", "quantity": "3",
             "unit": "PCS"} | values
    names = ["partner", *(column.name for column in contract.columns)]
    return ",".join(names), ",".join(sound[name] for name in names)


def test_text_stays_what_it_is():
    export = orders(ORDER)
    assert rows(export, "order_lines", "order_number", "line_number", "buyer_item_number") == [("00501", "0001", "NA")]


def test_nothing_is_null():
    export = orders("ACME LTD,00501,,,,,10,PCS,")
    assert rows(export, "orders", "order_date", "order_currency") == [(None, None)]
    assert rows(export, "order_lines", "line_number", "buyer_item_number", "line_amount") == [(None, None, None)]


def test_every_row_says_where_it_comes_from():
    export = orders(ORDER, ORDER.replace("0001", "0002"))
    second = export.tables["order_lines"].to_pylist()[1]
    assert {name: second[name] for name in (
        "document_id", "system_code", "partner_id", "direction_code", "type_code", "file_hash", "interchange_number", "transaction_ordinal",
        "segment_ordinal", "byte_offset", "map_hash", "guide_hash", "settings_hash", "known_at", "business_date")} == {
        "document_id": export.documents[0].document_id, "system_code": "erp", "partner_id": "acme", "direction_code": "inbound",
        "type_code": "erp_orders", "file_hash": CONTEXT.file_hash, "interchange_number": None, "transaction_ordinal": 1,
        "segment_ordinal": 2, "byte_offset": len(ORDERS_HEADER) + 1 + len(ORDER) + 1,
        "map_hash": "map", "guide_hash": None, "settings_hash": "settings",
        "known_at": 7, "business_date": date(2026, 3, 2)}
    assert export.tables["order_lines"].schema.equals(arrow_schema(ORDER_LINES))


def test_a_line_repeats_what_its_header_states():
    contract = extended(Column("wanted", "orders.requested_delivery_date", kind="date"))
    export = read(contract, *line(contract, {"wanted": "2026-03-09"}))
    assert rows(export, "order_lines", "order_number", "order_currency", "requested_delivery_date") == [("00501", "EUR", "2026-03-09")]


def test_what_a_line_states_itself_goes_before():
    contract = extended(Column("of_order", "orders.requested_delivery_date", kind="date"),
                        Column("of_line", "order_lines.requested_delivery_date", kind="date"))
    own = read(contract, *line(contract, {"of_order": "2026-03-09", "of_line": "2026-03-11"}))
    assert rows(own, "order_lines", "requested_delivery_date") == [("2026-03-11",)]
    none = read(contract, *line(contract, {"of_order": "2026-03-09", "of_line": ""}))
    assert rows(none, "order_lines", "requested_delivery_date") == [("2026-03-09",)]
    unreadable = read(contract, *line(contract, {"of_order": "2026-03-09", "of_line": "soon"}))
    assert rows(unreadable, "order_lines", "requested_delivery_date") == [(None,)]


def test_units_go_by_the_contract_then_by_the_table_of_units_and_else_stay():
    export = orders(ORDER, ORDER.replace("PCS", "KG"), ORDER.replace("PCS", "DRUM"))
    assert rows(export, "order_lines", "unit_code") == [("EA",), ("KGM",), ("DRUM",)]
    assert codes(export) == []


def test_a_code_that_the_contract_does_not_translate():
    export = invoices("ACME LTD;I-1;XX;01.03.2026;EUR;10,00", "SUM;1;10,00")
    assert codes(export) == [("csv.unknown_code", 1, 1, "type")]
    assert rows(export, "invoices", "invoice_code") == [(None,)]
    assert "XX" not in export.findings[0].message


@pytest.mark.parametrize(("sent", "padded"), [("61414000017", "00061414000017"), ("00061414000017", "00061414000017"), ("NONE", "NONE")])
def test_gtins_have_fourteen_digits(sent: str, padded: str):
    contract = extended(Column("gtin", "order_lines.gtin"))
    assert rows(read(contract, *line(contract, {"gtin": sent})), "order_lines", "gtin") == [(padded,)]


@pytest.mark.parametrize(("price", "per", "quantity", "amount"), [
    ("1.50", "", "3", "4.5"),
    ("0.00005", "1", "1", "0.0001"),  # half up
    ("-0.00005", "1", "1", "-0.0001"),
    ("10", "3", "1", "3.3333"),
    ("20", "3", "1", "6.6667"),
    ("12.345", "100", "7", "0.8642"),  # 0.86415
    ("", "", "3", None),
])
def test_amounts_that_are_not_stated_are_worked_out_exactly(price: str, per: str, quantity: str, amount: str | None):
    contract = extended(Column("price", "order_lines.unit_price", kind="decimal"),
                        Column("per", "order_lines.price_basis_quantity", kind="decimal"))
    export = read(contract, *line(contract, {"price": price, "per": per, "quantity": quantity}))
    assert rows(export, "order_lines", "line_amount") == [(amount,)]
    assert rows(export, "order_lines", "price_basis_quantity") == [(per or "1",)]


def test_a_stated_amount_is_not_worked_out_again():
    contract = extended(Column("price", "order_lines.unit_price", kind="decimal"),
                        Column("total", "order_lines.line_amount", kind="decimal"))
    assert rows(read(contract, *line(contract, {"price": "2", "total": "5.99"})), "order_lines", "line_amount") == [("5.99",)]
    assert rows(read(contract, *line(contract, {"price": "2", "total": ""})), "order_lines", "line_amount") == [("6",)]
    assert rows(read(contract, *line(contract, {"price": "2", "total": "?"})), "order_lines", "line_amount") == [(None,)]


def test_the_money_of_an_export_is_what_it_states_and_nothing_else():
    contract = replace(ORDERS, columns=(*ORDERS.columns, Column("price", "order_lines.unit_price", kind="decimal")))
    export = read(contract, *line(contract, {"price": "2", "amount": ""}))
    assert rows(export, "order_lines", "unit_price", "line_amount") == [("2", None)]
    assert export.documents[0].amount is None


@pytest.mark.parametrize(("sent", "read_as"), [
    ("10", "10"), ("-0.5", "-0.5"), ("0010", "10"), (".5", "0.5"), ("1.50000000", "1.5"),
    ("1.00001", None), ("1,5", None), ("1e3", None), ("+3", None), ("12.50-", None), ("1 000", None), ("x", None),
    ("99999999999999.9999", "99999999999999.9999"), ("100000000000000", None),
])
def test_decimals_are_exact_or_not_read(sent: str, read_as: str | None):
    export = orders(f'ACME LTD,00501,2026-03-02,EUR,0001,NA,"{sent}",PCS,15.00')
    assert rows(export, "order_lines", "ordered_quantity") == [(read_as,)]
    assert codes(export) == ([] if read_as else [("value.unreadable_number", 1, 1, "quantity")])


@pytest.mark.parametrize(("sent", "read_as"), [
    ("1200,50", "1200.5"), ("-3", "-3"), ("1.200,50", None), ("1.200", None), ("1,200,5", None), ("1200.50", None),
])
def test_with_a_decimal_comma_a_point_is_never_one(sent: str, read_as: str | None):
    export = read(replace(INVOICES, control_total=None), "partner;number;type;date;currency;amount", f"ACME LTD;I;RE;01.03.2026;EUR;{sent}")
    assert rows(export, "invoices", "invoice_amount") == [(read_as,)]
    assert export.documents[0].amount == (Decimal(read_as) if read_as else None)


@pytest.mark.parametrize(("form", "sent", "read_as"), [
    ("YYYY-MM-DD", "2024-02-29", "2024-02-29"), ("YYYY-MM-DD", "2026-02-29", None), ("YYYY-MM-DD", "20260302", None),
    ("YYYY-MM-DD", "2026-3-2", None), ("DD.MM.YYYY", "02.03.2026", "2026-03-02"), ("DD.MM.YYYY", "31.02.2026", None),
    ("YYYYMMDD", "20260302", "2026-03-02"), ("YYYYMMDD", "260302", None), ("YYYYMMDD", "202603021200", None),
    ("MM/DD/YYYY", "03/02/2026", "2026-03-02"), ("MM/DD/YYYY", "13/02/2026", None), ("YYYYMMDD", "00000000", None),
])
def test_dates_are_of_the_contracts_format(form: str, sent: str, read_as: str | None):
    export = orders(f"ACME LTD,00501,{sent},EUR,0001,NA,10,PCS,15.00", date_format=form)
    assert rows(export, "orders", "order_date") == [(read_as,)]
    assert codes(export) == ([] if read_as else [("value.unreadable_date", 1, 1, "date")])


def test_a_finding_shows_the_place_and_no_value():
    export = orders(ORDER, ORDER.replace("00501", "00502"), "ACME LTD,00501,2026-03-02,EUR,0002,NA,secret,PCS,15.00")
    found = export.findings[0]
    offset = len(ORDERS_HEADER) + 1 + 2 * (len(ORDER) + 1)
    assert (found.place.offset, found.place.transaction, found.place.segment, found.place.tag) == (offset, 1, 3, "quantity")
    assert found.message == "column quantity of record 3 is not a number that order_lines.ordered_quantity can hold exactly"
    assert "secret" not in found.message + found.remedy


def test_required_columns_have_something_in_every_row_that_is_loaded():
    export = orders(ORDER.replace("10,PCS", ",PCS"), ORDER.replace("00501", ""))
    assert codes(export) == [("csv.missing_value", 2, 2, "order"), ("csv.missing_value", 1, 1, "quantity")]


def test_the_header_is_typed_once_a_document():
    export = orders(ORDER.replace("2026-03-02", "soon"), ORDER.replace("2026-03-02", "soon"))
    assert codes(export) == [("value.unreadable_date", 1, 1, "date")]


def test_payments_without_discount_or_adjustment_have_none():
    contract = SourceContract(
        source_id="pay", system_code="erp", file_pattern="*", kind="delta", header_table="payments", line_table="remittance_lines",
        document_key=("payment",), partner_column="payee", partner_aliases={"ACME LTD": "acme"}, columns=(
            Column("payment", "payments.payment_number"), Column("currency", "payments.payment_currency"),
            Column("invoice", "remittance_lines.invoice_number"), Column("paid", "remittance_lines.paid_amount", kind="decimal"),
            Column("discount", "remittance_lines.discount_amount", kind="decimal")))
    export = read(contract, "payee,payment,currency,invoice,paid,discount", "ACME LTD,P1,EUR,I1,90.00,10.00", "ACME LTD,P1,EUR,I2,50.00,")
    columns = ("payment_number", "payment_currency", "invoice_number", "discount_amount", "adjustment_amount", "paid_amount")
    assert rows(export, "remittance_lines", *columns) == [("P1", "EUR", "I1", "10", "0", "90"), ("P1", "EUR", "I2", "0", "0", "50")]
