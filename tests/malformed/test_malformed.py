"""Every file of the malformed corpus becomes what its row of expected.tsv says: outcomes, findings with places, acknowledgments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest

from tests.malformed.night import Became, night_of
from tests.malformed.table import BASES, FILES, KNOWN_WRONG, Case, cases

CASES = cases()
# Their place is where the absence shows, under the tag that is missing.
ABSENT = ("envelope.missing_trailer", "envelope.missing_header", "guide.segment_missing")
WITHIN = ("edifact.needless_release",)  # their offset is that of the octet, not of its segment


def parameters() -> list[object]:
    """Return the cases; those that the code does not get right yet must fail, and say why."""
    return [pytest.param(case, id=case.file, marks=_marks(case)) for case in CASES]


def _marks(case: Case) -> list[pytest.MarkDecorator]:
    if not case.because.startswith(KNOWN_WRONG):
        return []
    return [pytest.mark.xfail(strict=True, reason=case.because.removeprefix(KNOWN_WRONG))]


@pytest.fixture(scope="module")
def night() -> Mapping[str, Became]:
    """All files in one night, read with one another."""
    return night_of({case.file: (FILES / f"{case.file}.edi").read_bytes() for case in CASES})


@pytest.mark.parametrize("case", parameters())
def test_a_malformed_file_becomes_what_its_row_says(case: Case, night: Mapping[str, Became]) -> None:
    got = night[case.file]
    assert (got.outcome, got.findings, got.acknowledgment) == (case.outcome, case.findings, case.acknowledgment)


def test_offsets_point_at_the_segment_that_a_finding_is_about(night: Mapping[str, Became]) -> None:
    astray = []
    for case in CASES:
        if "wrap " in case.damage:  # a tag may be cut in two by a line's end
            continue
        for finding in night[case.file].places:
            place = finding.place
            if place.tag and finding.code not in (*ABSENT, *WITHIN) and not case.data.startswith(place.tag.encode(), place.offset or 0):
                astray.append((case.file, finding.code, place.offset))
    assert astray == []


def test_the_files_are_those_of_the_table() -> None:
    """``python -m tests.malformed --write`` makes them."""
    assert {path.name for path in FILES.iterdir()} == {f"{case.file}.edi" for case in CASES}
    assert [case.file for case in CASES if (FILES / f"{case.file}.edi").read_bytes() != case.data] == []


def test_the_corpus_is_broad() -> None:
    names = Counter(case.file for case in CASES)
    assert len(names) == len(CASES) >= 300
    standards = Counter("edifact" if case.data.lstrip(b"\xef\xbb\xbf").startswith(b"UN") else "x12" for case in CASES)
    assert min(standards.values()) >= 120


def test_the_documents_that_are_damaged_are_good() -> None:
    whole = night_of({path.name: path.read_bytes() for path in BASES.glob("*.edi")})
    assert {name: (set(one.outcome.split()), one.findings) for name, one in whole.items()} == dict.fromkeys(whole, ({"loaded"}, "-"))
