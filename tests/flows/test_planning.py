"""Plans: canonical order whatever the order of arrival, packets cut by files and bytes, verdicts over the whole night."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from hashlib import sha256
from typing import Any

import pytest

from flows.definitions import Definitions, load_definitions
from flows.planning import PlannedPacket, make_plan, packet_from_json
from flows.settings import Settings
from storage.landing import Landed
from tests.flows.letters import edifact, response, x12
from tests.flows.nights import DATA
from transforms.verdicts import Memory

FILES = {
    "n2.x12": x12("000000902", response("2"), response("3")), "n1.x12": x12("000000901", response("1")),
    "a1.edi": edifact("AM900001", "1", "2", "3"), "unknown.x12": x12("000000001", response("4"), sender=("12", "999")),
    "erp_orders_20260302.csv": b"partner,order_number\n", "note.txt": b"hello\n", "two.x12": x12("000000904", response("5"))
    + x12("000000905", response("6"), response("7")),
}


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return load_definitions(Settings(data=DATA))


def landed(names: list[str]) -> list[Landed]:
    return [Landed(sha256(FILES[name]).hexdigest(), len(FILES[name]), name, "edi", number) for number, name in enumerate(names, start=1)]


def planned(definitions: Definitions, names: list[str], **options: Any) -> list[PlannedPacket]:
    contents = {sha256(data).hexdigest(): data for data in FILES.values()}
    return make_plan(landed(names), contents.__getitem__, definitions, lambda _: Memory({}, {}),
                     **{"night_id": "n", "business_date": date(2026, 3, 2), "packet_bytes": 10**6, "packet_files": 100} | options)


def names(packets: list[PlannedPacket]) -> list[list[str]]:
    return [[file.name for file in packet.files] for packet in packets]


def test_the_order_is_partner_then_control_number_then_exports_and_the_unknown(definitions: Definitions) -> None:
    assert names(planned(definitions, list(FILES))) == [
        ["a1.edi", "n1.x12", "n2.x12", "two.x12", "unknown.x12", "erp_orders_20260302.csv", "note.txt"]]


def test_the_order_of_arrival_changes_nothing_not_even_keys(definitions: Definitions) -> None:
    expected = [(packet.packet_key, packet.to_json()) for packet in planned(definitions, list(FILES), packet_files=2)]
    for seed in range(5):
        shuffled = random.Random(seed).sample(list(FILES), len(FILES))
        assert [(packet.packet_key, packet.to_json()) for packet in planned(definitions, shuffled, packet_files=2)] == expected


def test_transactions_are_counted_by_file(definitions: Definitions) -> None:
    (packet,) = planned(definitions, list(FILES))
    assert {file.name: file.transactions for file in packet.files} == {
        "a1.edi": 3, "n1.x12": 1, "n2.x12": 2, "two.x12": 3, "unknown.x12": 1, "erp_orders_20260302.csv": 0, "note.txt": 0}
    assert {file.name: (file.kind, file.source_id, len(file.verdicts)) for file in packet.files} == {
        "a1.edi": ("edi", None, 1), "n1.x12": ("edi", None, 1), "n2.x12": ("edi", None, 1), "two.x12": ("edi", None, 2),
        "unknown.x12": ("edi", None, 1), "erp_orders_20260302.csv": ("csv", "erp_orders", 0), "note.txt": ("unknown", None, 0)}


@pytest.mark.parametrize(("most", "sizes"), [(1, [1] * 7), (2, [2, 2, 2, 1]), (3, [3, 3, 1]), (100, [7])])
def test_packets_are_cut_by_files(definitions: Definitions, most: int, sizes: list[int]) -> None:
    packets = planned(definitions, list(FILES), packet_files=most)
    assert [len(packet.files) for packet in packets] == sizes
    assert [packet.ordinal for packet in packets] == list(range(1, len(sizes) + 1))
    assert len({packet.packet_key for packet in packets}) == len(sizes)


def test_packets_are_cut_by_bytes_and_a_file_larger_than_a_packet_has_one_alone(definitions: Definitions) -> None:
    size = len(FILES["n1.x12"])
    assert len(FILES["n2.x12"]) > size
    assert names(planned(definitions, ["n1.x12", "n2.x12"], packet_bytes=size)) == [["n1.x12"], ["n2.x12"]]
    assert names(planned(definitions, ["n1.x12", "n2.x12"], packet_bytes=1)) == [["n1.x12"], ["n2.x12"]]
    assert names(planned(definitions, ["n1.x12", "n2.x12"], packet_bytes=size + len(FILES["n2.x12"]))) == [["n1.x12", "n2.x12"]]


def test_small_packets_give_the_verdicts_of_large_ones(definitions: Definitions) -> None:
    def verdicts(**options: Any) -> list[tuple[str, ...]]:
        return [file.verdicts for packet in planned(definitions, list(FILES), **options) for file in packet.files]

    assert verdicts(packet_bytes=1) == verdicts(packet_files=1) == verdicts()


def test_the_same_bytes_landed_twice_are_two_copies_of_which_one_is_new(definitions: Definitions) -> None:
    (packet,) = planned(definitions, ["n1.x12", "n1.x12"])
    assert sorted((file.copy, file.verdicts) for file in packet.files) == [(1, ("new",)), (2, ("resend",))]


def test_copies_go_on_counting_in_a_later_round(definitions: Definitions) -> None:
    digest = sha256(FILES["n1.x12"]).hexdigest()
    (packet,) = planned(definitions, ["n1.x12"], earlier_copies=Counter({digest: 2}), first_ordinal=4)
    assert (packet.ordinal, packet.files[0].copy) == (4, 3)


def test_nothing_landed_is_no_packet(definitions: Definitions) -> None:
    assert planned(definitions, []) == []


def test_a_packet_survives_the_ledger(definitions: Definitions) -> None:
    for packet in planned(definitions, list(FILES), packet_files=3):
        assert packet_from_json(packet.packet_key, packet.ordinal, packet.to_json()) == packet


def test_a_plan_holds_no_text_of_a_document(definitions: Definitions) -> None:
    (packet,) = planned(definitions, list(FILES))
    assert "061414000031" not in packet.to_json()
