"""The UN directories as shipped: made by their generator, and as many as the UN's own indexes count."""

from __future__ import annotations

import io
import json
import re
import zipfile
from importlib import resources
from pathlib import Path

import pytest

from edi.edifact.untdid import directory, message_table, render
from edi.errors import ConfigurationError

UNTDID = Path(__file__).parents[3] / "shared" / "untdid"
SHIPPED = ("d96a", "d01b")
absent = pytest.mark.skipif(not UNTDID.exists(), reason="../shared/untdid is not here")


def shipped(name: str) -> str:
    return (resources.files("edi") / "edifact" / "directories" / f"{name}.json").read_text("utf-8")


@absent
@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_shipped_is_what_the_generator_makes(name: str) -> None:
    assert render(directory((UNTDID / f"{name}.zip").read_bytes())) == shipped(name)


@absent
@pytest.mark.parametrize("name", SHIPPED)
def test_counts_agree_with_the_directorys_own_indexes(name: str) -> None:
    content = json.loads(shipped(name))
    codes = {"MD": ("messages", r"[A-Z]{6}"), "SD": ("segments", r"[A-Z]{3}"),
             "CD": ("composites", r"[CE]\d{3}"), "ED": ("elements", r"\d{4}")}
    for kind, (part, code) in codes.items():
        listed = re.findall(rf"^[ *+#|XR-]{{2,}}({code}) +\S", index(name, kind), re.MULTILINE)
        assert sorted(set(listed)) == sorted(content[part]), part


def index(name: str, kind: str) -> str:
    with zipfile.ZipFile(UNTDID / f"{name}.zip") as outer:
        (archive,) = [one for one in outer.namelist() if one.upper()[-6:] == f"{kind}.ZIP"]
        with zipfile.ZipFile(io.BytesIO(outer.read(archive))) as inner:
            (text,) = [one for one in inner.namelist() if f"{kind}I1." in one.upper()]
            return re.split(r"^ +(?:Tag|Code) +Name", inner.read(text).decode("cp850"), maxsplit=1, flags=re.MULTILINE)[1]


@pytest.mark.parametrize("name", SHIPPED)
def test_everything_that_a_directory_names_is_there(name: str) -> None:
    content, service = json.loads(shipped(name)), json.loads(shipped("service"))
    known = {part: content[part].keys() | service[part].keys() for part in ("segments", "composites", "elements")}
    assert set(re.findall(r'"([A-Z]{3})"', json.dumps(content["messages"]))) <= known["segments"]
    assert {row[0] for _, rows in content["segments"].values() for row in rows} <= known["composites"] | known["elements"]
    assert {row[0] for rows in content["composites"].values() for row in rows} <= known["elements"]


def test_orders_of_d96a_as_the_un_draws_it() -> None:
    orders = json.loads(shipped("d96a"))["messages"]["ORDERS"]
    assert orders[:4] == [["UNH", "M", 1], ["BGM", "M", 1], ["DTM", "M", 35], ["PAI", "C", 1]]
    line = next(row for row in orders if row[0] == "25")
    assert line[1:3] == ["C", 200000] and line[3][0] == ["LIN", "M", 1]
    assert orders[-1] == ["UNT", "M", 1]


def test_groups_close_where_their_lines_end() -> None:
    table = """
4.3.1  Segment table
0010   UNH Message header                            M   1
0020       ─── Segment group 1  ──────────────────── C   10──────────┐
0030 + RFF A reference whose name                                     │
           wraps                                     M   1           │
0040       ─── Segment group 2  ──────────────────── C   5──────────┐│
0050 * DTM Date                                      C   1──────────┴┘
0060   UNT Message trailer                           M   1
"""
    assert message_table(table) == [["UNH", "M", 1], ["1", "C", 10, [["RFF", "M", 1], ["2", "C", 5, [["DTM", "C", 1]]]]], ["UNT", "M", 1]]


def test_a_row_that_cannot_be_read_is_our_error_not_a_gap() -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        message_table("4.3.1  Segment table\n0010   UNH Message header without status\n\n")
