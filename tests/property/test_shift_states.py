"""Whatever is done to an inbox, whenever the power fails: each recording ends in one state, nothing is orphaned."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
import shutil
import tempfile
import time
import wave
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from nights import Here, engine_here, make_call, told, write_night

from coach.app import purge, report_folder
from coach.app.jobs import Job, Result
from coach.app.nightly import ledger, night, settling
from coach.app.nightly.night import Ended, run_night
from coach.app.nightly.orders import load_night
from coach.app.shift.alone import Alone
from coach.engines.protocol import Died, Done
from coach.store.store import Store, open_store

NAMES = st.sampled_from(["a.wav", "b.wav", "c.wav"])
WELL, DAMAGED, DEADLY = range(3), 3, 4
RUNS = 2
"""Nights that may end over a recording before it has one by itself."""
SEEDS = st.integers(0, 4)


def _here(*_: object, **__: object) -> AbstractContextManager[Here]:
    return engine_here(Here())


class PowerFails(BaseException):
    """What no program can catch."""


@cache
def template() -> tuple[str, str, dict[str, str]]:
    """Return where a call was really reviewed, its hash, and its report, from which all others are made."""
    folder = Path(tempfile.mkdtemp())
    try:
        path = make_call(write_night(folder).parent / "inbox" / "T.wav", 1, 3.0)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        with told(), mock.patch.object(night, "open_engine", _here):
            run_night(load_night(str(folder / "night.toml")))
        return (
            str(folder),
            digest,
            {name: (folder / "out" / f"T.{name}").read_text(encoding="utf-8") for name in ("html", "json")},
        )
    finally:
        shutil.rmtree(folder)


class Copying:
    """An engine that writes the template's report for every recording; some kill it, and the power may fail."""

    name = "copying"

    def __init__(self, at: Callable[[], None]) -> None:
        self._at = at

    def map(
        self,
        factory: Callable[[], Any],  # noqa: ARG002
        items: Sequence[Job],
        *,
        cost: Callable[[Any], float] | None = None,  # noqa: ARG002
        on_start: Callable[[int], None] | None = None,
    ) -> Iterator[Done[Any] | Died]:
        """Yield each item's end."""
        for index, job in enumerate(items):
            if on_start is not None:
                on_start(index)
            self._at()
            content = job.request.source.read_bytes()
            if content.endswith(bytes([DEADLY])):
                yield Died(index, "killed", "its process was killed", 1.0)
            elif content.endswith(bytes([DAMAGED])):
                yield Done(index, Result(failure=("decode", "It is damaged.", 3)), 1.0)
            else:
                yield Done(index, self._written(job, hashlib.sha256(content).hexdigest()), 1.0)

    def _written(self, job: Job, digest: str) -> Result:
        where, known, texts = template()
        for suffix in ("html", "json"):  # the review file last, as it really is
            job.output.folder.mkdir(exist_ok=True)
            job.output.path(suffix).write_text(
                texts[suffix].replace(known, digest).replace(where, str(job.output.folder.parent)), encoding="utf-8"
            )
            self._at()
        return Result((job.output.path("html"), job.output.path("json")), sha256=digest, duration=3.0)


class Inbox(RuleBasedStateMachine):
    """An inbox, the nights over it, and what may befall both."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.inbox, self.out = self.folder / "inbox", self.folder / "out"
        self.recipe = write_night(self.folder, settle=0.01)
        self.growing: dict[Path, bytes] = {}
        self.purged: set[str] = set()
        self.untold: set[str] = set()  # purged after a night was killed over it, perhaps before its digest was written
        self.blamed: set[str] = set()  # sound or not, a night was ended over it while it was by itself
        self.clock = 0.0
        self.ended = False  # whether a night has come to its end since anything changed

    def teardown(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.folder)

    @initialize(seed=st.integers(0, 2))
    def first(self, seed: int) -> None:
        """Begin with a call."""
        self._put("a.wav", seed)

    def _put(self, name: str, seed: int) -> Path:
        path = self.inbox / name
        with wave.open(str(path), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(bytes([seed]) * 4000)
        self.growing.pop(path, None)
        self.ended = False
        return path

    def _there(self) -> list[Path]:
        return sorted(self.inbox.glob("*.wav"))

    @rule(name=NAMES, seed=SEEDS)
    def add(self, name: str, seed: int) -> None:
        """A recording arrives, or takes the place of another."""
        self._put(name, seed)

    @rule(name=NAMES, seed=SEEDS)
    def begin_to_copy(self, name: str, seed: int) -> None:
        """A recording arrives piece by piece."""
        path = self._put(name, seed)
        whole = path.read_bytes()
        path.write_bytes(whole[:2000])
        self.growing[path] = whole

    @precondition(lambda self: self.growing)
    @rule(data=st.data())
    def end_copying(self, data: st.DataObject) -> None:
        """It is all there."""
        path = data.draw(st.sampled_from(sorted(self.growing)))
        path.write_bytes(self.growing.pop(path))
        self.ended = False

    @precondition(lambda self: self._there())
    @rule(data=st.data(), name=st.sampled_from(["d.wav", "e.wav"]))
    def rename(self, data: st.DataObject, name: str) -> None:
        """A recording gets another name."""
        path = data.draw(st.sampled_from(self._there()))
        target = self.inbox / name
        self.growing.pop(target, None)
        path.replace(target)
        if path in self.growing:
            self.growing[target] = self.growing.pop(path)
        self.ended = False

    @precondition(lambda self: self._there())
    @rule(data=st.data(), name=st.sampled_from(["d.wav", "e.wav"]))
    def duplicate(self, data: st.DataObject, name: str) -> None:
        """Somebody copies a recording."""
        path = data.draw(st.sampled_from(self._there()))
        if path not in self.growing and path.name != name:
            shutil.copyfile(path, self.inbox / name)
            self.growing.pop(self.inbox / name, None)
            self.ended = False

    @precondition(lambda self: self._there())
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """The phone system keeps recordings for so long only."""
        path = data.draw(st.sampled_from(self._there()))
        path.unlink()
        self.growing.pop(path, None)

    @rule(hours=st.sampled_from([-30.0, -1.0, 1.0, 100.0]))
    def jump(self, hours: float) -> None:
        """The clock is put forward or back."""
        self.clock += hours * 3600

    @rule()
    def purge_one(self) -> None:
        """Somebody asks for a call to be forgotten."""
        with self._store() as store:
            calls = store.calls()
        if calls:
            wish = purge.Wish(call=calls[0].sha256)
            where = purge.Place(str(self.folder / "shift.sqlite"), self.out)
            purge.forget(wish, where, purge.find(wish, where))
            self.purged.add(calls[0].sha256)
            begun = self.out / ledger.NAME
            if begun.exists() and calls[0].sha256 in begun.read_text(encoding="utf-8"):
                self.untold.add(calls[0].sha256)

    @rule()
    def night(self) -> None:
        """A night comes to its end."""
        ended = self._night(lambda: None)
        assert not (self.out / ledger.NAME).exists()
        new = ended.digest.reviewed + ended.digest.failed + ended.digest.quarantined
        if new:
            assert ended.file is not None
        self.ended = True
        again = self._night(lambda: None)
        assert not again.digest.news or self.growing  # nothing is left to do but what was still written at the first

    @rule(step=st.integers(1, 45))
    def killed(self, step: int) -> None:
        """The power fails in the middle of a night."""
        left = itertools.count(1)

        def at() -> None:
            if next(left) == step:
                raise PowerFails

        try:
            self._night(at)
            self.ended = True
        except PowerFails:
            self.ended = False
            self._blame()

    def _blame(self) -> None:
        """Note what a night was ended over with nothing else in hand: one at most, and never at the first time."""
        with self._store() as store:
            marks = {path.name for path in store.folder.glob(".alone-*")}
            for attempt in store.attempts(["working"]):
                if Alone(store).left(attempt.key):
                    assert attempt.attempts > RUNS
                    self.blamed.add(attempt.key)
        assert len(marks) <= 1

    def _night(self, at: Callable[[], None]) -> Ended:
        def grow(_seconds: float) -> None:
            for path in self.growing:
                path.write_bytes(path.read_bytes() + b"\1")

        with pytest.MonkeyPatch.context() as patch:
            real = time.time
            patch.setattr(night, "open_engine", lambda *_, **__: engine_here(Copying(at)))  # type: ignore[arg-type]
            patch.setattr(settling.time, "sleep", grow)
            patch.setattr(settling.time, "time", lambda: real() + self.clock)
            for of, name in (
                (Store, "begin"),
                (Store, "record_as_known"),
                (Store, "finish"),
                (report_folder.Near, "write"),
                (night, "publish"),
                (ledger.Ledger, "_add"),
                (ledger.Ledger, "close"),
            ):
                _around(patch, of, name, at)
            return run_night(load_night(str(self.recipe)))

    def _store(self) -> Store:
        return open_store(str(self.folder / "shift.sqlite"), purpose="shift")

    @invariant()
    def every_recording_is_in_one_state_and_nothing_is_orphaned(self) -> None:
        """Once a night has come to its end."""
        if not self.ended:
            return
        with self._store() as store:
            done = {call.sha256: call for call in store.calls()}
            states = {attempt.sha256: attempt.state for attempt in store.attempts() if attempt.sha256}
            buried = {tombstone.sha256 for tombstone in store.tombstones()}
            words = {path.stem for path in store.folder.glob("*/*/*.parquet")}
        assert not set(done) & buried
        assert buried == self.purged
        for path in self._there():
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            if path in self.growing:
                continue
            assert (digest in buried) + (states.get(digest) in ("done", "failed", "quarantined")) == 1, path.name
            wanted = {DAMAGED: "failed", DEADLY: "quarantined"}.get(content[-1], "done")
            wanted = "quarantined" if digest in self.blamed else wanted
            assert digest in buried or states[digest] == wanted
            assert (digest in done) == (digest not in buried and wanted == "done")
        assert not [state for state in states.values() if state in ("working", "waiting")]
        assert set(done) == words == {sha256 for sha256, state in states.items() if state == "done"}
        reports = {json.loads(path.read_text())["recording"]["sha256"] for path in self.out.glob("[!s.]*.json")}
        assert reports == set(done)
        assert all(call.report is not None and Path(call.report).is_file() for call in done.values())
        assert len({call.report for call in done.values()}) == len(done)
        assert not [path for path in self.out.rglob("*") if path.suffix == ".part"]
        all_told = len(done) + len(buried)  # each once, by whatever night
        assert all_told - len(self.untold) <= self._told() <= all_told

    def _told(self) -> int:
        """Return how many reviews all digests tell of."""
        texts = [path.read_text(encoding="utf-8") for path in self.out.glob("night-*.md")]
        counts = [re.search(r"^(\w+) new calls? (was|were) reviewed", text, re.MULTILINE) for text in texts]
        return sum(int({"One": "1", "No": "0"}.get(found[1], found[1])) for found in counts if found)


def _around(patch: pytest.MonkeyPatch, of: object, name: str, at: Callable[[], None]) -> None:
    """Let the power fail before or after a step."""
    real = getattr(of, name)

    def hooked(*given: Any, **named: Any) -> Any:  # noqa: ANN401
        at()
        result = real(*given, **named)
        at()
        return result

    patch.setattr(of, name, hooked)


def test_inboxes_and_nights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    examples = int(os.environ.get("COACH_EXAMPLES", "12"))
    limits = settings(
        max_examples=examples, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
    )
    with told():
        run_state_machine_as_test(Inbox, settings=limits)  # type: ignore[no-untyped-call]
