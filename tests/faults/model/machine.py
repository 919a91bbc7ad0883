"""Nights as a state machine against a dictionary: whatever is dropped, doubled, contradicted, killed and replayed, in any order.

The dictionary knows for each control number the content that took it, and decides as the table of DESIGN.md says, in a few lines.
Its partner begins to count anew on the third day, as its agreement says.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import closing
from datetime import date, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from flows.clock import holder
from flows.replaying import Selection, replay
from flows.runners import PlainRunner
from storage.failpoints import NAMES, kill
from tests.faults.evidence import state_of
from tests.faults.invariants import check
from tests.faults.killing import survives
from tests.faults.small import DAY, drop, expect_nothing, run_small, small_world
from tests.flows.letters import response, x12

NUMBERS = range(901, 905)
CONTENTS = ("1", "2", "3")  # the last digit of the order that is answered
ACKNOWLEDGMENTS = range(951, 953)
POINTS = sorted(NAMES)
ANEW = "2026-03-04"  # data/partners/northfield.toml

Letter = tuple[int, str]  # control number, content


def written(letter: Letter) -> bytes:
    """Return a letter's bytes: an answer to an order, or an acknowledgment of something of ours."""
    number, content = letter
    if number in ACKNOWLEDGMENTS:
        return x12(f"{number:09d}", [f"AK1*PO*{content}", "AK9*A*1*1*1"], kind="997", group="FA")
    return x12(f"{number:09d}", response(f"450000900{content}"))


class Dictionary:
    """What must become of letters: (number, outcome, reason) -> how often."""

    def __init__(self) -> None:
        self.taken: dict[tuple[int, int], str] = {}  # (number, epoch) -> the content that took it; empty where it was only ever contested
        self.epochs: dict[Letter, int] = {}  # a letter stays in the epoch that it came in first
        self.contents: set[tuple[bool, str]] = set()
        self.outcomes: Counter[tuple[int, str, str]] = Counter()

    def decide(self, letters: Iterable[Letter], epoch: int = 0) -> None:
        """Decide about letters that are planned together, in an epoch of their partner's numbering."""
        batch: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
        for number, content in letters:
            batch[number, self.epochs.setdefault((number, content), epoch)][content] += 1
        for key, here in sorted(batch.items(), key=itemgetter(0)):
            if key not in self.taken and len(here) > 1:
                self.taken[key] = ""
            for content, count in here.items():
                self._one(key, content, count)

    def _one(self, key: tuple[int, int], content: str, count: int) -> None:
        number = key[0]
        if key not in self.taken:
            kind = (number in ACKNOWLEDGMENTS, content)
            self.outcomes[(number, "quarantined", "reissue") if kind in self.contents else (number, "loaded", "ok")] += 1
            self.taken[key] = content
            self.contents.add(kind)
            count -= 1
        same = self.taken[key] == content
        self.outcomes[(number, "duplicate", "resend") if same else (number, "quarantined", "conflict")] += count
        self.outcomes += Counter()  # drops what was counted zero times


class Nights(RuleBasedStateMachine):
    """One home, one database, any sequence of events."""

    data = homes = Path()  # set by whoever runs the machine

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(dir=self.homes))
        self.world = small_world(self.home, self.data)
        self.today = DAY
        self.letters: dict[str, Letter] = {}  # by file name
        self.decided: set[tuple[str, int]] = set()  # (business date and file, copy) of what the dictionary has decided about
        self.model = Dictionary()

    @rule(number=st.sampled_from(NUMBERS), content=st.sampled_from(CONTENTS))
    def a_letter_arrives(self, number: int, content: str) -> None:
        """Late ones too: numbers come in any order."""
        self._drop((number, content))

    @rule(number=st.sampled_from(ACKNOWLEDGMENTS), content=st.sampled_from(CONTENTS))
    def a_partner_acknowledges(self, number: int, content: str) -> None:
        self._drop((number, content))

    @precondition(lambda self: self.letters)
    @rule(chance=st.randoms(use_true_random=False))
    def one_arrives_again_under_another_name(self, chance: Any) -> None:
        self._drop(self.letters[chance.choice(sorted(self.letters))])

    @precondition(lambda self: self.letters)
    @rule(chance=st.randoms(use_true_random=False))
    def its_number_arrives_with_other_content(self, chance: Any) -> None:
        number, content = self.letters[chance.choice(sorted(self.letters))]
        self._drop((number, chance.choice([other for other in CONTENTS if other != content])))

    @rule()
    def the_night_runs(self) -> None:
        run_small(self.world, self.today)
        self._learn()
        self._compare()

    @rule(point=st.sampled_from(POINTS), hit=st.sampled_from((1, 1, 2, 3, 5)))
    def the_night_is_killed(self, point: str, hit: int) -> None:
        survives(lambda: run_small(self.world, self.today), {point: kill(on_hit=hit)})
        self._learn()

    @rule()
    def a_day_passes(self) -> None:
        self.today += timedelta(days=1)

    @precondition(lambda self: self.decided)
    @rule(chance=st.randoms(use_true_random=False))
    def a_date_is_replayed(self, chance: Any) -> None:
        """Everything comes out as it is known by now: nothing new is loaded, no number of ours is given."""
        self.the_night_runs()
        before = self._numbers()
        replayed = date.fromisoformat(chance.choice(sorted({file.partition(" ")[0] for file, _ in self.decided})))
        summary = replay(self.world.settings, Selection(replayed), self.today, PlainRunner(1), holder=holder(),
                         judge=expect_nothing).summary
        self._learn()
        self._compare()
        assert not sum((summary.run.rows_loaded or {}).values())
        assert self._numbers() == before

    def teardown(self) -> None:
        """Let the last night end, twice; then the invariants hold, and nothing changes any more."""
        try:
            self.the_night_runs()
            state = state_of(self.world.settings)
            self.the_night_runs()
            check(self.world.settings, undisturbed=state, state=state_of(self.world.settings))
        finally:
            shutil.rmtree(self.home)

    def _drop(self, letter: Letter) -> None:
        name = f"letter_{len(self.letters):03d}.x12"
        self.letters[name] = letter
        drop(self.world, {"edi": {name: written(letter)}})

    def _learn(self) -> None:
        """Let the dictionary decide about what was planned since the last look, plan by plan: what a kill left unplanned is not decided."""
        if not self._rows("SELECT 1 FROM sqlite_master WHERE name = 'plans'"):
            return  # killed before the database was made
        plans = self._rows("SELECT p.content, n.business_date FROM plans p JOIN nights n ON n.night_id = p.night_id "
                           "ORDER BY n.business_date, p.plan_round")
        for content, business_date in plans:
            files = [file for packet in json.loads(content) for file in json.loads(packet[2])]
            keys = {(f"{business_date} {file['file_hash']}", file["copy"]) for file in files}
            if not keys <= self.decided:
                self.decided |= keys
                self.model.decide((self.letters[file["name"]] for file in files), epoch=int(business_date >= ANEW))

    def _compare(self) -> None:
        rows = self._rows("SELECT control_number, outcome, reason_code, count(*) FROM decisions "
                          "GROUP BY control_number, outcome, reason_code")
        found = Counter({(int(number.partition("/")[0]), outcome, reason): count for number, outcome, reason, count in rows})
        assert found == self.model.outcomes, f"found {found - self.model.outcomes}, wanted {self.model.outcomes - found}"
        assert not list((self.home / "drop" / "edi").glob("*.x12"))
        answered = self._rows("SELECT DISTINCT control_number FROM outbox")
        assert sorted(row[0] for row in answered) == list(range(1, len(answered) + 1))

    def _numbers(self) -> list[tuple[Any, ...]]:
        return self._rows("SELECT * FROM counters ORDER BY 1, 2, 3, 4")

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the database past our own layers, which would look at its tables each time; empty before it is made."""
        with closing(sqlite3.connect(self.home / "crossfoot.sqlite")) as connection:
            return connection.execute(sql).fetchall()
