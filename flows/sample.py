"""The sample nights: drop each date's files where partners and systems would, run the night, and compare with the planted truth."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from edi.errors import ConfigurationError
from flows.settings import Drop, Settings
from storage.files import make_folder, write_atomically
from storage.sources import drop_copy

DEPLOYMENT = "sample"


def sample_settings(data: Path, home: Path, **overrides: object) -> Settings:
    """Return the settings of the sample: one drop folder for each source under ``home``."""
    sources = sorted({path.name for day in sample_days(data / "sample").values() for path in day.iterdir() if path.is_dir()})
    drops = tuple(Drop(name=name, folder=home / "drop" / name, complete_when="renamed", afterwards="move") for name in sources)
    return Settings(deployment=DEPLOYMENT, data=data, home=home, drops=drops).model_copy(update=overrides)


def write_settings(settings: Settings) -> Path:
    """Write the sample's settings beside its results, so that every other command can be pointed at them with --settings."""
    lines = ["# Written by `crossfoot run sample`: point other commands at its results with --settings.",
             f"deployment = {json.dumps(settings.deployment)}", f"data = {json.dumps(str(settings.data))}", 'home = "."']
    if settings.database:
        lines.append(f"database = {json.dumps(settings.database)}")
    for drop in settings.drops:
        lines += ["", "[[drops]]", f"name = {json.dumps(drop.name)}", f"folder = {json.dumps('drop/' + drop.name)}"]
    path = make_folder(settings.home) / "crossfoot.toml"
    write_atomically(path, ("\n".join(lines) + "\n").encode())
    return path


def sample_days(sample: Path) -> dict[date, Path]:
    """Return the business dates of a sample and their folders, in order."""
    if not sample.is_dir():
        raise ConfigurationError(f"{sample}: no such folder; make it with `make sample`, or name another data folder")
    return {date.fromisoformat(path.name): path for path in sorted(sample.iterdir()) if path.is_dir()}


def drop_files(settings: Settings, day: Path) -> int:
    """Put a date's files into the drop folders, as senders do; return how many."""
    folders = {drop.name: make_folder(drop.folder) for drop in settings.drops}
    count = 0
    for source in sorted(path for path in day.iterdir() if path.is_dir()):
        for path in sorted(each for each in source.iterdir() if each.is_file()):
            drop_copy(path, folders[source.name])
            count += 1
    return count

