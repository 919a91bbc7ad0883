"""What we sent and what was acknowledged; item numbers and the item master."""

from __future__ import annotations

from typing import Any

import pytest

from tests.transforms.reconcile.world import MONDAY, TUESDAY, WEDNESDAY, World, counted, found, only


def sent(world: World, number: str, group: str, **head: Any) -> None:
    """Send an order in a group of an interchange."""
    world.order(number, {}, direction_code="outbound", group_number=group, interchange_number="9" + group,
                transaction_number="0001", **head)


def test_an_acknowledgment_is_overdue_only_after_its_day():
    world = World()
    sent(world, "P1", "17")

    assert found(world, "sent_and_acknowledged", TUESDAY) == []
    assert counted(world, "sent_and_acknowledged", "left", TUESDAY) == (0, 0, 1)
    assert found(world, "sent_and_acknowledged", WEDNESDAY) == [("acknowledgment_overdue", "17")]


def test_a_group_is_overdue_once_however_many_documents_it_holds():
    world = World()
    sent(world, "P1", "17")
    sent(world, "P2", "17")

    assert only(world, "sent_and_acknowledged", WEDNESDAY)["evidence_count"] == 2


def test_a_997_acknowledges_by_group_number():
    world = World()
    sent(world, "P1", "17")
    world.acknowledgment(acknowledged_group_number="0017")

    assert found(world, "sent_and_acknowledged", WEDNESDAY) == []
    assert counted(world, "sent_and_acknowledged", "left", WEDNESDAY) == (1, 0, 0)


def test_a_997_of_another_partner_acknowledges_nothing_of_ours():
    world = World()
    sent(world, "P1", "17")
    world.acknowledgment(acknowledged_group_number="17", partner="shop")

    assert found(world, "sent_and_acknowledged", WEDNESDAY) == [("acknowledgment_overdue", "17")]


def test_a_rejected_transaction_is_a_break_and_the_group_is_not_overdue():
    world = World()
    sent(world, "P1", "17")
    world.acknowledgment(acknowledged_group_number="17", status_code="partly_accepted")
    for number in ("0001", "0002"):
        world.acknowledgment(acknowledged_group_number="17", level_code="transaction", acknowledged_transaction_number=number,
                             status_code="rejected")

    row = only(world, "sent_and_acknowledged", WEDNESDAY)

    assert (row["class_code"], row["subject"]) == ("acknowledgment_rejected", "17")


def test_a_contrl_acknowledges_by_interchange():
    world = World()
    for number in ("000000A7", "000000B7"):
        world.invoice(f"I{number}", "P1", {}, partner="handel", currency="EUR", type_code="INVOIC", direction_code="outbound",
                      interchange_number=number, transaction_number="1")
    world.acknowledgment(partner="handel", type_code="CONTRL", level_code="interchange", acknowledged_interchange_number="000000A7")

    assert found(world, "sent_and_acknowledged", WEDNESDAY) == [("acknowledgment_overdue", "000000B7")]


@pytest.mark.parametrize(("gtin", "expected"), [
    ("04012345678901", []),  # 3*(0+0+2+4+6+8+0) + (4+1+3+5+7+9) = 60 + 29 = 89, check digit 1
    ("04012345678902", [("item_check_digit", "P1/1")]),
    ("0401234567890X", [("item_check_digit", "P1/1")]),
    ("00012345678905", [("item_unknown", "P1/1")]),  # right (UPC 0 12345 67890 5), and not in the master
])
def test_item_numbers_are_right_and_known(gtin, expected):
    world = World()
    world.order("P1", {"gtin": gtin})

    assert found(world, "item_master") == expected


def test_every_line_with_an_unknown_item_is_named_by_its_document_and_place():
    world = World()
    world.shipment("S1", "P1", {}, {"gtin": "00012345678905"})
    world.invoice("I1", "P1", {"gtin": "00012345678905"})
    world.order("P1", {"gtin": "00012345678905"}, system="erp")

    assert found(world, "item_master") == [("item_unknown", "I1/1"), ("item_unknown", "S1/2")]


def test_without_an_item_master_no_item_is_unknown():
    world = World()
    world.order("P1", {"gtin": "00012345678905"}, on=MONDAY)

    assert found(world, "item_master", items=()) == []
    assert counted(world, "item_master", "left", items=()) == (0, 0, 1)
