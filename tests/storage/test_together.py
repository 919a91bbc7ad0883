"""Small files of the lake are read from copies of what a period brought; whatever becomes of a copy, the rows are the same."""

from __future__ import annotations

import errno
import json
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from edi.errors import DeviceError
from storage import together
from storage.canonical import canonical_json, content_hash
from storage.failpoints import armed, fail, kill
from storage.lake import MANIFEST, TOGETHER, Listed, encode, lake_path
from storage.together import Piece, files_to_read, pieces, sweep
from tests.faults.killing import survives
from tests.storage.examples import rows

TONIGHT = date(2026, 2, 11)
DAYS = {  # packet -> business date
    "a": date(2025, 11, 3), "b": date(2025, 11, 3), "c": date(2025, 12, 24),
    "d": date(2026, 1, 5), "e": date(2026, 1, 17), "f": date(2026, 2, 8), "g": date(2026, 2, 9),
    "h": date(2026, 2, 10), "i": TONIGHT,
}
YEAR, MONTH, TEN_DAYS = "2025", "2026-01", "2026-02-0"  # what is over when tonight begins, in the longest periods


def publish(lake: Path, packets: dict[str, date]) -> None:
    """Put a file with one order for each packet into the lake, and list them."""
    listed = []
    for packet, day in packets.items():
        path = lake_path("orders", day, packet)
        data = encode(rows("orders", {"order_number": packet}, document=f"{packet}-1"), name="orders")
        (lake / path).parent.mkdir(parents=True, exist_ok=True)
        (lake / path).write_bytes(data)
        listed.append({"path": path, "hash": content_hash(data), "rows": 1})
    entries = sorted(listed, key=lambda each: str(each["path"]))
    (lake / MANIFEST).write_text(canonical_json({"format": 1, "tables": {"orders": entries}}), encoding="utf-8")


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    publish(tmp_path / "lake", DAYS)
    return tmp_path / "lake"


def numbers(lake: Path, tonight: date = TONIGHT) -> list[str]:
    """Return the numbers of all orders, as whoever reads copies gets them."""
    with files_to_read(lake, tonight=tonight) as files:
        found = pa.concat_tables([pq.read_table(path, partitioning=None) for path in files.get("orders", [])])
    return sorted(found.column("order_number").to_pylist())


def copies(lake: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((lake / TOGETHER).rglob("*")) if path.is_file()}


def periods(lake: Path) -> list[str]:
    return [name.rpartition("-")[0].rpartition("-")[0] for name in copies(lake)]


def test_what_is_over_is_copied_by_years_months_and_ten_days(lake: Path) -> None:
    assert numbers(lake) == sorted(DAYS)
    assert periods(lake) == [YEAR, MONTH, TEN_DAYS]
    with files_to_read(lake, tonight=TONIGHT) as files:
        assert [Path(path).relative_to(lake).parts[0] for path in files["orders"]] == [*[TOGETHER] * 3, *["orders"] * 2]


def test_a_copy_has_the_rows_of_all_its_files_and_no_others(lake: Path) -> None:
    numbers(lake)
    [name] = [name for name in copies(lake) if name.startswith(YEAR)]
    table = pq.read_table(lake / TOGETHER / "orders" / name)
    assert table.column("order_number").to_pylist() == ["a", "b", "c"]
    assert table.column("document_id").to_pylist() == ["a-1", "b-1", "c-1"]


def test_a_file_by_itself_and_files_with_many_rows_are_not_copied() -> None:
    half = together.MOST_ROWS // 2
    january, february, march = (Listed(f"orders/business_date=2025-0{month}-01/p.parquet", str(month), half) for month in (1, 2, 3))
    again = Listed("orders/business_date=2025-02-02/p.parquet", "4", half)
    assert pieces({"orders": [january, february, again, march]}, tonight=TONIGHT) == [Piece("orders", "2025-02", (february, again))]
    assert pieces({"orders": [january]}, tonight=TONIGHT) == []


def test_tonight_is_in_no_copy_though_a_later_night_was_run_before(lake: Path) -> None:
    publish(lake, {**DAYS, "z": date(2062, 1, 1)})
    assert numbers(lake) == sorted([*DAYS, "z"])
    assert periods(lake) == [YEAR, MONTH, TEN_DAYS]


def test_a_copy_that_is_missing_is_made_again_byte_for_byte(lake: Path) -> None:
    numbers(lake)
    before = copies(lake)
    for path in (lake / TOGETHER / "orders").iterdir():
        path.unlink()
    assert numbers(lake) == sorted(DAYS)
    assert copies(lake) == before


def cut(data: bytes) -> bytes:
    return data[:-20]


def turned(data: bytes) -> bytes:
    return data[:40] + bytes([data[40] ^ 1]) + data[41:]


def other(data: bytes) -> bytes:
    return encode(rows("orders", {"order_number": "nobody's"}), name="orders")


@pytest.mark.parametrize("damage", [cut, turned, other, lambda _: b""], ids=["cut", "a bit turned", "other rows", "empty"])
def test_a_damaged_copy_changes_nothing_and_is_mended(lake: Path, damage: Callable[[bytes], bytes]) -> None:
    numbers(lake)
    before = copies(lake)
    for path in (lake / TOGETHER / "orders").iterdir():
        path.write_bytes(damage(path.read_bytes()))
    assert numbers(lake) == sorted(DAYS)
    assert copies(lake) == before


def test_a_packet_that_comes_late_makes_its_period_anew_and_the_old_copy_is_swept(lake: Path) -> None:
    numbers(lake)
    before = copies(lake)
    publish(lake, {**DAYS, "late": date(2026, 1, 30)})
    assert numbers(lake) == sorted([*DAYS, "late"])
    [old] = [name for name in before if name.startswith(MONTH)]
    assert periods(lake) == [YEAR, MONTH, MONTH, TEN_DAYS]
    assert sweep(lake, tonight=TONIGHT) == [f".together/orders/{old}"]
    assert periods(lake) == [YEAR, MONTH, TEN_DAYS]
    assert before.items() - copies(lake).items() == {(old, before[old])}


def test_when_a_month_is_over_its_ten_days_are_swept(lake: Path) -> None:
    numbers(lake)
    march = date(2026, 3, 1)
    assert numbers(lake, march) == sorted(DAYS)
    assert len(sweep(lake, tonight=march)) == 1
    assert periods(lake) == [YEAR, MONTH, "2026-02"]


def test_nothing_is_swept_beside_a_reader(lake: Path) -> None:
    march = date(2026, 3, 1)
    with files_to_read(lake, tonight=TONIGHT) as files:
        assert sweep(lake, tonight=march) == []
        assert all(Path(path).exists() for path in files["orders"])
    assert len(sweep(lake, tonight=march)) == 1


def test_two_readers_at_once_read_the_same(lake: Path) -> None:
    found: list[list[str]] = []
    readers = [threading.Thread(target=lambda: found.append(numbers(lake))) for _ in range(4)]
    for each in readers:
        each.start()
    for each in readers:
        each.join()
    assert found == [sorted(DAYS)] * 4
    assert periods(lake) == [YEAR, MONTH, TEN_DAYS]


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.EACCES])
@pytest.mark.parametrize("point", ["files.created", "files.written", "files.synced", together.COPIED])
def test_where_no_copy_can_be_written_the_files_themselves_are_read(lake: Path, point: str, error: int) -> None:
    with armed({point: fail(error, on_hit=0)}):
        assert numbers(lake) == sorted(DAYS)
    assert copies(lake) == {}


def test_an_fsync_that_fails_is_not_passed_over(lake: Path) -> None:
    with armed({"files.fsync": fail(errno.EIO)}), pytest.raises(DeviceError):
        numbers(lake)


def test_a_file_with_other_bytes_than_were_decided_is_not_carried_on(lake: Path) -> None:
    manifest = json.loads((lake / MANIFEST).read_bytes())
    manifest["tables"]["orders"][3]["hash"] = "0" * 64  # of packet d
    (lake / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    assert numbers(lake) == sorted(DAYS)
    assert periods(lake) == [YEAR, TEN_DAYS]


def test_nothing_published_is_nothing_to_read(tmp_path: Path) -> None:
    with files_to_read(tmp_path / "lake", tonight=TONIGHT) as files:
        assert files == {}
    assert sweep(tmp_path / "lake", tonight=TONIGHT) == []


def work(lake: Path) -> None:
    """Begin a night and read its lake."""
    sweep(lake, tonight=TONIGHT)
    numbers(lake)


@pytest.mark.parametrize(("point", "hit"), [
    *((point, hit) for point in ("files.created", "files.written", "files.synced", "files.renamed", together.COPIED, together.MADE)
      for hit in (1, 3)),
    (together.SWEPT, 1), ("disposal.removed", 1),
])
def test_killed_at_any_step_it_leaves_nothing_that_is_not_swept(lake: Path, point: str, hit: int) -> None:
    publish(lake, {"d": DAYS["d"], "e": DAYS["e"], "lost": date(2026, 1, 30)})
    numbers(lake)
    publish(lake, DAYS)  # one copy is out of date now, and three are to be made
    assert not survives(lambda: work(lake), {point: kill(on_hit=hit)})
    sweep(lake, tonight=TONIGHT)
    assert numbers(lake) == sorted(DAYS)
    assert periods(lake) == [YEAR, MONTH, TEN_DAYS]
    assert not any(name.startswith(".") for name in copies(lake))
