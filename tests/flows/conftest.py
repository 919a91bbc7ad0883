"""The fixtures that tests of commands share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flows.cli import main
from tests.flows.examined import Command


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs ``crossfoot check`` in an empty folder without settings."""
    return _command("check", tmp_path, monkeypatch)


@pytest.fixture
def inspect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs ``crossfoot inspect`` in an empty folder without settings."""
    return _command("inspect", tmp_path, monkeypatch)


def _command(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    for variable in [variable for variable in os.environ if variable.startswith("CROSSFOOT_")]:
        monkeypatch.delenv(variable)
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.chdir(folder)

    def run(*arguments: str, stdin: bytes = b"") -> Result:
        result = CliRunner().invoke(main, [name, *arguments], input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return run
