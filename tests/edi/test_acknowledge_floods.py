"""However many interchanges a batch has, each is answered from its own: twice as many are twice the work."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC
from types import FrameType
from typing import Any

from edi.acknowledgments import by_interchange
from edi.answering import answer, due
from flows.examine.ack import Terms, answer_file
from tests.edi.ackcase import AT, DEFAULT, GOOD, Read, isa, read

BAD = GOOD[1:]
ONE = f"{isa()}~GS*PO*ACMEAPP*MOCKAPP*20260924*1030*101*X*004010~ST*850*0001~{'~'.join(BAD)}~SE*4*0001~GE*1*101~IEA*1*000000101~"
NOTHING_IN_IT = f"{isa()}~IEA*0*000000101~"


def lines(run: Callable[[], object]) -> int:
    """Count the lines of Python that are run, once for each turn of a loop; numpy's own work is not seen."""
    count, before = 0, sys.gettrace()

    def trace(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)
    return count


def answer_all(found: Read) -> int:
    batch, findings = found
    answered = 0
    for at, own in enumerate(by_interchange(batch, findings)):
        for form in due(batch, at, own, DEFAULT).forms:
            answer(batch, at, own, form, number=7, at=AT, policy=DEFAULT)
            answered += 1
    return answered


def test_twice_as_many_interchanges_are_twice_the_work() -> None:
    once, twice = read((ONE + NOTHING_IN_IT) * 100), read((ONE + NOTHING_IN_IT) * 200)
    assert (answer_all(once), answer_all(twice)) == (100, 200)
    assert lines(lambda: answer_all(twice)) < 2.2 * lines(lambda: answer_all(once))


def test_twice_as_many_interchanges_of_a_file_are_twice_the_work() -> None:
    terms = Terms(None, "test", {}, AT.replace(tzinfo=UTC), 1)
    once, twice = (ONE * count for count in (100, 200))
    answer_file("file", ONE.encode(), terms)  # so that guides are read
    assert lines(lambda: answer_file("f", twice.encode(), terms)) < 2.2 * lines(lambda: answer_file("f", once.encode(), terms))


def test_findings_are_sorted_by_their_interchange_and_those_of_none_left_out() -> None:
    batch, findings = read(f"stray~{ONE}{NOTHING_IN_IT}{ONE}")
    codes = [[one.code for one in own] for own in by_interchange(batch, findings)]
    assert codes == [["guide.segment_missing"], [], ["guide.segment_missing"]]
    assert len(findings) > 2
