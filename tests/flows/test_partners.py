"""Whose an interchange is: both addresses decide, qualifiers included."""

from __future__ import annotations

from datetime import date

import pytest

from edi.reading.files import SourceFile, read_files
from edi.segments import Interchange
from flows.definitions import Definitions, load_definitions
from flows.partners import UNKNOWN, correspondence, interchange_key
from flows.settings import Settings
from tests.flows.letters import NORTHFIELD, US, edifact, response, x12
from tests.flows.nights import DATA


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return load_definitions(Settings(data=DATA))


def interchange(data: bytes) -> Interchange:
    (batch,) = read_files([SourceFile("a", data)])
    return batch.interchanges[0]


@pytest.mark.parametrize(("data", "partner", "direction"), [
    (x12("000000001", response()), "northfield", "inbound"),
    (x12("000000001", response(), sender=US, receiver=NORTHFIELD), "northfield", "outbound"),
    (edifact("AM1", "1"), "alpenmarkt", "inbound"),
    (edifact("AM1", "1", sender="4000000000006:14", receiver="9012345000011:14"), "alpenmarkt", "outbound"),
    (x12("000000001", response(), sender=("01", "6125550142")), "unknown", "inbound"),
    (x12("000000001", response(), receiver=("ZZ", "SOMEONE")), "unknown", "inbound"),
    (x12("000000001", response(), sender=US, receiver=("12", "1")), "unknown", "inbound"),
    (x12("000000001", response(), sender=NORTHFIELD, receiver=NORTHFIELD), "unknown", "inbound"),
    (edifact("AM1", "1", sender="6125550142:12", receiver="CROSSFOOT:ZZ"), "unknown", "inbound"),  # an X12 address
    (edifact("AM1", "1", receiver="4000000000006:9"), "unknown", "inbound"),
])
def test_addresses_tell_partner_and_direction(definitions: Definitions, data: bytes, partner: str, direction: str) -> None:
    whose = correspondence(interchange(data), definitions)
    assert (whose.partner_id, whose.direction_code) == (partner, direction)


def test_an_approved_restart_of_numbering_makes_other_identities_from_its_date_on(definitions: Definitions) -> None:
    one = interchange(x12("000000101", response()))
    whose = correspondence(one, definitions)
    before, after = (interchange_key(one, whose, date(2026, 3, day)) for day in (3, 4))  # northfield.toml: epochs = [2026-03-04]
    assert (before.epoch, after.epoch) == (0, 1)
    assert before != after


def test_usage_is_part_of_the_identity(definitions: Definitions) -> None:
    keys = {interchange_key(interchange(x12("000000101", response(), usage=usage)), UNKNOWN, date(2026, 3, 2)) for usage in "PT"}
    assert len(keys) == 2
