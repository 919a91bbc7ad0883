"""Guides: what is told about documents that deviate, and what is not told about those that do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from edi import SourceFile, read_files
from edi.findings import Severity
from edi.guidemodel import Guide
from edi.guides import FINDINGS_PER_TRANSACTION, Subject, check, guide_for, segment_name
from edi.segments import Batch
from tests.edi.guide_case import edifact, told, x12

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"

ORDER = ("BEG*00*NE*4500000042**20260924", "N1*BY*ACME CORP*92*ACME", "PO1*1*100*EA*12.50**VP*WIDGET-001", "CTT*1")
ORDERS = ("BGM+220+PO9001+9", "DTM+137:20260924:102", "NAD+BY+EURODIS::9", "LIN+1++WIDGET-001:VP", "QTY+21:48", "UNS+S", "CNT+2:1")


@pytest.mark.parametrize("clean", [
    x12(*ORDER), x12(*ORDER, version="005010"), x12(*ORDER, version="004010VICS"), x12(*ORDER, times=3), edifact(*ORDERS),
    edifact(*ORDERS, kind="ORDERS:D:01B:UN:EAN010"),
])
def test_an_ordinary_order_is_told_nothing(clean: Batch) -> None:
    assert check(clean) == []


def test_a_missing_mandatory_segment_is_told_where_it_should_stand() -> None:
    assert told(check(x12(*ORDER[1:]))) == [("segment_missing", 2, "BEG", None)]
    assert told(check(edifact(*ORDERS[:5]))) == [("segment_missing", 7, "UNS", None)]


def test_a_missing_mandatory_loop_is_told_once() -> None:
    assert told(check(x12(ORDER[0], "CTT*0"))) == [("segment_missing", 3, "PO1", None)]


def test_a_missing_trailer_is_the_envelopes_finding_alone() -> None:
    text = "UNB+UNOC:3+A:14+B:14+260924:1030+55'UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'DTM+137:20260924:102'UNS+S'"
    (cut,) = read_files([SourceFile("file", text.encode())])
    assert check(cut) == []


def test_a_segment_that_the_set_does_not_have() -> None:
    assert told(check(x12(*ORDER[:2], "BSN*00*1*20260924*1030", *ORDER[2:]))) == [("segment_unknown", 4, "BSN", None)]


@pytest.mark.parametrize("data", ["4711 SMITH", "JANE", "Ä1", "X"])
def test_data_that_stands_where_a_tag_should_is_not_quoted(data: str) -> None:
    (finding,) = check(x12(*ORDER[:2], f"{data}*1", *ORDER[2:]))
    assert (finding.code, finding.place.segment, finding.place.tag) == ("guide.segment_unknown", 4, None)
    assert finding.message.startswith("segment ? does not belong") and data not in str(finding)


def test_a_segment_out_of_order_warns_and_what_follows_is_read_on() -> None:
    findings = check(x12(*ORDER[:3], "MAN*GM*1", "PID*F****WIDGET", "REF*ZZ*1", "CTT*1"))
    assert told(findings) == [("segment_misplaced", 6, "PID", None)]
    assert findings[0].severity is Severity.WARNING


def test_a_segment_that_comes_too_late_in_its_loop_does_not_end_the_loop() -> None:
    line = ("LIN+1++WIDGET-001:VP", "QTY+21:48", "PRI+AAA:2.5", "MOA+203:120")  # ORDERS D.96A has MOA before PRI, and again after UNS
    findings = check(edifact(*ORDERS[:3], *line, *line, *ORDERS[5:]))
    assert told(findings) == [("segment_misplaced", 8, "MOA", None), ("segment_misplaced", 12, "MOA", None)]


def test_a_segment_and_a_loop_over_their_maximum_are_told_once() -> None:
    assert told(check(x12(ORDER[0], "CUR*BY*USD", "CUR*BY*EUR", "CUR*BY*SEK", *ORDER[1:]))) == [("segment_repeats", 4, "CUR", None)]
    groups = ["CUX+2:EUR:9"] * 6 + ["CUX+3:USD:4"]  # ORDERS D.96A: segment group 7 at most 5 times
    assert told(check(edifact(*ORDERS[:3], *groups, *ORDERS[3:]))) == [("loop_repeats", 10, "CUX", None)]


def test_a_maximum_counts_anew_in_each_loop_and_each_transaction() -> None:
    line = ["PO1*1*100*EA*12.50**VP*W", "CUR*BY*USD"]
    assert check(x12(ORDER[0], "CUR*BY*USD", *line, *line, "CTT*2", times=2)) == []


def test_a_mandatory_element_that_is_empty_or_left_out() -> None:
    assert told(check(x12("BEG*00*NE***20260924", *ORDER[1:]))) == [("element_missing", 2, "BEG", 3)]
    assert told(check(x12("BEG*00*NE*1", *ORDER[1:]))) == [("element_missing", 2, "BEG", 5)]


def test_a_mandatory_component_counts_only_where_its_composite_is_used() -> None:
    (missing,) = check(edifact(*ORDERS[:3], "LIN+1", "QTY+21", "UNS+S"))
    assert (missing.code, missing.place.tag, missing.place.element, missing.place.component) == ("guide.element_missing", "QTY", 1, 2)


@pytest.mark.parametrize("day", ["20260231", "20261301", "2026092", "2026092X", "20250229"])
def test_a_day_that_does_not_exist(day: str) -> None:
    (bad, *lengths) = sorted(check(x12(f"BEG*00*NE*1**{day}", *ORDER[1:])), key=lambda finding: finding.code)
    assert (bad.code, bad.severity, bad.place.element) == ("guide.bad_date", Severity.ERROR, 5)
    assert all(one.code == "guide.too_short" for one in lengths)


def test_a_leap_day_exists() -> None:
    assert check(x12("BEG*00*NE*1**20240229", *ORDER[1:])) == []


def test_an_edifact_date_is_read_by_the_format_beside_it() -> None:
    assert told(check(edifact(ORDERS[0], "DTM+137:20260931:102", *ORDERS[2:]))) == [("bad_date", 3, "DTM", 1)]
    assert told(check(edifact(ORDERS[0], "DTM+137:202609242460:203", *ORDERS[2:]))) == [("bad_date", 3, "DTM", 1)]
    assert told(check(edifact(*ORDERS[:2], "DTM+64:2026092420261032:718", *ORDERS[2:]))) == [("bad_date", 4, "DTM", 1)]
    assert check(edifact(ORDERS[0], "DTM+137:202609241030:203", "DTM+64:20260924-20261001:718", *ORDERS[2:])) == []
    assert check(edifact(ORDERS[0], "DTM+137:next week:999", *ORDERS[2:])) == []


def test_an_unreadable_amount_only_warns_because_the_expectation_judges_it() -> None:
    findings = check(x12(ORDER[0], "PO1*1*1e3*EA*1,2,5**VP*W", "CTT*1"))
    assert told(findings) == [("bad_character", 3, "PO1", 2), ("bad_character", 3, "PO1", 4)]
    assert {finding.severity for finding in findings} == {Severity.WARNING}


def test_signs_and_decimal_marks_do_not_count_as_length() -> None:
    assert check(x12(ORDER[0], "PO1*1*-1234567890123.45*EA*1", "CTT*1")) == []
    assert told(check(x12(ORDER[0], "PO1*1*-12345678901234.56*EA*1", "CTT*1"))) == [("too_long", 3, "PO1", 2)]


def test_lengths_count_characters_not_bytes() -> None:
    name = "Ä" * 60
    assert check(x12(ORDER[0], f"N1*BY*{name}", *ORDER[2:])) == []
    assert told(check(x12(ORDER[0], f"N1*BY*{name}Ä", *ORDER[2:]))) == [("too_long", 3, "N1", 2)]


def test_codes_surplus_and_times() -> None:
    findings = check(x12("BSN*99*S1*20260924*2560*0001", "HL*1**S", "PRF*PO1*******TOO MANY", kind="856"))
    assert told(findings) == [("bad_code", 2, "BSN", 1), ("bad_time", 2, "BSN", 4), ("element_surplus", 4, "PRF", 8)]


def test_elements_that_need_each_other() -> None:
    (paired,) = check(x12(ORDER[0], "PO1*1*100*EA*12.50**VP", "CTT*1"))
    assert (paired.code, paired.place.element, "P0607" in paired.message) == ("guide.condition", 7, True)
    assert told(check(x12(ORDER[0], "REF*ZZ", *ORDER[2:]))) == [("condition", 3, "REF", 2)]


def test_a_separator_inside_data_shows_as_a_surplus_component() -> None:
    (surplus,) = check(x12(ORDER[0], "N1*BY*A>B", *ORDER[2:]))
    assert (surplus.code, surplus.place.element, surplus.place.component) == ("guide.component_surplus", 2, 2)


def test_a_late_fault_does_not_hide_an_early_one_nor_the_other_way_round() -> None:
    findings = check(x12("BEG*00*NE*1**20261301", "PO1*1*x*EA*1", "CTT*one"))
    assert told(findings) == [("bad_date", 2, "BEG", 5), ("bad_character", 3, "PO1", 2), ("bad_character", 4, "CTT", 1)]


def test_a_place_is_complete() -> None:
    place = check(x12(*ORDER[1:], times=2))[1].place
    assert (place.file, place.interchange, place.group, place.transaction, place.segment) == ("file", 1, 1, 2, 2)
    assert place.offset is not None and place.offset > 150


def test_messages_hold_no_values() -> None:
    findings = check(x12("BEG*00*NE*SECRET**SECRET", "N1*BY*" + "SECRET" * 20, "PO1*1*SECRET*EA", "SECRET*1"))
    assert findings and not any("SECRET" in finding.message + finding.remedy for finding in findings if finding.place.tag != "SECRET")


def test_a_partners_policy_sets_the_severity() -> None:
    (finding,) = check(x12("BEG*00*NE*1**20261301", *ORDER[1:]), severities={"guide.bad_date": Severity.WARNING})
    assert finding.severity is Severity.WARNING


def test_a_flood_is_cut_and_the_gravest_stay() -> None:
    findings = check(x12("BEG*00*NE*1**20261301", *["PO1*1*x*EA*1"] * 1000, "CTT*1000", "QQQ*1"))
    codes = [finding.code for finding in findings]
    assert (codes[0], codes[-2], codes[-1]) == ("guide.bad_date", "guide.too_many", "guide.segment_unknown")
    assert codes.count("guide.bad_character") == FINDINGS_PER_TRANSACTION
    assert findings[-2].place.segment == 2 + FINDINGS_PER_TRANSACTION + 1  # where the first that is left out stands


def test_results_do_not_depend_on_what_a_transaction_is_read_with() -> None:
    alone = told(check(x12("BEG*00*NE*1**20261301", *ORDER[1:])))
    assert told(check(x12("BEG*00*NE*1**20261301", *ORDER[1:], times=3))) == alone * 3


def test_no_guide_is_a_note_and_a_near_guide_only_warns() -> None:
    (note,) = check(x12("BMG*00*1", kind="864"))
    assert (note.code, note.severity) == ("guide.absent", Severity.NOTE)
    near = check(x12(*ORDER[1:], version="006020"))
    assert [(finding.code, finding.severity) for finding in near] == [("guide.segment_missing", Severity.WARNING)]


def test_the_choice_of_a_guide_is_part_of_its_identity() -> None:
    fourth, fifth, retail = (guide_for("x12", "850", version) for version in ("004010", "005010", "004010VICS"))
    assert fourth and fifth and retail
    assert fourth.hash != fifth.hash and fourth.hash == retail.hash
    assert retail is fourth and (retail.edition, retail.exact) == ("004010", True)
    assert guide_for("x12", "850", "003060").edition == "003"  # type: ignore[union-attr]  # there is one
    assert guide_for("x12", "837", "005010") is None and guide_for("edifact", "ORDERS", "D:99Z") is None


def test_six_digit_dates_before_version_4010() -> None:
    assert check(x12("BEG*00*NE*1**260924", *ORDER[1:], version="003060")) == []


@pytest.mark.parametrize(("standard", "kind", "version"), [
    ("x12", kind, version) for version in ("004010", "005010")
    for kind in ("810", "820", "824", "846", "850", "855", "856", "860", "865", "997")
] + [("x12", "999", "005010X231A1")]
  + [("edifact", kind, version) for kind in ("ORDERS", "ORDRSP", "DESADV", "INVOIC") for version in ("D:96A", "D:01B")]
  + [("edifact", "CONTRL", "D:3"), ("edifact", "CONTRL", "4:1")])
def test_every_guide_that_we_promise_loads(standard: str, kind: str, version: str) -> None:
    guide = guide_for(standard, kind, version)
    assert guide and len(guide.hash) == 64 and guide.items[0].tag in ("ST", "UNH") and guide.items[-1].tag in ("SE", "UNT")


def test_segments_have_names() -> None:
    assert segment_name("x12", "BEG") == "Start of the purchase order"
    assert segment_name("edifact", "BGM") == "Beginning of message"
    assert segment_name("x12", "QQQ") == ""


@pytest.mark.skipif(not CORPUS.exists(), reason="../shared/corpus is not here")
@pytest.mark.parametrize("name", ["850_2.edi", "850_fat.edi", "855.edi", "x12_810.edi", "x12_850_order.edi", "x12_855.edi", "x12_856.edi",
                                  "x12_997.edi", "edifact_CONTRL.edi", "edifact_DESADV.edi", "edifact_INVOIC.edi",
                                  "edifact_ORDERS_order.edi", "edifact_ORDRSP.edi", "x12.850.issue135.edi"])
def test_real_documents_are_not_rejected_by_a_guide(name: str) -> None:
    (path,) = CORPUS.rglob(name)
    findings = [finding for one in read_files([SourceFile(name, path.read_bytes())]) for finding in check(one)]
    assert [finding for finding in findings if finding.severity is Severity.ERROR] == []


@pytest.mark.skipif(not CORPUS.exists(), reason="../shared/corpus is not here")
def test_a_repetition_separator_inside_data_rejects_since_what_is_behind_it_would_be_lost() -> None:
    (path,) = CORPUS.rglob("856.edi")  # ISA11 is "-", and REF*IA*999999-001 and the ZIP code 31139-0020 have one in their data
    findings = [finding for one in read_files([SourceFile("856.edi", path.read_bytes())]) for finding in check(one)]
    assert [(finding.code, finding.severity, finding.place.tag) for finding in findings] == [
        ("guide.repetition_surplus", Severity.ERROR, "REF"), ("guide.repetition_surplus", Severity.ERROR, "N4")]


def test_a_guide_may_be_chosen_by_who_sends_what_to_whom() -> None:
    asked: list[Subject] = []

    def choose(subject: Subject) -> Guide | None:
        asked.append(subject)
        return None

    check(x12(*ORDER, times=3), choose)
    check(edifact(*ORDERS), choose)
    assert asked == [
        Subject("x12", "850", "004010", "", ("ZZ", "ACME"), ("ZZ", "MOCKEDI")),
        Subject("edifact", "ORDERS", "D:96A", "EAN008", ("14", "EURODIS"), ("ZZ", "MOCKEDI"))]
