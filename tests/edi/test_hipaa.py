"""Implementation guides of health care: what pyx12's maps say is what our guides say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from edi.guidemodel import UNBOUNDED, Guide, Item, Part, Segment, Selector, Usage
from edi.x12 import hipaa

pyx12_maps = pytest.importorskip("pyx12.map_if", reason="the extra hipaa is not installed")

PROMISED = {  # set and version -> the file of pyx12 that has it
    ("837", "005010X222A1"): "837.5010.X222.A1.xml", ("837", "005010X223A2"): "837Q3.I.5010.X223.A1.xml",
    ("835", "005010X221A1"): "835.5010.X221.A1.xml", ("834", "005010X220A1"): "834.5010.X220.A1.xml",
    ("820", "005010X218"): "820.5010.X218.xml", ("277", "005010X214"): "277.5010.X214.xml",
    ("999", "005010X231"): "999.5010.xml", ("999", "005010X231A1"): "999.5010X231.A1.xml",
}


def made(type_code: str, version: str) -> Guide:
    guide = hipaa.guide(type_code, version)
    assert guide is not None
    return guide


def loop(items: tuple[Item, ...], *names: str) -> Item:
    """Walk down loops by name."""
    found = next(item for item in items if item.name == names[0])
    return loop(found.items, *names[1:]) if names[1:] else found


def segments(item: Item, tag: str) -> list[Segment]:
    return [inner.segment for inner in item.items if inner.tag == tag and inner.segment]


def test_loops_have_the_names_that_people_use() -> None:
    claim = loop(made("837", "005010X222A1").items, "2000A", "2000B", "2000C", "2300")

    assert [item.name for item in claim.items if item.items] == ["2310A", "2310B", "2310C", "2310D", "2310E", "2310F", "2320", "2400"]
    assert (claim.tag, claim.usage, claim.repeat) == ("CLM", Usage.MANDATORY, 100)


def test_a_loops_first_segment_begins_it_and_stands_once() -> None:
    subscriber = loop(made("837", "005010X222A1").items, "2000A", "2000B")

    assert (subscriber.tag, subscriber.repeat) == ("HL", UNBOUNDED)
    assert (subscriber.items[0].tag, subscriber.items[0].usage, subscriber.items[0].repeat) == ("HL", Usage.MANDATORY, 1)
    assert subscriber.selectors == subscriber.items[0].selectors == (Selector(3, 1, frozenset({"22"})),)


def test_a_segment_looks_as_its_place_wants_it() -> None:
    billing = loop(made("837", "005010X222A1").items, "2000A", "2010AA")
    (name,) = segments(billing, "NM1")

    assert name.name == "Billing Provider Name"
    assert name.conditions == ("P0809", "C1110", "C1203")
    assert name.elements[0].parts == (Part("98", "ID", Usage.MANDATORY, 2, 3, frozenset({"85"}), "Entity Identifier Code"),)
    assert name.elements[5].usage is Usage.FORBIDDEN  # NM106, name prefix
    assert name.elements[7].parts[0].codes == {"XX"}


def test_segments_of_one_tag_are_told_apart_by_their_qualifiers() -> None:
    claim = loop(made("837", "005010X222A1").items, "2000A", "2000B", "2300")
    notes = {item.segment.name: item.selectors for item in claim.items if item.tag == "HI" and item.segment}

    assert notes["Health Care Diagnosis Code"] == (Selector(1, 1, frozenset({"ABK", "BK"})),)  # the composite's first component
    assert notes["Condition Information"] == (Selector(1, 1, frozenset({"BG"})),)


def test_where_no_place_differs_a_wrong_code_leaves_the_segment_in_its_place() -> None:
    guide = made("837", "005010X222A1")
    (start,) = [item for item in guide.items if item.tag == "BHT"]

    assert start.segment and start.segment.elements[0].parts[0].codes == {"0019"}
    assert start.selectors == ()


def test_a_wrapper_gives_its_loops_to_the_transaction() -> None:
    remittance = made("835", "005010X221A1")

    assert [item.name or item.tag for item in remittance.items] == [
        "ST", "BPR", "TRN", "CUR", "REF", "REF", "DTM", "1000A", "1000B", "2000", "PLB", "SE"]


def test_lists_that_others_keep_are_part_of_the_guide() -> None:
    payer = loop(made("835", "005010X221A1").items, "1000A")
    (city,) = segments(payer, "N4")

    assert {"CA", "NY", "TX"} < city.elements[1].parts[0].codes  # N402, states
    assert not {"ZZ"} & city.elements[1].parts[0].codes


def test_what_came_to_these_lists_since_is_not_accused() -> None:
    """Serbia has been RS since 2006, Nunavut NU since 1999; a remark such as N830 (2019) may be of any year."""
    remittance = made("835", "005010X221A1").items
    (city,) = segments(loop(remittance, "1000A"), "N4")
    remarks = [part.codes for segment in segments(loop(remittance, "2000", "2100"), "MOA") for element in segment.elements[2:7]
               for part in element.parts]

    assert "NU" in city.elements[1].parts[0].codes
    assert "RS" in city.elements[3].parts[0].codes
    assert remarks == [frozenset()] * 5


def test_a_list_that_another_pyx12_does_not_have_is_not_known_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"name": "gone", "grows": True}, {"name": "renamed", "codes": "A B"}]
    monkeypatch.setattr(hipaa, "_corrections", lambda _: rows)
    assert not {"gone", "renamed"} & hipaa._lists.__wrapped__().keys()


def test_other_errata_get_the_nearest_guide_which_takes_any_version() -> None:
    institutional = made("837", "005010X223A3")
    (start,) = [item.segment for item in institutional.items if item.tag == "ST"]

    assert (institutional.edition, institutional.exact) == ("005010X223A2", False)
    assert start and start.elements[2].parts[0].codes == frozenset()
    assert made("837", "005010X223A9") is institutional


@pytest.mark.parametrize(("type_code", "version"), [
    ("837", "005010"), ("850", "004010VICS"), ("271", "005010X279A1"), ("997", "004010X098A1"), ("278", "004010X094A1"),
])
def test_what_the_maps_do_not_tell_is_not_invented(type_code: str, version: str) -> None:
    assert hipaa.guide(type_code, version) is None


@pytest.mark.parametrize("which", PROMISED)
def test_a_guide_is_an_implementation_with_a_text_of_its_own(which: tuple[str, str]) -> None:
    guide = made(*which)

    assert guide.is_implementation and guide.exact and guide.edition == which[1]
    assert f'"edition":"{which[1]}"' in guide.text and len(guide.hash) == 64


def test_without_the_extra_there_is_no_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hipaa, "_folder", lambda: None)

    assert not hipaa.is_installed()
    assert hipaa.guide("837", "005010X222A1") is None


def test_a_subscribers_claims_stand_before_his_dependents() -> None:
    """pyx12 sorts 837I by position numbers that count anew in each hierarchical level, and refuses a dependent after a claim."""
    subscriber = loop(made("837", "005010X223A2").items, "2000A", "2000B")

    assert [item.name for item in subscriber.items if item.items] == ["2010BA", "2010BB", "2300", "2000C"]


@pytest.mark.parametrize("which", PROMISED)
def test_pyx12_reads_its_maps_as_we_do(which: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hipaa, "_corrections", lambda _: [])
    monkeypatch.setattr(hipaa, "_lists", hipaa._lists.__wrapped__)
    uncorrected = hipaa._made.__wrapped__(*which, True)

    assert sorted(ours(uncorrected.items), key=path_of) == sorted(theirs(PROMISED[which]), key=path_of)


def test_a_claim_acknowledgment_may_end_with_the_receiver_or_the_provider() -> None:
    """X12's RFI 1211 on 005010X214: providers only where the receiver is accepted, patients only where the provider is."""
    receiver = loop(made("277", "005010X214").items, "2000A", "2000B")
    provider = loop(receiver.items, "2000C")
    status = loop(provider.items, "2200C")
    (level,) = segments(provider, "HL")

    (rejected,) = [item for item in status.items if item.tag == "STC"]

    assert {provider.usage, loop(provider.items, "2000D").usage, status.usage, rejected.usage} == {Usage.OPTIONAL}
    assert level.elements[3].parts[0].codes == {"0", "1"}


def test_every_status_of_a_claim_names_the_same_entities() -> None:
    claim = loop(made("277", "005010X214").items, "2000A", "2000B", "2000C", "2000D", "2200D")
    (status,) = segments(claim, "STC")

    assert {"41", "PR"} < status.elements[0].parts[2].codes <= status.elements[9].parts[2].codes & status.elements[10].parts[2].codes


def test_an_employer_who_is_the_subscriber_needs_no_members_number() -> None:
    subscriber = loop(made("837", "005010X222A1").items, "2000A", "2000B", "2010BA")
    (name,) = segments(subscriber, "NM1")

    assert [name.elements[at].usage for at in (7, 8)] == [Usage.OPTIONAL, Usage.OPTIONAL]
    assert "P0809" in name.conditions


def test_certificates_of_medical_necessity_are_told_from_other_paperwork_by_how_they_come() -> None:
    line = loop(made("837", "005010X222A1").items, "2000A", "2000B", "2300", "2400")
    first, second = ({selector.element: selector.codes for selector in item.selectors} for item in line.items if item.tag == "PWK")

    assert "CT" in first[1] & second[1]
    assert "AD" in second[2] and not first[2] & second[2]


def path_of(row: tuple[Any, ...]) -> str:
    return str(row[0])


def ours(items: tuple[Item, ...], path: str = "") -> Iterator[tuple[Any, ...]]:
    """Give a row for each segment: path of loops, tag, usage, maximum, and a row for each simple element."""
    for item in items:
        if item.items:
            yield from ours(item.items, f"{path}/{item.name}")
        elif item.segment:
            parts = [(part.usage, part.kind, part.shortest, part.longest, part.codes)
                     for element in item.segment.elements for part in element.parts]
            yield path, item.tag, item.usage, item.repeat, parts


def theirs(file: str) -> Iterator[tuple[Any, ...]]:
    """Give the same rows from the objects that pyx12 itself makes of a map."""
    from pyx12.params import ParamsBase

    root = pyx12_maps.load_map_file(file, ParamsBase())
    start = root.getnodebypath("/ISA_LOOP/GS_LOOP/ST_LOOP")
    yield from their_loop(start, "")


def their_loop(node: Any, path: str) -> Iterator[tuple[Any, ...]]:
    usages = {"R": Usage.MANDATORY, "S": Usage.OPTIONAL, "N": Usage.FORBIDDEN}
    lists = node.root.ext_codes.codes
    for child in node.childIterator():
        if child.is_loop():
            yield from their_loop(child, path if child.type == "wrapper" else f"{path}/{child.id}")
        else:
            begins = path != "" and child.is_first_seg_in_loop()
            simple = [part for element in child.children for part in (element.children if element.is_composite() else [element])]
            parts = [(usages[part.usage], part.data_type, part.min_len, part.max_len,
                      part._valid_codes_set | (lists[part.external_codes]["codes"] if part.external_codes else frozenset()))
                     for part in simple]
            yield (path, child.id, Usage.MANDATORY if begins else usages[child.usage],
                   UNBOUNDED if child.max_use == ">1" else int(child.max_use), parts)


def test_made_up_versions_make_no_guides_of_their_own() -> None:
    assert len({id(made("837", f"005010X222A{number}")) for number in range(2, 90)}) == 1
