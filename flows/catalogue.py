"""The catalogue of findings as a page for people, made from what every room registers beside its checks.

    python -m flows.catalogue > docs/findings.md

Its examples are data too, one file an area under ``docs/findings``; a test reads every one of them and looks for the code.
"""

from __future__ import annotations

import importlib
import pkgutil
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import Field

from edi.checking.depth import MAX_DEPTH
from edi.findings import CATALOGUE, Kind
from flows.settings import Strict, validated

ROOMS = ("edi", "transforms", "expectations", "flows.examine")  # the rooms that look at data
EXAMPLES = Path(__file__).parents[1] / "docs" / "findings"
AREAS = {
    "charset": "Character sets",
    "csv": "CSV exports",
    "detect": "What kind of file it is",
    "edifact": "EDIFACT envelopes",
    "envelope": "Envelopes of both standards",
    "expect": "Expectations of the canonical tables",
    "file": "Files that cannot be opened",
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

The examples spoil one of the good files in [docs/findings/good](findings/good): what stands there instead of what provokes the code.
A test reads each of them.

| severity | what it does |
|---|---|
| note | nothing; it is kept |
| warning | the document is loaded and the finding kept; a partner's agreement decides whether we acknowledge with errors |
| error | the document stops: rejected where its syntax or guide is broken, quarantined where we cannot use it |
| fatal | the interchange or file cannot be split reliably and stops as a whole |

A partner's file may change the severity of a code: `[severities]` in `data/partners/*.toml`.
"""

HEADER = ("| code | severity | what it means | what to do | example |", "|---|---|---|---|---|")


class Example(Strict):
    """The least that provokes a code: an edit of a good file, a file of its own, or words where a test makes the rows."""

    of: str | None = None  # a file in docs/findings/good
    instead_of: str = ""  # what stands in it, exactly once
    example: str | None = None
    times: int = Field(default=1, ge=1)  # how often the example is written
    encoding: str = "utf-8"
    limits: Mapping[str, int] = Field(default_factory=dict)  # of edi.limits, lower than usual
    max_depth: int = MAX_DEPTH
    forbids: tuple[Mapping[str, object], ...] = ()  # what a partner's overrides of the guide of the 850 forbid
    contract: str | None = None  # in docs/findings/good, for an export that is no edit of one
    shows: str = ""  # what the page says where the bytes themselves would not help
    because: str = ""

    @property
    def words(self) -> str:
        """What the page shows."""
        times = f" {self.times} times" if self.times > 1 else ""
        shown = self.shows or (f"{_code(self.example)}{times}" if self.example else "without")
        instead = "" if self.shows or not self.instead_of else f" {_code(self.instead_of)}" if not self.example else \
            f" instead of {_code(self.instead_of)}"
        return shown + instead + (f": {self.because}" if self.because else "")


def page() -> str:
    """Return the page as markdown."""
    areas: dict[str, list[Kind]] = defaultdict(list)
    for each in kinds():
        areas[each.code.partition(".")[0]].append(each)
    known = examples()
    parts = [INTRODUCTION]
    for area, found in sorted(areas.items()):
        parts += [f"## {AREAS.get(area, area)} (`{area}`)", "", *HEADER, *(_row(each, known) for each in found), ""]
    return "\n".join(parts)


def kinds() -> list[Kind]:
    """Return every kind of finding, by code; all modules that could register one are imported first."""
    for room in ROOMS:
        for module in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            importlib.import_module(module.name)
    return [CATALOGUE[code] for code in sorted(CATALOGUE)]


def examples(folder: Path = EXAMPLES) -> dict[str, Example]:
    """Return the examples by code, or by a pattern of codes that are declared by the dozen: ``expect.*.key_unique``."""
    found = {}
    for path in sorted(folder.glob("*.toml")):
        for name, content in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found[f"{path.stem}.{name}"] = validated(Example, content, path=f"{path.name}: {name}")
    return found


def example_of(code: str, known: Mapping[str, Example]) -> Example | None:
    """Return the example of a code."""
    return known.get(code) or next((made for pattern, made in known.items() if fnmatchcase(code, pattern)), None)


def _row(each: Kind, known: Mapping[str, Example]) -> str:
    example = example_of(each.code, known)
    shown = example.words.replace("|", "\\|") if example else ""
    return f"| `{each.code}` | {each.severity} | {_cell(each.template)} | {_cell(each.remedy)} | {shown} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _code(text: str) -> str:
    return " ".join(f"`{line}`" for line in text.split("\n") if line.strip())


if __name__ == "__main__":
    print(page(), end="")
