"""pyx12 as a judge of our guides of health care: the same faults, told by segment, element and code, on good and on damaged documents.

Where the two differ, a row of REASONS says why; what no row explains fails.
"""

from __future__ import annotations

import csv
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from edi import SourceFile, read_files
from edi.guides import check
from edi.x12 import hipaa
from tests.edi.healthcare import DOCUMENTS, Fault, interchange, oracle
from tests.edi.healthcare_damage import damages

pytest.importorskip("pyx12", reason="the extra hipaa is not installed")

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
CODES = {  # ours -> IK304 of a segment, IK403 of an element
    "guide.segment_unknown": "1", "guide.segment_misplaced": "1", "guide.segment_forbidden": "2", "guide.segment_missing": "3",
    "guide.loop_repeats": "4", "guide.segment_repeats": "5", "guide.element_missing": "1", "guide.component_surplus": "3",
    "guide.too_short": "4", "guide.too_long": "5", "guide.bad_character": "6", "guide.control_character": "6",
    "guide.bad_code": "7", "guide.bad_date": "8", "guide.bad_time": "9",
    "guide.element_forbidden": "10", "guide.condition": "8", "guide.element_surplus": "8",
}
OF_SEGMENT = ("guide.condition", "guide.element_surplus")  # pyx12 tells these of the whole segment


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """pyx12 logs each fault as an error."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def ours(data: bytes) -> list[set[Fault]]:
    """Return our findings about each transaction, in the oracle's words."""
    found: dict[tuple[int | None, int | None], set[Fault]] = {}
    (batch,) = read_files([SourceFile("file", data)])
    for at in range(len(batch.transactions)):
        ordinal = batch.interchanges[int(batch.transactions.interchange[at])].ordinal
        found[ordinal, int(batch.transactions.ordinal[at])] = set()
    for one in check(batch, lambda subject: hipaa.guide(subject.type_code, subject.version)):
        place, element = one.place, 0 if one.code in OF_SEGMENT else one.place.element or 0
        fault = (place.segment or 0, place.tag or "", element, (place.component or 0) if element else 0, CODES[one.code])
        found[place.interchange, place.transaction].add(fault)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Case:
    """What was done to a document, and the faults that only one of the two tells."""

    what: str
    end: int  # ordinal of SE
    ours: frozenset[Fault]
    theirs: frozenset[Fault]

    @property
    def first(self) -> int:
        """The first segment that they differ about."""
        return min(fault[0] for fault in self.ours | self.theirs)

    def at(self, faults: frozenset[Fault], *codes: str, whole_segment: bool = True) -> bool:
        """Tell whether one of these codes is told of the first segment that they differ about, or of an element of it."""
        return any(fault[0] == self.first and fault[4] in codes and (fault[2] == 0) == whole_segment for fault in faults)

    def without(self, told: Callable[[Fault], bool]) -> Case:
        """Return the case without what a reason covers."""
        return replace(self, ours=frozenset(fault for fault in self.ours if not told(fault)),
                       theirs=frozenset(fault for fault in self.theirs if not told(fault)))

    def until_first(self) -> Case:
        """Return the case without anything from the first difference on: from there the two read in different places."""
        return self.without(lambda fault: fault[0] >= self.first)


def _numbering(case: Case) -> Case:
    return case.without(lambda fault: fault[4] in ("HL1", "HL2", "LX"))


def _bare(case: Case) -> Case:
    optional = ("N3", "LX", "PAT", "MOA")
    return case.without(lambda fault: case.what.startswith("emptied") and fault[1] in optional and fault[2:] == (0, 0, "8"))


def _of_composites(case: Case) -> Case:
    told = {fault[:2] for fault in case.theirs if fault[2] == 0 and fault[4] == "8"}
    mine = {fault[:2] for fault in case.ours if fault[2] and fault[4] in ("1", "3", "10")}
    return case.without(lambda fault: fault[:2] in told & mine and (fault[2] > 0 or fault[4] == "8"))


def _at_the_end(case: Case) -> Case:
    twins = {(fault[1], fault[4]) for fault in case.ours if fault[0] == case.end} & {
        (fault[1], fault[4]) for fault in case.theirs if fault[0] == case.end - 1}
    return case.without(lambda fault: fault[0] in (case.end, case.end - 1) and (fault[1], fault[4]) in twins)


def _dates_in_composites(case: Case) -> Case:
    return case.without(lambda fault: fault in case.ours and fault[3] > 0 and fault[4] == "8")


def _regular_expression(case: Case) -> Case:
    return case.without(lambda fault: fault in case.theirs and fault[1:] == ("N4", 3, 0, "7"))


def _qualifier(case: Case) -> Case:
    kept = case.at(case.ours, "1", "7", "5", whole_segment=False)
    return case.until_first() if kept and case.at(case.theirs, "1") else case


def _lost(case: Case) -> Case:
    return case.until_first() if case.at(case.ours, "1", "3", "4", "5") and case.at(case.theirs, "1", "2", "3", "4", "5") else case


def _any_order(case: Case) -> Case:
    told_later = case.at(case.theirs, "3") and not case.at(case.ours, "1", "3")
    return case.until_first() if told_later and case.what in ("swapped", "left out") else case


def _gone_back(case: Case) -> Case:
    return case.until_first() if case.what in ("swapped", "left out") and case.at(case.ours, "1", "4") else case


def _begun_again(case: Case) -> Case:
    return case.without(lambda fault: case.what == "twice" and fault in case.ours and fault[4] == "3")


def _wrapper(case: Case) -> Case:
    return case.without(lambda fault: fault in case.theirs and fault[1] == "PLB" and fault[4] == "4")


def _corrected(case: Case) -> Case:
    """Leave out a subscriber without a member's number (837P), and a provider without a status or patient (277CA)."""
    wrong = {("NM1", 8, "1"), ("NM1", 9, "1"), ("NM1", 8, "2"), ("NM1", 9, "2"), ("STC", 0, "3")}
    return case.without(lambda fault: (fault[1], fault[2], fault[4]) in wrong)


def _growing(case: Case) -> Case:
    """Leave out remarks, and the category and status of a claim."""
    of_list = {("MOA", element, 0) for element in range(3, 8)} | {("STC", 1, 1), ("STC", 1, 2)}
    return case.without(lambda fault: fault in case.theirs and fault[1:4] in of_list and fault[4] == "7")


REASONS: tuple[tuple[str, Callable[[Case], Case]], ...] = (
    ("pyx12's maps demand what the guides do not, and we correct it", _corrected),
    ("lists that grow several times a year are not checked: pyx12's are as old as its release", _growing),
    ("pyx12 counts HL01, HL02 and LX01; a guide says nothing of how they are numbered", _numbering),
    ("pyx12 tells of a segment that has no element at all; none of its elements is mandatory", _bare),
    ("pyx12 tells of a composite, missing or not used, as an error somewhere in the segment", _of_composites),
    ("pyx12 numbers what is missing at the end by the segment before SE, we by SE", _at_the_end),
    ("regular expressions of the maps, here a zip code of nine digits, are left out", _regular_expression),
    ("pyx12 does not check a date within a composite by the form that stands before it", _dates_in_composites),
    ("pyx12 takes PLB for the begin of its wrapper FOOTER, which stands once", _wrapper),
    ("pyx12 does not look for what the rest of a loop lacks where its first segment comes again at once", _begun_again),
    ("pyx12 does not know a segment with a wrong qualifier, nor what follows it; with us the code is wrong in its place", _qualifier),
    ("loops of one tag side by side come in any order with us, so that a missing one is known only after them", _any_order),
    ("both tell of the same segment first, and read on in different places", _lost),
    ("what comes too late takes us back to its loop, so that its own segments are read there; others are out of place then", _gone_back),
)


def unexplained(case: Case) -> Case | None:
    """Return what is left of a case when every reason has been applied, None where that is nothing."""
    for _, explain in REASONS:
        if case.ours or case.theirs:
            case = explain(case)
    return case if case.ours or case.theirs else None


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_good_is_told_nothing_by_either(name: str) -> None:
    kind, body = DOCUMENTS[name]
    text = interchange(kind, [body])

    assert ours(text.encode()) == [set()]
    assert oracle(text) == [set()]


def compare(name: str, step: int) -> tuple[int, int, list[Case]]:
    """Damage a document in every step-th way; return how many, for how many both say the same, and what has no reason."""
    kind, body = DOCUMENTS[name]
    damaged = list(damages(body))[::step]
    text = interchange(kind, [after for _, _, after in damaged])
    alike, left = 0, []
    for (what, _, after), mine, theirs in zip(damaged, ours(text.encode()), oracle(text), strict=True):
        alike += mine == theirs
        if mine != theirs and (rest := unexplained(Case(what, len(after) + 2, frozenset(mine - theirs), frozenset(theirs - mine)))):
            left.append(rest)
    return len(damaged), alike, left


@pytest.mark.parametrize("name", DOCUMENTS)
def test_some_damages_are_told_alike_or_for_a_reason(name: str) -> None:
    _, _, left = compare(name, 17)

    assert left == []


@pytest.mark.slow
def test_every_damage_is_told_alike_or_for_a_reason() -> None:
    found = [compare(name, 1) for name in DOCUMENTS]

    assert [case for _, _, left in found for case in left] == []
    assert sum(damaged for damaged, _, _ in found) > 2900
    assert sum(alike for _, alike, _ in found) / sum(damaged for damaged, _, _ in found) > 0.75


# Files of the corpus that pyx12 cannot judge, and why.
UNREADABLE = {
    "demo.example1.837": "pyx12 has no map of X222A2", "demo.cob.example3.C.837": "pyx12 has no map of X222A2",
    "two-claims-single-provider.837i": "pyx12 has no map of X223A3", "x12_bad_first_line.txt": "its ISA is one character short",
    "x12_many_claims.txt": "pyx12 takes minutes",
}
# Files of which it says more than we do, and why.
MISREAD = {"x12_bad_segment_identifier.txt": "pyx12 skips segments whose tag is no tag, with what follows them"}


def files() -> list[Path]:
    """Return the files of the corpus that hold a document of which there is a guide of health care."""
    if not CORPUS.exists():
        return []
    with (CORPUS / "MANIFEST.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    return [CORPUS / row["path"] for row in rows if row["standard"] == "X12" and hipaa.is_implementation(row["version"])
            and hipaa.guide(row["type"][:3], row["version"])]


def test_files_of_the_corpus_are_told_alike() -> None:
    readable = [path for path in files() if path.name not in UNREADABLE]
    if not readable:
        pytest.skip("the corpus is not here")
    for path in readable:
        data = path.read_bytes()
        cases = [Case("", 0, frozenset(mine - theirs), frozenset(theirs - mine))
                 for mine, theirs in zip(ours(data), oracle(data.decode("latin-1")), strict=True)]
        left = [rest for case in cases if (rest := unexplained(case))]
        assert [rest for rest in left if rest.ours or path.name not in MISREAD] == [], path.name


@pytest.mark.parametrize(("name", "expected"), [
    ("demo.example1.837", set()), ("demo.cob.example3.C.837", set()),
    ("two-claims-single-provider.837i", {(19, "CLM", 6, 0, "10"), (39, "CLM", 6, 0, "10")}),  # X223 does not use CLM06
])
def test_what_pyx12_has_no_map_of_is_checked_by_the_nearest_errata(name: str, expected: set[Fault]) -> None:
    found = [path for path in files() if path.name == name]
    if not found:
        pytest.skip("the corpus is not here")

    assert ours(found[0].read_bytes()) == [expected]
