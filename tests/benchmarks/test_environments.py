"""Each reader has an environment of its own: pinned with hashes, made once, and a failure to make it is told in one line."""

from __future__ import annotations

import re
import subprocess
from types import SimpleNamespace

import pytest

from benchmarks import environments
from benchmarks.environments import LOCKS, UnmeasurableError


@pytest.mark.parametrize("lock", sorted(LOCKS.glob("*.lock")), ids=lambda path: path.stem)
def test_a_lock_pins_everything_and_names_no_place(lock):
    text = lock.read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())

    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry or "==" not in entry] == []
    assert ":" + "//" not in text
    assert lock.with_suffix(".in").is_file()


def test_an_environment_is_made_once_and_again_when_its_lock_changes(tmp_path, monkeypatch):
    made = []

    def uv(command, **_):
        made.append(command[2])
        (tmp_path / "one" / "bin").mkdir(parents=True, exist_ok=True)
        (tmp_path / "one" / "bin" / "python").touch()
        return SimpleNamespace(returncode=0, stderr="")

    monkeypatch.setattr(subprocess, "run", uv)
    monkeypatch.setattr(environments, "LOCKS", tmp_path)
    (tmp_path / "one.lock").write_text("a==1")
    environments.python("one", tmp_path)
    interpreter = environments.python("one", tmp_path)
    assert (made, interpreter) == (["venv", "pip"], tmp_path / "one" / "bin" / "python")

    (tmp_path / "one.lock").write_text("a==2")
    environments.python("one", tmp_path)
    assert made == ["venv", "pip"] * 2


def test_what_cannot_be_made_is_told_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(environments, "LOCKS", tmp_path)
    (tmp_path / "one.lock").write_text("no-such-package==1")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=1, stderr="trying\nno solution found\n"))

    with pytest.raises(UnmeasurableError, match=r"^no solution found$"):
        environments.python("one", tmp_path)
