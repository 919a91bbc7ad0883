"""Planted faults of envelopes, files and acknowledgments. Orders that cannot be read are in no other system."""

from __future__ import annotations

from worlds.business import Envelope, World, confirm, place
from worlds.catalog import PARTNERS
from worlds.documents import Order, TextMessage
from worlds.planting import decided, unbooked
from worlds.truth import Expect, Fault, OnWire, Reference

Expects = tuple[Expect, ...]


def miscounted(world: World, partner_id: str, bundle: str, code: str) -> Expects:
    """Three orders in an interchange, the second with a wrong segment count; the neighbours load and are in the ERP."""
    for place_ in range(3):
        order = place(world, partner_id, world.day(1, -1), (12 + place_, 24))
        world.send(1, order, bundle, miscounted=place_ == 1)
        if place_ != 1:
            world.book(1, order)
    return (decided("rejected", code, partner_id, OnWire(bundle, 1))
            + decided("none", code, partner_id, OnWire(bundle, 0)) + decided("none", code, partner_id, OnWire(bundle, 2)))


def se01_wrong(world: World) -> Expects:
    """X12."""
    return miscounted(world, "bluewater", "se01", "x12.se01_count")


def unt_wrong(world: World) -> Expects:
    """EDIFACT."""
    return miscounted(world, "alpenmarkt", "unt", "edifact.unt_count")


def _two_unbooked(world: World, partner_id: str, night: int, bundle: str, envelope: Envelope) -> None:
    world.envelopes[bundle] = envelope
    for quantity in (12, 36):
        world.send(night, unbooked(world, partner_id, night, quantity), bundle)


def trailer_differs(world: World) -> Expects:
    """ISA13 and IEA02."""
    _two_unbooked(world, "bluewater", 1, "iea02", Envelope(wrong_trailer=True))
    return decided("rejected", "x12.iea02_control", "bluewater", OnWire("iea02"))


def unz_differs(world: World) -> Expects:
    """UNB 0020 and UNZ 0020."""
    _two_unbooked(world, "alpenmarkt", 2, "unz", Envelope(wrong_trailer=True))
    return decided("rejected", "edifact.unz_reference", "alpenmarkt", OnWire("unz"))


def cut_short(world: World) -> Expects:
    """The transfer broke off in the second message."""
    _two_unbooked(world, "alpenmarkt", 1, "cut", Envelope(cut=True))
    return (decided("pending", "incomplete", "alpenmarkt", OnWire("cut"))
            + decided("quarantined", "incomplete", "alpenmarkt", OnWire("cut"), night=2))


def test_indicator(world: World) -> Expects:
    """ISA15 T and UNB 0035 1."""
    _two_unbooked(world, "bluewater", 0, "test x12", Envelope(test=True))
    _two_unbooked(world, "alpenmarkt", 0, "test edifact", Envelope(test=True))
    return (decided("quarantined", "test_indicator", "bluewater", OnWire("test x12"))
            + decided("quarantined", "test_indicator", "alpenmarkt", OnWire("test edifact")))


def _answers(world: World, partner_id: str, bundle: str, night: int, *quantities: int) -> list[Order]:
    orders = []
    for quantity in quantities:
        order = place(world, partner_id, world.day(night, -1), (quantity, 24))
        world.agree(night, order)
        world.send(night, confirm(world, order, world.day(night)), bundle)
        orders.append(order)
    return orders


def resend(world: World) -> Expects:
    """The file of the first night comes again under another name."""
    _answers(world, "northfield", "resent", 0, 12, 24)
    world.redelivered.append(("resent", 1))
    return decided("duplicate", "resend", "northfield", OnWire("resent"))


def reissue(world: World) -> Expects:
    """The same responses under a new control number: held for a person."""
    order = place(world, "northfield", world.day(0, -1), (48, 12))
    world.agree(0, order)
    answer = confirm(world, order, world.day(0))
    world.send(0, answer, "issued")
    world.send(1, answer, "reissued")
    return decided("quarantined", "reissue", "northfield", OnWire("reissued"))


def conflict(world: World) -> Expects:
    """A control number of the night before, with other orders."""
    order = place(world, "alpenmarkt", world.day(0, -1), (24, 36))
    world.agree(0, order, "first")
    world.send(0, confirm(world, order, world.day(0)))
    world.envelopes["second"] = Envelope(number_of="first")
    world.send(1, unbooked(world, "alpenmarkt", 1, 48), "second")
    return decided("quarantined", "conflict", "alpenmarkt", OnWire("second"))


def numbering_reset(world: World) -> Expects:
    """Northfield counts again from its first number: the agreement has the date, so nothing conflicts."""
    world.restarts["northfield"] = 2
    return tuple(decided("none", code, "northfield", "000000101/0001")[0] for code in ("conflict", "reissue"))


def unknown_partner(world: World) -> Expects:
    """An order from an address that no agreement has."""
    world.envelopes["stranger"] = Envelope(sender=("01", "039485761"))
    world.send(1, unbooked(world, "bluewater", 1, 60), "stranger")
    return decided("quarantined", "unknown_partner", "unknown", OnWire("stranger"))


def not_agreed(world: World) -> Expects:
    """A supplier sends us an order."""
    world.envelopes["backwards"] = Envelope(backwards=True)
    world.send(1, unbooked(world, "northfield", 1, 12), "backwards")
    return decided("quarantined", "not_agreed", "northfield", OnWire("backwards"))


def no_mapping(world: World) -> Expects:
    """An 864, which the agreement has and nobody has mapped."""
    world.send(2, TextMessage(PARTNERS["northfield"], world.day(2), "Our control numbers began again today"), "letter")
    return decided("quarantined", "no_mapping", "northfield", OnWire("letter"))


def unanswered_group(world: World) -> Expects:
    """Our 855 of the first night is never acknowledged."""
    world.envelopes["silent x12"] = Envelope(answered="never")
    _answers(world, "bluewater", "silent x12", 0, 36)
    return decided("break", "acknowledgment_overdue", "bluewater", Reference("silent x12"))


def unanswered_interchange(world: World) -> Expects:
    """Our ORDERS of the first night are never acknowledged."""
    world.envelopes["silent edifact"] = Envelope(answered="never")
    order = place(world, "hansetools", world.day(0, -1), (30,))
    world.agree(0, order, "silent edifact")
    world.send(0, confirm(world, order, world.day(0)))
    return decided("break", "acknowledgment_overdue", "hansetools", Reference("silent edifact"))


def answered_late(world: World) -> Expects:
    """Our 855 of the first night is acknowledged on the third: late is not missing."""
    world.envelopes["late x12"] = Envelope(answered="late")
    _answers(world, "bluewater", "late x12", 0, 60)
    return decided("none", "acknowledgment_overdue", "bluewater", Reference("late x12"))


def answered_no(world: World) -> Expects:
    """Our 850 is rejected by the partner's 997."""
    world.envelopes["refused"] = Envelope(answered="rejected")
    world.agree(1, place(world, "northfield", world.day(1, -1), (24,)), "refused")
    return decided("break", "acknowledgment_rejected", "northfield", Reference("refused"))


FAULTS = (
    Fault("se01_wrong", 1, "SE01 is one too high on one order of three; its neighbours load", se01_wrong),
    Fault("unt_wrong", 1, "UNT 0074 is one too high on one message of three; its neighbours load", unt_wrong),
    Fault("trailer_differs", 1, "ISA13 and IEA02 differ", trailer_differs),
    Fault("unz_differs", 2, "The references of UNB and UNZ differ", unz_differs),
    Fault("cut_short", 1, "A file that ends in the middle of a message", cut_short),
    Fault("test_indicator", 0, "Test interchanges in a production night", test_indicator),
    Fault("resend", 1, "The same file again, under another name", resend),
    Fault("reissue", 1, "The same content under a new control number", reissue),
    Fault("conflict", 1, "A used control number with other content", conflict),
    Fault("numbering_reset", 2, "Control numbers begin again, with approval: no conflict", numbering_reset),
    Fault("unknown_partner", 1, "A sender that nobody knows", unknown_partner),
    Fault("not_agreed", 1, "An order from a supplier of ours: orders are agreed the other way only", not_agreed),
    Fault("no_mapping", 2, "A text message that is agreed and has no mapping yet", no_mapping),
    Fault("unanswered_group", 2, "A group of ours without the partner's 997 by its deadline", unanswered_group),
    Fault("unanswered_interchange", 2, "An interchange of ours without the partner's CONTRL by its deadline", unanswered_interchange),
    Fault("answered_late", 2, "A 997 that comes after its deadline, on the night that would have missed it: no break", answered_late),
    Fault("answered_no", 1, "The partner's 997 rejects an order of ours", answered_no),
)
