"""Guides of EDIFACT: any message of any directory of ours, as the UN's own texts say it, checked by eye where a fact is named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from edi import SourceFile, read_files
from edi.edifact.directory import RELEASES, by_nearness, directory, service
from edi.edifact.guide import code_names, guide, segment_names, service_segment
from edi.findings import Finding
from edi.guidemodel import UNBOUNDED, Element, Guide, Item, Part, Usage
from edi.guides import check

SAMPLED = ("ORDERS", "INVOIC", "IFTMIN", "CUSDEC", "SANCRT")  # SANCRT of D.93A has the only group whose trigger may repeat
EVERY = [pytest.param(release, marks=pytest.mark.slow) for release in RELEASES]


def the(type_code: str, version: str, association: str | None = None) -> Guide:
    found = guide(type_code, version, association)
    assert found is not None
    return found


def group(items: tuple[Item, ...], name: str) -> Item:
    """Return the group of this name, wherever it is."""
    return next(item for item in _all(items) if item.name == name)


def _all(items: tuple[Item, ...]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from _all(item.items)


def element(made: Guide, tag: str, number: int) -> Element:
    return made.segments[tag].elements[number - 1]


@pytest.mark.parametrize(("type_code", "version", "name", "usage", "repeat", "tags"), [
    ("ORDERS", "D:96A", "SG25", Usage.OPTIONAL, 200000, ["LIN", "PIA", "IMD", "MEA", "QTY"]),
    ("DESADV", "D:01B", "SG6", Usage.OPTIONAL, 10, ["TDT", "PCD", "TMD", "LOC"]),  # LOC: group 7 within it
    ("INVOIC", "D:16B", "SG27", Usage.OPTIONAL, 9999999, ["LIN"]),
    ("CREADV", "D:93A", "SG2", Usage.MANDATORY, 4, ["MOA", "CUX", "DTM", "RFF"]),
])
def test_groups_as_the_un_draws_them(type_code: str, version: str, name: str, usage: Usage, repeat: int, tags: list[str]) -> None:
    found = group(the(type_code, version).items, name)
    assert (found.tag, found.usage, found.repeat) == (tags[0], usage, repeat)
    assert [item.tag for item in found.items][:len(tags)] == tags


def test_elements_have_names_kinds_and_lengths() -> None:
    amount = element(the("INVOIC", "D:96A"), "MOA", 1)
    assert (amount.reference, amount.name, amount.usage) == ("C516", "Monetary amount", Usage.MANDATORY)
    assert amount.parts[1] == Part("5004", "N", Usage.OPTIONAL, 1, 18, name="Monetary amount")
    country = element(the("INVOIC", "D:96A"), "NAD", 9)
    assert (country.parts[0].reference, country.parts[0].kind, country.parts[0].longest) == ("3207", "AN", 3)


def test_codes_are_closed_where_the_un_alone_decides() -> None:
    made = the("ORDERS", "D:96A", "")
    assert {"2", "137"} <= element(made, "DTM", 1).parts[0].codes and "Z01" not in element(made, "DTM", 1).parts[0].codes
    assert not element(made, "BGM", 1).parts[0].codes  # C002 says in 1131 and 3055 whose 1001 it is
    assert not element(made, "CUX", 1).parts[1].codes  # 6345: "Use ISO 4217 three alpha code."
    assert not element(made, "PRI", 1).parts[0].codes  # 5125: "Code set of 5387 may be used also."


@pytest.mark.parametrize("association", ["EAN008", None])
def test_codes_are_left_alone_where_an_association_may_have_its_own(association: str | None) -> None:
    assert not any(part.codes for segment in the("ORDERS", "D:96A", association).segments.values()
                   for each in segment.elements for part in each.parts)


def test_one_set_of_codes_serves_all_messages_of_a_directory() -> None:
    first, second = (element(the(kind, "D:96A", ""), "DTM", 1) for kind in ("ORDERS", "INVOIC"))
    assert first.parts[0].codes is second.parts[0].codes


def test_a_dependency_note_of_the_un() -> None:
    assert the("DESADV", "D:03B").segments["TDT"].conditions == ("C0403",)


def test_repetitions_are_written_out_behind_the_last_element() -> None:
    array = the("GESMES", "D:96A").segments["ARR"]  # a note: C770 100 times, 9424 100 times in it
    assert len(array.elements) == 1 + 100 and len(array.elements[100].parts) == 100


@pytest.mark.parametrize(("version", "edition"), [
    ("D:97B", "D:97A"),  # half a year from it, a year from D.98B
    ("D:02A", "D:01B"), ("D:02B", "D:03B"),  # of two equally near the later: it leaves more alone
    ("D:26A", "D:21B"), ("D:93B", "D:93A"),
])
def test_a_version_that_we_do_not_have_gets_the_nearest_eased(version: str, edition: str) -> None:
    near, exact = the("ORDERS", version, ""), the("ORDERS", edition, "")
    assert (near.edition, near.exact) == (edition, False)
    assert near.items == exact.items and near.hash != exact.hash
    assert all(each.usage is Usage.OPTIONAL for each in near.segments["LIN"].elements)
    assert all(each.repeat == UNBOUNDED for each in near.segments["LIN"].elements)
    assert not any(segment.conditions for segment in near.segments.values())
    assert not element(near, "DTM", 1).parts[0].codes


@pytest.mark.parametrize(("type_code", "version"), [
    ("ORDERS", "2:912"), ("ORDERS", ""), ("ORDERS", "D:96C"), ("ORDERS", "S:96A"), ("NOSUCH", "D:96A"),
])
def test_what_no_directory_has_gets_no_guide(type_code: str, version: str) -> None:
    assert guide(type_code, version) is None


def test_a_message_that_came_later_is_taken_from_its_neighbour() -> None:
    assert "GENRAL" not in directory("95B")["messages"] and "GENRAL" in directory("96B")["messages"]
    assert the("GENRAL", "D:95B").edition in ("D:96A", "D:96B")


def test_directories_by_their_distance() -> None:
    assert by_nearness("D:98A")[:3] == ("98B", "97A", "99B")
    assert by_nearness("D:00A")[0] == "00A" and by_nearness("1:911") == ()


@pytest.mark.parametrize("version", ["2:2", "D:3", "4:1"])
def test_contrl_of_every_syntax(version: str) -> None:
    made = the("CONTRL", version)
    assert made.exact and [item.tag for item in made.items] == ["UNH", "UCI", "UCM", "UCF", "UNT"]
    assert group(made.items, "SG4").tag == "UCM"


def test_segments_of_the_envelope_are_described() -> None:
    header = service_segment("UNB")
    assert header is not None and [each.reference for each in header.elements[:5]] == ["S001", "S002", "S003", "S004", "0020"]
    assert service_segment("LIN") is None


def test_every_segment_of_every_directory_has_a_name() -> None:
    names = segment_names()
    assert {tag for release in RELEASES for tag in directory(release)["segments"]} | service()["segments"].keys() == names.keys()
    assert names["PIT"] and names["API"] and names["EVT"]  # gone since
    assert names["TDT"] == "Transport information"  # "Details of transport" before D.03B


def test_what_codes_mean() -> None:
    assert code_names("D:96A", "1153")["ON"] == "Order number (purchase)"
    assert code_names("D:96A", "6345") == {} and code_names("1:911", "1153") == {}


def minimal(made: Guide) -> str:
    """Return an interchange with one message that has what the guide demands, and nothing else."""
    segments = list(_segments(made, made.items[1:-1]))
    header = f"UNH+1+{made.type_code}:{made.edition}:UN"
    return "'".join(["UNB+UNOC:3+A:14+B:14+260924:1030+55", header, *segments, f"UNT+{len(segments) + 2}+1", "UNZ+1+55", ""])


def _segments(made: Guide, items: tuple[Item, ...]) -> Iterator[str]:
    for item in items:
        if item.usage is Usage.MANDATORY and item.items:
            yield from _segments(made, item.items)
        elif item.usage is Usage.MANDATORY:
            yield "+".join([item.tag, *map(_element, made.segments[item.tag].elements)]).rstrip("+:")


def _element(each: Element) -> str:
    parts = [_value(part) if part.usage is Usage.MANDATORY or len(each.parts) == 1 else "" for part in each.parts]
    if not any(parts):
        parts[0] = _value(each.parts[0])
    return ":".join(parts).rstrip(":") if each.usage is Usage.MANDATORY else ""


def _value(part: Part) -> str:
    """Return a value that any check takes: a code of the list, a number or a letter, as long as it must be."""
    return min(part.codes, default=("1" if part.kind == "N" else "A") * part.shortest)


def told(made: Guide) -> list[Finding]:
    (batch,) = read_files([SourceFile("minimal", minimal(made).encode())])
    return [*batch.findings, *check(batch, lambda *_: made)]


@pytest.mark.parametrize("type_code", SAMPLED)
@pytest.mark.parametrize("release", ["93A", "01B", "21B"])
def test_a_minimal_message_is_told_nothing(release: str, type_code: str) -> None:
    assert told(the(type_code, f"D:{release}", "")) == []


@pytest.mark.parametrize("release", EVERY)
def test_a_minimal_message_of_every_type_is_told_nothing(release: str) -> None:
    findings = {code: told(the(code, f"D:{release}", "")) for code in directory(release)["messages"]}
    assert {code: [(one.code, one.place.tag) for one in found] for code, found in findings.items() if found} == {}


@pytest.mark.parametrize(("association", "codes"), [("", ["guide.bad_code"]), (":EAN008", [])])
def test_a_code_that_the_un_does_not_have_is_told_of_a_plain_message_only(association: str, codes: list[str]) -> None:
    body = "BGM+220+1+9'DTM+137:20260924:102'PAC+1++CT'PCI+33E'UNS+S'"  # 33E: EANCOM's marking with a serial shipping container code
    order = f"UNB+UNOC:3+A:14+B:14+260924:1030+55'UNH+1+ORDERS:D:96A:UN{association}'{body}UNT+7+1'UNZ+1+55'"
    (batch,) = read_files([SourceFile("order", order.encode())])
    assert [one.code for one in check(batch)] == codes
