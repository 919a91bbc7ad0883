"""A TCP proxy before PostgreSQL that reads along, and cuts at the event it was told: in a process of its own, standard library only.

It knows of the protocol (PostgreSQL documentation, chapter "Frontend/Backend Protocol") that a message is a type byte, a length of
four bytes that counts itself, and a body; that the first message of a client has no type; what a COMMIT looks like; and when its
answer is whole.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

BEFORE, ANSWER, RESULT, HOLE, DARK = "before", "answer", "result", "hole", "dark"
KINDS = {  # kind of cut -> the events that it is counted by
    BEFORE: "commits",  # COMMIT does not reach the server
    ANSWER: "commits",  # COMMIT does, its answer does not reach the client
    RESULT: "rows",  # the connection breaks off within a row of a result
    HOLE: "asked",  # from a message of the client on, the connection is silent in both directions and stays open
    DARK: "asked",  # so are all connections, and new ones
}


@dataclass(frozen=True, slots=True)
class Cut:
    """What is done at the n-th event (from 1) after arming."""

    kind: str
    at: int


@dataclass(slots=True)
class Proxy:
    """What the threads of the proxy share."""

    target: Path  # the server's Unix socket
    lock: threading.Lock = field(default_factory=threading.Lock)
    seen: Counter[str] = field(default_factory=Counter)
    cut: Cut | None = None
    struck: bool = False
    dark: bool = False
    open_sockets: list[socket.socket] = field(default_factory=list)

    def due(self, event: str) -> Cut | None:
        """Count an event; return the cut where its event has come."""
        with self.lock:
            self.seen[event] += 1
            if self.cut is None or self.struck or KINDS[self.cut.kind] != event or self.seen[event] != self.cut.at:
                return None
            self.struck = True
            self.dark = self.cut.kind == DARK
            return self.cut


def serve(target: Path, control: Connection) -> None:
    """Accept connections and obey: ``arm`` a cut and count anew, tell what was ``seen``, hang up on everybody (``calm``), ``stop``."""
    proxy = Proxy(target)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        control.send(listener.getsockname()[1])
        threading.Thread(target=_accept, args=(listener, proxy), daemon=True).start()
        while (order := control.recv())[0] != "stop":
            with proxy.lock:
                if order[0] == "arm":
                    proxy.seen, proxy.cut, proxy.struck = Counter(), order[1], False
                elif order[0] == "calm":
                    proxy.cut, proxy.dark = None, False
                    for each in proxy.open_sockets:
                        _hang_up(each)
                    proxy.open_sockets.clear()
            control.send((dict(proxy.seen), proxy.struck))


@contextlib.contextmanager
def proxying(target: Path) -> Iterator[Remote]:
    """Run a proxy for the time of a block."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(target, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Remote(ours, int(ours.recv()))
    finally:
        ours.send(("stop",))
        process.join()


@dataclass(frozen=True, slots=True)
class Remote:
    """The proxy as seen from the process that gives the orders."""

    control: Connection
    port: int

    def arm(self, cut: Cut | None) -> None:
        """Cut once, at that event from now on; nothing if None."""
        self._ask("arm", cut)

    def seen(self) -> tuple[dict[str, int], bool]:
        """Return how often each event was seen since arming, and whether the cut was made."""
        return self._ask("seen")

    def calm(self) -> None:
        """End what is silent, hang up on everybody, and cut no more."""
        self._ask("calm")

    def _ask(self, *order: object) -> tuple[dict[str, int], bool]:
        self.control.send(order)
        answer: tuple[dict[str, int], bool] = self.control.recv()
        return answer


@dataclass(slots=True)
class Line:
    """One client with its connection to the server."""

    client: socket.socket
    server: socket.socket
    silent: bool = False
    last_answer: bool = False  # COMMIT went by: hang up when its answer is whole, and keep it

    def break_off(self) -> None:
        """Cut both ways. A close alone would send nothing while another process holds the socket too."""
        _hang_up(self.client)
        _hang_up(self.server)


def _hang_up(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


def _accept(listener: socket.socket, proxy: Proxy) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # answers are many small messages
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(str(proxy.target))
        except OSError:  # the server is down
            _hang_up(client)
            continue
        with proxy.lock:
            proxy.open_sockets += (client, server)
        line = Line(client, server)
        for work in (_ask, _answer):
            threading.Thread(target=_until_the_end, args=(work, line, proxy), daemon=True).start()


def _until_the_end(work: object, line: Line, proxy: Proxy) -> None:
    with contextlib.suppress(OSError, EOFError):
        work(line, proxy)  # type: ignore[operator]  # one of the two below
    if not line.silent and not proxy.dark:  # in the dark, nobody learns that the other has hung up
        line.break_off()


def _ask(line: Line, proxy: Proxy) -> None:
    """Hand the client's messages on to the server."""
    length = _exactly(line.client, 4)
    line.server.sendall(length + _exactly(line.client, struct.unpack("!I", length)[0] - 4))  # the first message has no type
    while True:
        head, body = _message(line.client)
        cut = proxy.due("asked")
        if cut is None and _is_commit(head, body):
            cut = proxy.due("commits")
        if cut is not None and cut.kind == BEFORE:
            return
        line.silent = line.silent or (cut is not None and cut.kind == HOLE)
        line.last_answer = cut is not None and cut.kind == ANSWER
        if not line.silent and not proxy.dark:
            line.server.sendall(head + body)


def _answer(line: Line, proxy: Proxy) -> None:
    """Hand the server's messages on to the client."""
    while True:
        head, body = _message(line.server)
        if line.last_answer:
            if head[:1] == b"Z":  # ready for the next query: whatever was asked is done
                return
            continue
        if head[:1] == b"D" and proxy.due("rows") is not None:
            line.client.sendall(head + body[:len(body) // 2])
            return
        if not line.silent and not proxy.dark:
            line.client.sendall(head + body)


def _is_commit(head: bytes, body: bytes) -> bool:
    """Tell whether a message is a COMMIT, as a simple query (Q) or one to be prepared (P: a name, then the text)."""
    text = body if head[:1] == b"Q" else body.partition(b"\0")[2] if head[:1] == b"P" else b""
    return text.lstrip().upper().startswith(b"COMMIT")


def _message(one: socket.socket) -> tuple[bytes, bytes]:
    head = _exactly(one, 5)
    return head, _exactly(one, struct.unpack("!I", head[1:])[0] - 4)


def _exactly(one: socket.socket, count: int) -> bytes:
    parts = []
    while count:
        part = one.recv(min(count, 1 << 16))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
