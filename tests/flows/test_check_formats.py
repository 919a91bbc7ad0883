"""What ``crossfoot check`` writes for people and for build servers: SARIF, JUnit, JSON lines, and never a value."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.flows.examined import Command, bad_guide, bad_syntax, good
from tests.flows.letters import order_850, x12

CANARY = "CANARY7731"

@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit"])
def test_no_format_tells_a_value(check: Command, form: str) -> None:
    spoilt = [*order_850(CANARY * 5, quantity=CANARY, price="x"), f"N9*{CANARY}*{CANARY}", f"ZZZ*{CANARY}"]
    Path("a.x12").write_bytes(x12("000000906", spoilt, kind="850", group="PO"))

    told = check("a.x12", "--format", form)

    assert told.exit_code != 0
    assert CANARY not in told.stdout


def test_sarif_has_rules_results_and_places(check: Command) -> None:
    Path("sub").mkdir()
    Path("sub/a b.x12").write_bytes(bad_syntax())

    log = json.loads(check("sub", "nowhere", "--format", "sarif").stdout)

    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "crossfoot"
    assert all(rule["help"]["text"] and rule["shortDescription"]["text"] for rule in rules)
    first, second = run["results"]
    assert rules[first["ruleIndex"]]["id"] == first["ruleId"] == "x12.se01_count"
    assert first["level"] == "error"
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "sub/a%20b.x12"
    assert place["region"]["byteOffset"] == bad_syntax().index(b"SE*99")
    assert (second["ruleId"], second["level"]) == ("file.missing", "error")
    assert "region" not in second["locations"][0]["physicalLocation"]


def test_junit_has_a_suite_a_file_and_a_case_a_transaction(check: Command) -> None:
    Path("a.x12").write_bytes(bad_guide())
    Path("b.x12").write_bytes(b"\xef\xbb\xbf" + good())

    root = ElementTree.fromstring(check("a.x12", "b.x12", "none", "--format", "junit").stdout)

    suites = list(root)
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures"), suite.get("errors")) for suite in suites] == [
        ("a.x12", "4", "1", "0"), ("b.x12", "4", "0", "0"), ("none", "1", "0", "1")]
    cases = [case.get("name") for case in suites[0]]
    assert cases == ["file", "interchange 1, envelope: x12 000000903", "interchange 1, transaction 1: 850 0001",
                     "interchange 1, transaction 2: 850 0002"]
    failure = suites[0][3].find("failure")
    assert failure is not None
    assert failure.get("type") == "guide.element_missing"
    assert "detect.bom" in (suites[1].find("testcase/system-out").text or "")  # type: ignore[union-attr]
    assert [child.tag for child in suites[2][0]] == ["error"]


def test_json_has_the_short_option_that_other_commands_have(check: Command) -> None:
    Path("a.x12").write_bytes(bad_guide())

    assert check("a.x12", "--json").stdout == check("a.x12", "--format", "json").stdout


def test_reports_can_go_to_a_file(check: Command) -> None:
    Path("a.x12").write_bytes(bad_syntax())

    told = check("a.x12", "--format", "json", "--output", "report.json")

    assert (told.exit_code, told.stdout) == (12, "")
    assert json.loads(Path("report.json").read_text())["outcome"] == "errors"


def test_a_report_that_cannot_be_written_is_told(check: Command) -> None:
    Path("a.x12").write_bytes(good())

    told = check("a.x12", "--output", "nowhere/report.json")

    assert told.exit_code == 75  # a drive that is not mounted may be so later
    assert told.stderr.startswith("crossfoot: ")
    assert "its folder is missing: make or mount it" in told.stderr
