"""Interchanges for tests of nights, as small as they can be: Northfield answers orders in X12, Alpenmarkt orders in EDIFACT."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.flows.nights import World

NORTHFIELD = ("12", "6125550142")
US = ("ZZ", "CROSSFOOT")
ALPENMARKT = "9012345000011:14"
US_GLN = "4000000000006:14"

Segments = Sequence[str]


def response(order: str = "4500009001", *, quantity: str = "10", confirmed: str = "", currency: str = "USD", line: str = "1",
             item: str = "*UP*061414000031*IN*CF-003", price: str = "7.25") -> list[str]:
    """Return the segments between ST and SE of an 855 with one line."""
    return [f"BAK*00*AD*{order}*20260301****R{order}*20260302", f"CUR*SE*{currency}", f"PO1*{line}*{quantity}*EA*{price}*PE{item}",
            f"ACK*IA*{confirmed or quantity}*EA*068*20260311", "CTT*1"]


def order_850(order: str = "4500009001", *, quantity: str = "10", price: str = "7.25") -> list[str]:
    """Return the segments between ST and SE of an 850 with one line."""
    return [f"BEG*00*NE*{order}**20260301", "CUR*BY*USD", "DTM*002*20260311",
            f"PO1*1*{quantity}*EA*{price}*PE*UP*061414000031*IN*CF-003", "CTT*1"]


def x12(number: str, *sets: Segments, kind: str = "855", group: str = "PR", sender: tuple[str, str] = NORTHFIELD,
        receiver: tuple[str, str] = US, usage: str = "P", ask: str = "0", trailer: str | None = None,
        counts: dict[int, int] | None = None) -> bytes:
    """Return an X12 interchange; ``counts`` plants a wrong SE01 by ordinal, ``trailer`` another IEA02 than ISA13."""
    addresses = f"{sender[0]}*{sender[1]:<15}*{receiver[0]}*{receiver[1]:<15}"
    lines = [f"ISA*00*          *00*          *{addresses}*260302*1701*U*00401*{number}*{ask}*{usage}*>",
             f"GS*{group}*{sender[1]}*{receiver[1]}*20260302*1701*7{number[-4:]}*X*004010"]
    for ordinal, segments in enumerate(sets, start=1):
        stated = (counts or {}).get(ordinal, len(segments) + 2)
        lines += [f"ST*{kind}*{ordinal:04d}", *segments, f"SE*{stated}*{ordinal:04d}"]
    lines += [f"GE*{len(sets)}*7{number[-4:]}", f"IEA*1*{trailer or number}"]
    return "".join(f"{line}~\n" for line in lines).encode()


def edifact(reference: str, *orders: str, usage: str = "", trailer: str | None = None, counts: dict[int, int] | None = None,
            sender: str = ALPENMARKT, receiver: str = US_GLN) -> bytes:
    """Return an EDIFACT interchange of ORDERS D.96A with one line each, all on one line as Alpenmarkt sends them."""
    test = "++++++1" if usage == "test" else ""
    parts = [f"UNB+UNOC:3+{sender}+{receiver}+260302:1701+{reference}{test}"]
    for ordinal, order in enumerate(orders, start=1):
        body = [f"BGM+220+{order}+9", "DTM+137:20260301:102", "NAD+BY+9012345000011::9", "NAD+SU+4000000000006::9", "CUX+2:EUR:9",
                "LIN+1++9005550000020:EN", "QTY+21:12:PCE", "PRI+AAA:6.9", "UNS+S", "CNT+2:1"]
        stated = (counts or {}).get(ordinal, len(body) + 2)
        parts += [f"UNH+{ordinal}+ORDERS:D:96A:UN:EAN008", *body, f"UNT+{stated}+{ordinal}"]
    return "".join(f"{part}'" for part in [*parts, f"UNZ+{len(orders)}+{trailer or reference}"]).encode("latin-1")


def post(made: World, files: dict[str, bytes], *, source: str = "edi") -> None:
    """Leave files in a drop folder."""
    folder = made.settings.home / "drop" / source
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


def outcomes(made: World) -> dict[str, tuple[str, str]]:
    """Return outcome and reason of every document by its control numbers."""
    rows = made.rows("SELECT control_number, outcome, reason_code FROM decisions ORDER BY control_number")
    return {number: (outcome, reason) for number, outcome, reason in rows}


def sent(made: World, partner: str = "northfield") -> list[str]:
    """Return what the outbox folder of a partner holds, in the order of its names, without line feeds."""
    folder: Path = made.settings.outbox / partner
    return [path.read_text("latin-1").replace("\n", "").replace("\r", "") for path in sorted(folder.glob("*"))] if folder.exists() else []
