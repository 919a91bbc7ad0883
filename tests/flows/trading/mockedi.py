"""mock-edi as a process of the test's own: its folders, its control plane, and orders as its customers write them."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STARTS_AT = "2026-03-02T09:00:00Z"  # its clock stands there until it is advanced
Lines = Sequence[tuple[str, str, str]]  # quantity, price, the supplier's item number


@dataclass(frozen=True)
class MockEdi:
    """A running mock-edi."""

    url: str
    inbox: Path
    pickup: Path

    def ask(self, path: str, method: str = "GET", **body: object) -> Any:
        """Call its control plane."""
        data = None if method == "GET" else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, method=method, data=data, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def hand(self, files: Iterable[Path]) -> list[dict[str, Any]]:
        """Put files into its drop folder, have them read now, and return what it says of each."""
        for path in files:
            shutil.copy(path, self.inbox / f"{path.name}.part")
            (self.inbox / f"{path.name}.part").rename(self.inbox / path.name)
        taken = self.ask("/_mock/drop/scan", "POST")["files"]
        self.ask("/_mock/advance?seconds=60", "POST")  # what it sends a few moments later is sent now
        return [dict(each) for each in taken]

    def answers(self) -> list[Path]:
        """Return what lies in its pickup folder."""
        return sorted(self.pickup.glob("*.edi"))


@contextmanager
def mock_edi(folder: Path) -> Iterator[MockEdi]:
    """Run a mock-edi until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = MockEdi(f"http://127.0.0.1:{port}", folder / "in", folder / "out")
    command = [sys.executable, "-m", "mockedi", "--port", str(port), "--db", ":memory:", "--seed", "42", "--start-at", STARTS_AT, "--quiet",
               "--drop-dir", str(running.inbox), "--pickup-dir", str(running.pickup), "--drop-settle-ms", "0",
               "--drop-interval-ms", "3600000"]  # files are read when the test says so
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait(running, process)
        yield running
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(running: MockEdi, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            running.ask("/_mock/health")
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def order_850(us: str, number: int, order: str, lines: Lines, *, version: str = "004010") -> bytes:
    """Return an 850 of ours."""
    body = [f"BEG*00*NE*{order}**20260302", "CUR*BY*USD", "N1*ST*OUR DC*92*DC01",
            *(f"PO1*{at}*{quantity}*EA*{price}**VP*{item}" for at, (quantity, price, item) in enumerate(lines, start=1)),
            f"CTT*{len(lines)}"]
    repeats, release = ("U", "00401") if version == "004010" else ("^", "00501")
    segments = [
        f"ISA*00*          *00*          *ZZ*{us:<15}*ZZ*{'MOCKEDI':<15}*260302*0830*{repeats}*{release}*{number:09d}*0*T*>",
        f"GS*PO*{us}*MOCKEDI*20260302*0830*{number}*X*{version}", "ST*850*0001", *body, f"SE*{len(body) + 2}*0001", f"GE*1*{number}",
        f"IEA*1*{number:09d}"]
    return "".join(f"{segment}~\n" for segment in segments).encode()


def order_orders(us: str, number: int, order: str, lines: Lines) -> bytes:
    """Return an ORDERS D.96A of ours."""
    body = [f"BGM+220+{order}+9", "DTM+137:20260302:102", f"NAD+BY+{us}::9", "NAD+SU+MOCKEDI::9", "CUX+2:EUR:9"]
    for at, (quantity, price, item) in enumerate(lines, start=1):
        body += [f"LIN+{at}++{item}:VP", f"QTY+21:{quantity}", f"PRI+AAA:{price}"]
    body += ["UNS+S", f"CNT+2:{len(lines)}"]
    segments = [f"UNB+UNOC:3+{us}:14+MOCKEDI:ZZ+260302:0830+{number}++++++1", "UNH+1+ORDERS:D:96A:UN:EAN008", *body,
                f"UNT+{len(body) + 2}+1", f"UNZ+1+{number}"]
    return "".join(f"{segment}'\n" for segment in segments).encode("latin-1")
