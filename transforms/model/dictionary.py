"""The data dictionary: the canonical model as a page for people, made from the tables themselves and never by a second list.

    python -m transforms.model.dictionary > docs/data-dictionary.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from transforms.model import TABLES
from transforms.model.columns import PROVENANCE, Column, provenance
from transforms.model.types import ExactDecimal

INTRODUCTION = """\
# Data dictionary

Made from `transforms/model` by `python -m transforms.model.dictionary > docs/data-dictionary.md`; a test compares the two. Do not edit it.

The tables are the same in SQLite, PostgreSQL and Parquet, and in `crossfoot query`. Facts are appended, never changed: `known_at` tells
which night brought a row. Decimals are exact; SQLite keeps them as text, so let `crossfoot query` do the sums. Amounts carry their sign: a
credit is negative.

- **Key** columns make up the primary key. A *required* column is never null.
- **Class** says how careful to be: *internal*, *financial* (money and prices) or *personal* (never shown in logs and reports).
"""

SHARED = """\
## Columns of every table

Where a row comes from and what made it. They stand behind the columns below in each table, and are not repeated there.
"""

HEADER = ("| column | type | | class | what it says |", "|---|---|---|---|---|")


def page() -> str:
    """Return the page as markdown."""
    shared = provenance()
    known = {made.name for made in shared}
    parts = [INTRODUCTION, *_contents(), SHARED, *HEADER, *(_row(made) for made in shared), ""]
    for name in sorted(TABLES):
        table = TABLES[name]
        own = [made for made in table.columns if not (made.name in known and made.info["role"] == PROVENANCE)]
        parts += [f"## {name}", "", f"{table.comment}.", "", *HEADER, *(_row(made) for made in own), ""]
    return "\n".join(parts)


def _contents() -> Iterator[str]:
    yield from ("| table | rows |", "|---|---|")
    yield from (f"| [{name}](#{name}) | {escaped(str(TABLES[name].comment))} |" for name in sorted(TABLES))
    yield ""


def _row(made: Column) -> str:
    need = "key" if made.primary_key else "" if made.nullable else "required"
    values = made.info.get("values") or ()
    says = str(made.comment) + (f". One of {_listed(values)}" if values else "")
    return f"| `{made.name}` | {type_name(made.type)} | {need} | {made.info['class']} | {escaped(says)} |"


def type_name(kind: object) -> str:
    """Return what a column's type is called on the page."""
    if isinstance(kind, ExactDecimal):
        return f"decimal({kind.precision}, {kind.scale})"
    for known, name in ((sa.BigInteger, "integer"), (sa.Date, "date"), (sa.Boolean, "boolean")):
        if isinstance(kind, known):
            return name
    return "text"


def escaped(text: str) -> str:
    """Return text that may stand in a cell."""
    return text.replace("|", "\\|").replace("\n", " ")


def _listed(values: Iterable[str]) -> str:
    return ", ".join(f"`{value}`" for value in values)


if __name__ == "__main__":
    print(page(), end="")
