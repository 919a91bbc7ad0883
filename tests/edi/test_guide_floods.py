"""Whatever a stranger repeats, the work stays that of whole columns: Python is called no more often for twice as much."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable

import pytest

from edi.guides import check
from edi.limits import Limits
from edi.reading.files import SourceFile, read_files
from edi.segments import Batch
from tests.edi.guide_case import x12_text

BEG, LINE = "BEG*00*NE*1**20260924", "PO1*1*1*EA*1"
WIDE = Limits(max_elements=10**6, max_repeats=10**6, max_segment_bytes=2**26)

SHAPES: dict[str, Callable[[int], bytes]] = {
    "segment in the header": lambda n: x12_text(BEG, *["REF*ZZ*1"] * n, LINE),
    "segment in a loop": lambda n: x12_text(BEG, LINE, *["REF*ZZ*1"] * n),
    "loop": lambda n: x12_text(BEG, *[LINE, "REF*ZZ*1"] * (n // 2)),
    "segment over its maximum": lambda n: x12_text(BEG, *["CUR*BY*USD"] * n, LINE),
    "going back": lambda n: x12_text(BEG, LINE, *["N1*BY*X", "CTT*1"] * (n // 2)),
    "unknown segment": lambda n: x12_text(BEG, *["QQQ*1"] * n, LINE),
    "faults of every kind": lambda n: x12_text(BEG, *["PO1*1*x*EACHES*1*QQQQ*VP", "DTM*002*20261301*9999", "CTT"] * (n // 3)),
    "elements": lambda n: x12_text(BEG, "PO1" + "*1" * n),
    "components": lambda n: x12_text(BEG, "PO1*1" + ">1" * n),
    "repetitions": lambda n: x12_text(BEG, "PO1*1" + "^1" * n, version="005010", repetition="^"),
    "chain of levels": lambda n: x12_text("BSN*00*1*20260101*1200", *[f"HL*{i}*{i - 1 or ''}*I" for i in range(1, n)], kind="856"),
    "level that is its own parent": lambda n: x12_text("BSN*00*1*20260101*1200", *["HL*1*1*I"] * n, kind="856"),
}


def calls(batch: Batch) -> int:
    profile = cProfile.Profile()
    profile.runcall(check, batch)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]  # it is there


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_as_much_calls_python_no_more_often(shape: str) -> None:
    (once,) = read_files([SourceFile("file", SHAPES[shape](6_000))], limits=WIDE)
    (twice,) = read_files([SourceFile("file", SHAPES[shape](12_000))], limits=WIDE)
    check(once)  # so that moves are learned
    assert calls(twice) < 1.3 * calls(once)


def test_a_guess_that_is_wrong_all_along_is_followed_to_its_end() -> None:
    """The last document taught that REF stands in a line; in the next one thousands stand in the header before the line."""
    lines = x12_text(BEG, *[LINE, "REF*ZZ*1"] * 3)
    header = x12_text(BEG, *["REF*ZZ*1"] * 5_000, "PER*BD*BUYER", LINE)
    for data in (lines, header, lines):
        (batch,) = read_files([SourceFile("file", data)])
        assert check(batch) == []
