"""Each invariant can fail: a finished night is tampered with in one way for each, and the check says which and where."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows.settings import Settings
from storage.canonical import content_hash
from storage.database import open_database, writing
from storage.together import files_to_read
from tests.faults.invariants import Memory, ViolatedError, check
from tests.faults.kill.night import small_data, small_world
from tests.faults.small import run_small
from tests.flows.nights import World

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = small_world(tmp_path_factory.mktemp("night") / "home", small_data(tmp_path_factory.mktemp("data") / "data"))
    run_small(made)
    return made


@pytest.fixture
def tampered(finished: World, tmp_path: Path) -> World:
    """Return a copy of the finished night to tamper with."""
    shutil.copytree(finished.settings.home, tmp_path / "home")
    return World(finished.settings.model_copy(update={"home": tmp_path / "home"}))


def database(statement: str) -> Callable[[Settings], None]:
    """Change the database behind the ledger's back."""
    def change(settings: Settings) -> None:
        with writing(open_database(settings.database_url)) as connection:
            assert connection.execute(sa.text(statement)).rowcount > 0

    return change


def first(folder: Path, pattern: str) -> Path:
    return sorted(folder.rglob(pattern))[0]


def another_parquet(settings: Settings) -> None:
    """Put another packet's file, as it were, under a listed name."""
    file, other = first(settings.lake / "orders", "*.parquet"), first(settings.lake / "parties", "*.parquet")
    file.write_bytes(other.read_bytes())


def manifest_without(settings: Settings) -> None:
    """List half of a packet."""
    path = settings.lake / "manifest.json"
    content = json.loads(path.read_bytes())
    del content["tables"]["order_lines"]
    path.write_text(json.dumps(content), encoding="utf-8")


def copy_without(settings: Settings) -> None:
    """Copy what the lake has together, and then only one of the files, under a name that says so."""
    with files_to_read(settings.lake, tonight=date(2030, 1, 1)) as files:
        copy = Path(files["documents"][0])
    one = first(settings.lake / "documents", "*.parquet").read_bytes()
    copy.write_bytes(one)
    copy.rename(copy.with_name(f"{copy.stem.rpartition('-')[0]}-{content_hash(one)}.parquet"))


def damaged_copy(settings: Settings) -> None:
    with files_to_read(settings.lake, tonight=date(2030, 1, 1)) as files:
        Path(files["documents"][0]).write_bytes(b"PAR1")


def archived_twice(settings: Settings) -> None:
    (settings.landing / "ab" / ("ab" * 32)).parent.mkdir(exist_ok=True)
    (settings.landing / "ab" / ("ab" * 32)).write_bytes(b"nobody sent this")


def answered_twice(settings: Settings) -> None:
    """Answer an interchange again, under a number of its own."""
    database("INSERT INTO outbox SELECT item_id || '-again', night_id, packet_key, partner_id, kind, 'other-' || file_name, "
             "control_number + 7, content, content_hash, answers, 'queued', ordinal + 100 FROM outbox WHERE ordinal = 1")(settings)


TAMPERED = {
    "a line is lost": ("rows of the oracle", database("DELETE FROM order_lines WHERE line_ordinal = 1")),
    "a quantity is changed": ("rows of the oracle", database("UPDATE order_lines SET ordered_quantity = '77.0000'")),
    "a document is lost": ("rows of the oracle", database("DELETE FROM documents WHERE type_code = '850'")),
    "a document is nobody's": ("rows of the oracle", database("UPDATE decisions SET outcome = 'rejected' WHERE type_code = '850'")),
    "a row is changed in the database alone": ("Parquet = database", database("UPDATE orders SET order_currency = 'XXX'")),
    "a file has other bytes": ("Parquet = database", another_parquet),
    "half a packet is shown": ("Parquet = database", manifest_without),
    "a file is lost": ("Parquet = database", lambda settings: first(settings.lake, "*.parquet").unlink()),
    "a copy lacks rows": ("copies", copy_without),
    "a copy is damaged": ("copies", damaged_copy),
    "a packet is not shown": ("everything is shown", database("UPDATE packets SET state = 'committed'")),
    "a transaction has no outcome": ("one outcome, with a reason", database("DELETE FROM decisions WHERE transaction_ordinal = 2")),
    "an outcome has no reason": ("one outcome, with a reason", database("UPDATE decisions SET reason = NULL")),
    "a file is not decided about": ("totals cross-foot", database("DELETE FROM decisions WHERE standard = 'x12'")),
    "an interchange is answered twice": ("one acknowledgment identity", answered_twice),
    "a control number is lost": ("one acknowledgment identity", database("UPDATE counters SET last = last + 1")),
    "an acknowledgment has other bytes": ("outbox", lambda settings: first(settings.outbox, "*.edi").write_bytes(b"other")),
    "an acknowledgment was not written": ("outbox", lambda settings: first(settings.outbox, "*.edi").unlink()),
    "an acknowledgment is not sent": ("everything is sent", database("UPDATE outbox SET state = 'queued'")),
    "a temporary file stays": ("nothing left over", lambda settings: (settings.outbox / ".x.edi.1-1.tmp").write_bytes(b"")),
    "a file belongs to no packet": ("Parquet = database", lambda settings: shutil.copy(
        first(settings.lake, "*.parquet"), settings.lake / "orders" / "stray.parquet")),
    "an archived file has no arrival": ("nothing left over", archived_twice),
    "an archived file is damaged": ("archive", lambda settings: first(settings.landing, "?" * 64).write_bytes(b"other")),
    "the dead hold a lease": ("no lease held by the dead", database(f"UPDATE leases SET holder = '{socket.gethostname()} 999999999 1 x'")),
    "the audit is edited": ("audit chain", database("UPDATE audit SET detail = '{}' WHERE sequence = 1")),
    "a publication is not in the audit": ("audit chain", database("DELETE FROM audit WHERE action = 'packet.published'")),
}


def test_a_finished_night_holds_them_all(finished: World) -> None:
    check(finished.settings, Memory(), undisturbed=finished.state(), state=finished.state())


@pytest.mark.parametrize("what", TAMPERED)
def test_each_invariant_can_fail(what: str, tampered: World) -> None:
    invariant, tamper = TAMPERED[what]
    tamper(tampered.settings)
    with pytest.raises(ViolatedError, match=f"(?m)^{invariant}: "):
        check(tampered.settings)


@pytest.mark.parametrize(("what", "tamper"), [
    ("packet .* was visible and is committed", "UPDATE packets SET state = 'committed'"),
    ("item .* was sent and is queued", "UPDATE outbox SET state = 'queued'"),
    ("acknowledgment .* had other bytes before", "UPDATE outbox SET content_hash = 'other'"),
    ("the end that the audit chain had is gone", "DELETE FROM audit WHERE sequence > 2"),
])
def test_what_was_seen_before_is_held_against_what_is_there_now(what: str, tamper: str, tampered: World) -> None:
    memory = Memory()
    check(tampered.settings, memory)
    database(tamper)(tampered.settings)
    with pytest.raises(ViolatedError, match=f"(?m)^moves forward: {what}"):
        check(tampered.settings, memory)


def test_what_differs_from_an_undisturbed_run_is_named(tampered: World, finished: World) -> None:
    database("UPDATE nights SET slot_at = 'later'")(tampered.settings)
    first(tampered.settings.outbox, "*997*").write_bytes(b"other")
    with pytest.raises(ViolatedError, match=r"997-000000001\.edi has other bytes") as told:
        check(tampered.settings, undisturbed=finished.state(), state=tampered.state())
    assert "1 of table nights is missing from the database" in str(told.value)


def test_between_a_fault_and_its_recovery_only_what_always_holds_is_asked(tampered: World) -> None:
    database("UPDATE outbox SET state = 'queued'")(tampered.settings)
    database("DELETE FROM audit WHERE action = 'outbox.sent'")(tampered.settings)
    (tampered.settings.lake / ".orders.parquet.staged").write_bytes(b"")
    check(tampered.settings, at_rest=False)
