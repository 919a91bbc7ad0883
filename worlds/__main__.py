"""Write a sample world: ``python -m worlds --out DIR [--seed N] [--orders-per-partner N] [--nights N] [--faults | --no-faults]``."""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from pathlib import Path

from worlds import exports, mail
from worlds.business import World
from worlds.daily import trade
from worlds.faults import NIGHTS as PLANTED_NIGHTS
from worlds.faults import plant
from worlds.truth import truth_text

FIRST_NIGHT = date(2026, 3, 2)
SEED, ORDERS, NIGHTS = 20260302, 10, 3


def build(*, seed: int = SEED, orders_per_partner: int = ORDERS, nights: int = NIGHTS, faults: bool = True) -> dict[str, bytes]:
    """Return a world's files by path: the same arguments give the same bytes."""
    world = World(seed, tuple(FIRST_NIGHT + timedelta(days=night) for night in range(nights)))
    trade(world, orders_per_partner)
    planted = plant(world) if faults else []
    room = mail.deliver(world)
    made = mail.files(room) | exports.files(world)
    made["truth.toml"] = truth_text(planted, world.dates, room.places).encode()
    return made


def main(arguments: list[str] | None = None) -> None:
    """Write a world below a folder; files of an earlier world there are removed."""
    parser = argparse.ArgumentParser(prog="python -m worlds", description="Write a seeded sample world.")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--orders-per-partner", type=int, default=ORDERS, help="clean order-to-cash chains with each of the four partners")
    parser.add_argument("--nights", type=int, default=NIGHTS)
    parser.add_argument("--faults", action=argparse.BooleanOptionalAction, default=True, help="plant faults, and write them to truth.toml")
    options = parser.parse_args(arguments)
    if options.faults and options.nights != PLANTED_NIGHTS:
        parser.error(f"faults are planted in worlds of {PLANTED_NIGHTS} nights; say --nights {PLANTED_NIGHTS} or --no-faults")
    made = build(seed=options.seed, orders_per_partner=options.orders_per_partner, nights=options.nights, faults=options.faults)
    write(options.out, made)
    print(f"{len(made)} files, {sum(map(len, made.values())):,} bytes in {options.out}")


def write(out: Path, made: dict[str, bytes]) -> None:
    """Write the files, and remove what an earlier world left in folders of business dates."""
    for old in sorted(out.glob("20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]/*/*")):
        if str(old.relative_to(out)) not in made:
            old.unlink()
    for name, data in sorted(made.items()):
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    main()
