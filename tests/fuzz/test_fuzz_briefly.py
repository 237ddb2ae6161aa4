"""Each parser's fuzz program for a moment, so that it works when somebody runs it for long."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from coach.conversation import RecordingError
from tests.fuzz.engine import Target, fuzz, once
from tests.fuzz.mutate import Mutator
from tests.fuzz.targets import TARGETS

TRIES = 40


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_parser_withstands_a_few_inputs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))  # one program sets them itself
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    target = TARGETS[name]
    seeds = target.seeds()
    mutate = Mutator(random.Random(name), target.tokens)

    assert [once(target, seed, tmp_path) for seed in seeds] == [None] * len(seeds)
    for number in range(TRIES):
        data = mutate(seeds[number % len(seeds)], seeds[-1])
        assert once(target, data, tmp_path) is None, data


def odd(data: bytes, _folder: Path) -> None:
    if data[:1] == b"\xff":
        raise KeyError("four one one one")
    if b"\x80" in data:
        raise RecordingError("no")
    if data[:1] == b"\x7f":
        import os  # noqa: PLC0415

        os.abort()


def test_the_programs_find_what_is_there_and_go_on() -> None:
    found = fuzz(Target("odd", odd, lambda: [b"abcdefgh"]), seconds=2.0, seed=1, batch=500)

    assert {what.split(" at ")[0] for what in found.finds} == {
        "KeyError",
        "a message too long or too short: RecordingError",
        "ended by SIGABRT",
    }
    assert not any("four one" in what for what in found.finds)
    assert found.executions > 500
