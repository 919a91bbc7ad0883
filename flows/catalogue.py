"""The catalogue of findings as a page for people, made from what every room registers beside its checks.

    python -m flows.catalogue > docs/findings.md
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict

from edi.findings import CATALOGUE, Kind

ROOMS = ("edi", "transforms", "expectations")  # the rooms that look at data
AREAS = {
    "charset": "Character sets",
    "csv": "CSV exports",
    "detect": "What kind of file it is",
    "edifact": "EDIFACT envelopes",
    "envelope": "Envelopes of both standards",
    "expect": "Expectations of the canonical tables",
    "guide": "Guides: structure and elements",
    "limits": "Limits on what a stranger can make large",
    "value": "Values that a mapping could not read",
    "x12": "X12 envelopes",
}

INTRODUCTION = """\
# Findings

Made from the catalogue in the code by `python -m flows.catalogue > docs/findings.md`; a test compares the two. Do not edit it.

A finding is something wrong with data. It has a code, a severity, a place down to the byte, and a remedy; it never quotes a value. Words in
{braces} are filled in: tags, positions, counts and names of columns. The same codes stand in the summary, in the report, in
`crossfoot inspect` and in the table `findings` of `crossfoot query`. Where a finding stops a document, its code is the document's
`reason_code`; the reasons that are not findings are in [operations.md](operations.md).

| severity | what it does |
|---|---|
| note | nothing; it is kept |
| warning | the document is loaded and the finding kept; a partner's agreement decides whether we acknowledge with errors |
| error | the document stops: rejected where its syntax or guide is broken, quarantined where we cannot use it |
| fatal | the interchange or file cannot be split reliably and stops as a whole |

A partner's file may change the severity of a code: `[severities]` in `data/partners/*.toml`.
"""

HEADER = ("| code | severity | what it means | what to do |", "|---|---|---|---|")


def page() -> str:
    """Return the page as markdown."""
    areas: dict[str, list[Kind]] = defaultdict(list)
    for each in kinds():
        areas[each.code.partition(".")[0]].append(each)
    parts = [INTRODUCTION]
    for area, found in sorted(areas.items()):
        parts += [f"## {AREAS.get(area, area)} (`{area}`)", "", *HEADER, *(_row(each) for each in found), ""]
    return "\n".join(parts)


def kinds() -> list[Kind]:
    """Return every kind of finding, by code; all modules that could register one are imported first."""
    for room in ROOMS:
        for module in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            importlib.import_module(module.name)
    return [CATALOGUE[code] for code in sorted(CATALOGUE)]


def _row(each: Kind) -> str:
    return f"| `{each.code}` | {each.severity} | {_cell(each.template)} | {_cell(each.remedy)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


if __name__ == "__main__":
    print(page(), end="")
