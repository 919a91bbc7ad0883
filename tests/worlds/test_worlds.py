"""The sample world: made again byte for byte, and right everywhere but where a fault is planted."""

from __future__ import annotations

import ast
import csv
import io
import re
import subprocess
import sys
import tomllib
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from pydifact.segmentcollection import Interchange

from worlds.__main__ import build
from worlds.catalog import items_csv
from worlds.faults import FAULTS

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "data" / "sample"
BOM = "\ufeff"

pytestmark = pytest.mark.filterwarnings("ignore::pydifact.exceptions.MissingImplementationWarning")


@pytest.fixture(scope="module")
def world() -> dict[str, bytes]:
    return build()


@pytest.fixture(scope="module")
def truth(world: dict[str, bytes]) -> list[dict]:
    return tomllib.loads(world["truth.toml"].decode())["fault"]


def x12_sets(world: dict[str, bytes]) -> list[tuple[str, list[list[str]]]]:
    """Split X12 files naively: (path, segments of one transaction set)."""
    found = []
    for path, data in world.items():
        text = data.decode("utf-8", "replace").lstrip(BOM)
        if not text.startswith("ISA"):
            continue
        segments = [segment.strip("\r\n").split(text[3]) for segment in text.split("~")]
        current: list[list[str]] = []
        for segment in segments:
            current = [segment] if segment[0] == "ST" else [*current, segment]
            if segment[0] == "SE":
                found.append((path, current))
    return found


def edifact_files(world: dict[str, bytes]) -> dict[str, str]:
    return {path: data.decode("iso-8859-1") for path, data in world.items() if data.startswith(b"UNA")}


def right_check_digit(number: str) -> bool:
    """GS1: the digits from the right weigh 1, 3, 1, 3 ... and sum to a multiple of ten."""
    return sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(number[::-1])) % 10 == 0


def test_the_same_seed_gives_the_same_bytes_in_another_process(world, tmp_path):
    subprocess.run([sys.executable, "-m", "worlds", "--out", str(tmp_path)], cwd=ROOT, check=True, timeout=120,
                   env={"PYTHONHASHSEED": "7"}, stdout=subprocess.DEVNULL)
    assert {str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()} == world


def test_the_committed_sample_is_what_the_generator_makes(world):
    lying = {str(path.relative_to(SAMPLE)): path.read_bytes() for path in SAMPLE.rglob("*") if path.is_file()}
    assert lying.pop("README.md")
    assert sorted(lying) == sorted(world)
    assert [path for path in world if lying[path] != world[path]] == []


def test_another_seed_gives_another_world(world):
    assert build(seed=1) != world


def test_a_world_grows_as_asked():
    small, large = (len(x12_sets(build(orders_per_partner=count, nights=2, faults=False))) for count in (5, 50))
    assert 5 * small < large


def test_a_world_without_faults_has_an_empty_truth():
    assert tomllib.loads(build(faults=False)["truth.toml"].decode()) == {"fault": []}


def test_the_generator_shares_no_code_with_what_reads_its_files():
    ours = {"edi", "transforms", "expectations", "storage", "flows"}
    for path in (ROOT / "worlds").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [
                alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not ours & {name.split(".")[0] for name in names}, path.name


def test_the_item_master_is_the_catalog_of_the_generator():
    assert (ROOT / "data" / "codes" / "items.csv").read_text() == items_csv()


def test_some_hundreds_of_documents(world):
    messages = sum(text.count("UNH+") for text in edifact_files(world).values())
    assert 250 <= len(x12_sets(world)) + messages <= 500


def test_the_truth_names_each_fault_once_and_says_what_follows(truth):
    assert len(truth) >= 40
    assert [fault["name"] for fault in truth] == [fault.name for fault in FAULTS]
    assert len({fault["name"] for fault in truth}) == len(truth)
    for fault in truth:
        assert fault["description"]
        for expect in fault["expect"]:
            assert expect["kind"] in {"break", "rejected", "quarantined", "duplicate", "pending", "none"}
            assert all(expect[key] for key in ("code", "partner", "subject"))


def test_no_report_is_expected_and_excluded_at_once(truth):
    expects = [expect for fault in truth for expect in fault["expect"]]
    rows = [(expect["kind"] == "none", expect["code"], expect["partner"], expect["subject"]) for expect in expects]
    assert not {row[1:] for row in rows if row[0]} & {row[1:] for row in rows if not row[0]}


def test_breaks_that_late_data_closes_are_planted(truth):
    assert sum("closes" in expect for fault in truth for expect in fault["expect"]) >= 3


def planted(truth: list[dict], code: str) -> list[str]:
    """Return the subjects of a decision that the truth expects."""
    return [expect["subject"] for fault in truth for expect in fault["expect"] if expect["code"] == code and expect["kind"] != "none"]


def test_x12_counts_are_right_but_the_planted_one(world, truth):
    wrong = [f"{Path(path).stem.split('-')[-1]}/{sets[0][2]}" for path, sets in x12_sets(world) if int(sets[-1][1]) != len(sets)]
    assert wrong == planted(truth, "x12.se01_count")


def test_edifact_messages_can_be_read_by_another_reader(world, truth):
    cut = [path for path, text in edifact_files(world).items() if not re.search(r"UNZ\+\d+\+\w+'\n?$", text)]
    assert len(cut) == 1
    miscounted = []
    for path, text in edifact_files(world).items():
        if path in cut:
            continue
        for message in Interchange.from_str(text).get_messages():
            stated = re.findall(rf"UNT\+(\d+)\+{message.reference_number}'", text)
            if str(len(message.segments) + 2) not in stated:
                miscounted.append(f"{path.split('.')[-2]}/{message.reference_number}")
    assert miscounted == planted(truth, "edifact.unt_count")


def test_released_characters_come_back_as_they_were(world):
    notes = [segment for text in edifact_files(world).values() if "|" in text[:5]
             for segment in Interchange.from_str(text).segments if segment.tag == "FTX"]
    assert notes
    assert {note.elements[-1] for note in notes} == {"Anlieferung 7+8 Uhr, Tor 'A|B'? Rückfragen: Herr Jürß, wirklich??"}


def test_gtins_have_right_check_digits_but_the_planted_one(world):
    wire = [value for _, sets in x12_sets(world) for segment in sets for tag, value in pairwise(segment) if tag == "UP"]
    for text in edifact_files(world).values():
        wire += re.findall(r"(\d{13})[:|](?:EN|SRV)", text)
    exported = [row["gtin"] for path, data in world.items() if "erp_orders" in path or "erp_receipts" in path
                for row in csv.DictReader(io.StringIO(data.decode()))]
    assert [number for number in exported if not right_check_digit(number)] == []
    assert len([number for number in wire if not right_check_digit(number)]) == 1
    assert len(wire) > 500


def test_labels_have_right_check_digits(world):
    labels = [segment[2] for _, sets in x12_sets(world) for segment in sets if segment[0] == "MAN"]
    for text in edifact_files(world).values():
        labels += re.findall(r"GIN\+BJ\+(\d+)", text)
    assert len(labels) > 200
    assert all(len(label) == 18 and right_check_digit(label) for label in labels)
    assert len(set(labels)) == len(labels)


def test_control_totals_are_right_but_the_planted_one(world):
    wrong = []
    for path, data in world.items():
        if "erp_invoices" in path or "erp_payments" in path:
            *rows, total = list(csv.reader(io.StringIO(data.decode()), delimiter=";" if "invoices" in path else ","))[1:]
            amount = sum((Decimal(row[-1].replace(",", ".")) for row in rows), Decimal(0))
            if (int(total[1]), Decimal(total[2].replace(",", "."))) != (len(rows), amount):
                wrong.append(path)
    assert wrong == ["2026-03-04/erp/erp_payments_20260304_2.csv"]


def test_shipment_twins_have_equal_totals_in_either_hierarchy(world):
    """Quantities in SN102 add up to the same per order, whether packs are above the items or below."""
    totals: dict[str, dict[str, Decimal]] = {}
    for _, sets in x12_sets(world):
        if sets[0][1] == "856" and sets[1][5] == "0002":
            order = next(segment[1] for segment in sets if segment[0] == "PRF")
            totals.setdefault(order, {})
            for line, sent in zip(*([s for s in sets if s[0] == tag] for tag in ("LIN", "SN1")), strict=True):
                totals[order][line[1]] = totals[order].get(line[1], Decimal(0)) + Decimal(sent[2])
    assert {"001": Decimal(48), "002": Decimal(30)} in totals.values()


@pytest.mark.parametrize("fault", ["short_shipment", "se01_wrong", "duplicate_invoice", "csv_bad_row", "resend", "numbering_reset"])
def test_faults_of_every_family_are_there(truth, fault):
    assert fault in {one["name"] for one in truth}
