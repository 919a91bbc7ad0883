"""What must hold of whatever a power loss leaves: every promise made before it, and nothing that readers could mistake for whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from storage.files import hidden_name
from storage.lake import MANIFEST
from storage.landing import Landed, landed_path
from tests.faults.powerloss.disk import Tree
from tests.faults.powerloss.night import DROPPED
from tests.faults.powerloss.traces import Facts, Promises

Files = Mapping[str, bytes]


def broken(tree: Tree, promises: Promises) -> list[str]:
    """Return the promises that a surviving state breaks, in words; none where all is well."""
    files = tree.files
    notes, torn = _notes(files)
    return [
        *torn, *_archive(files), *(f"landed, and lost: {each.name}" for each in promises.landed if not _has_landed(files, notes, each)),
        *(f"neither in the drop folder nor landed: {name}" for name in DROPPED if not _came_through(files, notes, name)),
        *_parquet(files, promises.facts), *_manifest(files, promises.facts), *_outbox(files, promises.facts),
    ]


def _notes(files: Files) -> tuple[list[dict[str, Any]], list[str]]:
    """Read the sidecars as landing would, and tell which cannot be read."""
    paths = [path for path in files if path.startswith("landing/arrivals/") and path.endswith(".json") and "/." not in path]
    lines = [(path, parsed(line)) for path in paths for line in files[path].split(b"\n")[:-1] or [b""]]
    torn = [path for path in paths if not files[path].endswith(b"\n")] + [path for path, note in lines if not note]
    return [note for _, note in lines if note], [f"a sidecar is torn: {path}" for path in torn]


def _archive(files: Files) -> list[str]:
    """Whatever stands under the name of a hash must have it: landing trusts that name when the content comes again."""
    held = [path for path in files if path.startswith("landing/") and len(path) - path.rindex("/") == 65]
    return [f"torn in the archive: {path[:24]}" for path in held if sha256(files[path]) != path[-64:]]


def _has_landed(files: Files, notes: list[dict[str, Any]], landed: Landed) -> bool:
    held = files.get(archived(landed.hash))
    noted = any((note["hash"], note["name"], note["source"], note["arrival"]) == (landed.hash, landed.name, landed.source, landed.arrival)
                for note in notes)
    return noted and held is not None and sha256(held) == landed.hash


def _came_through(files: Files, notes: list[dict[str, Any]], name: str) -> bool:
    content = DROPPED[name]
    waits = files.get(f"drop/{name}") == content
    return waits or any(note["name"] == name and files.get(archived(note["hash"])) == content for note in notes)


def _parquet(files: Files, facts: Facts) -> list[str]:
    """A committed packet's files are there, hidden or shown; a visible packet's are shown."""
    found = []
    for path, digest, state in facts.parquet:
        shown = f"lake/{path}"
        places = (shown,) if state == "visible" else (shown, hidden(shown))
        if not any(place in files and sha256(files[place]) == digest for place in places):
            found.append(f"{state}, and lost: {path}")
    known = {path: digest for path, digest, _ in facts.parquet}
    return found + [f"shown, and not what was decided: {path}" for path in files
                    if path.endswith(".parquet") and known.get(path[len("lake/"):]) != sha256(files[path])]


def _manifest(files: Files, facts: Facts) -> list[str]:
    """A reader of the manifest sees whole packets, all that are visible, and none that the database does not have."""
    visible = {path for path, _, state in facts.parquet if state == "visible"}
    known = {(path, digest) for path, digest, _ in facts.parquet}
    content = files.get(f"lake/{MANIFEST}")
    if content is None:
        return ["the manifest is lost"] if visible else []
    manifest = parsed(content)
    if manifest is None:
        return ["the manifest is torn"]
    listed = {(each["path"], each["hash"]) for part in manifest["tables"].values() for each in part}
    found = [f"visible, and not listed: {path}" for path in visible - {path for path, _ in listed}]
    found += [f"listed, and not in the database: {path}" for path, _ in listed - known]
    return found + [f"listed, and not there: {path}" for path, digest in listed if sha256(files.get(f"lake/{path}", b"")) != digest]


def _outbox(files: Files, facts: Facts) -> list[str]:
    """What is marked as sent lies there; what lies there under its name is whole, sent or not."""
    hashes = {name: digest for name, digest, _ in facts.outbox}
    found = [f"sent, and lost: {name}" for name, digest, state in facts.outbox
             if state == "sent" and sha256(files.get(f"out/{name}", b"")) != digest]
    shown = [path[len("out/"):] for path in files if path.startswith("out/") and "/." not in path]
    other = [name for name in shown if hashes.get(name) != sha256(files[f"out/{name}"])]
    return found + [f"in the outbox, and not what was decided: {name}" for name in other]


@lru_cache(maxsize=4096)
def archived(digest: str) -> str:
    """Return where the archive has a content."""
    return str(landed_path(Path("landing"), digest))


@lru_cache(maxsize=4096)
def hidden(path: str) -> str:
    """Return where a file lies until it is shown."""
    return str(hidden_name(Path(path)))


@lru_cache(maxsize=4096)
def sha256(content: bytes) -> str:
    """Return the hash of a content; the same few come again and again."""
    return hashlib.sha256(content).hexdigest()


@lru_cache(maxsize=4096)
def parsed(content: bytes) -> dict[str, Any] | None:
    """Return JSON, or None where it is torn."""
    try:
        found = json.loads(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
