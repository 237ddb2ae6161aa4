"""A voice is its owner's: their own library keeps it, no other store does, and it goes with the call."""

from __future__ import annotations

from pathlib import Path

import pytest
from review_files import review_file, sha
from sqlalchemy import create_engine, text

from coach.conversation import ConfigurationError
from coach.store.opening import VERSION_TABLE
from coach.store.store import Store, open_store

VOICE = {"pitch_spread": 7.5, "loudness": -25.0, "loudness_spread": 14.0, "pace": 150.0, "pauses": None}


@pytest.fixture(name="own")
def _own(tmp_path: Path) -> Store:
    return open_store(str(tmp_path / "own.sqlite"), purpose="own")


def test_a_voice_is_kept_and_what_could_not_be_heard_is_not_asked_again(own: Store) -> None:
    first, second = own.record(review_file("a")), own.record(review_file("b"))
    own.keep_voice(first.sha256, VOICE)
    own.keep_voice(second.sha256, None)
    assert own.voices() == {first.sha256: VOICE, second.sha256: None}
    own.keep_voice(second.sha256, VOICE)
    assert own.voices()[second.sha256] == VOICE


def test_a_shifts_store_takes_no_voice(url: str) -> None:
    with open_store(url, purpose="shift") as store:
        call = store.record(review_file("a"))
        with pytest.raises(ConfigurationError, match="own library alone"):
            store.keep_voice(call.sha256, VOICE)
        with pytest.raises(ConfigurationError, match="own library alone"):
            store.voices()


def test_it_goes_with_its_call(own: Store) -> None:
    call = own.record(review_file("a"))
    own.keep_voice(call.sha256, VOICE)
    own.purge(sha256=call.sha256)
    assert own.voices() == {}
    with pytest.raises(ConfigurationError, match="is not in"):
        own.keep_voice(sha("a"), VOICE)


def test_a_library_from_before_voices_is_brought_up_to_date_with_all_that_is_in_it(tmp_path: Path) -> None:
    file = tmp_path / "own.sqlite"
    with open_store(str(file), purpose="own") as store:
        before = store.record(review_file("a"))
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:  # as the first version made it
        connection.execute(text("DROP TABLE voices"))
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0001'"))  # noqa: S608  (our own name)
    engine.dispose()
    with open_store(str(file), purpose="own") as store:
        assert store.call(before.sha256) == before
        store.keep_voice(before.sha256, VOICE)
        assert store.voices() == {before.sha256: VOICE}
