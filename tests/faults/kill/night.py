"""A small but real night for proofs that run hundreds of them: two partners' files, one of them twice, and an export, in two packets."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from flows.settings import Drop
from storage.files import make_folder
from tests.flows.nights import DATA, DAYS, FIRST, World, world

DROPPED = {  # where it is dropped and under which name -> which file of the sample it is
    "edi/order.edi": "AM.20260302.AM000311.edi",
    "edi/again.edi": "AM.20260302.AM000311.edi",
    "edi/orders.x12": "bluewater-20260302-orders.edi",
    "erp/erp_orders_20260302.csv": "erp_orders_20260302.csv",
}
RULES = ("order_and_response.toml", "order_and_erp.toml")
PACKET_FILES = 3


def small_data(folder: Path) -> Path:
    """Copy what a small night needs of data/: everything but the sample and most rules."""
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("sample", "rules"))
    (folder / "rules").mkdir()
    for name in RULES:
        shutil.copy(DATA / "rules" / name, folder / "rules" / name)
    return folder


def small_world(home: Path, data: Path, **overrides: Any) -> World:
    """Make a world with the small night's files in its drop folders."""
    files = {path.name: path for path in DAYS[FIRST].rglob("*") if path.is_file()}
    for dropped, name in DROPPED.items():
        shutil.copy(files[name], make_folder((home / "drop" / dropped).parent) / Path(dropped).name)
    drops = tuple(Drop(name=name, folder=home / "drop" / name) for name in ("edi", "erp"))
    made = world(home, workers=1, packet_files=PACKET_FILES, drops=drops, **overrides)
    return World(made.settings.model_copy(update={"data": data}))
