"""What is committed holds on every machine: no registry's host, no path of one machine, a lock with hashes, real commands."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from tests.architecture.house import ROOT

# Written in pieces so that this file does not find itself.
HOSTS = re.compile("|".join(("py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.(com|org)", "arti" + "factory")))
PATHS = re.compile("(?<![A-Za-z0-9_.>~-])/" + "(work|root|home|Users|opt/" + "pypi)/[A-Za-z0-9_.]")


def betrayals(text: str) -> list[str]:
    """List what names a registry's host or a path of one machine, with lines."""
    return [f"line {number}: {found.group()}" for number, line in enumerate(text.splitlines(), 1)
            for pattern in (HOSTS, PATHS) for found in pattern.finditer(line)]


def tracked() -> list[str]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, or git is missing: what is tracked cannot be told")
    listing = subprocess.run(["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [name for name in listing.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_nothing_tracked_names_a_registry_or_a_machine():
    texts = {name: (ROOT / name).read_bytes().decode("utf-8", errors="replace") for name in tracked()}

    assert {name: found for name, text in texts.items() if (found := betrayals(text))} == {}


def test_the_lock_has_hashes_for_everything_and_names_no_place():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", lock.strip())

    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry or "==" not in entry] == []
    assert ":" + "//" not in lock


def test_the_build_backend_and_uv_are_locked():
    names = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)

    assert {"hatchling", "uv"} <= set(names)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_make_command_that_is_written_down_exists(page):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    written = set(re.findall(r"`make ([a-z]+)", (ROOT / page).read_text(encoding="utf-8")))

    assert written <= targets


@pytest.mark.parametrize("text", ["see https://" + "py" + "pi.org/simple", "cd /" + "root/x", "open('/" + "work/main/x')"])
def test_a_betrayal_is_found(text):
    assert betrayals(text)


@pytest.mark.parametrize("text", ["./" + "work/x", "network/" + "home/x", "a framework", "/var/lib/crossfoot"])
def test_what_only_looks_like_one_is_not(text):
    assert betrayals(text) == []
