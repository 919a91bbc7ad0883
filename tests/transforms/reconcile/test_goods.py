"""Shipment notices against receipts and the warehouse: a break, and beside it the twin that is none."""

from __future__ import annotations

from tests.transforms.reconcile.world import FRIDAY, MONDAY, THURSDAY, TUESDAY, World, counted, found, only


def test_received_as_announced_over_several_receipts():
    world = World()
    world.order("P1", {})
    world.shipment("S1", "P1", {})
    world.receipt("R1", "P1", {"received_quantity": 30}, shipment="S1")
    world.receipt("R2", "P1", {"received_quantity": 70}, shipment="S1")

    assert found(world, "shipped_and_received") == []


def test_fewer_received_than_announced_is_worth_the_price_ordered():
    world = World()
    world.order("P1", {})
    world.shipment("S1", "P1", {})
    world.receipt("R1", "P1", {"received_quantity": 90})

    row = only(world, "shipped_and_received")

    assert (row["class_code"], row["subject"], row["left_value"], row["right_value"]) == ("received_quantity", "P1/1", "100 EA", "90 EA")
    assert (row["difference_amount"], row["right_document_id"]) == (25, "d0003")


def test_a_receipt_that_no_notice_announced():
    world = World()
    world.order("P1", {})
    world.receipt("R1", "P1", {})

    assert found(world, "shipped_and_received") == [("receipt_without_notice", "P1/1")]
    assert only(world, "shipped_and_received")["difference_amount"] == 250


def test_a_receipt_is_overdue_only_after_the_days_agreed_and_late_data_closes_it():
    world = World()
    world.order("P1", {})
    world.shipment("S1", "P1", {})
    assert found(world, "shipped_and_received", THURSDAY) == []
    assert counted(world, "shipped_and_received", "left", THURSDAY) == (0, 0, 1)
    assert found(world, "shipped_and_received", FRIDAY) == [("receipt_overdue", "P1/1")]

    world.receipt("R1", "P1", {}, on=FRIDAY)

    assert found(world, "shipped_and_received", FRIDAY) == []


def test_a_second_shipment_on_its_way_does_not_make_the_first_receipt_short():
    world = World()
    world.order("P1", {})
    world.shipment("S1", "P1", {"shipped_quantity": 60})
    world.receipt("R1", "P1", {"received_quantity": 60}, shipment="S1")
    world.shipment("S2", "P1", {"shipped_quantity": 40}, on=TUESDAY)

    assert found(world, "shipped_and_received", TUESDAY) == []
    assert counted(world, "shipped_and_received", "left", TUESDAY) == (1, 0, 1)


def test_we_do_not_receive_what_we_ship():
    world = World()
    world.order("P1", {}, partner="shop")
    world.shipment("S1", "P1", {}, partner="shop")

    assert found(world, "shipped_and_received", FRIDAY) == []


def test_the_warehouse_and_the_notice_agree_by_shipment():
    world = World()
    world.order("P1", {}, partner="shop")
    world.shipment("S-01", "P1", {"shipped_quantity": 40}, {"shipped_quantity": 60}, partner="shop")
    world.shipment("s01", "p1", {}, partner="shop", system="warehouse")

    assert found(world, "shipped_and_warehouse") == []


def test_the_warehouse_sent_out_something_else():
    world = World()
    world.order("P1", {}, {}, partner="shop")
    world.shipment("S1", "P1", {}, partner="shop")
    world.shipment("S1", "P1", {"shipped_quantity": 96}, {"line_number": "2"}, partner="shop", system="warehouse")
    world.shipment("S2", "P1", {}, partner="shop")

    assert found(world, "shipped_and_warehouse") == [
        ("notice_not_in_warehouse", "S2/P1/1"), ("warehouse_not_in_notice", "S1/P1/2"), ("warehouse_quantity", "S1/P1/1")]


def test_an_invoice_is_overdue_only_after_the_days_agreed():
    world = World()
    world.order("P1", {})
    world.shipment("S1", "P1", {})
    assert found(world, "invoice_due", THURSDAY) == []
    assert counted(world, "invoice_due", "left", THURSDAY) == (0, 0, 1)

    row = only(world, "invoice_due", FRIDAY)

    assert (row["class_code"], row["subject"], row["difference_amount"]) == ("invoice_overdue", "P1", 250)


def test_an_invoice_that_names_the_order_in_a_line_is_enough():
    world = World()
    world.order("P1", {})
    world.shipment("S1", "P1", {})
    world.invoice("I1", None, {"order_number": "p-1"})

    assert found(world, "invoice_due", FRIDAY) == []
    assert counted(world, "invoice_due", "left", MONDAY) == (1, 0, 0)
