"""A file laid open for a person: interchanges, transactions and segments with their places, and findings where they are."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from edi.findings import Finding
from edi.guides import check, segment_name
from edi.reading import SourceFile, read_files
from edi.segments import Batch

COLOURS = {"note": "blue", "warning": "yellow", "error": "red", "fatal": "bold red"}


def inspect_file(path: Path) -> dict[str, Any]:
    """Read a file and return its interchanges, segments and findings as plain values. Nothing is stored."""
    interchanges: list[dict[str, Any]] = []
    segments: list[dict[str, Any]] = []
    findings: list[Finding] = []
    for batch in read_files([SourceFile(path.name, path.read_bytes())]):
        found = [*batch.findings, *check(batch)]
        findings += found
        interchanges += [_interchange(batch, at) for at in range(len(batch.interchanges))]
        segments += _segments(batch)
    return {"path": str(path), "interchanges": interchanges, "segments": segments, "findings": [_finding(each) for each in findings]}


def show_inspection(found: dict[str, Any], console: Console, *, findings_only: bool = False) -> None:
    """Print an inspection: a line a segment, findings under the segment that they are about."""
    by_offset: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for finding in found["findings"]:
        by_offset[finding["offset"]].append(finding)
    for each in found["interchanges"]:
        console.print(f"[bold]{each['standard']} interchange {escape(each['control_number'])}[/] {escape(each['sender'])} -> "
                      f"{escape(each['receiver'])}, {each['usage']}, {each['version']}, {each['transactions']} transactions",
                      soft_wrap=True)
    if not findings_only:
        for segment in found["segments"]:
            name = f"  [dim]{segment['name']}[/]" if segment["name"] else ""
            console.print(f"[dim]{segment['offset']:>8}[/] {'  ' if segment['transaction'] else ''}[bold]{escape(segment['tag'])}[/] "
                          f"{escape(' | '.join(segment['elements']))}{name}", soft_wrap=True, highlight=False)
            for finding in by_offset.pop(segment["offset"], []):
                _show_finding(finding, console)
    for rest in by_offset.values():
        for finding in rest:
            _show_finding(finding, console)
    console.print(f"{len(found['segments'])} segments, {len(found['findings'])} findings")


def _show_finding(finding: dict[str, Any], console: Console) -> None:
    colour = COLOURS[finding["severity"]]
    console.print(f"         [{colour}]{finding['severity']} {finding['code']}[/] {escape(finding['message'])} "
                  f"[dim]({escape(finding['place'])})[/] {escape(finding['remedy'])}", soft_wrap=True, highlight=False)


def _interchange(batch: Batch, at: int) -> dict[str, Any]:
    one = batch.interchanges[at]
    return {
        "ordinal": one.ordinal, "standard": one.standard, "control_number": one.control_number, "usage": one.usage_code,
        "version": one.version, "sender": f"{one.sender_qualifier}/{one.sender_id}",
        "receiver": f"{one.receiver_qualifier}/{one.receiver_id}",
        "offset": one.offset, "transactions": int((batch.transactions.interchange == at).sum()),
    }


def _segments(batch: Batch) -> list[dict[str, Any]]:
    table = batch.table
    values = table.values.to_pylist()
    rows = []
    for index, tag in enumerate(table.tags.to_pylist()):
        at = int(table.interchange[index])
        standard = batch.interchanges[at].standard if at >= 0 else ""
        elements = range(int(table.segment_first[index]) + 1, int(table.segment_first[index + 1]))
        rows.append({
            "offset": int(table.offset[index]), "tag": tag, "name": segment_name(standard, tag) if standard else "",
            "ordinal": int(table.ordinal[index]), "transaction": int(table.transaction[index]) + 1,
            "elements": [_element(batch, element, values) for element in elements],
        })
    return rows


def _element(batch: Batch, element: int, values: list[str]) -> str:
    table = batch.table
    repeats = range(int(table.element_first[element]), int(table.element_first[element + 1]))
    return " ^ ".join(" : ".join(values[int(table.repeat_first[each]):int(table.repeat_first[each + 1])]) for each in repeats)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code, "severity": str(finding.severity), "offset": finding.place.offset, "place": str(finding.place),
        "message": finding.message, "remedy": finding.remedy,
    }
