"""``python -m tests.malformed --write`` makes the files again from expected.tsv and bases/; a person reviews the difference."""

from __future__ import annotations

import argparse

from tests.malformed.table import FILES, cases


def main() -> None:
    """Write every file of the table, and take away what the table no longer has."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", required=True, help="write tests/malformed/files")
    parser.parse_args()
    FILES.mkdir(exist_ok=True)
    wanted = {f"{case.file}.edi": case.data for case in cases()}
    for stale in {path.name for path in FILES.iterdir()} - wanted.keys():
        (FILES / stale).unlink()
    for name, data in wanted.items():
        (FILES / name).write_bytes(data)
    print(f"{len(wanted)} files")


if __name__ == "__main__":
    main()
