"""What the engine finds in each file of the corpus: every finding of reading and of the guides, with its place to the component.

``python -m tests.golden.findings --write`` writes the expected findings again; a person reviews the difference against the files, which
are not committed. Health care's guides are among those that judge, so pyx12 has to be installed.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from edi import read
from edi.findings import Finding
from edi.guides import check

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
EXPECTED = Path(__file__).parent / "findings.tsv"
MANY = 6  # findings of one code in one transaction that are listed each; of more, the first, the last and the count
PLACE = ("offset", "line", "interchange", "group", "transaction", "segment", "tag", "element", "component", "repetition")
HEADER = ("file", "code", "severity", *PLACE, "times")


def paths() -> list[str]:
    """Return the files of the corpus in the order of its own list."""
    with (CORPUS / "MANIFEST.tsv").open(encoding="utf-8", newline="") as stream:
        return [row["path"] for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)]


def lines(path: str) -> Iterator[str]:
    """Yield a line a finding of one file, in order of place; one without findings has one line."""
    batch = read(CORPUS / path)
    found = [*batch.findings, *check(batch)]
    if not found:
        yield "\t".join([path, "-", *[""] * (len(HEADER) - 2)])
    for finding, times in _summarised(sorted(found, key=_in_place)):
        place = ["" if (value := getattr(finding.place, name)) is None else str(value) for name in PLACE]
        yield "\t".join([path, finding.code, finding.severity.value, *place, times])


def _in_place(finding: Finding) -> tuple[object, ...]:
    place = finding.place
    return place.offset or 0, finding.code, place.element or 0, place.repetition or 0, place.component or 0


def _summarised(found: Sequence[Finding]) -> Iterator[tuple[Finding, str]]:
    """Leave out the inner ones of a flood; its first tells how many there are."""
    floods: dict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for finding in found:
        floods[finding.code, finding.place.interchange, finding.place.transaction].append(finding)
    for finding in found:
        flood = floods[finding.code, finding.place.interchange, finding.place.transaction]
        if len(flood) <= MANY:
            yield finding, ""
        elif finding is flood[0]:
            yield finding, f"first of {len(flood)}"
        elif finding is flood[-1]:
            yield finding, f"last of {len(flood)}"


def made() -> list[str]:
    """Return the lines of all files, the header first."""
    return ["\t".join(HEADER), *(line for path in paths() for line in lines(path))]


def main(arguments: Sequence[str]) -> int:
    """Tell whether the findings are the expected ones, or write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the expected findings again; review the difference")
    text = "\n".join(made()) + "\n"
    if parser.parse_args(arguments).write:
        EXPECTED.write_text(text, encoding="utf-8")
        return 0
    same = EXPECTED.read_text(encoding="utf-8") == text
    sys.stdout.write("as expected\n" if same else "different: run with --write and look at the difference\n")
    return int(not same)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
