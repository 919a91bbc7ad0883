"""Invoices against orders, goods, the ERP, their own arithmetic and payments: a break, and beside it the twin that is none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.transforms.reconcile.world import FRIDAY, MONDAY, TUESDAY, World, counted, found, only


@pytest.mark.parametrize(("ordered", "invoiced", "is_break"), [
    ("2.50", "2.525", False),  # one percent: the smaller allowance, exactly met
    ("2.50", "2.5251", True),
    ("2.50", "2.4749", True),
    ("20.00", "20.05", False),  # five cents: smaller than one percent, exactly met
    ("20.00", "20.0501", True),
])
def test_a_price_may_differ_by_the_smaller_of_one_percent_and_five_cents(ordered, invoiced, is_break):
    world = World()
    world.order("P1", {"unit_price": ordered})
    world.invoice("I1", "P1", {"unit_price": invoiced})

    assert found(world, "invoice_and_order_price") == [("invoice_price", "I1/P1/1")] * is_break


def test_a_price_difference_is_worth_the_quantity_invoiced():
    world = World()
    world.order("P1", {})
    world.invoice("I1", "P1", {"unit_price": "3", "invoiced_quantity": 40})

    row = only(world, "invoice_and_order_price")

    assert (row["left_value"], row["right_value"], row["difference_amount"]) == ("3 USD", "2.5 USD", 20)
    assert (row["left_document_id"], row["right_document_id"]) == ("d0002", "d0001")


def test_a_price_per_hundred_and_a_price_per_case_are_the_same_price():
    world = World()
    world.order("P1", {"unit_price": "250", "price_basis_quantity": 100, "gtin": "04012345678901"})
    world.invoice("I1", "P1", {"unit_price": "30", "unit": "CA", "invoiced_quantity": 5, "gtin": "04012345678901"})

    assert found(world, "invoice_and_order_price") == []


def test_prices_in_units_without_a_factor_are_left_out():
    world = World()
    world.order("P1", {})
    world.invoice("I1", "P1", {"unit_price": "30", "unit": "CA"})

    assert found(world, "invoice_and_order_price") == []
    assert counted(world, "invoice_and_order_price", "left") == (0, 0, 1)


def test_a_currency_that_differs_from_the_order_is_one_break_over_the_invoice_and_never_netted():
    world = World()
    world.order("P1", {}, {})
    world.invoice("I1", "P1", {"unit_price": "9"}, {"line_number": "2"}, currency="EUR", total=500)

    row = only(world, "invoice_and_order_price")

    assert (row["class_code"], row["subject"], row["left_value"], row["right_value"]) == ("invoice_currency", "I1", "EUR", "USD")
    assert (row["difference_amount"], row["currency"], row["evidence_count"]) == (500, "EUR", 4)


def test_invoices_add_up_over_partial_deliveries_and_credit_notes_count_against_them():
    world = World()
    world.order("P1", {})
    world.receipt("R1", "P1", {"received_quantity": 60})
    world.receipt("R2", "P1", {"received_quantity": 30})
    world.invoice("I1", "P1", {"invoiced_quantity": 100})
    row = only(world, "invoiced_and_received")
    assert (row["class_code"], row["subject"], row["left_value"], row["right_value"], row["difference_amount"]) == (
        "invoice_quantity", "P1/1", "100 EA", "90 EA", 25)

    world.invoice("C1", "P1", {"invoiced_quantity": -10}, code="credit_note")

    assert found(world, "invoiced_and_received") == []


def test_what_is_not_received_is_left_out_and_what_is_not_fully_invoiced_waits_for_its_day():
    world = World()
    world.order("P1", {}, {})
    world.invoice("I1", "P1", {}, {"line_number": "2", "invoiced_quantity": 60})
    world.receipt("R1", "P1", {"line_number": "2"})

    assert found(world, "invoiced_and_received", MONDAY) == []
    assert counted(world, "invoiced_and_received", "left", MONDAY) == (0, 0, 2)
    assert found(world, "invoiced_and_received", FRIDAY) == [("invoice_quantity", "P1/2")]


def test_a_supplier_invoices_what_it_has_announced():
    world = World()
    world.order("P1", {}, partner="shop")
    world.shipment("S1", "P1", {"shipped_quantity": 95}, partner="shop")
    world.invoice("I1", "P1", {}, partner="shop")

    assert found(world, "invoiced_and_received") == [("invoice_quantity", "P1/1")]


def test_an_invoice_that_came_twice_is_counted_once():
    world = World()
    world.order("P1", {})
    world.receipt("R1", "P1", {})
    world.invoice("INV-007", "P1", {})
    world.invoice("INV007", "P1", {}, on=TUESDAY)

    row = only(world, "duplicate_invoice", TUESDAY)

    assert (row["class_code"], row["subject"], row["difference_amount"]) == ("duplicate_invoice", "INV007", 250)
    assert row["left_document_id"] == "d0004"
    assert found(world, "invoiced_and_received", TUESDAY) == []
    assert counted(world, "invoice_and_order_price", "left", TUESDAY) == (1, 0, 1)


def test_a_number_used_again_in_another_year_or_for_a_credit_note_is_no_duplicate():
    world = World()
    world.invoice("I1", "P1", {}, on=date(2025, 12, 31))
    world.invoice("I1", "P1", {})
    world.invoice("I1", "P1", {"invoiced_quantity": -100}, code="credit_note")

    assert found(world, "duplicate_invoice") == []


@pytest.mark.parametrize(("stated", "is_break"), [("250.01", False), ("249.99", False), ("250.0101", True)])
def test_the_net_of_a_line_within_a_cent(stated, is_break):
    world = World()
    world.invoice("I1", "P1", {"line_amount": stated}, type_code="INVOIC", partner="handel", currency="EUR")

    assert found(world, "invoice_line_net") == [("invoice_line_amount", "I1/1")] * is_break


def test_charges_of_a_line_are_part_of_its_net_and_an_810_states_none():
    world = World()
    key = world.invoice("I1", "P1", {"line_amount": "255"}, type_code="INVOIC", partner="handel", currency="EUR")
    world.charge(key, "5", "FC", line=1)
    other = world.invoice("I2", "P1", {}, total="255")
    world.charge(other, "5", "C310", line=1)

    assert found(world, "invoice_line_net") == found(world, "invoice_total") == []


def test_a_total_is_lines_charges_and_taxes_and_tolerates_a_cent_for_each_rate():
    world = World()
    key = world.invoice("I1", "P1", {}, {"line_number": "2"}, total="547.52", partner="handel", currency="EUR")
    world.charge(key, "10", "FC")
    world.tax(key, 7, "17.50")
    world.tax(key, 8, "20.00")
    other = world.invoice("I2", "P1", {}, total="250.02", partner="handel", currency="EUR")

    row = only(world, "invoice_total")

    assert (row["subject"], row["left_value"], row["right_value"]) == ("I2", "250.02 EUR", "250.00 EUR")
    assert row["difference_amount"] == Decimal("0.02")
    assert row["left_document_id"] == other


def test_the_tax_of_lines_does_not_count_twice():
    world = World()
    key = world.invoice("I1", "P1", {}, total="297.50", partner="handel", currency="EUR")
    world.tax(key, 19, "47.50", line=1)
    world.tax(key, 19, "47.50")

    assert found(world, "invoice_total") == found(world, "invoice_tax") == []


@pytest.mark.parametrize("stated", ["25000.00", "2.50"])
def test_a_total_that_is_a_hundred_times_off_is_a_slip_of_the_decimal_point(stated):
    world = World()
    world.invoice("I1", "P1", {}, total=stated)

    assert found(world, "invoice_total") == [("invoice_total_scale", "I1")]


def test_a_charge_that_is_not_agreed_and_one_that_is():
    world = World()
    key = world.invoice("I1", "P1", {}, total="275")
    world.charge(key, "10", "C310")
    world.charge(key, "-5", "A100")
    world.charge(key, "20", "D240")

    row = only(world, "invoice_charges")

    assert (row["class_code"], row["subject"], row["difference_amount"]) == ("undisclosed_charge", "I1", 20)
    assert found(world, "invoice_total") == []


def test_a_tax_rate_that_is_not_agreed_one_that_is_and_a_partner_without_any():
    world = World()
    world.tax(world.invoice("I1", "P1", {}, total="270"), 8, "20")
    world.tax(world.invoice("I2", "P1", {}, total="268.75"), "7.5", "18.75")
    world.tax(world.invoice("I3", "P1", {}, total="270", partner="shop"), 8, "20")

    row = only(world, "invoice_tax")

    assert (row["class_code"], row["subject"], row["left_value"], row["right_value"]) == ("tax_rate", "I1", "8", "7.5")
    assert row["difference_amount"] == 20
    assert counted(world, "invoice_tax", "left") == (1, 1, 1)


def test_invoices_in_both_systems():
    world = World()
    world.invoice("I-1", "P1", {})
    world.invoice("i1", "P1", total=250, system="erp")
    world.invoice("I2", "P1", {})
    world.invoice("I2", "P1", total="249.99", system="erp")
    world.invoice("I3", "P1", {})
    world.invoice("I4", "P1", total=70, system="erp")

    assert found(world, "invoice_and_erp") == [("invoice_amount", "I2"), ("invoice_not_in_edi", "I4"), ("invoice_not_in_erp", "I3")]


def test_an_invoice_in_another_currency_in_the_erp_is_a_break_over_all_of_it():
    world = World()
    world.invoice("I1", "P1", {})
    world.invoice("I1", "P1", total=250, system="erp", currency="EUR")

    assert only(world, "invoice_and_erp")["difference_amount"] == 250


def test_paid_less_discount_and_adjustment_is_settled():
    world = World()
    world.invoice("I1", "P1", {})
    world.payment("T1", {"invoice_number": "I1", "gross_amount": 250, "discount_amount": 5, "adjustment_amount": -5, "paid_amount": 240})

    assert found(world, "invoiced_and_paid") == []
    assert counted(world, "invoiced_and_paid", "left") == counted(world, "invoiced_and_paid", "right") == (1, 0, 0)


def test_paid_in_part_or_not_at_all_waits_for_its_day():
    world = World()
    world.invoice("I1", "P1", {})
    world.invoice("I2", "P1", {})
    world.payment("T1", {"invoice_number": "I2", "paid_amount": 100})

    assert found(world, "invoiced_and_paid", date(2026, 4, 16)) == []
    assert found(world, "invoiced_and_paid", date(2026, 4, 17)) == [("payment_overdue", "I1"), ("payment_overdue", "I2")]


def test_paid_too_much_paid_against_another_gross_and_paid_for_nothing():
    world = World()
    world.invoice("I1", "P1", {})
    world.invoice("I2", "P1", {})
    world.payment("T1", {"invoice_number": "I1", "paid_amount": 275}, {"invoice_number": "I2", "gross_amount": 260, "paid_amount": 250},
                  {"invoice_number": "I9", "paid_amount": 30})

    assert found(world, "invoiced_and_paid") == [("payment_amount", "I1"), ("payment_amount", "I2"), ("payment_without_invoice", "I9")]


def test_a_payment_means_the_invoice_of_its_year():
    world = World()
    world.invoice("I1", "P1", {"invoiced_quantity": 7}, on=date(2025, 3, 3))
    world.payment("T0", {"invoice_number": "I1", "paid_amount": "17.50"}, on=date(2025, 4, 1))
    world.invoice("I1", "P1", {})
    world.payment("T1", {"invoice_number": "I1", "paid_amount": 250, "gross_amount": 250}, on=TUESDAY)

    assert found(world, "invoiced_and_paid", TUESDAY) == []
