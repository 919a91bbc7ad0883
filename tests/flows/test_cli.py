"""The command line as a person meets it: every mistake gets a sentence with its remedy, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from flows.cli import main
from tests.flows.letters import edifact, order_850, response, x12
from tests.flows.nights import DATA

pytestmark = pytest.mark.slow

Call = Callable[..., Result]


def commands(group: click.Group, *before: str) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [before]
    for name, command in sorted(group.commands.items()):
        found += commands(command, *before, name) if isinstance(command, click.Group) else [(*before, name)]
    return found


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Runs ``crossfoot`` with settings of the test's own, 60 columns wide."""
    for name in [name for name in os.environ if name.startswith("CROSSFOOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "60")
    (tmp_path / "in").mkdir()
    settings = tmp_path / "crossfoot.toml"
    settings.write_text(f'data = "{DATA}"\nhome = "home"\n[[drops]]\nname = "edi"\nfolder = "in"\n')

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(main, ["--settings", str(settings), *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return run


def refused(result: Result, *words: str, status: int = 2) -> None:
    assert result.exit_code == status, result.output
    assert result.stdout == ""
    for word in words:
        assert word in result.stderr


@pytest.mark.parametrize("command", commands(main), ids=" ".join)
def test_every_command_has_help_that_says_what_it_does(call: Call, command: tuple[str, ...]) -> None:
    told = call(*command, "--help")
    assert told.exit_code == 0
    assert told.stdout.startswith("Usage: ")
    assert "--help" in told.stdout
    assert len([line for line in told.stdout.splitlines() if line.strip()]) > 3


def test_help_answers_without_the_heavy_packages() -> None:
    heavy = ("prefect", "great_expectations", "pandas", "duckdb", "pyarrow", "numpy", "pydantic", "sqlalchemy")
    code = ("import sys; from flows.cli import main; main(['--help'], standalone_mode=False);"
            f"print([name for name in {heavy} if name in sys.modules])")
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.splitlines()[-1] == "[]"


def test_a_file_is_taken_in_once(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "a.x12"
    path.write_bytes(x12("000000901", response()))
    first = call("ingest", str(path), "--date", "2026-03-02", "--json")
    assert first.exit_code == 0
    summary = json.loads(first.stdout)
    assert summary["documents"] == {"x12 855": {"loaded": 1}}
    assert summary["cross_foot"]["agrees"] is True
    again = json.loads(call("ingest", str(path), "--date", "2026-03-02", "--json").stdout)
    assert again["this_run"]["rows_loaded_total"] == 0
    told = call("ingest", str(path), "--date", "2026-03-02")
    assert "Rows loaded by this run: 0. Nothing was new: nothing is" in " ".join(told.stdout.split())
    assert path.exists()  # a file named by hand is not ours to move
    later = json.loads(call("ingest", str(path), "--date", "2026-03-03", "--json").stdout)
    assert later["documents"] == {"x12 855": {"duplicate": 1}}


def test_half_a_file_is_held_as_incomplete_and_told(call: Call, tmp_path: Path) -> None:
    for name, data in (("a.x12", x12("000000901", response(), response())), ("b.edi", edifact("AM900001", "1", "2"))):
        (tmp_path / name).write_bytes(data[: len(data) // 2])
    told = call("ingest", str(tmp_path / "a.x12"), str(tmp_path / "b.edi"), "--date", "2026-03-02", "--json")
    assert told.exit_code == 0
    summary = json.loads(told.stdout)
    assert {one["reason_code"] for one in summary["set_aside"]} == {"incomplete"}
    assert summary["cross_foot"]["outcomes"]["loaded"]["documents"] == 0
    assert summary["acknowledgments"] == {}


def test_an_archive_is_set_aside_and_nothing_is_read_through_it(call: Call, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:  # stored as it is
        archive.writestr("a.x12", x12("000000901", response()))

    summary = json.loads(call("ingest", str(tmp_path / "a.zip"), "--date", "2026-03-02", "--json").stdout)

    assert [one["reason_code"] for one in summary["set_aside"]] == ["file.unknown"]
    assert summary["cross_foot"]["outcomes"]["loaded"]["documents"] == 0


def test_a_night_and_its_status_are_readable_in_a_narrow_terminal(call: Call, tmp_path: Path) -> None:
    (tmp_path / "in" / "a.x12").write_bytes(x12("000000901", response()))
    night = call("run", "nightly", "--date", "2026-03-02", "--without-prefect")
    assert night.exit_code == 0, night.output
    assert max(len(line) for line in night.stdout.splitlines() if "/home" not in line) <= 60  # paths are left whole
    status = call("status")
    assert status.exit_code == 0
    assert "Nights: 2026-03-02 (" in status.stdout
    assert json.loads(call("status", "--json").stdout)["business_date"] == "2026-03-02"
    assert (tmp_path / "home" / "reports" / "2026-03-02.html").exists()


def test_status_without_a_night_says_how_to_run_one(call: Call) -> None:
    refused(call("status"), "crossfoot: no night was run yet in ", "crossfoot run nightly")
    refused(call("status", "--date", "2026-03-02"), "no night of 2026-03-02 was run; there are: none")


def test_a_typo_in_the_settings_names_file_and_key(call: Call, tmp_path: Path) -> None:
    (tmp_path / "crossfoot.toml").write_text('hoem = "home"\n')
    refused(call("status"), "crossfoot.toml: hoem: unknown key", "home")


def test_settings_that_are_not_there_are_named(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["--settings", str(tmp_path / "none.toml"), "status"])
    refused(told, "none.toml: no such file")


def test_a_missing_drop_folder_is_named_with_its_remedy(call: Call, tmp_path: Path) -> None:
    (tmp_path / "in").rmdir()
    for arguments in (["--without-prefect"], ["--dry-run"]):
        refused(call("run", "nightly", "--date", "2026-03-02", *arguments), f"source folder {tmp_path / 'in'} cannot be listed", "make it")


def test_a_database_that_cannot_be_reached_is_told_without_its_password(call: Call, tmp_path: Path) -> None:
    settings = tmp_path / "crossfoot.toml"
    settings.write_text('database = "postgresql+psycopg://me:s3cret@127.0.0.1:1/none"\n' + settings.read_text())
    told = call("status")
    assert told.exit_code == 75
    assert told.stderr.startswith("crossfoot: ")
    assert "s3cret" not in told.output


@pytest.mark.parametrize("url", ["nonsense", "oracle://x/y", "mysql+nothing://x"])
def test_a_database_of_no_known_kind_is_a_matter_of_settings(call: Call, tmp_path: Path, url: str) -> None:
    settings = tmp_path / "crossfoot.toml"
    settings.write_text(f'database = "{url}"\n' + settings.read_text())
    refused(call("status"), "crossfoot: ")


@pytest.mark.parametrize("arguments", [
    ("run", "nightly", "--date", "bad"), ("run", "nightly", "--date", "2026-02-30"), ("ingest", "nowhere.edi"), ("ingest",),
    ("inspect",), ("inspect", "a.edi", "b.edi"), ("reconcile",), ("serve", "--port", "0"), ("nothing",), ("run", "nightly", "--dat", "x"),
])
def test_arguments_that_are_wrong_are_told_in_a_line(call: Call, arguments: tuple[str, ...]) -> None:
    refused(call(*arguments), "Error: ")


def test_a_date_that_is_none_says_how_to_write_one(call: Call) -> None:
    refused(call("run", "nightly", "--date", "02.03.2026"), "02.03.2026 is no date; write it as 2026-03-02")


def test_a_rule_that_is_not_there_is_told_with_those_that_are(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "a.x12"
    path.write_bytes(x12("000000901", response()))
    call("ingest", str(path), "--date", "2026-03-02")
    wrong = call("reconcile", "--date", "2026-03-02", "--rule", "order_and_rsponse")
    refused(wrong, "no such rule: order_and_rsponse", "order_and_response")
    assert call("reconcile", "--date", "2026-03-02", "--rule", "order_and_response").exit_code == 0


@pytest.mark.parametrize("command", [("reconcile", "--date", "2026-03-02"), ("replay", "--date", "2026-03-02")])
def test_a_night_that_was_not_run_cannot_be_run_again(call: Call, command: tuple[str, ...]) -> None:
    refused(call(*command), "2026-03-02")
    refused(call("status"), "no night was run yet")  # and asking made none


@pytest.fixture
def loaded(call: Call, tmp_path: Path) -> Call:
    path = tmp_path / "a.x12"
    path.write_bytes(x12("000000901", response("4500009001", price="7.25"), response("4500009002")))
    assert call("ingest", str(path), "--date", "2026-03-02").exit_code == 0
    return call


def test_query_selects_over_canonical_tables_and_decisions(loaded: Call) -> None:
    sql = "select order_number, unit_price from order_response_lines order by order_number"
    assert json.loads(loaded("query", sql, "--json").stdout) == [
        {"order_number": "4500009001", "unit_price": "7.2500000000"}, {"order_number": "4500009002", "unit_price": "7.2500000000"}]
    told = loaded("query", "select outcome, count(*) as n from decisions group by outcome")
    assert told.stdout.split() == ["outcome", "n", "loaded", "2", "1", "row"]
    assert json.loads(loaded("query", "with a as (select 1 as x) select x from a", "--json").stdout) == [{"x": 1}]
    assert json.loads(loaded("query", "select count(*) as n from payments", "--json").stdout) == [{"n": 0}]


@pytest.mark.parametrize("sql", [
    "drop table orders", "drop view orders", "delete from decisions", "insert into nights select * from nights",
    "create table t as select 1", "select 1; select 2", "select 1; drop view orders", "attach 'x.db' as x",
    "copy orders to 'out.csv'", "set enable_external_access = true", "install httpfs", "load httpfs", "pragma version", "", ";",
    "selekt 1", "select * from nowhere", "export database 'x'", "call pragma_version()",
    "update decisions set outcome = 'loaded'", "checkpoint", "explain analyze copy orders to 'out.csv'",
])
def test_query_refuses_all_but_one_select(loaded: Call, tmp_path: Path, sql: str) -> None:
    before = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    refused(loaded("query", sql), "crossfoot: query: ")
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == before


@pytest.mark.parametrize("sql", [
    "select * from read_csv('/etc/passwd')", "select * from '/etc/passwd'", "select * from read_text('/etc/passwd')",
    "select * from read_blob('/etc/passwd')", "select * from glob('/etc/*')", "select * from 'http://127.0.0.1:1/x.parquet'",
    "select * from read_text('{home}/../crossfoot.toml')", "select * from read_text('{home}/lake/../../crossfoot.toml')",
    "select * from sqlite_scan('{home}/crossfoot.sqlite', 'orders')", "select getenv('HOME')",
])
def test_query_reads_nothing_outside_the_lake(loaded: Call, tmp_path: Path, sql: str) -> None:
    told = loaded("query", sql.format(home=tmp_path / "home"))
    refused(told, "crossfoot: query: ")
    assert "root:" not in told.output
    assert os.environ.get("HOME", "-none-") + "\n" not in told.output


def test_a_dry_run_is_told_as_one(call: Call, tmp_path: Path) -> None:
    (tmp_path / "in" / "a.x12").write_bytes(x12("000000901", order_850(), kind="850", group="PO"))
    told = call("run", "nightly", "--date", "2026-03-02", "--dry-run")
    assert told.exit_code == 0
    assert "dry run, nothing was done" in told.stdout
    assert "quarantined not_agreed: northfield 000000901/0001" in told.stdout
