"""What files say, told by plain splitting: an oracle that shares nothing with the readers and mappings that it judges.

It knows as much of X12, EDIFACT and the sources' contracts as the files of the proofs need: where transactions begin, which
type they are, and the quantity (or the amount) of every record. Nothing else, and no odd file.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path

Place = tuple[int, int]  # (ordinal of the interchange, 0 in exports; ordinal of the transaction in it), from 1


@dataclass(frozen=True, slots=True)
class Figures:
    """Where the records of a type are written: in which segment (of which qualifier), element and component; in which table."""

    tag: str
    qualifier: str
    element: int
    component: int
    table: str


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction as the oracle sees it; ``figures`` has one number a record, sorted and without sign (credit notes
    turn it); None where the type is not known to it."""

    type_code: str
    figures: tuple[Decimal, ...] | None


FIGURES = {
    "850": Figures("PO1", "", 2, 0, "order_lines"),
    "856": Figures("SN1", "", 2, 0, "shipment_lines"),
    "810": Figures("IT1", "", 2, 0, "invoice_lines"),
    "820": Figures("RMR", "", 4, 0, "remittance_lines"),
    "ORDERS": Figures("QTY", "21", 1, 1, "order_lines"),
    "DESADV": Figures("QTY", "12", 1, 1, "shipment_lines"),
    "INVOIC": Figures("QTY", "47", 1, 1, "invoice_lines"),
}
FIGURE_COLUMNS = {
    "order_lines": "ordered_quantity", "shipment_lines": "shipped_quantity", "invoice_lines": "invoiced_quantity",
    "receipt_lines": "received_quantity", "remittance_lines": "paid_amount",
}

Segment = list[list[str]]  # elements of components; the tag is the first


def transactions_of(data: bytes) -> dict[Place, Transaction]:
    """Return every transaction of an EDI file by its place; none where the file is no EDI."""
    text = _text(data)
    if text.startswith("ISA"):
        return _walk(_x12(text), "ISA", "ST", "SE")
    if text.startswith(("UNA", "UNB")):
        return _walk(_edifact(text), "UNB", "UNH", "UNT")
    return {}


def versions_of(data: bytes) -> dict[int, int]:
    """Return for each interchange how many versions its functional groups have: so many acknowledgments of a kind it may get."""
    versions: dict[int, set[str]] = {}
    for segment in _x12(_text(data)) if _text(data).startswith("ISA") else ():
        if segment[0] == ["ISA"]:
            versions[len(versions) + 1] = set()
        elif segment[0] == ["GS"] and versions:
            versions[len(versions)].add(segment[8][0])
    return {ordinal: max(1, len(found)) for ordinal, found in versions.items()}


def documents_of_export(data: bytes, contract: dict[str, object]) -> dict[Place, Transaction] | None:
    """Return the documents of an export: rows with the same key are one, in the order in which they first appear.

    None where the oracle cannot tell: it knows no trailers and nothing of exports without lines.
    """
    text = data.decode(str(contract.get("encoding", "utf-8"))).removeprefix("\ufeff")
    table, column = _figure_of(contract)
    key = [str(name) for name in contract["document_key"]]  # type: ignore[attr-defined]  # a list, from TOML
    found: dict[tuple[str, ...], list[Decimal]] = {}
    for row in csv.DictReader(io.StringIO(text), delimiter=str(contract.get("delimiter", ","))):
        try:
            figure = Decimal(row[column].replace(",", ".") if contract.get("decimal_mark") == "," else row[column])
        except (KeyError, AttributeError, TypeError, InvalidOperation):
            return None
        found.setdefault(tuple(row[name] for name in key), []).append(abs(figure))
    return {(0, ordinal): Transaction(table, tuple(sorted(figures))) for ordinal, figures in enumerate(found.values(), 1)}


@lru_cache(maxsize=64)
def contract_of(name: str, data: Path) -> dict[str, object] | None:
    """Return the contract that an export's name fits, as its TOML says."""
    for path in sorted((data / "sources").glob("*.toml")):
        contract = tomllib.loads(path.read_text(encoding="utf-8"))
        if fnmatch(name, str(contract["file_pattern"])):
            return contract
    return None


def _figure_of(contract: dict[str, object]) -> tuple[str, str]:
    """Return the table and the file's column of an export's figure; empty where it has none."""
    for column in contract["columns"]:  # type: ignore[attr-defined]  # a list of tables, from TOML
        table, _, name = str(column["target"]).partition(".")
        if FIGURE_COLUMNS.get(table) == name:
            return table, str(column["name"])
    return "", ""


def _text(data: bytes) -> str:
    return data.decode("latin-1").removeprefix("\u00ef\u00bb\u00bf")


def _x12(text: str) -> Iterator[Segment]:
    """Split X12; each interchange says its own separators. Components stay together: no figure is one."""
    at = text.find("ISA")
    while at >= 0:
        separator, terminator = text[at + 3], re.escape(text[at + 105])
        trailer = re.compile(f"{terminator}\\s*IEA[^{terminator}]*{terminator}").search(text, at)
        end = trailer.end() if trailer else len(text)
        for segment in re.split(terminator, text[at:end]):
            if segment.strip("\r\n"):
                yield [[element] for element in segment.strip("\r\n").split(separator)]
        at = text.find("ISA", end)


def _edifact(text: str) -> Iterator[Segment]:
    """Split EDIFACT by the marks of UNA, or the usual ones; after a release character a mark is data."""
    component, element, _, release, _, terminator = text[3:9] if text.startswith("UNA") else ":+.? '"
    for segment in _split(text[9:] if text.startswith("UNA") else text, terminator, release):
        if segment.strip("\r\n"):
            yield [_split(part, component, release) for part in _split(segment.strip("\r\n"), element, release)]


def _split(text: str, mark: str, release: str) -> list[str]:
    """Split at a mark that an even number of release characters (mostly none) stands before."""
    parts = re.findall(f"((?:[^{re.escape(release + mark)}]|{re.escape(release)}.)*)(?:{re.escape(mark)}|$)", text, re.DOTALL)
    return parts[:-1] if parts and not parts[-1] else parts


def _walk(segments: Iterator[Segment], interchange: str, opening: str, closing: str) -> dict[Place, Transaction]:
    found: dict[Place, Transaction] = {}
    whole, ordinal = 0, 0
    inside: list[Segment] = []
    for segment in segments:
        tag = segment[0][0]
        if tag == interchange:
            whole, ordinal = whole + 1, 0
        elif tag == opening:
            ordinal, inside = ordinal + 1, []
            found[whole, ordinal] = Transaction(_type_of(segment), None)  # until it is closed: one that is cut short is one, too
        inside.append(segment)
        if tag == closing:
            found[whole, ordinal] = _transaction(_type_of(inside[0]), inside)
    return found


def _type_of(opening: Segment) -> str:
    return opening[2 if opening[0] == ["UNH"] else 1][0]


def _transaction(type_code: str, segments: list[Segment]) -> Transaction:
    where = FIGURES.get(type_code)
    if where is None:
        return Transaction(type_code, None)
    figures = [segment[where.element][where.component] for segment in segments
               if segment[0][0] == where.tag and where.qualifier in ("", segment[1][0])]
    return Transaction(type_code, tuple(sorted(abs(Decimal(figure)) for figure in figures)))
