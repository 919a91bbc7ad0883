"""Every kind of finding has an example on the page, and every example provokes its code in the real code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from edi.csvrows import read_csv
from edi.findings import Finding
from edi.guidemodel import Guide
from edi.guides import Resolver, Subject, check, shipped
from edi.limits import Limits
from edi.overlayfile import parse_overlay
from edi.overlays import laid_over
from edi.reading.files import SourceFile, read_files
from expectations.checks import AnyOf, Between, Check, Matches, NotNull, OneOf, SignFollows, Unique
from expectations.run import validate
from expectations.suites import checks_of
from flows.catalogue import EXAMPLES, Example, example_of, examples, kinds
from flows.definitions import SourceModel
from flows.settings import read_toml, validated
from tests.expectations.rows import frame, good_row
from tests.transforms.edifact_case import documents
from tests.transforms.exports_case import CONTEXT
from transforms.exports import read_export
from transforms.mappings.registry import find
from transforms.model import TABLES

KNOWN = examples()
ELSEWHERE = ("expect.", "file.")  # rows of their own below; files in tests/flows/test_check_files.py
RUN = sorted(code for code in KNOWN if not code.startswith(ELSEWHERE))
GOOD = EXAMPLES / "good"


def spoilt(example: Example) -> bytes:
    """Return the file that an example stands for."""
    written = (example.example or "") * example.times
    if example.of is None:
        return written.removeprefix("\n").encode(example.encoding)
    good = (GOOD / example.of).read_text(encoding="utf-8")
    assert good.count(example.instead_of) == 1, f"{example.of} does not have exactly one {example.instead_of!r}"
    return good.replace(example.instead_of, written).encode(example.encoding)


def partner(example: Example) -> Resolver:
    """Return how the guide is chosen where a partner forbids what an example says."""
    head = {"standard": "x12", "type_code": "850", "version": "004010"}
    overrides = parse_overlay("example", {**head, "forbid": example.forbids})

    def chosen(subject: Subject) -> Guide | None:
        guide = shipped(subject)
        return guide and laid_over(guide, overrides)

    return chosen


def findings_of(data: bytes, example: Example) -> Iterator[Finding]:
    """Read, check and map a file as a night does."""
    contract = example.contract or (example.of.replace(".csv", ".toml") if (example.of or "").endswith(".csv") else None)
    if contract is not None:
        made = validated(SourceModel, read_toml(GOOD / contract), path=contract).frozen("examples")
        yield from read_csv(data, delimiter=made.delimiter.encode(), encoding=made.encoding).findings
        yield from read_export(made, data, CONTEXT, {}).findings
        return
    for batch in read_files([SourceFile("example", data)], limits=replace(Limits(), **example.limits)):
        yield from batch.findings
        yield from check(batch, partner(example), max_depth=example.max_depth)
        for standard, type_code in {(batch.interchanges[0].standard, type_code) for type_code in batch.type_codes}:
            if mapping := find(standard, type_code):
                yield from mapping.map(documents(data)).findings


def test_every_kind_of_finding_has_an_example():
    assert [each.code for each in kinds() if example_of(each.code, KNOWN) is None] == [], "add one to docs/findings/<area>.toml"


def test_every_example_is_of_a_kind_that_is_declared():
    used = {id(example_of(each.code, KNOWN)) for each in kinds()}

    assert [code for code, example in KNOWN.items() if id(example) not in used] == []


@pytest.mark.parametrize("code", RUN)
def test_an_example_provokes_its_code(code):
    codes = {finding.code for finding in findings_of(spoilt(KNOWN[code]), KNOWN[code])}

    assert code in codes


@pytest.mark.parametrize("path", sorted([*GOOD.glob("*.x12"), *GOOD.glob("*.edifact"), *GOOD.glob("*.csv")]), ids=lambda path: path.name)
def test_a_good_file_has_no_findings(path):
    assert list(findings_of(path.read_bytes(), Example(of=path.name))) == []


def broken(check: Check, index: int) -> list[dict]:
    """Return rows that satisfy everything but this check, each under a key of its own."""
    rule, first = check.rule, check.columns[0]
    spoilt = {
        NotNull: {first: None}, OneOf: {first: "perhaps"}, AnyOf: dict.fromkeys(check.columns), Unique: {},
        Matches: {first: {"gtin": "0614140O0031", "sscc": "00340123450000000013"}.get(first, "usd")},
        SignFollows: dict(zip(check.columns, (Decimal(-1), "invoice"), strict=False)),
        Between: {first: date(1026, 1, 1) if isinstance(getattr(rule, "low", None), date) else
                  Decimal(119) if getattr(rule, "high", None) == 100 else Decimal(0) if getattr(rule, "low", None) == 1 else Decimal(-1)},
    }[type(rule)]
    key = {column.name: f"d{index}" for column in TABLES[check.table].primary_key.columns if column.name == "document_id"}
    row = good_row(check.table, **{**key, **spoilt})
    return [row, row] if isinstance(rule, Unique) else [row]


@pytest.mark.slow
@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_expectation_is_provoked(table):
    rows: list[dict] = []
    wanted = []
    for index, each in enumerate(checks_of(table)):
        rows += broken(each, index)
        wanted.append((len(rows) - 1, each.kind.code))

    found = {(one.row, one.finding.code) for one in validate(table, frame(table, *rows)).rows}

    assert [each for each in wanted if each not in found] == []
