"""A dry run foretells what the real run does, and leaves every byte under the home folder as it was."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from edi.errors import ConfigurationError
from flows.dryrun import dry_run
from flows.settings import Settings
from tests.flows.letters import edifact, order_850, post, response, x12
from tests.flows.nights import DATA, FIRST, World, world

pytestmark = pytest.mark.slow

FILES = {
    "a.x12": x12("000000901", response("1"), response("2"), counts={2: 99}), "b.edi": edifact("AM900001", "1", "2"),
    "c.x12": x12("000000902", order_850(), kind="850", group="PO"), "d.x12": x12("000000903", response("3"), usage="T"),
    "e.x12": x12("000000904", response("4"))[:-20], "note.txt": b"hello\n",
}


def everything(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
            for path in sorted(folder.rglob("*")) if not path.name.endswith(("-wal", "-shm"))}


def outcomes(told: dict[str, Any]) -> dict[str, int]:
    return {name: counts["documents"] for name, counts in told["cross_foot"]["outcomes"].items() if counts["documents"]}


def aside(told: dict[str, Any]) -> list[tuple[str, ...]]:
    names = ("outcome", "reason_code", "partner_id", "control_number")
    return sorted(tuple(one[name] or "" for name in names) for one in told["set_aside"])


def prepared(tmp_path: Path) -> World:
    made = world(tmp_path)
    for drop in made.settings.drops:
        drop.folder.mkdir(parents=True)
    post(made, FILES)
    return made


def test_nothing_is_written_but_an_empty_database(tmp_path: Path) -> None:
    made = prepared(tmp_path)
    before = everything(tmp_path)
    dry_run(made.settings, FIRST)
    after = everything(tmp_path)
    assert {name for name in after if name not in before} <= {"crossfoot.sqlite"}
    assert {name: after[name] for name in before} == before
    assert made.rows("SELECT count(*) FROM nights") == [(0,)]
    before = everything(tmp_path)
    dry_run(made.settings, FIRST)
    assert everything(tmp_path) == before  # the database too


def test_what_it_foretells_is_what_the_run_then_does(tmp_path: Path) -> None:
    made = prepared(tmp_path)
    foretold = dry_run(made.settings, FIRST)
    done = made.run().to_json()
    assert foretold["files"] == done["this_run"]["files_landed"] == len(FILES)
    assert foretold["packets"] == done["this_run"]["packets_published"]
    assert foretold["outcomes"] == outcomes(done)
    assert foretold["types"] == {name: sum(counts.values()) for name, counts in done["documents"].items()}
    assert foretold["acknowledgments"] == done["acknowledgments"]
    assert aside(foretold) == aside(done)


def test_it_knows_what_was_loaded_before(tmp_path: Path) -> None:
    made = prepared(tmp_path)
    made.run()
    post(made, {"again.edi": FILES["b.edi"]})
    assert dry_run(made.settings, FIRST)["outcomes"] == {"duplicate": 2}


def test_the_same_bytes_twice_are_two_files(tmp_path: Path) -> None:
    made = prepared(tmp_path)
    post(made, {"b2.edi": FILES["b.edi"]})
    foretold = dry_run(made.settings, FIRST)
    done = made.run().to_json()
    assert foretold["files"] == done["this_run"]["files_landed"]
    assert foretold["outcomes"] == outcomes(done)


def test_without_drop_folders_it_says_what_to_add(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"add .*drops.* to crossfoot\.toml"):
        dry_run(Settings(data=DATA, home=tmp_path), FIRST)
