"""A review file may come from anybody: what is wrong in it is named, and nothing of it is written."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from review_files import HERON, review_file

from coach.conversation import CoachError
from coach.resources import resource
from coach.store.errors import ReviewFileError
from coach.store.reading import normalised, rows
from coach.store.store import open_store


def _deep(levels: int) -> object:
    made: object = "end"
    for _ in range(levels):
        made = {"in": made}
    return made


WRONG: list[tuple[str, object, str]] = [
    ("schema", "coach.review/9", "schema"),
    ("schema", None, "schema"),
    ("recording", [], r"recording is not an object"),
    ("recording.sha256", "../../etc/passwd", r"recording\.sha256"),
    ("recording.sha256", "A" * 64, r"recording\.sha256"),
    ("recording.duration", "long", r"recording\.duration is not a number"),
    ("recording.duration", float("nan"), r"recording\.duration is not a finite number"),
    ("recording.duration", 10**400, r"recording\.duration is not a finite number"),
    ("recording.agent", ["Dana"], r"recording\.agent is not text"),
    ("recording.started_at", 1700000000, r"recording\.started_at is not text"),
    ("provenance.fingerprint", "", r"provenance\.fingerprint"),
    ("provenance.fingerprint", "f" * 129, r"provenance\.fingerprint"),
    ("provenance.definitions", {"talk_ratio": "1"}, r"definitions\.talk_ratio is not a whole number"),
    ("provenance.definitions", {"talk_ratio": 2**70}, r"definitions\.talk_ratio is not a whole number"),
    ("separation", None, "separation is not text"),
    ("warnings", "all of them", "warnings is not a list"),
    ("warnings", [{"text": "x"}], r"warnings\[0\] is not text"),
    ("turns", {}, "turns is not a list"),
    ("turns.0.words", 12, r"turns\[0\]\.words is not a list"),
    ("measures.talk_ratio", 0.5, r"measures\.talk_ratio is not an object"),
    ("measures.talk_ratio.value", True, r"measures\.talk_ratio\.value is not a number"),
    ("measures.talk_ratio.value", float("inf"), r"measures\.talk_ratio\.value is not a finite number"),
    ("measures.talk_ratio.unit", None, r"measures\.talk_ratio\.unit is not text"),
    ("moments.0.start", None, r"moments\[0\]\.start is not a number"),
    ("moments.0.evidence", {"a": float("nan")}, r"moments\[0\]\.evidence is not a finite number"),
    ("moments.0.evidence", {"a": _deep(900)}, r"moments\[0\]\.evidence is not nested at most 8 deep"),
    ("moments.0.evidence", {"a": {1, 2}}, r"moments\[0\]\.evidence is not a list"),
    ("moments.0.evidence", {1: "a"}, r"moments\[0\]\.evidence is not an object"),
    ("moments", [{}] * 100_001, "moments is not a list of at most"),
    ("skills.0.met", -1, r"skills\[0\]\.met is not a whole number"),
    ("skills.0.moments", ["1"], r"skills\[0\]\.moments is not a whole number"),
    ("coaching.keep.moment", 1.5, r"coaching\.keep\.moment is not a whole number"),
    ("coaching.keep.said", None, r"coaching\.keep\.said is not text"),
]


def _put(review: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    made = copy.deepcopy(review)
    *way, last = path.split(".")
    inner: Any = made
    for step in way:
        inner = inner[int(step)] if isinstance(inner, list) else inner[step]
    inner[int(last) if isinstance(inner, list) else last] = value
    return made


@pytest.mark.parametrize(("path", "value", "told"), WRONG)
def test_what_is_wrong_is_named(path: str, value: object, told: str) -> None:
    with pytest.raises(ReviewFileError, match=told) as caught:
        rows(_put(review_file(), path, value))

    assert "heron" not in str(caught.value)


def test_nothing_of_a_wrong_review_is_written_and_the_earlier_one_stays(url: str) -> None:
    with open_store(url, purpose="shift") as store:
        good = store.record(review_file())
        for path, value, _ in WRONG[:-1:4]:
            with pytest.raises(ReviewFileError):
                store.record(_put(review_file(), path, value))
        assert store.calls() == [good]


def test_a_fingerprint_that_stands_for_other_definitions_is_refused(url: str) -> None:
    with open_store(url, purpose="shift") as store:
        store.record(review_file())
        with pytest.raises(ReviewFileError, match="other definitions"):
            store.record(review_file("b", provenance={"definitions": {"talk_ratio": 7}}))
        assert len(store.calls()) == 1


def test_a_review_that_is_no_object_at_all() -> None:
    for value in (None, [], "review", 7):
        with pytest.raises(ReviewFileError):
            rows(value)  # type: ignore[arg-type]


def test_a_time_that_is_none_is_not_known(url: str) -> None:
    with open_store(url, purpose="shift") as store:
        for told in ("yesterday", "0001-01-01T00:00:00+14:00", "2026-13-40"):
            assert store.record(review_file(recording={"started_at": told})).started_at is None


def test_names_and_texts_without_end_are_cut(url: str) -> None:
    long = {"kind": "k" * 5000, "role": "agent", "start": 0, "end": 1, "text": "x" * 10**6, "confidence": 1}
    review = review_file(moments=[long], measures={"m" * 5000: {"value": 1, "unit": "s"}})
    with open_store(url, purpose="shift") as store:
        found = store.record(review, agent="a" * 5000)

    assert len(found.moments[0].kind) == len(str(found.agent)) == 200
    assert len(found.moments[0].text) == 200_000
    assert list(found.measures) == ["m" * 200]


def test_injected_statements_are_text(url: str) -> None:
    evil = "'); DROP TABLE calls; --"
    with open_store(url, purpose="shift") as store:
        store.record(review_file(call_type=evil), agent=evil)
        assert store.calls(agent=evil)[0].call_type == evil


def test_the_example_review_is_taken_in(url: str) -> None:
    review = json.loads(resource("reports", "example", "high-bill.json").read_text(encoding="utf-8"))
    with open_store(url, purpose="shift") as store:
        found = store.record(review)

    assert len(found.moments) == len(review["moments"])
    assert {name: measure.value for name, measure in found.measures.items()} == {
        name: measure["value"] for name, measure in review["measures"].items()
    }
    assert found.definitions == review["provenance"]["definitions"]


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def _paths(value: object, before: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    items: list[tuple[object, object]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [path for key, inner in items for path in [(*before, key), *_paths(inner, (*before, key))]]


PATHS = _paths(review_file())


@pytest.fixture(scope="module")
def taken(made_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, Any]], bool]:
    """Return what takes a review in, and tells whether it did."""
    copy_ = tmp_path_factory.mktemp("hostile") / "shift.sqlite"
    copy_.write_bytes(made_file.read_bytes())
    store = open_store(str(copy_), purpose="shift")

    def take(review: dict[str, Any]) -> bool:
        before = len(store.calls())
        told = ""
        try:
            store.record(review)
        except CoachError as error:
            told = str(error)
        assert HERON not in told
        assert len(store.calls()) - before in ((0,) if told else (0, 1))
        return not told

    return take


@settings(max_examples=150)
@given(path=st.sampled_from(PATHS), value=_ANY)
def test_any_value_anywhere_is_stored_or_refused_in_a_sentence(
    path: tuple[object, ...], value: object, taken: Callable[[dict[str, Any]], bool]
) -> None:
    review = review_file()
    inner: Any = review
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    taken(review)


@given(st.text())
def test_a_normalised_sentence_is_its_own_normal_form(sentence: str) -> None:
    assert normalised(normalised(sentence)) == normalised(sentence)
