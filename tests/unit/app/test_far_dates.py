"""Dates that no calendar has are refused or passed over, whoever wrote them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coach.app import adding, words_added
from coach.app.purge import day
from coach.app.settings import gather
from coach.conversation import UsageError

FAR = ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"]


@pytest.mark.parametrize("at", FAR)
def test_in_notes(tmp_path: Path, at: str) -> None:
    first = {"finding": "given", "answer": "yes", "start": 1, "answered_at": at}
    take = {"kind": "missed_empathy", "drill": "", "said": "that is a shock", "taken_at": at}
    notes = {"schema": "coach.notes/1", "recording": "0" * 64, "first": first, "misheard": [], "takes": [take]}
    path = tmp_path / "x.notes.json"
    path.write_text(json.dumps(notes), encoding="utf-8")

    assert [reason for _, reason in adding.add(path).refused] == ["It is not a file of notes as a report saves it."]
    assert [words.said for words in words_added.add(path, gather({}, environment={}, folder=tmp_path))] == [
        "that is a shock"
    ]


@pytest.mark.parametrize("at", [*FAR, "soon", ""])
def test_in_a_purge(at: str) -> None:
    with pytest.raises(UsageError, match="is no date"):
        day(at)
