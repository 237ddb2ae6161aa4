"""Attempts are counted before the work, answers replaced by the same person's later ones, looks noted."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from review_files import review_file, sha

from coach.conversation import ConfigurationError
from coach.store import attempts, writing
from coach.store.store import open_store
from coach.store.values import STATES, Spot


def test_a_recording_goes_through_its_states(url: str) -> None:
    with open_store(url, purpose="shift") as store:
        assert store.attempt("a") is None
        waiting = store.wait("a", "/in/a.wav")
        begun = store.begin("a", "/in/a.wav")
        failed = store.finish("a", "failed", stage="decode", message="It ends in its header.", exit_code=3)
        again = store.begin("a", "/in/moved/a.wav", sha("a"))
        done = store.finish("a", "done")

        assert (waiting.state, waiting.attempts, waiting.sha256) == ("waiting", 0, None)
        assert (begun.state, begun.attempts) == ("working", 1)
        assert (failed.stage, failed.message, failed.exit_code) == ("decode", "It ends in its header.", 3)
        assert (again.attempts, again.uri, again.message, again.stage) == (1, "/in/moved/a.wav", None, None)
        assert (done.state, done.attempts, done.sha256) == ("done", 1, sha("a"))
        assert done.first_at == waiting.first_at <= done.last_at
        assert store.attempt("a") == done
        assert store.attempts() == [done]


def test_attempts_that_never_ended_add_up_and_one_that_ended_begins_anew(url: str) -> None:
    with open_store(url, purpose="shift") as store:
        assert [store.begin("a", "a.wav").attempts for _ in range(3)] == [1, 2, 3]
        assert store.finish("a", "failed").attempts == 3
        assert store.begin("a", "a.wav").attempts == 1


def test_attempts_are_found_by_state(url: str) -> None:
    with open_store(url, purpose="shift") as store:
        for state in STATES:
            store.begin(state, f"{state}.wav")
            store.finish(state, state)

        assert [attempt.key for attempt in store.attempts({"failed", "quarantined"})] == ["failed", "quarantined"]
        assert store.attempts(()) == []
        with pytest.raises(KeyError):
            store.finish("never begun", "done")


def test_a_clock_that_jumps_back_does_not_change_the_order(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter(datetime(2026, 1, 1, tzinfo=UTC) - timedelta(days=day) for day in range(20))
    with open_store(url, purpose="shift") as store:
        with monkeypatch.context() as patch:
            patch.setattr(attempts, "now", lambda: next(times))
            patch.setattr(writing, "now", lambda: next(times))
            for key in "abc":
                store.begin(key, f"{key}.wav")
            store.finish("a", "done")
            store.record(review_file(fingerprint="first"))
            store.record(review_file(fingerprint="second"))

        assert [attempt.key for attempt in store.attempts()] == ["b", "c", "a"]
        newest = store.call(sha("a"))

    assert newest is not None
    assert newest.fingerprint == "second"


def test_the_attempt_is_on_the_disk_when_its_worker_is_killed(file: Path) -> None:
    program = (
        "import os, signal, sys\nfrom coach.store.store import open_store\n"
        "store = open_store(sys.argv[1], purpose='shift')\n"
        "store.begin('poison', 'poison.wav')\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    for _ in range(2):
        assert subprocess.run([sys.executable, "-c", program, str(file)], check=False).returncode == -9

    with open_store(str(file), purpose="shift") as store:
        assert [(found.state, found.attempts) for found in store.attempts()] == [("working", 2)]


def test_keys_of_any_length_and_letters(url: str) -> None:
    long = "s3://bucket/" + "ü" * 4000
    with open_store(url, purpose="shift") as store:
        store.begin(long, "x.wav")
        store.begin(long + "!", "y.wav")
        store.begin("a\x00b\udc80", "z\udc80.wav")
        found, odd = store.attempt(long), store.attempt("a\x00b\udc80")

    assert found is not None
    assert found.uri == "x.wav"
    assert odd is not None
    assert odd.uri == "z\ufffd.wav"


def test_an_answer_is_kept_and_the_later_one_counts(url: str) -> None:
    spot = Spot("interruption", 12.25, 3)
    at = datetime(2026, 3, 2, tzinfo=UTC)
    with open_store(url, purpose="shift") as store:
        store.record(review_file(), agent="Dana")
        store.record(review_file("b"), agent="Lee")
        first = store.answer(sha("a"), question="misheard", answer="yes", who="Dana", moment=spot, at=at)
        same = store.answer(sha("a"), question="misheard", answer="yes", who="Dana", moment=spot)
        other = store.answer(sha("a"), question="misheard", answer="no", who="Kim", moment=spot)
        whole = store.answer(sha("b"), question="heard", answer="partly", who="Lee")
        later = store.answer(sha("b"), question="heard", answer="yes", who="Lee")
        judged = store.answer(sha("b"), question="judged:Saying it back", answer="met", who="Kim")

        assert same == first
        assert (first.moment_index, first.kind, first.start, first.at) == (3, "interruption", 12.25, at)
        assert later.id != whole.id
        assert store.answers() == [first, other, later, judged]
        assert store.answers(question="judged:") == [judged]
        assert store.answers(question="misheard", who="Kim") == [other]
        assert store.answers(agent="Lee") == [later, judged]
        assert store.answers(sha256=sha("a"), agent="Lee") == []


def test_a_contested_moment_is_settled_once_and_for_all_reviews(url: str) -> None:
    with open_store(url, purpose="shift") as store:
        store.record(review_file())
        contested = store.answer(
            sha("a"), question="misheard", answer="yes", who="Dana", moment=Spot("interruption", 1.5, 0)
        )
        settled = store.settle(contested.id, "upheld")
        store.record(review_file())  # the same call reviewed again
        assert settled.settled == "upheld"
        assert store.answers() == [settled]
        assert (
            store.answer(sha("a"), question="misheard", answer="yes", who="Dana", moment=Spot("interruption", 1.5, 0))
            == settled
        )
        with pytest.raises(ConfigurationError, match="no answer 999"):
            store.settle(999, "upheld")


def test_an_answer_about_a_call_that_is_not_here(url: str) -> None:
    with open_store(url, purpose="shift") as store:
        with pytest.raises(ConfigurationError, match="not in this store"):
            store.answer(sha("nothing"), question="heard", answer="yes", who="Dana")
        assert store.answers() == []


def test_who_looked_is_told_to_those_who_ask(url: str) -> None:
    with open_store(url, purpose="shift") as store:
        store.look("Kim", "agent page", agent="Dana")
        store.look("Kim", "report", sha256=sha("a"))
        found = store.looks()

        assert [(look.who, look.what, look.agent, look.sha256) for look in found] == [
            ("Kim", "agent page", "Dana", None),
            ("Kim", "report", None, sha("a")),
        ]
        assert store.looks(agent="Dana") == found[:1]
        assert store.looks(sha256=sha("a")) == found[1:]
        assert store.looks(since=datetime.now(UTC) + timedelta(days=1)) == []
