"""What the documentation says is so: links resolve, commands parse, settings load, the example runs."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from flows.cli import main
from flows.clock import holder
from flows.definitions import PartnerModel, SourceModel
from flows.nightly import run_night
from flows.queries import query
from flows.runners import PlainRunner
from flows.sample import drop_files, sample_days, sample_settings, write_settings
from flows.settings import Settings, load_settings, validated
from transforms.exports_contract import usable
from transforms.reconcile.rules import parse_rule

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
WRITTEN = [ROOT / "README.md", ROOT / "docs" / "operations.md"]  # by hand, with commands and settings
TOML = [block for page in WRITTEN for block in re.findall(r"^```toml\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)]
SAMPLE = "build/night/crossfoot.toml"


def anchors(page: Path) -> set[str]:
    """Return the fragments that a page's headings make."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_resolve(page):
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    broken = []
    for link in links:
        path, _, fragment = link.partition("#")
        if "://" in path:
            continue
        target = (page.parent / path) if path else page
        if not target.exists() or (fragment and fragment not in anchors(target)):
            broken.append(link)

    assert broken == []


def commands() -> list[str]:
    """Return every crossfoot command that the pages show, in code blocks and in code spans."""
    found = []
    for page in WRITTEN:
        text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
        found += re.findall(r"^ {4,}(?:.*?/bin/)?(crossfoot .*(?:\n {8,}.*)*)", text, re.M)
        found += re.findall(r"`(crossfoot [^`]+)`", text)
    return sorted(set(found))


@pytest.mark.parametrize("line", commands())
def test_commands_parse(line):
    words = [str(ROOT / "pyproject.toml") if word in ("FILE", SAMPLE) else word for word in shlex.split(line)[1:]]
    words = ["2026-03-04" if word == "DATE" else "a_rule" if word == "NAME" else word for word in words]
    words = [str(ROOT / word) if word.startswith("data/") else word for word in words]
    command: click.Command = main
    context = click.Context(main, info_name="crossfoot")
    while isinstance(command, click.Group) and (words or not command.invoke_without_command):
        parser_context = command.make_context(command.name, words, parent=context if command is not main else None)
        name, found, words = command.resolve_command(parser_context, [*parser_context._protected_args, *parser_context.args])
        assert found is not None, f"no command {name}"
        command, context = found, parser_context
    if words or len(shlex.split(line)) > 2:  # a bare name in a sentence only names the command
        command.make_context(command.name, list(words), parent=context)


def test_every_command_is_in_the_table():
    rows = re.findall(r"^\| `crossfoot ([a-z ]+?)(?: [A-Z\"-].*?)?` \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)
    groups = {name: command for name, command in main.commands.items() if isinstance(command, click.Group)}
    alone = {name for name, command in main.commands.items() if name not in groups or groups[name].invoke_without_command}

    assert set(rows) == alone | {f"{name} {inner}" for name, group in groups.items() for inner in group.commands}


@pytest.mark.parametrize("block", TOML, ids=lambda block: block.splitlines()[0])
def test_toml_examples_load(block):
    path = block.splitlines()[0].removeprefix("# ")
    content = tomllib.loads(block)
    kind = "settings" if path.endswith("crossfoot.toml") else path.split("/")[1]
    if kind == "settings":
        validated(Settings, content, path=path)
    elif kind == "partners":
        validated(PartnerModel, content, path=path).frozen(Path(path).stem)
    elif kind == "sources":
        usable(validated(SourceModel, content, path=path).frozen(Path(path).stem))
    else:
        assert kind == "rules", f"{path}: the first line of an example names its file"
        parse_rule(Path(path).stem, content)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample nights in a folder of their own, with the README's rule beside the others; returns their settings file."""
    folder = tmp_path_factory.mktemp("readme")
    data = Path(shutil.copytree(ROOT / "data", folder / "data"))
    rule = next(block for block in TOML if block.startswith("# data/rules/"))
    (folder / rule.splitlines()[0].removeprefix("# ")).write_text(rule, encoding="utf-8")
    settings = sample_settings(data, folder / "night")
    for business_date, day in sample_days(data / "sample").items():
        drop_files(settings, day)
        run_night(settings, business_date, PlainRunner(1), holder=holder())
    return write_settings(settings)


@pytest.mark.slow
def test_queries_answer_on_the_sample(sample):
    settings = load_settings(sample)
    asked = [shlex.split(line)[-1] for line in commands() if " query " in line and not line.endswith('"select ..."')]

    assert len(asked) > 4
    assert [sql for sql in asked if query(settings, sql).num_rows == 0] == []


@pytest.mark.slow
def test_the_rule_shown_finds_two_breaks(sample):
    found = query(load_settings(sample), "select key from current_breaks "
                                         "where class_code = 'invoice_price_erp' and state_code = 'open'")

    assert found.num_rows == 2


def test_the_library_example_runs():
    code = "".join(re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S))

    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("000000101 ['855', ")  # the file's ISA13 and its first ST01


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_files_that_are_named_exist(page):
    named = set(re.findall(r"`((?:data|docs|edi|transforms|flows|storage)/[\w./]+)`", page.read_text(encoding="utf-8")))
    made = {block.splitlines()[0].removeprefix("# ") for block in TOML}

    assert sorted(name for name in named - made if not (ROOT / name).exists()) == []
