"""``crossfoot inspect``: a file as a tree of loops and named segments, findings in place, whatever stands in the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edi.limits import Limits
from flows.examine.inspect import run_inspect
from flows.examine.policy import policy_for
from flows.examine.tree import Wish
from tests.docs.test_findings_examples import GOOD
from tests.flows.examined import Command, bad_guide, bad_syntax, good
from tests.flows.letters import response, x12
from tests.flows.nights import DATA

SAMPLE = DATA / "sample" / "2026-03-02" / "edi"


def outline(told: str) -> list[str]:
    """Return the headings and the tags of a brief tree, with their indentation."""
    return [line if line.lstrip().startswith(("Interchange", "Group", "Transaction", "Loop")) else
            " " * (len(line) - len(line.lstrip())) + line.split()[0] for line in told.splitlines()]


def nodes(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield all nodes of a JSON tree from the top down."""
    for child in tree["children"]:
        yield child
        if "children" in child:
            yield from nodes(child)


def test_a_hierarchy_is_nested_and_segments_stand_in_their_loops(inspect: Command) -> None:
    told = inspect(str(GOOD / "856.x12"), "--brief").stdout

    assert outline(told) == [
        "Interchange 1: x12 000000002, ZZ/SELLER -> ZZ/BUYER, production, 00401",
        "  ISA",
        "  Group 1: SH 2, 004010",
        "    GS",
        "    Transaction 1: 856 0001, 004010",
        "      ST",
        "      BSN",
        "      Loop HL, level 1",
        "        HL",
        "        Loop HL, level 2",
        "          HL",
        "          PRF",
        "          Loop HL, level 3",
        "            HL",
        "            LIN",
        "            SN1",
        "      CTT",
        "      SE",
        "    GE",
        "  IEA",
        "14",  # segments, 0 findings
    ]


def test_a_hierarchy_comes_back_to_an_upper_level(inspect: Command) -> None:
    levels = ["HL*1**S", "HL*2*1*O", "HL*3*2*I", "LIN**UP*061414000031", "HL*4*2*I", "LIN**UP*061414000048", "HL*5*1*O"]
    Path("a.x12").write_bytes(x12("000000001", ["BSN*00*S-1*20260302*0800*0001", *levels, "CTT*5"], kind="856", group="SH"))

    lines = [line for line in outline(inspect("a.x12", "--brief").stdout) if "Loop" in line]

    assert lines == ["      Loop HL, level 1", "        Loop HL, level 2", "          Loop HL, level 3", "          Loop HL, level 3",
                     "        Loop HL, level 2"]


def test_elements_have_names_and_composites_and_repetitions_their_numbers(inspect: Command) -> None:
    told = [line.strip() for line in inspect(str(GOOD / "orders.edifact")).stdout.splitlines()]

    assert "DTM Date/time/period byte 99" in told
    assert "DTM01-1 Date/time/period qualifier: 137" in told
    assert "DTM01-2 Date/time/period: 20260302" in told
    assert "UNB02-2 Sender qualifier: 14" in told
    Path("a.x12").write_bytes((GOOD / "850_repeating.x12").read_bytes().replace(b"CTT*1~", b"CTT*1^2~"))
    told = [line.strip() for line in inspect("a.x12").stdout.splitlines()]
    assert [line.split(": ")[-1] for line in told if line.startswith(("CTT01 (1)", "CTT01 (2)"))] == ["1", "2"]


def test_findings_stand_under_their_segment(inspect: Command) -> None:
    Path("a.x12").write_bytes(bad_guide())

    lines = inspect("a.x12").stdout.splitlines()

    at = lines.index("        error guide.element_missing: a mandatory element of BEG is empty")
    assert any(line.strip().startswith("BEG Start of the purchase order byte ") for line in lines[at - 6:at])
    assert lines[at + 1].strip().startswith("BEG03, segment 2 of transaction 2, interchange 1, ")


def test_findings_only_leaves_the_way_to_them(inspect: Command) -> None:
    Path("a.x12").write_bytes(bad_syntax())

    told = inspect("a.x12", "--findings-only").stdout

    assert outline(told)[:4] == ["Interchange 1: x12 000000902, 12/6125550142 -> ZZ/CROSSFOOT, production, 00401",
                                 "  Group 1: PO 70902, 004010", "    Transaction 2: 850 0002, 004010", "      SE"]
    assert "error x12.se01_count" in told
    assert "BEG" not in told
    assert inspect(str(GOOD / "850.x12"), "--findings-only").stdout == "10 segments, 0 findings\n"


@pytest.mark.parametrize(("name", "count"), [
    ("NFS_20260302_000000103.x12", 13),
    ("AM.20260302.AM000312.edi", (SAMPLE / "AM.20260302.AM000312.edi").read_bytes().count(b"'") - 1),  # UNA is no segment
    ("bluewater-20260302-orders.edi", 164),
])
def test_json_has_every_segment_once_in_order(inspect: Command, name: str, count: int) -> None:
    told = json.loads(inspect(str(SAMPLE / name), "--json").stdout)

    segments = [each for each in nodes(told) if each["kind"] == "segment"]
    assert set(told) == {"path", "segments", "findings", "not_shown", "children"}
    assert (told["segments"], len(segments), told["not_shown"]) == (count, count, 0)
    assert sorted(each["offset"] for each in segments) == [each["offset"] for each in segments]


def test_json_has_offsets_elements_and_findings_in_place(inspect: Command) -> None:
    data = x12("000000901", response(), counts={1: 99})
    Path("a.x12").write_bytes(data)

    told = json.loads(inspect("a.x12", "--json").stdout)

    segments = [each for each in nodes(told) if each["kind"] == "segment"]
    tags = ("ISA", "GS", "ST", "BAK", "CUR", "PO1", "ACK", "CTT", "SE", "GE", "IEA")
    assert [(each["tag"], each["offset"]) for each in segments] == [(tag, (b"\n" + data).index(f"\n{tag}*".encode())) for tag in tags]
    (finding,) = [finding for each in segments for finding in each["findings"]]
    assert (finding["code"], finding["place"]["offset"]) == ("x12.se01_count", data.index(b"SE*99"))
    currency = next(each for each in segments if each["tag"] == "CUR")
    assert [(each["position"], each["repetitions"]) for each in currency["elements"]] == [(1, [["SE"]]), (2, [["USD"]])]


def test_a_part_of_a_file_can_be_shown(inspect: Command) -> None:
    Path("a.x12").write_bytes(good() + bad_syntax())

    assert "Transaction 1" not in inspect("a.x12", "--transaction", "2").stdout
    assert "000000901" not in inspect("a.x12", "--interchange", "2").stdout
    at = (good() + bad_syntax()).index(b"SE*99")
    beginning = outline(inspect("a.x12", "--brief", "--offset", str(at)).stdout)
    assert next(line.strip() for line in beginning if not line.strip().startswith(("Inter", "Group", "Trans"))) == "SE"
    within = outline(inspect("a.x12", "--brief", "--offset", str(at + 3)).stdout)
    assert within == beginning  # the segment at a byte within it


@pytest.mark.parametrize("wish", [("--transaction", "9"), ("--interchange", "2"), ("--offset", "99999")])
def test_a_part_that_is_not_there_is_told(inspect: Command, wish: tuple[str, str]) -> None:
    Path("a.x12").write_bytes(good())

    told = inspect("a.x12", *wish)

    assert (told.exit_code, "select none of 18 segments" in told.stderr) == (1, True)
    assert inspect("a.x12", "--transaction", "2", "--findings-only").exit_code == 0  # it is there, and nothing is wrong with it


def test_the_limit_tells_what_it_left_out(inspect: Command) -> None:
    Path("a.x12").write_bytes(bad_syntax())

    told = inspect("a.x12", "--limit", "3").stdout

    assert "Not shown: 15 segments with 1 finding. " in told
    assert "18 segments, 1 finding" in told
    assert "Not shown" not in inspect("a.x12", "--limit", "0").stdout
    assert json.loads(inspect("a.x12", "--limit", "3", "--json").stdout)["not_shown"] == 15


def test_a_value_cannot_play_with_the_terminal(inspect: Command) -> None:
    Path("a.x12").write_bytes(x12("000000901", response(order="\x1b[2J\x07[/red][bold]")))

    told = inspect("a.x12").stdout

    assert "\\x1b[2J\\x07[/red][bold]" in told
    assert "\x1b" not in told


def test_a_segment_out_of_place_is_marked(inspect: Command) -> None:
    Path("a.x12").write_bytes((GOOD / "850.x12").read_bytes().replace(b"CTT*1~", b"ZZZ*1~"))

    assert "ZZZ (the guide does not have it here) byte " in inspect("a.x12").stdout


def test_no_edi_and_what_cannot_be_opened_are_told_calmly(inspect: Command) -> None:
    Path("a.txt").write_bytes(b"nothing [bold]of the sort[/red]\n")

    told = inspect("a.txt")

    assert told.exit_code == 13
    assert "fatal detect.unknown" in told.stdout
    assert inspect("nowhere.x12").exit_code == 13
    assert inspect("-", stdin=good()).stdout.endswith("18 segments, 0 findings\n")


def test_a_thousand_levels_do_no_harm(inspect: Command) -> None:
    levels = [f"HL*{number}*{number - 1 or ''}*O" for number in range(1, 1001)]
    Path("a.x12").write_bytes(x12("000000001", ["BSN*00*S-1*20260302*0800*0001", *levels, "CTT*5"], kind="856", group="SH"))

    assert json.loads(inspect("a.x12", "--json", "--limit", "0").stdout)["segments"] == 1008
    assert inspect("a.x12", "--limit", "0").exit_code == 0


def test_a_narrow_terminal_is_kept_to(inspect: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")

    for name in ("856.x12", "orders.edifact"):
        assert max(map(len, inspect(str(GOOD / name)).stdout.splitlines())) <= 60


def test_a_large_file_is_shown_part_by_part_as_in_one_piece(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.edi"
    path.write_bytes((GOOD / "856.x12").read_bytes() + bad_guide() + (GOOD / "orders_in_group.edifact").read_bytes())
    shown = []
    for limits in (Limits(), Limits(part_bytes=300, max_part_bytes=300)):
        run_inspect(str(path), policy_for(None, ()), Wish(), as_json=True, limits=limits)
        shown.append(json.loads(capsys.readouterr().out))

    assert shown[0] == shown[1]
    assert shown[0]["findings"] == 1


def test_what_cannot_be_read_is_counted_among_the_findings(inspect: Command) -> None:
    told = inspect("/proc/self/mem")

    assert told.exit_code == 13
    assert told.stdout.splitlines()[-1] == "0 segments, 1 finding"
    assert json.loads(inspect("/proc/self/mem", "--json").stdout)["findings"] == 1
