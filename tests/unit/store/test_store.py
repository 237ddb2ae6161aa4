"""What goes into the store comes out of it, in SQLite and PostgreSQL alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from review_files import FINGERPRINT, HERON, review_file, sha

from coach.store.errors import ForgottenError
from coach.store.store import open_store
from coach.store.values import StoredMeasure


def test_a_review_comes_back_as_it_went_in(url: str) -> None:
    with open_store(url, purpose="shift") as store:
        given = store.record(review_file(), report="/reports/a.html", agent="Dana", direction="inbound")
        found = store.call(sha("a"))

    assert found == given
    assert found is not None
    assert (found.uri, found.agent, found.direction, found.call_type) == ("a.wav", "Dana", "inbound", "billing")
    assert (found.duration, found.separation, found.heard_agent, found.heard_customer) == (61.5, "channels", 0.98, None)
    assert (found.fingerprint, found.report, found.hard, found.roles_known) == (
        FINGERPRINT,
        "/reports/a.html",
        False,
        True,
    )
    assert found.measures["talk_ratio"] == StoredMeasure("talk_ratio", 0.6, "ratio", 9.0, 15.0, None)
    assert found.measures["pace_agent"].value is None
    assert found.measures["pace_agent"].why == "too short"
    assert [(moment.index, moment.kind, moment.start) for moment in found.moments] == [
        (0, "account", 6.0),
        (1, "paraphrase", 12.0),
    ]
    assert found.moments[1].evidence == {"customer_turn": 1}
    assert found.skills[0].moments == (1,)
    assert [(advice.kind, advice.moment) for advice in found.advice] == [("keep", 1), ("try", None)]
    assert found.warnings == ("The call ends in the middle of a word.",)
    assert found.definitions == {"talk_ratio": 1, "interruption": 1}
    assert found.words_agent == 26


def test_the_same_review_twice_is_one_and_the_later_one_stays(url: str) -> None:
    with open_store(url, purpose="shift") as store:
        store.record(review_file(), agent="Dana", started_at=datetime(2026, 3, 2, 9, tzinfo=UTC))
        store.record(review_file(warnings=["later"], moments=[], skills=[]))
        found = store.calls()

    assert [call.warnings for call in found] == [("later",)]
    assert found[0].moments == ()
    assert found[0].agent == "Dana"  # what was known stays known
    assert found[0].started_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_results_of_other_means_are_kept_apart(url: str) -> None:
    with open_store(url, purpose="shift") as store:
        store.record(review_file(fingerprint="new"))
        store.record(review_file("b", fingerprint="new"))
        store.record(review_file(fingerprint="old", provenance={"definitions": {"talk_ratio": 2}}))
        newest = {call.sha256: (call.fingerprint, call.definitions["talk_ratio"]) for call in store.calls()}
        named = [call.sha256 for call in store.calls(fingerprint="new")]
        first = store.call(sha("a"), "new")
        runs = store.runs()

    assert newest == {sha("a"): ("old", 2), sha("b"): ("new", 1)}  # the newest is what was recorded last
    assert sorted(named) == sorted([sha("a"), sha("b")])
    assert first is not None
    assert first.definitions["talk_ratio"] == 1
    assert [(run.fingerprint, run.definitions["talk_ratio"]) for run in runs] == [("new", 1), ("old", 2)]


def test_what_was_reviewed_is_found_with_one_question(url: str) -> None:
    names = [f"call {number}" for number in range(1200)]
    with open_store(url, purpose="shift") as store:
        store.record(review_file("call 7"))
        store.record(review_file("call 1100"))
        store.record(review_file("call 8", fingerprint="other"))

        assert store.has(sha("call 7"), FINGERPRINT)
        assert not store.has(sha("call 8"), FINGERPRINT)
        assert store.has_many(map(sha, names), FINGERPRINT) == {sha("call 7"), sha("call 1100")}
        assert store.has_many([], FINGERPRINT) == set()


def test_calls_come_in_order_of_time_and_by_agent_and_span(url: str) -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    with open_store(url, purpose="shift") as store:
        for hours, name, agent in ((3, "c", "Lee"), (1, "a", "Dana"), (2, "b", "Dana")):
            store.record(review_file(name), agent=agent, started_at=noon + timedelta(hours=hours))
        store.record(review_file("d"))  # unknown time: counts by when it was reviewed, which is now

        assert [call.uri for call in store.calls()] == ["a.wav", "b.wav", "c.wav", "d.wav"]
        assert [call.uri for call in store.calls(agent="Dana")] == ["a.wav", "b.wav"]
        since, until = noon + timedelta(hours=2), noon + timedelta(hours=3)
        assert [call.uri for call in store.calls(since=since, until=until)] == ["b.wav"]
        assert store.agents() == ["Dana", "Lee"]
        assert store.calls(agent="nobody") == []
        assert store.call(sha("nothing")) is None


def test_only_the_moments_that_are_asked_for_come_along(url: str) -> None:
    with open_store(url, purpose="shift") as store:
        store.record(review_file())
        few, none = store.calls(kinds=["paraphrase"])[0], store.calls(kinds=())[0]

    assert [(moment.kind, moment.index) for moment in few.moments] == [("paraphrase", 1)]
    assert none.moments == ()
    assert none.measures == few.measures


def test_times_are_utc_whatever_zone_they_came_in(url: str) -> None:
    berlin = timezone(timedelta(hours=1))
    with open_store(url, purpose="shift") as store:
        store.record(review_file("a", recording={"started_at": "2026-03-02T00:30:00+01:00"}))
        store.record(review_file("b"), started_at=datetime(2026, 3, 2, 0, 15, tzinfo=berlin))
        found = store.calls()

    assert [call.started_at for call in found] == [
        datetime(2026, 3, 1, 23, 15, tzinfo=UTC),
        datetime(2026, 3, 1, 23, 30, tzinfo=UTC),
    ]
    assert all(call.at.tzinfo is UTC or call.at.utcoffset() == timedelta(0) for call in found)


def test_a_time_without_a_zone_is_a_mistake_and_not_a_guess(url: str) -> None:
    with open_store(url, purpose="shift") as store:
        with pytest.raises(ValueError, match="zone"):
            store.record(review_file(), started_at=datetime(2026, 3, 2))
        assert store.calls() == []


def test_a_hard_call_and_one_of_unknown_roles_are_marked(url: str) -> None:
    hard = {"kind": "hard_call", "role": "customer", "start": 0, "end": 1, "text": "", "confidence": 1, "evidence": {}}
    unsure = {"agent": None, "source": "none", "confidence": None, "why": "…"}
    with open_store(url, purpose="shift") as store:
        assert store.record(review_file("a", moments=[hard])).hard
        assert not store.record(review_file("b", roles=unsure)).roles_known
        before_roles = review_file("c")
        del before_roles["roles"]
        assert store.record(before_roles).roles_known


def test_a_transcript_without_a_recording_is_known_by_its_own_hash(url: str) -> None:
    review = review_file("t", recording={"sha256": None, "uri": None, "duration": None})
    with open_store(url, purpose="shift") as store:
        assert store.record(review).sha256 == sha("t")


def test_letters_that_databases_refuse_are_replaced(url: str) -> None:
    moment = {"kind": "account", "role": "customer", "start": 0, "end": 1, "confidence": 1}
    review = review_file(moments=[moment | {"text": "a\x00b\ud800c ü 🙂", "evidence": {"words": ["\x00"]}}])
    with open_store(url, purpose="shift") as store:
        found = store.record(review, agent="Dä\x00na").moments[0]
        assert store.agents() == ["Dä\ufffdna"]

    assert found.text == "a\ufffdb\ufffdc ü 🙂"
    assert found.evidence == {"words": ["\ufffd"]}


def test_sentences_are_counted_over_calls_and_by_agent(url: str) -> None:
    opening = "thank you for calling riverbend power this is dana"
    with open_store(url, purpose="shift") as store:
        for name in "abc":
            store.record(review_file(name), agent="Dana")
        store.record(review_file("d"), agent="Lee")
        dana, everybody = store.sentences("Dana"), store.sentences()
        store.remember(sha("a"), FINGERPRINT, ["something else altogether"])
        store.remember(sha("nothing"), FINGERPRINT, ["unheard"])
        replaced = store.sentences("Dana")

    assert (dana.calls(), dana.with_sentence(opening), everybody.with_sentence(opening)) == (3, 3, 4)
    assert dana.with_sentence("how can i help") == 0  # too short to be a script
    assert dana.other_wordings("paraphrase") == (f"So you saw {HERON}, and it surprised you.",)
    assert dana.other_wordings("empathy") == ()
    assert (replaced.with_sentence(opening), replaced.with_sentence("something else altogether")) == (2, 1)
    assert "unheard" not in replaced.often


def test_the_customers_sentences_are_not_remembered(url: str) -> None:
    with open_store(url, purpose="shift") as store:
        store.record(review_file())
        assert not any(sentence.startswith("hello i saw") for sentence in store.sentences().often)


def test_a_purged_call_is_not_taken_in_again_unless_that_is_lifted(url: str) -> None:
    with open_store(url, purpose="shift") as store:
        store.record(review_file())
        store.purge(sha256=sha("a"), why="the customer asked")
        with pytest.raises(ForgottenError, match="purged"):
            store.record(review_file())
        assert store.tombstoned(sha("a"))
        assert [(stone.sha256, stone.why) for stone in store.tombstones()] == [(sha("a"), "the customer asked")]
        assert store.lift(sha("a"))
        assert not store.lift(sha("a"))
        assert store.record(review_file()).sha256 == sha("a")
