"""A file that cannot be read, in whole or in part: ``check``, ``inspect`` and ``ack`` have one exit status for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flows.cli import main
from tests.flows.examined import good

UNREADABLE_ISA = b"ISA*00*~"
TROUBLE: dict[str, bytes] = {
    "empty": b"", "blank": b" \r\n", "text": b"hello", "export": b"order,quantity\r\n4711,10\r\n", "cut header": good()[:50],
    "an ISA behind a good interchange": good() + UNREADABLE_ISA,
}


@pytest.fixture(params=["check", "inspect", "ack", "ack --raw", "ack --json"])
def look(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Result]:
    """Runs each command that looks at a file, in an empty folder without settings."""
    for variable in [variable for variable in os.environ if variable.startswith("CROSSFOOT_")]:
        monkeypatch.delenv(variable)
    monkeypatch.chdir(tmp_path)
    return lambda path: CliRunner().invoke(main, [*request.param.split(), path])


@pytest.mark.parametrize("data", TROUBLE.values(), ids=TROUBLE)
def test_what_holds_nothing_that_can_be_read_is_13(look: Callable[[str], Result], data: bytes) -> None:
    Path("a.edi").write_bytes(data)

    told = look("a.edi")

    assert told.exit_code == 13
    assert "Traceback" not in told.output
    assert told.output != ""


@pytest.mark.parametrize("path", ["nowhere.edi", "nowhere/a.edi", "/proc/self/mem", "/dev/null", "a\0b"])
def test_what_cannot_be_opened_is_13(look: Callable[[str], Result], path: str) -> None:
    told = look(path)

    assert told.exit_code == 13
    assert "->" in told.stdout or told.stderr.startswith("crossfoot: ")


def test_what_can_be_read_is_0(look: Callable[[str], Result]) -> None:
    Path("a.edi").write_bytes(good())

    assert look("a.edi").exit_code == 0


@pytest.mark.parametrize("command", ["inspect", "ack", "ack --raw"])
def test_a_folder_is_told_as_one_with_what_to_do(tmp_path: Path, command: str) -> None:
    (tmp_path / "outgoing").mkdir()

    told = CliRunner().invoke(main, [*command.split(), str(tmp_path / "outgoing")])

    assert told.exit_code == 13
    assert "it is a folder, not a file" in told.output
    assert "Name one of its files; `crossfoot check` takes a whole folder." in told.output.replace("name one", "Name one")
