"""What the nightly flow makes of the corpus: files of other projects that nobody here wrote, real and awkward.

``python -m tests.golden.corpus --write`` writes the expected results again; a person reviews the difference, line by line,
against the files. The files themselves are not committed.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from flows.settings import Drop, Settings
from storage import ledger
from storage.database import open_database, reading
from tests.flows.nights import DATA, World
from transforms.model import TABLES

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
EXPECTED = Path(__file__).parent / "corpus-expected"
PARTNERS = EXPECTED / "partners"
CASES = ("strangers", "partners")  # nobody has an agreement; agreements for whatever has a mapping
FIRST = date(2026, 3, 2)
SEEN_LATER = (  # their control number is another file's: they come a night later, so that the other can be loaded first
    "xlate__staedi/src/test/resources/EDIFACT/invoic_d97b_bad.edi",
    "smooks__smooks-edi-cartridge/edifact-cartridge/src/test/resources/data/BAD_ORDERS_D.03B_Interchange.txt",
)
MANY = 6  # findings of one code in one transaction that are listed by place; of more, the first, the last and the count
HEADER = ("file", "interchange", "transaction", "type", "outcome", "reason", "records", "money", "findings")
ENVELOPE_OF_ROWS = frozenset({  # where a row comes from, and what repeats on every row of a document
    "document_id", "system_code", "direction_code", "type_code", "file_hash", "interchange_number", "transaction_ordinal", "map_hash",
    "guide_hash", "settings_hash", "known_at", "business_date", "partner_id", "content_hash", "segment_ordinal",
})


@dataclass(frozen=True)
class Ran:
    """The nights of a case, and which file of the corpus has which hash."""

    world: World
    names: Mapping[str, str]
    summaries: Sequence[Mapping[str, Any]]


def manifest() -> list[dict[str, str]]:
    """Return the rows of the corpus's own list of files."""
    with (CORPUS / "MANIFEST.tsv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def data_folder(folder: Path, partners: Iterable[Path], *, rules: Iterable[str] | None = None) -> Path:
    """Make a data folder with the project's sources, codes and rules (or some of them) and partners of the test's own."""
    for name in ("sources", "codes", "rules"):
        shutil.copytree(DATA / name, folder / name)
    for path in (folder / "rules").glob("*.toml"):
        if rules is not None and path.stem not in rules:
            path.unlink()
    (folder / "partners").mkdir()
    for path in partners:
        shutil.copy(path, folder / "partners" / path.name)
    return folder


def run(case: str, home: Path) -> Ran:
    """Drop the corpus into a fresh home and run its nights; ``partners`` has a second one for the files that contest a number."""
    data = data_folder(home / "data", PARTNERS.glob("*.toml")) if case == "partners" else DATA
    drop = Drop(name="edi", folder=home / "edi", wait_days=0)
    made = World(Settings(deployment="corpus", environment="test", data=data, home=home, drops=(drop,)))
    paths = [row["path"] for row in manifest()]
    later = [path for path in paths if case == "partners" and path in SEEN_LATER]
    summaries = []
    for night, chosen in enumerate(filter(None, ([path for path in paths if path not in later], later))):
        for path in chosen:
            _drop(CORPUS / path, home / "edi" / path.replace("/", "__"))
        summaries.append(made.run(FIRST + timedelta(days=night)).to_json())
    names = {digest: name.replace("__", "/") for digest, name in made.rows("SELECT hash, name FROM arrivals")}
    known = {path.replace("__", "/"): path for path in paths}
    return Ran(made, {digest: known[name] for digest, name in names.items()}, summaries)


def _drop(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def results(ran: Ran) -> list[str]:
    """Return a line for each transaction, and for each envelope or file with findings of its own, in the order of the list of files."""
    decisions, findings = _ledger(ran)
    lines = []
    for key in sorted({*decisions, *findings}, key=lambda each: (ran.names[each[0]], *each[1:])):
        file, interchange, transaction = key
        decided = decisions.get(key)
        columns = [ran.names[file], interchange, transaction, *_decided(decided), _findings(findings.get(key, []))]
        lines.append("\t".join(str(column) for column in columns))
    return lines


def _ledger(ran: Ran) -> tuple[dict[tuple[str, int, int], dict[str, Any]], dict[tuple[str, int, int], list[dict[str, Any]]]]:
    decisions: dict[tuple[str, int, int], dict[str, Any]] = {}
    findings: dict[tuple[str, int, int], list[dict[str, Any]]] = defaultdict(list)
    with reading(open_database(ran.world.settings.database_url)) as connection:
        for night in ledger.load_nights(connection):
            for row in ledger.load_decisions(connection, night_id=night.night_id):
                key = row["file_hash"], row["interchange_ordinal"], row["transaction_ordinal"]
                if key in decisions:
                    raise AssertionError(f"two outcomes for transaction {key[2]} of interchange {key[1]} of {ran.names[key[0]]}")
                decisions[key] = row
            for row in ledger.load_findings(connection, night_id=night.night_id):
                findings[row["file_hash"], row["interchange_ordinal"] or 0, row["transaction_ordinal"] or 0].append(row)
    return decisions, findings


def _decided(row: Mapping[str, Any] | None) -> tuple[object, ...]:
    if row is None:
        return ("", "", "", "", "")
    money = "" if row["stated_amount"] is None else f"{row['stated_amount'].normalize():f} {row['currency'] or '?'}"
    return row["type_code"], row["outcome"], row["reason_code"], row["record_count"], money


def _findings(rows: Sequence[Mapping[str, Any]]) -> str:
    by_code: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_code[row["code"]].append(-1 if row["byte_offset"] is None else row["byte_offset"])
    return " ".join(_places(code, sorted(places)) for code, places in sorted(by_code.items()))


def _places(code: str, places: Sequence[int]) -> str:
    shown = [str(place) if place >= 0 else "?" for place in places]
    return f"{code}@{','.join(shown)}" if len(places) <= MANY else f"{code}@{shown[0]}..{shown[-1]}(x{len(places)})"


def loaded_rows(ran: Ran) -> Iterator[str]:
    """Yield the canonical rows that were loaded, a line each, without what tells where they come from except the byte."""
    with reading(open_database(ran.world.settings.database_url)) as connection:
        for name, table in TABLES.items():
            order = [table.c[column] for column in ("file_hash", "transaction_ordinal", "byte_offset") if column in table.c]
            rows = [dict(row) for row in connection.execute(sa.select(table).order_by(*order, *table.primary_key.columns)).mappings()]
            for row in sorted(rows, key=lambda each: ran.names[each["file_hash"]]):
                told = [f"{key}={_text(value)}" for key, value in row.items() if value is not None and key not in ENVELOPE_OF_ROWS]
                yield "\t".join([ran.names[row["file_hash"]], str(row["transaction_ordinal"]), name, " | ".join(told)])


def _text(value: object) -> str:
    if value is None or isinstance(value, bool | int | str | date):
        return str(value)
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)


def made(case: str, home: Path) -> dict[str, str]:
    """Run a case and return its expected files: name and text."""
    ran = run(case, home)
    files = {f"{case}.tsv": "\n".join(["\t".join(HEADER), *results(ran)]) + "\n"}
    if case == "partners":
        files["rows.tsv"] = "\n".join(["file\ttransaction\ttable\trow", *loaded_rows(ran)]) + "\n"
    return files


def main(arguments: Sequence[str]) -> int:
    """Show how the results differ from the expected ones, or write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the expected results again; review the difference")
    chosen = parser.parse_args(arguments)
    different: Counter[str] = Counter()
    for case in CASES:
        with tempfile.TemporaryDirectory(prefix="cf-corpus-") as folder:
            for name, text in made(case, Path(folder)).items():
                path = EXPECTED / name
                different[name] = int(not path.exists() or path.read_text(encoding="utf-8") != text)
                if chosen.write:
                    path.write_text(text, encoding="utf-8")
    sys.stdout.write("".join(f"{name}: {'differs' if count else 'as expected'}\n" for name, count in different.items()))
    return 0 if chosen.write else int(any(different.values()))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
