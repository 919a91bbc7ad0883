"""``crossfoot check`` and files of every sort: what cannot be read is told in its place, and the others go on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from edi.findings import CATALOGUE
from edi.limits import Limits
from flows.examine import files
from flows.examine.checking import check_files
from flows.examine.policy import policy_for
from flows.examine.words import printable
from tests.flows.examined import Command, bad_guide, bad_syntax, good, one, reports
from tests.flows.letters import edifact


@contextmanager
def without_input() -> Iterator[None]:
    """Give standard input a descriptor that cannot be read from, as the command line does where it is closed."""
    with open(os.open(os.devnull, os.O_WRONLY), encoding="utf-8") as nothing, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", nothing)
        yield


@contextmanager
def as_nobody() -> Iterator[None]:
    """Give up root's rights, if we have them."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def a_folder(path: Path) -> str:
    path.mkdir()
    return str(path)


def a_pipe(path: Path) -> str:
    os.mkfifo(path)
    return str(path)


def an_unreadable(path: Path) -> str:
    path.write_bytes(good())
    path.chmod(0)
    return str(path)


def a_folder_with_an_export(path: Path) -> str:
    path.mkdir()
    (path / "orders.csv").write_text("order,quantity\n1,2\n", encoding="utf-8")
    return str(path)


SITUATIONS: dict[str, Callable[[Path], str]] = {
    "file.missing": str,
    "file.denied": an_unreadable,
    "file.special": a_pipe,
    "file.changed": lambda path: "/proc/self/status",  # has bytes where its size says that it has none
    "file.closed": lambda path: "-",
    "file.unreadable": lambda path: "x" * 5000,
    "file.none": a_folder,
    "file.export": a_folder_with_an_export,
}


def test_every_code_about_files_has_a_situation() -> None:
    elsewhere = {"file.folder"}  # check walks a folder; inspect and ack: test_unread.py
    assert set(SITUATIONS) | elsewhere == {code for code in CATALOGUE if code.startswith("file.")}


@pytest.mark.parametrize("code", sorted(SITUATIONS))
def test_a_file_that_cannot_be_read_is_told_and_the_others_go_on(tmp_path: Path, code: str) -> None:
    (tmp_path / "good.x12").write_bytes(good())
    named = SITUATIONS[code](tmp_path / "it")

    with {"file.denied": as_nobody, "file.closed": without_input}.get(code, nullcontext)():
        (first,) = check_files([named], policy_for(None, ()), limits=Limits(), max_findings=9)
    (_, second) = reports(named, str(tmp_path / "good.x12"))

    assert [finding.code for finding in first.findings] == [code]
    assert second.outcome == "ok"


def test_a_file_that_grows_while_it_is_read_is_not_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.x12"
    path.write_bytes(good())
    real = os.fstat

    def grown(handle: int) -> os.stat_result:  # a writer between our two looks
        with path.open("ab") as stream:
            stream.write(b" ")
        return real(handle)

    monkeypatch.setattr(files.os, "fstat", grown)

    assert [finding.code for finding in reports(str(path))[0].findings] == ["file.changed"]


def test_folders_are_walked_by_name_and_what_is_hidden_is_not_there_yet(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("c.x12", "a.x12", "b/z.x12", ".d.x12.staged"):
        (tmp_path / name).write_bytes(good())

    assert [Path(each.path).relative_to(tmp_path).as_posix() for each in reports(str(tmp_path), str(tmp_path / "a.x12"))] == [
        "a.x12", "c.x12", "b/z.x12"]


def test_a_link_that_leads_nowhere_and_one_to_its_own_folder_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "self").symlink_to(tmp_path)
    (tmp_path / "lost").symlink_to(tmp_path / "nowhere")

    assert [(Path(each.path).name, each.findings[0].code) for each in reports(str(tmp_path))] == [("lost", "file.missing")]


def test_what_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.x12"
    path.write_bytes(good())

    (report,) = reports(str(path), max_file_bytes=100)

    assert [finding.code for finding in report.findings] == ["limits.file_bytes"]
    assert report.outcome == "unreadable"


def test_standard_input_is_a_file_too(check: Command) -> None:
    told = one(check("-", "--format", "json", stdin=good()))

    assert (told["path"], told["outcome"], told["bytes"]) == ("-", "ok", len(good()))


def test_a_name_that_is_no_utf_8_or_plays_with_the_terminal_is_written_out(check: Command) -> None:
    name = os.fsdecode(b"a\xff\x1b[31m.x12")
    Path(name).write_bytes(good())

    assert check(name).stdout.startswith("a\\xff\\x1b[31m.x12: ok ")
    assert one(check(name, "--format", "json"))["path"] == "a\\xff\\x1b[31m.x12"
    Path(name).write_bytes(b"")
    (result,) = json.loads(check(name, "--format", "sarif").stdout)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%FF%1B%5B31m.x12"


@pytest.mark.parametrize("text", ["\x1b]0;title\x07", "a\rb", "\u202egnp.exe", "\x9b31m", "\u2028"])
def test_what_is_printable_moves_nothing(text: str) -> None:
    assert printable(text).isprintable()
    assert printable("Straße 漢字 ~^*") == "Straße 漢字 ~^*"


PARTS = Limits(part_bytes=500, max_part_bytes=500)  # a file of two orders is read in three parts


@pytest.mark.parametrize("data", [good(), bad_syntax(), bad_guide(), good() + edifact("1", "PO-1", "PO-2") + bad_guide()])
def test_a_large_file_is_read_part_by_part_and_told_as_in_one_piece(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.edi"
    path.write_bytes(data)

    whole, in_parts = (list(check_files([str(path)], policy_for(None, ()), limits=limits, max_findings=9)) for limits in (Limits(), PARTS))

    assert in_parts == whole
    assert whole[0].size == len(data)


def test_a_large_file_that_grows_while_it_is_read_is_not_judged_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.edi"
    path.write_bytes(good() * 5)
    batches = files.parts(files.opened(files.Given(str(path)), PARTS, most_held=500), PARTS)
    next(batches)
    path.write_bytes(good() * 5 + b" ")

    with pytest.raises(OSError) as told:
        list(batches)

    assert files.failed(files.Given(str(path)), told.value).code == "file.changed"
