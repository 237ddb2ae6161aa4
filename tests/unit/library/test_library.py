"""The person's own library: reviews kept after they are told, and what the next review remembers of them."""

from __future__ import annotations

import importlib.util
import json
import os
import stat
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from coach.analysis.scripted import CALLS
from coach.app import library
from coach.app.library import Memory
from coach.conversation import Advice, Part, Review, StorageError
from coach.reporting.view import as_json


def _samples() -> ModuleType:
    path = Path(__file__).parents[1] / "reporting" / "samples.py"
    spec = importlib.util.spec_from_file_location("library_samples", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


samples = _samples()
SAID = "Let me go ahead and take a look at that for you today."


def made(number: int, *, tried: str = "Asking", day: int | None = None, agent: str | None = None) -> Review:
    """Return a review of a call of its own, begun on a day of March where one is given."""
    review: Review = samples.review()
    sha256 = f"{number:064x}"
    started = None if day is None else f"2026-03-{day:02d}T09:00:00+00:00"
    recording = replace(review.recording, sha256=sha256, started_at=started, agent=agent)
    advice = replace(review.coaching.try_ or Advice(tried, None, "", ""), skill=tried)
    return replace(review, recording=recording, source=sha256, coaching=replace(review.coaching, try_=advice))


def keep(review: Review) -> None:
    assert library.keep(review, None) is None


def recent(number: int = 99, *, agent: str | None = None, at: datetime | None = None, mark: str | None = None) -> Any:  # noqa: ANN401
    fingerprint = mark or samples.review().provenance.fingerprint
    return Memory().recent(f"{number:064x}", agent, at, fingerprint)


def calls(found: object) -> list[int]:
    return [int(earlier.call, 16) for earlier in found]  # type: ignore[attr-defined]


def test_a_kept_review_is_in_the_store_and_remembered() -> None:
    keep(made(1, tried="Saying it back"))

    with library.open_library() as store:
        (call,) = store.calls()
    assert call.sha256 == f"{1:064x}"
    (earlier,) = recent()
    assert (earlier.tried, earlier.hard) == ("Saying it back", False)
    assert earlier.counts == {skill.name: (skill.met, skill.of) for skill in samples.review().skills if skill.of}


def test_nothing_is_made_by_asking() -> None:
    assert recent() == ()
    assert Memory().said(None) is None
    assert not library.folder().exists()


def test_it_is_the_persons_own_on_the_disk() -> None:
    keep(made(1))

    assert stat.S_IMODE(library.folder().stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in library.folder().iterdir()} == {0o600}


def test_the_example_is_nobodys_call() -> None:
    keep(replace(made(1), source=library.example()))

    assert not library.exists()


def test_what_is_remembered_is_read_without_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    keep(made(1))
    keep(made(2))
    monkeypatch.setattr(library, "open_library", lambda: pytest.fail("a review waited for the database"))

    assert calls(recent()) == [1, 2]


def test_what_something_else_changed_is_read_anew() -> None:
    keep(made(1))
    keep(made(2))
    with library.open_library() as store:
        store.purge(sha256=f"{1:064x}")

    assert calls(recent()) == [2]


@pytest.mark.parametrize("damage", ["", "{", '{"schema": "coach.recent/1"}', "[]", '{"schema": "coach.recent/9"}'])
def test_a_damaged_note_is_made_anew(damage: str) -> None:
    keep(made(1))
    (library.folder() / "recent.json").write_text(damage)

    assert calls(recent()) == [1]
    assert json.loads((library.folder() / "recent.json").read_text())["schema"] == library.SCHEMA


def test_a_damaged_library_is_not_remembered_and_fails_nothing() -> None:
    library.folder().mkdir(parents=True)
    (library.folder() / "own.sqlite").write_bytes(b"no database at all" * 100)

    assert recent() == ()
    trouble = library.keep(made(1), None)
    assert trouble is not None
    assert trouble.startswith("The review is done, but it was not added to your library: ")
    assert "\n" not in trouble


def test_an_unforeseen_fault_is_told_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ZeroDivisionError("my card is 4111")

    monkeypatch.setattr(library, "open_library", fail)
    trouble = library.keep(made(1), None)

    assert trouble is not None
    assert "ZeroDivisionError" in trouble
    assert "4111" not in trouble


def test_a_call_does_not_come_before_itself() -> None:
    for number in (1, 2, 3):
        keep(made(number))

    assert calls(recent(3)) == [1, 2]
    assert calls(recent(2)) == [1]  # reviewed again, it goes by where it stood
    assert calls(recent(4)) == [1, 2, 3]


def test_calls_of_known_times_stand_in_their_order() -> None:
    for number, day in ((1, 20), (2, 5), (3, 12)):
        keep(made(number, day=day))

    assert calls(recent(9)) == [2, 3, 1]
    assert calls(recent(9, at=datetime(2026, 3, 15, tzinfo=UTC))) == [2, 3]


def test_what_was_counted_in_another_way_is_not_compared() -> None:
    keep(made(1, tried="Asking"))

    (earlier,) = recent(mark="another")
    assert earlier.tried == "Asking"
    assert earlier.counts == {}


def test_a_review_again_takes_the_place_of_the_first() -> None:
    keep(made(1, tried="Asking"))
    keep(made(1, tried="Saying it back"))

    assert [earlier.tried for earlier in recent()] == ["Saying it back"]


def test_other_peoples_calls_are_not_remembered_as_ones_own() -> None:
    for number, agent in ((1, None), (2, "Ann")):
        keep(made(number, agent=agent))

    assert calls(recent(agent="Ann")) == [1, 2]  # of one name alone, no name is the owner's
    assert calls(recent(agent="Bo")) == []
    keep(made(3, agent="Bo"))
    assert calls(recent(agent="Ann")) == [2]
    assert calls(recent(agent="Bo")) == [3]


def test_a_contested_moment_leaves_what_is_remembered() -> None:
    review = made(1)
    keep(review)
    whole = dict(recent()[0].counts)
    with library.open_library() as store:
        store.answer(f"{1:064x}", question="not_me", answer="yes", who="me")

    assert whole
    assert recent()[0].counts == {}


def test_a_review_that_goes_by_what_was_said_takes_that_back() -> None:
    review = made(1)
    keep(review)
    with library.open_library() as store:
        store.answer(f"{1:064x}", question="not_me", answer="yes", who="me")
    keep(replace(review, roles=replace(review.roles, source="option")))

    assert recent()[0].counts


def test_only_the_last_calls_are_remembered() -> None:
    keep(made(1))
    kept = json.loads((library.folder() / "recent.json").read_text())
    many = [{**kept["calls"][0], "sha256": f"{n:064x}", "at": f"2026-01-01T00:00:{n:02d}+00:00"} for n in range(50)]
    (library.folder() / "recent.json").write_text(json.dumps({**kept, "calls": many}))
    keep(made(99))

    assert len(calls(recent(7777))) == library.LAST
    assert calls(recent(7777))[-1] == 99


def saying(number: int, sentence: str) -> dict[str, Any]:
    review = as_json(made(number))
    turns = review["turns"]
    assert isinstance(turns, list)
    turn = next(turn for turn in turns if turn["role"] == "agent")
    turn["text"] = sentence
    return review


def test_sentences_said_over_and_over_are_remembered_from_enough_calls_on() -> None:
    with library.open_library() as store:
        for number in range(CALLS - 1):
            store.record(saying(number, SAID if number < 8 else f"Number {number} is all there is to it, really."))
    library.refresh()
    assert Memory().said(None) is None

    with library.open_library() as store:
        store.record(saying(CALLS, "Something else altogether was said in this one."))
    library.refresh()
    said = Memory().said(None)
    assert said is not None
    assert said.calls() == CALLS
    assert said.with_sentence("let me go ahead and take a look at that for you today") == 8
    assert said.with_sentence("something else altogether was said in this one") == 0


def test_a_purged_call_is_not_taken_in_again_and_the_review_says_so() -> None:
    keep(made(1))
    with library.open_library() as store:
        store.purge(sha256=f"{1:064x}")

    trouble = library.keep(made(1), None)
    assert trouble is not None
    assert "purged" in trouble


def test_a_full_disk_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StorageError("No space is left.")

    monkeypatch.setattr(library, "write_atomically", full)

    assert library.keep(made(1), None) == (
        "The review is done, but it was not added to your library: No space is left."
    )


def test_refreshing_without_a_library_removes_what_was_remembered() -> None:
    keep(made(1))
    for path in library.folder().glob("own*"):
        path.unlink()
    library.refresh()

    assert list(library.folder().iterdir()) == []
    assert recent() == ()


def test_old_calls_are_not_looked_at_when_the_note_is_made_anew() -> None:
    long_ago = (datetime.now(UTC) - library.SINCE[-1] - timedelta(days=2)).isoformat()
    review = made(1)
    keep(replace(review, recording=replace(review.recording, started_at=long_ago)))
    keep(made(2))
    os.utime(library.folder() / "own.sqlite")

    assert calls(recent()) == [2]


def test_a_call_of_two_files_is_one_call_after_a_swap() -> None:
    def of(first: int, second: int) -> Review:
        review = made(first)
        parts = (Part("agent", "a.wav", f"{first:064x}"), Part("customer", "b.wav", f"{second:064x}"))
        return replace(review, recording=replace(review.recording, parts=parts))

    for first, second in ((1, 2), (2, 1), (1, 2)):
        keep(of(first, second))
        with library.open_library() as store:
            assert [call.sha256 for call in store.calls()] == [f"{first:064x}"]
        assert calls(recent()) == [first]


def test_calls_of_months_ago_are_looked_for_where_there_are_few() -> None:
    review = made(1)
    two_months = (datetime.now(UTC) - timedelta(days=60)).isoformat()
    keep(replace(review, recording=replace(review.recording, started_at=two_months)))
    os.utime(library.folder() / "own.sqlite")

    assert calls(recent()) == [1]
