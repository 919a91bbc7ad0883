"""Standard input and output as a shell can leave them: full, closed, gone. Each is a sentence with its remedy, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.examined import bad_guide, good

FULL = "crossfoot: standard output could not be written (No space left on device); free some space, then run again\n"
CLOSED = "crossfoot: standard output is closed; give it a file or a pipe, or /dev/null if nobody reads it\n"
NO_INPUT = "standard input is closed"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder without settings, with one file."""
    for variable in [variable for variable in os.environ if variable.startswith("CROSSFOOT_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.chdir(tmp_path)
    Path("a.x12").write_bytes(good())


def shell(line: str) -> tuple[int, str, str]:
    """Run a line of a shell in which ``crossfoot`` is ours, and return status, standard output and standard error."""
    ours = f'crossfoot() {{ "{sys.executable}" -c "import sys; from flows.cli import main; sys.exit(main())" "$@"; }}; '
    told = subprocess.run(["bash", "-c", f"set -o pipefail; {ours}{line}"], capture_output=True, text=True, timeout=120, check=False)
    return told.returncode, told.stdout, told.stderr


def test_a_full_disk_is_told_in_a_line() -> None:
    assert shell("crossfoot check a.x12 > /dev/full") == (75, "", FULL)


@pytest.mark.slow
@pytest.mark.parametrize("command", [
    "--help", "--version", "check --help", "check a.x12 --format json", "check a.x12 --format sarif", "check a.x12 --format junit",
    "inspect a.x12", "inspect a.x12 --json", "ack a.x12", "ack a.x12 --json", "ack a.x12 --raw",
])
def test_whatever_prints_tells_of_a_full_disk(command: str) -> None:
    assert shell(f"crossfoot {command} > /dev/full") == (75, "", FULL)


@pytest.mark.slow
def test_a_night_that_is_asked_for_tells_of_a_full_disk_too() -> None:
    data = Path(__file__).parents[2] / "data"
    Path("crossfoot.toml").write_text(f'data = "{data}"\nhome = "home"\n', encoding="utf-8")
    assert shell("crossfoot ingest a.x12 --date 2026-03-02 > /dev/null")[0] == 0

    for command in ("status", "status --json", "query 'select 1'", "query --json 'select 1'", "conflicts", "epochs"):
        assert shell(f"crossfoot {command} > /dev/full") == (75, "", FULL), command
        assert shell(f"crossfoot {command} >&-") == (2, "", CLOSED), command


@pytest.mark.slow
def test_a_disk_that_is_full_before_a_large_tree_is_through_is_not_blamed_on_the_file() -> None:
    Path("large.x12").write_bytes(good() * 500)

    assert shell("crossfoot inspect large.x12 --limit 0 > /dev/full") == (75, "", FULL)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check a.x12", "inspect a.x12", "ack a.x12", "ack a.x12 --raw", "--help"])
def test_an_output_that_is_closed_is_told_in_a_line(command: str) -> None:
    assert shell(f"crossfoot {command} >&-") == (2, "", CLOSED)


@pytest.mark.slow
def test_a_closed_output_that_is_not_needed_is_not_told() -> None:
    assert shell("crossfoot check a.x12 --output report.txt >&-") == (0, "", "")
    assert Path("report.txt").read_text(encoding="utf-8").startswith("a.x12: ok ")


@pytest.mark.slow
@pytest.mark.parametrize(("command", "status", "where"), [("check -", 13, 1), ("inspect -", 13, 1), ("ack -", 13, 2)])
def test_an_input_that_is_closed_is_told_as_a_file_that_cannot_be_read(command: str, status: int, where: int) -> None:
    told = shell(f"crossfoot {command} <&-")

    assert told[0] == status
    assert NO_INPUT in told[where]
    assert "Traceback" not in told[2]


@pytest.mark.slow
def test_errors_that_nobody_can_be_told_change_no_status() -> None:
    Path("b.x12").write_bytes(bad_guide())

    assert shell("crossfoot check b.x12 --quiet --guide 855@004010 2>&- >/dev/null")[0] == 12
    assert shell("crossfoot check nothing.x12 --guide 1 2>&-")[:2] == (2, "")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check a.x12", "inspect a.x12 --limit 0", "ack a.x12 --raw", "--help"])
def test_a_reader_that_went_away_is_nobody_to_tell(command: str) -> None:
    Path("a.x12").write_bytes(good() * 300)

    assert shell(f"crossfoot {command} | head -c 1 > /dev/null") in [(1, "", ""), (0, "", "")]  # 0: it was done before the reader went
