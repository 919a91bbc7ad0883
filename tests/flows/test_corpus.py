"""Files that nobody here wrote, through the whole night: one outcome for every transaction, a reason, and totals that agree.

The expected results under tests/golden/corpus-expected were reviewed line by line against the files and their list's own notes.
``python -m tests.golden.corpus --write`` makes them again.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from edi.reading.files import read
from storage import ledger
from storage.database import open_database, reading
from tests.golden.corpus import CORPUS, EXPECTED, HEADER, Ran, loaded_rows, manifest, results, run
from transforms.mappings.registry import REGISTRY

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the project: ../shared/corpus")]

Line = dict[str, str]


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A night in which nobody who writes has an agreement."""
    return run("strangers", tmp_path_factory.mktemp("strangers"))


@pytest.fixture(scope="module")
def partners(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Two nights with agreements for whoever sends what has a mapping."""
    return run("partners", tmp_path_factory.mktemp("partners"))


def expected(name: str) -> list[str]:
    return (EXPECTED / name).read_text(encoding="utf-8").splitlines()[1:]


def lines(ran: Ran) -> list[Line]:
    return [dict(zip(HEADER, line.split("\t"), strict=True)) for line in results(ran)]


def decided(ran: Ran) -> list[Line]:
    return [line for line in lines(ran) if line["outcome"]]


def test_strangers_are_told_apart_as_reviewed(strangers: Ran) -> None:
    assert results(strangers) == expected("strangers.tsv")


def test_partners_are_loaded_or_not_as_reviewed(partners: Ran) -> None:
    assert results(partners) == expected("partners.tsv")


def test_rows_of_partners_are_as_reviewed(partners: Ran) -> None:
    assert list(loaded_rows(partners)) == expected("rows.tsv")


@pytest.mark.parametrize("case", ["strangers", "partners"])
def test_every_transaction_ends_with_one_outcome_and_a_reason(case: str, request: pytest.FixtureRequest) -> None:
    ran: Ran = request.getfixturevalue(case)
    for summary in ran.summaries:
        assert summary["cross_foot"]["agrees"], summary["cross_foot"]["problems"]
    counted = {row["path"]: Counter(read(CORPUS / row["path"]).transactions.interchange.tolist()) for row in manifest()}
    ended = Counter(line["file"] for line in decided(ran) if line["transaction"] != "0")
    assert len(counted) == 65
    assert ended == Counter({path: sum(each.values()) for path, each in counted.items()})
    assert {line["file"] for line in decided(ran)} == set(counted)  # a file without a transaction has an outcome of its own
    assert all(line["outcome"] and line["reason"] for line in decided(ran))
    with reading(open_database(ran.world.settings.database_url)) as connection:
        assert all(row["reason"] for row in ledger.load_decisions(connection))


def test_nothing_of_a_stranger_is_loaded_or_answered(strangers: Ran) -> None:
    assert {line["outcome"] for line in decided(strangers)} == {"quarantined", "duplicate"}
    assert not list(loaded_rows(strangers))
    assert not strangers.summaries[0]["acknowledgments"]


def test_a_message_without_a_mapping_is_held_for_that_unless_something_worse_is_found(strangers: Ran) -> None:
    mapped = {code for _, code in REGISTRY}
    unmapped = [line for line in decided(strangers) if line["type"] not in mapped and line["transaction"] != "0"]
    worse = {line["reason"] for line in unmapped} - {"no_mapping"}
    assert Counter(line["reason"] for line in unmapped)["no_mapping"] >= 14
    assert all(reason in {"conflict", "incomplete"} or "." in reason for reason in worse)  # a finding's code has a full stop
    assert not [line for line in decided(strangers) if line["type"] in mapped and line["reason"] == "no_mapping"]


WRONG_COUNTS = {"SE01": "x12.se01_count", "UNT01": "edifact.unt_count", "SE02": "x12.se02_control", "UNT02": "edifact.unt_reference",
                "UNZ02": "edifact.unz_reference", "UNZ01": "edifact.unz_count", "IEA01": "x12.iea01_count", "ISA-len": "x12.isa_length",
                "no-UNZ-end": "envelope.missing_trailer", "no-GE-end": "envelope.missing_trailer"}
READ_BETTER = {  # what the list calls wrong only because its reader had the delimiters wrong
    "ts210_80char.edi": "wrapped at 80 columns, within the ISA too; unwrapped, its lengths and numbers are right",
}


@pytest.mark.parametrize("row", [row for row in (manifest() if CORPUS.is_dir() else []) if row["valid"].startswith("envelope-bad")],
                         ids=lambda row: Path(row["path"]).name)
def test_what_the_list_says_is_wrong_with_an_envelope_is_found(row: Line, strangers: Ran) -> None:
    found = " ".join(line["findings"] for line in lines(strangers) if line["file"] == row["path"])
    told = {code for sign, code in WRONG_COUNTS.items() if sign in row["valid"]}
    if Path(row["path"]).name in READ_BETTER:
        assert not [code for code in told if code in found]
    else:
        assert [code for code in told if code not in found] == []


def test_a_newcomer_under_a_number_that_was_loaded_is_held_and_the_first_stays(partners: Ran) -> None:
    by_file = {Path(line["file"]).name: line for line in decided(partners)}
    assert by_file["invoic_d97b_una.edi"]["outcome"] == "loaded"
    assert (by_file["invoic_d97b_bad.edi"]["outcome"], by_file["invoic_d97b_bad.edi"]["reason"]) == ("quarantined", "conflict")


def test_partners_are_answered_in_their_standard(partners: Ran) -> None:
    made: Counter[str] = Counter()
    for summary in partners.summaries:
        made.update(summary["acknowledgments"])
    assert set(made) == {"997", "999", "CONTRL"}  # the 999 answers what names an implementation guide of health care
