"""The UN's directories: read without a line left over, as many of everything as the UN's own indexes count, and shipped as read."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import zipfile
from functools import cache
from importlib import resources
from pathlib import Path

import pytest

from edi.edifact.directory import RELEASES, directory, pack, render, service
from edi.edifact.untdid import checks, read_texts
from edi.edifact.untdid import directory as generated
from edi.edifact.untdid.codelists import code_lists
from edi.edifact.untdid.dictionary import entries
from edi.edifact.untdid.messages import message
from edi.edifact.untdid.texts import Line, lines_of
from edi.errors import ConfigurationError

UNTDID = Path(__file__).parents[3] / "shared" / "untdid"
QUICK = ("93A", "96A")  # the oldest, and one of those with positions and indexes
EVERY = [release if release in QUICK else pytest.param(release, marks=pytest.mark.slow) for release in RELEASES]
absent = pytest.mark.skipif(not UNTDID.exists(), reason="the UN's texts are not beside the project: ../shared/untdid")

MESSAGE = """
                                            Message Type : EXAMPL
                                            Version      : D
                                            Release      : 96A
4.2    Segment index (alphabetical sequence by tag)

          DTM Date/time/period
          RFF Reference
          UNH Message header
          UNT Message trailer

4.3    Message structure

4.3.1  Segment table

Pos    Tag Name                                      S   R
{table}
"""


def archive(release: str) -> bytes:
    return (UNTDID / f"d{release.lower()}.zip").read_bytes()


def text(*lines: str) -> list[Line]:
    return lines_of("A TEXT", "\n".join(lines).encode())


def table(*rows: str) -> list[Line]:
    return text(*MESSAGE.format(table="\n".join(rows)).splitlines())


@absent
@pytest.mark.parametrize("release", EVERY)
def test_what_is_shipped_is_what_the_generator_makes(release: str) -> None:
    assert render(generated(archive(release))) == render(directory(release))


@absent
@pytest.mark.parametrize("release", EVERY)
def test_counts_agree_with_the_directorys_own_indexes(release: str) -> None:
    patterns = {"messages": ("MD", r"[A-Z]{6}"), "segments": ("SD", r"[A-Z]{3}"),
                "composites": ("CD", r"[CE]\d{3}"), "elements": ("ED", r"\d{4}")}
    for part, (kind, code) in patterns.items():
        for number in (1, 2):
            listed = re.findall(rf"^[ *+#|XR-]{{2,}}({code}) +\S", published_index(release, f"{kind}I{number}"), re.MULTILINE)
            if release != "93A" or part == "messages":  # D.93A has no other index
                assert sorted(listed) == sorted(directory(release)[part]), part


@absent
def test_codes_are_as_many_as_lines_that_begin_like_one() -> None:
    lines = published("21B", "UNCL", "UNCL.").splitlines()
    begun = [line for line in lines if re.match(r"[*+#|X ]{5}\S{1,17}\s+\S", line)]
    furniture = [line for line in begun if re.search(r"^ {5}(Desc|Repr|Note):|\[[BIC]\]|^ {5}(an?|the|Change|Usage) ", line)]
    assert sum(map(len, directory("21B")["codes"].values())) == len(begun) - len(furniture)


def published_index(release: str, name: str) -> str:
    """Return what stands below the column headings of an index."""
    return re.split(r"^ +(?:Tag|Code) +Name", published(release, name[:2], name), maxsplit=1, flags=re.MULTILINE)[-1]


def published(release: str, kind: str, name: str) -> str:
    """Return a text of the UN, found without the generator's help; "" where there is none."""
    with zipfile.ZipFile(io.BytesIO(archive(release))) as outer:
        for inner in (each for each in outer.namelist() if each.upper().endswith(f"{kind}.ZIP")):
            with zipfile.ZipFile(io.BytesIO(outer.read(inner))) as opened:
                for each in (each for each in opened.namelist() if name in each.upper()):
                    return opened.read(each).decode("cp850")
    return ""


def test_a_file_is_shipped_for_every_directory_and_no_other() -> None:
    shipped = {path.name for path in (resources.files("edi") / "edifact" / "directories").iterdir()}
    assert shipped == {f"d{release.lower()}.json.gz" for release in RELEASES} | {"service.json"}


def test_a_directorys_file_is_the_same_bytes_every_time() -> None:
    assert pack(directory("93A")) == pack(json.loads(json.dumps(directory("93A"))))


@pytest.mark.parametrize("release", RELEASES)
def test_everything_that_a_directory_names_is_there(release: str) -> None:
    content = directory(release)
    known = {part: content[part].keys() | service()[part].keys() for part in ("segments", "composites", "elements")}
    assert content["versions"] == [f"D:{release}"]
    assert set(re.findall(r'"([A-Z]{3})"', json.dumps([rows for _, rows in content["messages"].values()]))) <= known["segments"]
    assert {row[0] for _, rows, _ in content["segments"].values() for row in rows} <= known["composites"] | known["elements"]
    assert {row[0] for _, rows in content["composites"].values() for row in rows} <= known["elements"]
    assert all(name and code for codes in content["codes"].values() for code, name in codes.items())
    assert bool(content["codes"]) == (release != "93A")  # published without code lists


def test_how_many_messages_the_un_had_over_the_years() -> None:
    counts = {release: len(directory(release)["messages"]) for release in ("93A", "96A", "01B", "16B", "21B")}
    assert counts == {"93A": 55, "96A": 125, "01B": 194, "16B": 195, "21B": 195}  # as TRMDI1 and EDMDI1 list them


def test_orders_of_d96a_as_the_un_draws_it() -> None:
    name, orders = directory("96A")["messages"]["ORDERS"]
    assert name == "Purchase order message"
    assert orders[:4] == [["UNH", "M", 1], ["BGM", "M", 1], ["DTM", "M", 35], ["PAI", "C", 1]]
    line = next(row for row in orders if row[0] == "25")
    assert line[1:3] == ["C", 200000] and line[3][0] == ["LIN", "M", 1]
    assert orders[-1] == ["UNT", "M", 1]


def test_codes_and_names_as_the_un_prints_them() -> None:
    assert directory("21B")["codes"]["1001"]["380"] == "Commercial invoice"
    assert directory("96A")["codes"]["8459"]["X"] == "Responsibility to be determined"  # a code that looks like a change mark
    assert "6345" in directory("96A")["open"] and "6345" not in directory("96A")["codes"]  # "Use ISO 4217 three alpha code."
    assert directory("96A")["elements"]["3039"] == ["Party id. identification", "an..35"]
    assert directory("01B")["segments"]["TDT"][0] == "Details of transport"


def test_rows_of_a_segment_have_status_and_repetition() -> None:
    name, rows, conditions = directory("21B")["segments"]["ADR"]
    assert (name, conditions) == ("Address", [])
    assert rows[5:] == [["C819", "C", 5], ["C517", "C", 5]]
    assert directory("96A")["segments"]["ADR"][1][5:] == [["C819", "C", 1], ["C517", "C", 1]]  # had no column for it yet


def test_repetitions_that_only_a_note_tells() -> None:
    assert directory("96A")["segments"]["ARR"][1] == [["C778", "C", 1], ["C770", "C", 100]]
    assert directory("96A")["composites"]["C770"][1] == [["9424", "C", 100]]


def test_a_dependency_note_becomes_a_condition() -> None:
    assert directory("03B")["segments"]["TDT"][2] == ["C0403"]  # 040 D5(040,030) If first, then all


def test_a_segment_that_was_deleted_is_printed_and_not_read() -> None:
    creadv = directory("93A")["messages"]["CREADV"][1]
    assert [row[0] for row in creadv[:7]] == ["UNH", "BGM", "DTM", "BUS", "1", "FTX", "2"]  # before BUS a RFF with a minus


def test_groups_close_where_their_lines_end() -> None:
    read = message(table(
        "0010   UNH Message header                            M   1",
        "0020       ---- Segment group 1  ------------------- C   10----------+",
        "0030 + RFF A reference whose name                                     |",
        "           wraps                                     M   1           |",
        "                                                                     |",
        "0040       ---- Segment group 2  ------------------- C   5----------+|",
        "0050 * DTM Date                                      C   1----------++",
        "0060   UNT Message trailer                           M   1",
        "Annex A: whatever people should know"))
    assert read.rows == [["UNH", "M", 1], ["1", "C", 10, [["RFF", "M", 1], ["2", "C", 5, [["DTM", "C", 1]]]]], ["UNT", "M", 1]]
    assert read.box == {"Message Type": "EXAMPL", "Version": "D", "Release": "96A"}
    assert sorted(read.index) == ["DTM", "RFF", "UNH", "UNT"]


@pytest.mark.parametrize("row", [
    "0010   UNH Message header without status",
    "0010   UNH Message header                            M   1          |",  # drawn in a group, and none is open
    "a remark that no grammar knows",
])
def test_a_row_that_cannot_be_read_is_our_error_with_file_and_line(row: str) -> None:
    with pytest.raises(ConfigurationError, match=r"A TEXT line 17: .*; teach edi\.edifact\.untdid this form"):
        message(table(row))


def test_a_group_that_never_ends_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="the end of all groups"):
        message(table("0010       ---- Segment group 1  ---- C   10----+", "0020   RFF Reference   M   1   |"))


def test_an_entry_of_a_dictionary() -> None:
    rule = "-" * 70
    read = entries(text(
        "2.   Segment specifications", rule, "",
        "    *  EXA  EXAMPLE", "", "       Function: To show what", "                 an entry is.", "",
        "010    C001 A COMPOSITE                                C    2",
        "       3299  A component whose name",
        "             wraps                                     M      an..3", "",
        "020 +  3164 A NAME THAT GOES ON BELOW ITS              M    1 an..35",
        "            STATUS", "",
        "       Dependency note:", "       010  D3(010,020) One or more", rule))
    entry = read["EXA"]
    assert (entry.name, entry.prose["Function"]) == ("EXAMPLE", "To show what an entry is.")
    assert [(row.tag, row.name, row.status, row.repeat, row.form, row.is_component) for row in entry.rows] == [
        ("C001", "A COMPOSITE", "C", 2, "", False), ("3299", "A component whose name wraps", "M", 1, "an..3", True),
        ("3164", "A NAME THAT GOES ON BELOW ITS STATUS", "M", 1, "an..35", False)]
    assert entry.dependencies == [("3", ("010", "020"))]


def test_a_line_that_no_dictionary_has_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="A TEXT line 3: 'whatever'"):
        entries(text("-" * 70, "       EXA  EXAMPLE", "whatever"))


def test_a_code_list() -> None:
    read = code_lists(text(
        "-" * 70, "*    9999  An element                                              [B]", "",
        "     Desc: Code to show", "           what a list is.", "", "     Repr: an..3", "",
        "+    1     First", "              A description.", "",
        "     2     Second, with a name that", "           goes on", "              A description.", "",
        "X    X     Marked for deletion", "              A description.", "", "           Note:", "              1. Gone next year.", "",
        "     XX    Not marked"))
    assert read["9999"].entry.name == "An element"
    assert read["9999"].codes == {"1": "First", "2": "Second, with a name that goes on", "X": "Marked for deletion", "XX": "Not marked"}


def test_text_between_codes_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="A TEXT line 4"):
        code_lists(text("-" * 70, "     9999  An element", "     Repr: an..3", "         neither code nor name"))


@cache
def read_of_d93a() -> checks.Texts:
    return read_texts(archive("93A"))


@absent
@pytest.mark.parametrize(("change", "told"), [
    ({"indexes": {"messages": [{}], "segments": [], "composites": [], "elements": []}}, "BANSTA is either in the messages or in"),
    ({"elements": {}}, "is not in the dictionary"),
    ({"segments": {}}, "is not a segment"),
    ({"release": "96A"}, "calls itself"),
])
def test_a_directory_that_does_not_agree_with_itself_is_an_error(change: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        checks.check(dataclasses.replace(read_of_d93a(), **change))  # type: ignore[arg-type]  # each has its field's type


def test_a_misprint_is_set_right_only_where_it_is_printed() -> None:
    with pytest.raises(ConfigurationError, match=r"BOPBNK_D\.99B line 356"):
        lines_of("BOPBNK_D.99B", b"\n" * 355 + b"0160   LOC Place")
