"""How steps are run: called in this process, or as Prefect tasks. One body of a night serves both."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from edi.errors import RetryableError

Result_co = TypeVar("Result_co", covariant=True)
Made = TypeVar("Made")

RETRY_DELAYS = (1, 5, 20)  # seconds; only for what may pass by itself


class Pending(Protocol[Result_co]):
    """A result that is on its way."""

    def result(self) -> Result_co:
        """Wait for it; raises what the step raised."""


class Runner(Protocol):
    """Runs steps, now or ahead."""

    def call(self, name: str, step: Callable[..., Made], *arguments: Any) -> Made:
        """Run a step and wait for it."""

    def submit(self, name: str, step: Callable[..., Made], *arguments: Any) -> Pending[Made]:
        """Start a step beside others."""


class PlainRunner:
    """Runs steps as plain functions; what runs ahead runs in threads."""

    def __init__(self, workers: int) -> None:
        self._threads = ThreadPoolExecutor(workers)

    def call(self, name: str, step: Callable[..., Made], *arguments: Any) -> Made:
        """Call it."""
        return step(*arguments)

    def submit(self, name: str, step: Callable[..., Made], *arguments: Any) -> Pending[Made]:
        """Call it in a thread."""
        return self._threads.submit(step, *arguments)


class PrefectRunner:
    """Runs steps as Prefect tasks: shown in the UI, retried where that can help. Results stay in memory, arguments are not looked into."""

    def call(self, name: str, step: Callable[..., Made], *arguments: Any) -> Made:
        """Run it as a task."""
        from prefect.utilities.annotations import quote

        return self._task(name, step)(*[quote(argument) for argument in arguments])

    def submit(self, name: str, step: Callable[..., Made], *arguments: Any) -> Pending[Made]:
        """Submit it as a task to the flow's task runner."""
        from prefect.utilities.annotations import quote

        return self._task(name, step).submit(*[quote(argument) for argument in arguments])

    @staticmethod
    def _task(name: str, step: Callable[..., Made]) -> Any:
        from prefect import task
        from prefect.cache_policies import NO_CACHE

        def can_pass(_task: Any, _run: Any, state: Any) -> bool:
            return isinstance(state.result(raise_on_failure=False), RetryableError)

        delays: list[float] = [*RETRY_DELAYS]
        made = task(name=name, retries=len(delays), retry_delay_seconds=delays, retry_condition_fn=can_pass, persist_result=False,
                    cache_policy=NO_CACHE)
        return made(step)
