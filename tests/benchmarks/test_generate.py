"""Generated files: the same from the same seed, as large as asked, and nothing in them that our guides or others would find fault with."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest

import edi
import edi.guides
from benchmarks import generate
from benchmarks.edifact_messages import released
from benchmarks.goods import checked, money


def made(kind: str, size: int, seed: int = 1) -> bytes:
    return "".join(generate.text(kind, size, seed)).encode("ascii")


@pytest.mark.parametrize("kind", generate.KINDS)
def test_a_file_has_no_finding_at_all(kind):
    batch = edi.read(made(kind, 60_000))

    found = [finding for finding in (*batch.findings, *edi.guides.check(batch)) if finding.code != "guide.absent"]

    assert found == []
    assert set(batch.type_codes) == {kind}
    assert len(batch.transactions) > 10


@pytest.mark.parametrize("kind", [kind for kind in generate.KINDS if kind != "835"])
def test_a_guide_of_ours_was_there_to_check_it(kind):
    batch = edi.read(made(kind, 3_000))

    assert "guide.absent" not in {finding.code for finding in edi.guides.check(batch)}


def test_a_remittance_advice_is_valid_for_pyx12():
    import pyx12.params
    import pyx12.x12n_document

    source = io.StringIO(made("835", 20_000).decode())

    assert pyx12.x12n_document.x12n_document(pyx12.params.params(), source, fd_997=None, fd_html=None) is True


def test_the_claims_of_a_remittance_advice_add_up_to_its_payment():
    batch = edi.read(made("835", 20_000))
    table = batch.table
    paid = [float(value) for value in table.element(table.select("BPR"), 2).to_pylist()]
    claims = table.select("CLP")
    amounts = [float(value) for value in table.element(claims, 4).to_pylist()]

    sums = [0.0] * len(paid)
    for transaction, amount in zip(table.transaction[claims].tolist(), amounts, strict=True):
        sums[transaction] += amount

    assert sums == pytest.approx(paid, abs=0.001)


@pytest.mark.parametrize("kind", generate.KINDS)
def test_the_size_is_reached_and_exceeded_by_less_than_a_document(kind):
    assert 50_000 <= len(made(kind, 50_000)) < 50_000 + 10_000


def test_a_seed_decides_the_bytes():
    assert made("850", 20_000, seed=7) == made("850", 20_000, seed=7)
    assert made("850", 20_000, seed=7) != made("850", 20_000, seed=8)


def test_a_larger_file_begins_like_a_smaller_one():
    small, large = made("ORDERS", 5_000), made("ORDERS", 50_000)

    assert large.startswith(small[:small.index(b"UNZ+")])


def test_a_file_is_written_once(tmp_path):
    first = generate.file(tmp_path, "850", 5_000)
    stamp = first.stat().st_mtime_ns

    again = generate.file(tmp_path, "850", 5_000)

    assert (again, again.stat().st_mtime_ns) == (first, stamp)
    assert first.read_bytes() == made("850", 5_000)


def test_small_files_differ_in_their_control_numbers(tmp_path):
    paths = generate.small_files(tmp_path, "850", 5, 3_900)

    numbers = [edi.read(path).interchanges[0].control_number for path in paths]

    assert all(int(one) + 1 == int(other) for one, other in pairwise(numbers))


def test_orders_hold_released_characters():
    assert b"?'" in made("ORDERS", 60_000)
    assert b"?+" in made("ORDERS", 60_000)


def test_what_is_released():
    assert released("A+B: WHAT'S THAT?") == "A?+B?: WHAT?'S THAT??"


@pytest.mark.parametrize(("digits", "whole"), [("03600029145", "036000291452"), ("400638133393", "4006381333931")])
def test_check_digits_as_printed_on_known_goods(digits, whole):
    assert checked(digits) == whole


@pytest.mark.parametrize(("cents", "written"), [(1250, "12.5"), (1200, "12"), (5, "0.05"), (0, "0"), (199, "1.99")])
def test_money_is_written_as_short_as_it_can_be(cents, written):
    assert money(cents) == written
