"""What was reported against what was planted: found, missed, unexpected, forbidden, closing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from edi.errors import ConfigurationError
from flows.truth import Expected, Fault, Report, Truth, compare, load_truth

FIRST, SECOND, THIRD = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
SHORT = Report("break", "shipped_short", "northfield", "4500001211/1", FIRST)


def truth(*expected: Expected) -> Truth:
    return Truth(fault=(Fault(name="short", night=FIRST, description="90 of 100", expect=expected),))


def expect(kind: str = "break", **changed: object) -> Expected:
    return Expected.model_validate({"kind": kind, "code": "shipped_short", "partner": "northfield", "subject": "4500001211/1"} | changed)


def test_a_fault_that_is_reported_is_found() -> None:
    verdict = compare(truth(expect()), [SHORT])
    assert (verdict.found, verdict.missed, verdict.unexpected, verdict.planted) == (("short",), (), (), 1)


def test_a_fault_that_is_not_reported_is_missed_and_told_with_what_is_missing() -> None:
    verdict = compare(truth(expect()), [])
    assert verdict.found == ()
    assert verdict.missed == (("short", "break shipped_short northfield 4500001211/1 on 2026-03-02"),)


def test_one_of_two_expectations_is_not_enough() -> None:
    verdict = compare(truth(expect(), expect(code="invoice_quantity")), [SHORT])
    assert verdict.found == ()
    assert [name for name, _ in verdict.missed] == ["short"]


def test_what_nobody_planted_is_unexpected() -> None:
    other = Report("finding", "x12.se01_count", "bluewater", "000000001/0001", FIRST)
    verdict = compare(truth(expect()), [SHORT, other])
    assert verdict.found == ("short",)
    assert verdict.unexpected == (other,)


@pytest.mark.parametrize("reported", [
    Report("break", "shipped_short", "northfield", "4500001211/2", FIRST),
    Report("break", "shipped_short", "bluewater", "4500001211/1", FIRST),
    Report("break", "shipped_short", "northfield", "4500001211/1", SECOND),
    Report("break", "shipped_over", "northfield", "4500001211/1", FIRST),
    Report("quarantined", "shipped_short", "northfield", "4500001211/1", FIRST),
])
def test_nearly_is_missed_and_unexpected(reported: Report) -> None:
    verdict = compare(truth(expect()), [reported])
    assert verdict.found == ()
    assert verdict.unexpected == (reported,)


def test_a_report_on_a_later_night_is_found_where_the_truth_says_so() -> None:
    late = Report("break", "shipped_short", "northfield", "4500001211/1", SECOND)
    assert compare(truth(expect(night=SECOND)), [late]).found == ("short",)


def test_a_break_must_close_on_the_night_that_the_truth_says() -> None:
    def closing(night: date | None) -> Report:
        return Report("break", "shipped_short", "northfield", "4500001211/1", FIRST, night)

    planted = truth(expect(closes=SECOND))
    assert compare(planted, [closing(SECOND)]).found == ("short",)
    for wrong in (closing(THIRD), closing(None)):
        verdict = compare(planted, [wrong])
        assert verdict.missed == (("short", "break shipped_short northfield 4500001211/1 on 2026-03-02 closing 2026-03-03"),)
        assert verdict.unexpected == (wrong,)


def test_a_break_that_closes_and_should_stay_open_is_missed() -> None:
    assert compare(truth(expect()), [Report("break", "shipped_short", "northfield", "4500001211/1", FIRST, SECOND)]).found == ()


def test_none_is_found_by_silence_and_missed_by_a_report_on_any_night() -> None:
    assert compare(truth(expect("none")), []).found == ("short",)
    verdict = compare(truth(expect("none")), [SHORT])
    assert verdict.missed == (("short", "shipped_short 4500001211/1 was reported and should not have been"),)
    assert verdict.unexpected == (SHORT,)
    assert compare(truth(expect("none")), [Report("break", "shipped_short", "northfield", "other", FIRST)]).found == ("short",)


def test_none_without_a_subject_forbids_the_code_for_the_partner() -> None:
    assert compare(truth(expect("none", subject="")), [SHORT]).found == ()


def test_a_truth_with_an_unknown_key_or_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "truth.toml"
    path.write_text('[[fault]]\nname = "a"\nnight = 2026-03-02\ndescription = ""\n[[fault.expect]]\nkind = "brake"\ncode = "x"\n'
                    'partner = "y"\nsubjekt = "z"\n')
    with pytest.raises(ConfigurationError) as error:
        load_truth(path)
    assert "truth.toml: fault.0.expect.0.kind:" in str(error.value)
    assert "fault.0.expect.0.subjekt: unknown key" in str(error.value)
