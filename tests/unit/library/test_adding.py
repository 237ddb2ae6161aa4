"""Reviews made earlier and saved notes come in, once, whole or with the reason why not."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from coach.app import library
from coach.app.adding import ME, Added, add
from coach.conversation import NoSuchRecording, Review
from coach.reporting.view import json_text
from coach.store.values import Answer


def _samples() -> ModuleType:
    path = Path(__file__).parents[1] / "reporting" / "samples.py"
    spec = importlib.util.spec_from_file_location("adding_samples", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


samples = _samples()
AT = "2026-03-02T18:04:00.000Z"


def made(number: int, *, agent: str | None = None, dated: bool = True) -> Review:
    review: Review = samples.review()
    started = (datetime.now(UTC) - timedelta(days=3)).isoformat() if dated else None
    recording = replace(review.recording, sha256=f"{number:064x}", started_at=started)
    roles = replace(review.roles, agent=agent) if agent is not None else review.roles
    return replace(review, recording=recording, source=f"{number:064x}", roles=roles)


def write(folder: Path, name: str, review: Review) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json_text(review), encoding="utf-8")
    return path


def notes(number: int | None, **changes: object) -> Mapping[str, Any]:
    return {
        "schema": "coach.notes/1",
        "recording": None if number is None else f"{number:064x}",
        "name": "call.wav", "agent": samples.review().roles.agent, "fingerprint": "f", "coach": "0.1.0", "saved_at": AT,
        "first": {
            "turn": 1, "start": 5.4, "end": 27.2, "finding": "given",
            "question": "?", "answer": "yes", "answered_at": AT,
        },
        "misheard": [{"kind": "distress", "role": "customer", "start": 13.9, "end": 18.1, "noted_at": AT}],
        "not_me": None,
        **changes,
    }  # fmt: skip


def answers() -> list[Answer]:
    with library.open_library() as store:
        return store.answers()


def test_a_folder_comes_in_with_the_folders_in_it(tmp_path: Path) -> None:
    write(tmp_path, "one", made(1))
    write(tmp_path / "monday", "two", made(2))
    (tmp_path / "other.json").write_text('{"schema": "something else"}')
    (tmp_path / "broken.json").write_text("{")

    assert add(tmp_path) == Added(reviews=2)
    with library.open_library() as store:
        assert sorted(call.sha256 for call in store.calls()) == [f"{n:064x}" for n in (1, 2)]
    assert len(library.Memory().recent("x", None, None, samples.review().provenance.fingerprint)) == 2


def test_taken_in_twice_is_taken_in_once(tmp_path: Path) -> None:
    write(tmp_path, "one", made(1))
    (tmp_path / "one.notes.json").write_text(json.dumps(notes(1)))

    assert (add(tmp_path).reviews, len(answers())) == (1, 2)
    again = add(tmp_path)
    assert (again.reviews, again.known, again.notes) == (0, 1, 1)
    assert len(answers()) == 2


def test_one_file_by_itself(tmp_path: Path) -> None:
    assert add(write(tmp_path, "one", made(1))).reviews == 1


def test_the_report_beside_it_is_found_again(tmp_path: Path) -> None:
    write(tmp_path, "one", made(1)).with_suffix(".html").write_text("<p>")
    add(tmp_path)

    with library.open_library() as store:
        assert store.calls()[0].report == str((tmp_path / "one.html").resolve())


def test_a_call_without_a_date_counts_when_its_review_was_written(tmp_path: Path) -> None:
    path = write(tmp_path, "one", made(1, dated=False))
    written = datetime(2026, 5, 4, 12, tzinfo=UTC)
    os.utime(path, (written.timestamp(), written.timestamp()))

    assert add(tmp_path).undated == 1
    with library.open_library() as store:
        assert store.calls()[0].at == written


def test_a_review_that_was_made_again_takes_its_place(tmp_path: Path) -> None:
    path = write(tmp_path, "one", made(1))
    add(tmp_path)
    later = datetime.now(UTC).timestamp() + 60
    os.utime(path, (later, later))

    assert add(tmp_path).reviews == 1


def test_the_answer_to_the_question_and_what_was_misheard_come_in(tmp_path: Path) -> None:
    write(tmp_path, "one", made(1))
    (tmp_path / "one.notes.json").write_text(json.dumps(notes(1, not_me=AT)))

    assert add(tmp_path).notes == 1
    found = {answer.question: answer for answer in answers()}
    assert set(found) == {"heard", "misheard", "not_me"}
    assert (found["heard"].answer, found["heard"].kind, found["heard"].start) == ("yes", "given", 5.4)
    assert (found["misheard"].kind, found["misheard"].start) == ("distress", 13.9)
    assert {answer.who for answer in found.values()} == {ME}
    assert found["heard"].at == datetime(2026, 3, 2, 18, 4, tzinfo=UTC)


def test_sides_that_were_put_right_since_are_not_contested_any_more(tmp_path: Path) -> None:
    write(tmp_path, "one", made(1, agent="left"))
    (tmp_path / "one.notes.json").write_text(json.dumps(notes(1, agent="right", not_me=AT)))
    add(tmp_path)

    assert "not_me" not in {answer.question for answer in answers()}


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (notes(7), "not in this store"),
        (notes(None), "which recording"),
        ({"schema": "coach.notes/1", "recording": "0" * 64}, "not a file of notes"),
        (notes(1, first={"answer": "brilliant"}), "not a file of notes"),
        (notes(1, misheard=[{"kind": "distress", "start": "soon"}]), "not a file of notes"),
        (notes(1, first=3), "not a file of notes"),
    ],
)
def test_notes_that_do_not_fit_are_refused_by_name_and_the_rest_goes_on(
    tmp_path: Path, document: Mapping[str, object], why: str
) -> None:
    write(tmp_path, "one", made(1))
    (tmp_path / "odd.notes.json").write_text(json.dumps(document))
    added = add(tmp_path)

    assert (added.reviews, added.notes) == (1, 0)
    ((name, told),) = added.refused
    assert name == "odd.notes.json"
    assert why in told
    assert answers() == []


def test_a_review_that_is_none_is_refused_by_name(tmp_path: Path) -> None:
    write(tmp_path, "one", made(1))
    (tmp_path / "odd.json").write_text(json.dumps({"schema": "coach.review/1", "turns": 3}))
    added = add(tmp_path)

    assert added.reviews == 1
    assert [name for name, _ in added.refused] == ["odd.json"]


def test_the_example_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "high-bill", replace(made(1), source=library.example()))

    assert add(tmp_path) == Added()


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_nothing_to_take_in_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(NoSuchRecording, match="no review"):
        add(tmp_path / name)
    assert not library.exists()
