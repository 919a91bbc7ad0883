"""What holds for every rule: totals tie, order of loading is without effect, breaks carry from night to night."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from edi.errors import ConservationError
from tests.transforms.reconcile.world import FRIDAY, MONDAY, TUESDAY, WEDNESDAY, World, all_rules, connect, reconcile
from transforms.reconcile import BREAK_SCHEMA, CARRIED_SCHEMA, TOTAL_SCHEMA, carry, check_totals, run_rule

EVERYTHING = all_rules()


def troubled() -> World:
    """Return a world in which every rule has something to do."""
    world = World()
    for partner, currency in (("acme", "USD"), ("shop", "USD"), ("handel", "EUR")):
        for at in range(1, 6):
            number = f"{partner}-{at}"
            world.order(number, {"gtin": "04012345678901"}, {"gtin": "00012345678905", "unit": "CA"}, partner=partner, currency=currency,
                        direction_code="outbound", group_number=str(at), interchange_number=str(at), transaction_number="1")
            world.order(number, {"ordered_quantity": 100 + at % 2}, partner=partner, currency=currency, system="erp")
            world.response(number, {"confirmed_quantity": 100 - at % 3}, partner=partner)
            world.shipment(f"S{at}", number, {"shipped_quantity": 96 + at}, partner=partner)
            world.shipment(f"S{at}", number, {"shipped_quantity": 96 + 2 * at}, partner=partner, system="warehouse")
            world.receipt(f"R{at}", number, {"received_quantity": 97}, partner=partner)
            invoice = world.invoice(f"I{at}", number, {"unit_price": "2.60", "invoiced_quantity": 96}, partner=partner, currency=currency)
            world.invoice(f"I-{at}", number, {}, partner=partner, currency="EUR", on=TUESDAY)
            world.charge(invoice, at, "D240")
            world.tax(invoice, 7, at)
            world.invoice(f"I{at}", number, total=250, partner=partner, currency=currency, system="erp")
            world.payment(f"T{at}", {"invoice_number": f"I{at}", "paid_amount": 200 + 20 * at}, partner=partner, currency=currency)
    world.order("twins", {"line_number": None, "gtin": "04012345678901"}, {"line_number": None, "gtin": "04012345678901"})
    world.invoice("I6", None, {"line_amount": "240"}, partner="handel", currency="EUR", type_code="INVOIC", total="1")
    world.order("late", {})
    world.shipment("S6", "late", {})
    return world


@pytest.mark.parametrize("rule", EVERYTHING, ids=lambda rule: rule.rule_id)
def test_totals_tie_and_neither_loading_order_nor_what_other_rules_ask_for_has_an_effect(rule):
    world = troubled()
    first = run_rule(connect(world, FRIDAY), rule)
    shuffled = run_rule(connect(world, FRIDAY, seed=7, rules=[rule]), rule)

    check_totals(first.totals)
    assert first.breaks.equals(shuffled.breaks) and first.totals.equals(shuffled.totals)
    assert first.breaks.schema.equals(BREAK_SCHEMA) and first.totals.schema.equals(TOTAL_SCHEMA)
    assert first.totals.num_rows > 0
    assert len(set(first.breaks.column("break_id").to_pylist())) == first.breaks.num_rows
    assert not [row for row in first.breaks.to_pylist() if row["difference_amount"] is not None and row["difference_amount"] < 0]


def test_every_rule_finds_something_in_a_troubled_world():
    connection = connect(troubled(), FRIDAY)

    assert [rule.rule_id for rule in EVERYTHING if run_rule(connection, rule).breaks.num_rows == 0] == []


def test_a_side_is_counted_per_currency_and_nothing_is_netted():
    world = World()
    world.order("P1", {})
    world.order("P2", {}, partner="handel", currency="EUR")
    world.order("P2", {}, partner="handel", currency="EUR", system="erp")

    left = [row for row in reconcile(world, "order_and_erp").totals.to_pylist() if row["side"] == "left"]

    assert [(row["currency"], row["total_amount"], row["matched_amount"], row["break_amount"]) for row in left] == [
        ("EUR", Decimal(250), Decimal(250), Decimal(0)), ("USD", Decimal(250), Decimal(0), Decimal(250))]


def test_money_that_is_not_known_is_counted_as_unknown():
    world = World()
    world.order("P1", {}, {"unit_price": None, "line_amount": None})

    result = reconcile(world, "order_and_erp")

    assert result.totals.to_pylist()[0]["unknown_amount_count"] == 1
    assert result.breaks.to_pylist()[0]["difference_amount"] is None


def test_lines_that_name_no_order_are_split_off_and_counted():
    world = World()
    world.shipment("S1", None, {})

    (row,) = reconcile(world, "ordered_and_shipped").totals.to_pylist()

    assert (row["side"], row["total_count"], row["excluded_count"]) == ("right", 1, 1)


@pytest.mark.parametrize("column", ["matched_count", "break_amount"])
def test_totals_that_do_not_tie_raise(column):
    row = {name: "x" if kind == pa.string() else 0 for name, kind in zip(TOTAL_SCHEMA.names, TOTAL_SCHEMA.types, strict=True)}
    check_totals(pa.Table.from_pylist([row], schema=TOTAL_SCHEMA))

    with pytest.raises(ConservationError, match="rule x, x side"):
        check_totals(pa.Table.from_pylist([row | {column: 1}], schema=TOTAL_SCHEMA))


def test_amounts_beyond_all_reason_are_reported_and_do_not_stop_the_night():
    world = World()
    huge = {"ordered_quantity": "99999999999999", "unit_price": "999999999999999999", "line_amount": None}
    world.order("P1", huge)
    world.order("P1", huge | {"ordered_quantity": 1}, system="erp")

    (row,) = reconcile(world, "order_and_erp").breaks.to_pylist()

    assert (row["class_code"], row["difference_amount"]) == ("order_quantity", None)


def test_a_break_keeps_its_first_night_until_late_data_closes_it():
    world = World()
    world.order("P1", {})
    world.order("P2", {})
    world.shipment("S1", "P1", {"shipped_quantity": 60})
    monday = carry(CARRIED_SCHEMA.empty_table(), reconcile(world, "ordered_and_shipped", MONDAY).breaks, 1)
    assert [(row["subject"], row["state_code"], row["first_night_sequence"]) for row in monday.to_pylist()] == [("P1/1", "open", 1)]

    world.shipment("S2", "P2", {"shipped_quantity": 60}, on=TUESDAY)
    tuesday = carry(monday, reconcile(world, "ordered_and_shipped", TUESDAY).breaks, 2)
    assert [(row["subject"], row["state_code"], row["first_night_sequence"]) for row in tuesday.to_pylist()] == [
        ("P1/1", "open", 1), ("P2/1", "open", 2)]

    world.shipment("S3", "P1", {"shipped_quantity": 40}, on=WEDNESDAY)
    wednesday = carry(tuesday, reconcile(world, "ordered_and_shipped", WEDNESDAY).breaks, 3)
    assert [(row["subject"], row["state_code"], row["first_night_sequence"]) for row in wednesday.to_pylist()] == [
        ("P1/1", "closed", 1), ("P2/1", "open", 2)]

    thursday = carry(wednesday, reconcile(world, "ordered_and_shipped", WEDNESDAY).breaks, 4)
    assert [row["subject"] for row in thursday.to_pylist()] == ["P2/1"]
