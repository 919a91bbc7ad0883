"""The reports of ``crossfoot check`` as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the file.

Results are written as they come, so that memory does not grow with the number of files; the rules stand before them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

from edi.findings import CATALOGUE, Finding, Kind, Severity
from flows.examine.page import Page
from flows.examine.reports import FileReport
from flows.examine.view import View
from flows.examine.words import reaches, verdict_of, where

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.NOTE: "note", Severity.WARNING: "warning", Severity.ERROR: "error", Severity.FATAL: "error"}


def write(reports: Iterable[FileReport], page: Page, view: View) -> None:
    """Write one run with a result a finding."""
    rules = [CATALOGUE[code] for code in sorted(CATALOGUE)]
    index = {rule.code: at for at, rule in enumerate(rules)}
    driver = {"name": "crossfoot", "version": metadata.version("crossfoot"), "rules": [_rule(rule) for rule in rules]}
    page.emit(f'{{"$schema": "{SCHEMA}", "version": "2.1.0", "runs": [{{"tool": {json.dumps({"driver": driver})},\n"results": [')
    between = "\n"
    for report in reports:
        for finding in report.findings:
            if reaches(finding.severity, view.severity):
                page.emit(between + json.dumps(_result(report.path, finding, index)))
                between = ",\n"
    page.emit("\n]}]}\n")


def _rule(rule: Kind) -> dict[str, Any]:
    return {
        "id": rule.code, "shortDescription": {"text": rule.template}, "help": {"text": rule.remedy},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(path: str, finding: Finding, index: dict[str, int]) -> dict[str, Any]:
    place = finding.place
    region: dict[str, Any] = {}
    if place.line is not None:
        region["startLine"] = place.line
    if place.offset is not None:
        region.update(byteOffset=place.offset, byteLength=0)
    located: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": _uri(path)}, **({"region": region} if region else {})}}
    if place.interchange is not None:
        located["logicalLocations"] = [{"fullyQualifiedName": where(place)}]
    known = {"ruleIndex": index[finding.code]} if finding.code in index else {}
    return {
        "ruleId": finding.code, **known, "level": _LEVELS[finding.severity], "message": {"text": f"{finding.message}. {finding.remedy}"},
        "locations": [located], "properties": {"verdict": verdict_of(finding), "severity": finding.severity},
    }


def _uri(path: str) -> str:
    """Return a file's name as a URI reference; bytes that are no UTF-8 keep their values."""
    if os.path.isabs(path):
        return Path(path).as_uri()
    return quote_from_bytes(os.fsencode(path), safe="/")
