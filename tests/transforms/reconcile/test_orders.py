"""Orders against the ERP, responses and shipments: a break, and beside it the twin that is none."""

from __future__ import annotations

from decimal import Decimal

from tests.transforms.reconcile.world import FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY, World, counted, found, only, reconcile


def test_the_same_order_in_both_systems_is_no_break_whatever_zeros_dashes_and_case_its_number_has():
    world = World()
    world.order("PO-00123", {"line_number": "001"})
    world.order("po00123", {"line_number": "1"}, system="erp")

    assert found(world, "order_and_erp") == []
    assert counted(world, "order_and_erp", "left") == counted(world, "order_and_erp", "right") == (1, 0, 0)


def test_an_order_that_the_erp_lacks_is_one_break_with_its_total():
    world = World()
    world.order("P1", {}, {"ordered_quantity": 40})

    row = only(world, "order_and_erp")

    assert (row["class_code"], row["subject"], row["left_value"], row["right_value"]) == ("order_not_in_erp", "P1", "350.00 USD", None)
    assert (row["difference_amount"], row["currency"], row["evidence_count"]) == (Decimal("350.0000"), "USD", 2)
    assert (row["left_document_id"], row["left_file_hash"], row["left_byte_offset"]) == ("d0001", "hash of d0001", 100)
    assert row["right_document_id"] is None
    assert row["sentence"] == "Order P1 over 350.00 USD was exchanged with the partner and is not in the ERP."


def test_an_order_that_only_the_erp_has():
    world = World()
    world.order("P1", {}, system="erp")

    assert found(world, "order_and_erp") == [("order_not_in_edi", "P1")]
    assert only(world, "order_and_erp")["difference_amount"] == 250


def test_a_quantity_that_differs_is_worth_the_difference_at_the_price_ordered():
    world = World()
    world.order("P1", {"unit_price": "250", "price_basis_quantity": 100})
    world.order("P1", {"ordered_quantity": 90, "unit_price": "250", "price_basis_quantity": 100}, system="erp")

    row = only(world, "order_and_erp")

    assert (row["class_code"], row["subject"], row["left_value"], row["right_value"]) == ("order_quantity", "P1/1", "100 EA", "90 EA")
    assert (row["difference_quantity"], row["difference_amount"]) == (10, 25)


def test_a_line_that_the_erp_lacks_is_a_quantity_break():
    world = World()
    world.order("P1", {}, {})
    world.order("P1", {}, system="erp")

    assert found(world, "order_and_erp") == [("order_quantity", "P1/2")]


def test_cases_and_eaches_agree_where_the_factor_is_known_and_prices_too():
    world = World()
    world.order("P1", {"ordered_quantity": 12, "unit": "CA", "unit_price": "30", "gtin": "04012345678901"})
    world.order("P1", {"ordered_quantity": 144, "unit_price": "2.50", "gtin": "04012345678901"}, system="erp")

    assert found(world, "order_and_erp") == []


def test_price_per_hundred_is_the_same_price_and_a_ten_thousandth_more_is_not():
    world = World()
    world.order("P1", {"unit_price": "250", "price_basis_quantity": 100}, {"unit_price": "250.0001", "price_basis_quantity": 100})
    world.order("P1", {"unit_price": "2.5"}, {"unit_price": "2.5"}, system="erp")

    assert found(world, "order_and_erp") == [("order_price", "P1/2")]


def test_currencies_are_a_break_of_their_own_and_prices_are_then_not_compared():
    world = World()
    world.order("P1", {"unit_price": "3"})
    world.order("P1", {}, system="erp", currency="EUR")

    row = only(world, "order_and_erp")

    assert (row["class_code"], row["left_value"], row["right_value"], row["difference_amount"]) == ("order_currency", "USD", "EUR", 300)


def test_the_version_of_an_export_known_last_counts():
    world = World()
    world.order("P1", {})
    world.order("P1", {"ordered_quantity": 90}, system="erp")
    assert found(world, "order_and_erp") == [("order_quantity", "P1/1")]

    world.order("P1", {}, system="erp", on=TUESDAY)

    assert found(world, "order_and_erp", TUESDAY) == []


def test_lines_meet_by_item_where_one_side_has_no_line_number():
    world = World()
    world.order("P1", {"gtin": "04012345678901"}, {"gtin": "00012345678905"})
    world.order("P1", {"line_number": None, "gtin": "00012345678905"}, {"line_number": None, "gtin": "04012345678901"}, system="erp")

    assert found(world, "order_and_erp") == []


def test_only_original_orders_are_compared():
    world = World()
    world.order("P1", {}, purpose="duplicate")

    assert found(world, "order_and_erp") == []


def test_statements_of_a_response_add_up():
    world = World()
    world.order("P1", {})
    world.response("P1", {"response_code": "quantity_changed", "confirmed_quantity": 60},
                   {"response_code": "backordered", "confirmed_quantity": 40})

    assert found(world, "order_and_response") == []


def test_a_response_that_confirms_less():
    world = World()
    world.order("P1", {})
    world.response("P1", {"response_code": "quantity_changed", "confirmed_quantity": 90})

    row = only(world, "order_and_response")

    assert (row["class_code"], row["subject"], row["difference_amount"]) == ("response_quantity", "P1/1", 25)


def test_lines_that_a_response_with_exceptions_only_leaves_out_are_accepted():
    world = World()
    world.order("P1", {}, {})
    world.response("P1", {"response_code": "price_changed", "unit_price": "2.75"}, code="exceptions_only")

    row = only(world, "order_and_response")

    assert (row["class_code"], row["subject"], row["left_value"], row["right_value"]) == ("response_price", "P1/1", "2.5 USD", "2.75 USD")
    assert row["difference_amount"] == 25
    assert counted(world, "order_and_response", "left") == (1, 1, 0)


def test_lines_that_a_response_with_details_leaves_out_are_not():
    world = World()
    world.order("P1", {}, {})
    world.response("P1", {})

    assert found(world, "order_and_response") == [("response_quantity", "P1/2")]


def test_an_order_accepted_as_a_whole_needs_no_lines():
    world = World()
    world.order("P1", {}, {})
    world.response("P1", code="accepted")

    assert found(world, "order_and_response", FRIDAY) == []


def test_a_line_rejected_and_an_order_rejected():
    world = World()
    world.order("P1", {}, {})
    world.response("P1", {}, {"line_number": "2", "response_code": "rejected", "confirmed_quantity": 0})
    world.order("P2", {})
    world.response("P2", code="rejected")

    assert found(world, "order_and_response") == [("response_rejected", "P1/2"), ("response_rejected", "P2/1")]


def test_a_later_response_replaces_an_earlier_one():
    world = World()
    world.order("P1", {})
    world.response("P1", {"confirmed_quantity": 90})
    world.response("P1", {"confirmed_quantity": 100}, on=TUESDAY)

    assert found(world, "order_and_response", TUESDAY) == []
    assert counted(world, "order_and_response", "right", TUESDAY) == (1, 0, 1)


def test_a_response_is_overdue_only_after_the_days_agreed():
    world = World()
    world.order("P1", {}, {})

    assert found(world, "order_and_response", WEDNESDAY) == []
    assert counted(world, "order_and_response", "left", WEDNESDAY) == (0, 0, 2)
    assert found(world, "order_and_response", THURSDAY) == [("response_overdue", "P1")]


def test_partial_shipments_add_up_and_late_goods_close_what_was_short():
    world = World()
    world.order("P1", {})
    world.shipment("S1", "P1", {"shipped_quantity": 60})
    row = only(world, "ordered_and_shipped")
    assert (row["class_code"], row["subject"], row["right_value"], row["difference_amount"]) == ("shipped_short", "P1/1", "60 EA", 100)

    world.shipment("S2", "P1", {"shipped_quantity": 40}, on=TUESDAY)

    assert found(world, "ordered_and_shipped", TUESDAY) == []


def test_shipping_over_within_the_tolerance_and_beyond():
    world = World()
    world.order("P1", {}, {})
    world.shipment("S1", "P1", {"shipped_quantity": 102}, {"line_number": "2", "shipped_quantity": "102.0001"})

    assert found(world, "ordered_and_shipped") == [("shipped_over", "P1/2")]


def test_what_a_response_confirmed_is_what_is_expected():
    world = World()
    world.order("P1", {}, {})
    world.response("P1", {"confirmed_quantity": 80}, {"line_number": "2", "response_code": "rejected", "confirmed_quantity": 0})
    world.shipment("S1", "P1", {"shipped_quantity": 80})

    assert found(world, "ordered_and_shipped") == []


def test_cases_shipped_for_eaches_ordered():
    world = World()
    world.order("P1", {"ordered_quantity": 144, "gtin": "04012345678901"}, {"ordered_quantity": 120})
    world.shipment("S1", "P1", {"shipped_quantity": 12, "unit": "CA", "gtin": "04012345678901"},
                   {"line_number": "2", "shipped_quantity": 12, "unit": "CA", "pack_quantity": 10})

    assert found(world, "ordered_and_shipped") == []


def test_cases_without_a_factor_are_a_unit_break_and_neither_short_nor_over():
    world = World()
    world.order("P1", {"ordered_quantity": 144})
    world.shipment("S1", "P1", {"shipped_quantity": 12, "unit": "CA"})

    row = only(world, "ordered_and_shipped")

    assert (row["class_code"], row["subject"], row["left_value"], row["right_value"]) == ("unit_unknown", "P1/1", "144 EA", "12 CA")
    assert (row["difference_quantity"], row["difference_amount"]) == (None, None)


def test_cases_on_both_sides_need_no_factor():
    world = World()
    world.order("P1", {"ordered_quantity": 12, "unit": "CA"})
    world.shipment("S1", "P1", {"shipped_quantity": 12, "unit": "CA"})

    assert found(world, "ordered_and_shipped") == []


def test_orders_without_any_shipment_are_not_due_and_shipments_of_unknown_orders_are_set_aside():
    world = World()
    world.order("P1", {})
    world.shipment("S1", "P9", {})

    assert found(world, "ordered_and_shipped", FRIDAY) == []
    assert counted(world, "ordered_and_shipped", "left") == counted(world, "ordered_and_shipped", "right") == (0, 0, 1)


def test_the_same_goods_packed_item_first_or_package_first_come_to_the_same():
    """SOIP states one item row; SOPI a row for each package: their totals by order line are equal."""
    world = World()
    world.order("P1", {})
    world.order("P2", {})
    world.shipment("S1", "P1", {"shipped_quantity": 100})
    world.shipment("S2", "P2", *({"shipped_quantity": 25, "package_ordinal": at} for at in range(1, 5)))

    assert found(world, "ordered_and_shipped") == []


def test_the_same_item_twice_without_line_numbers_is_ambiguous_and_left_out_everywhere_else():
    world = World()
    twin = {"line_number": None, "gtin": "04012345678901"}
    world.order("P1", twin, twin, {"line_number": None, "gtin": "00012345678905"})
    world.order("P1", {"gtin": "04012345678901"}, {"gtin": "04012345678901", "ordered_quantity": 7}, {"gtin": "00012345678905"},
                system="erp")
    world.shipment("S1", "P1", {"gtin": "04012345678901", "shipped_quantity": 1}, {"line_number": "3", "gtin": "00012345678905"})

    row = only(world, "ambiguous_line")
    assert (row["class_code"], row["subject"], row["difference_amount"]) == ("ambiguous_line", "P1", 500)
    assert found(world, "order_and_erp") == found(world, "ordered_and_shipped") == []
    assert counted(world, "order_and_erp", "left") == counted(world, "order_and_erp", "right") == (1, 0, 2)


def test_the_same_item_twice_with_line_numbers_is_not_ambiguous():
    world = World()
    world.order("P1", {"gtin": "04012345678901"}, {"gtin": "04012345678901"})

    assert found(world, "ambiguous_line", MONDAY) == []


def test_money_expected_is_that_of_the_quantity_confirmed():
    world = World()
    world.order("P1", {})
    world.response("P1", {"confirmed_quantity": 80})
    world.shipment("S1", "P1", {"shipped_quantity": 80})

    totals = reconcile(world, "ordered_and_shipped").totals.to_pylist()

    assert [(row["side"], row["matched_amount"]) for row in totals] == [("left", 200), ("right", 200)]
