"""Speakers' labels that are private themselves."""

from __future__ import annotations

import pytest

from coach.app.labels import plain_labels
from coach.conversation import Interval, Segment, Transcript, Word
from coach.speech.importing.imported import Imported


def imported(*labels: str) -> Imported:
    segments = tuple(Segment(s, Interval(k, k + 1), (Word("hello", k, k + 1),)) for k, s in enumerate(labels))
    return Imported(
        transcript=Transcript(segments, "made"),
        speakers=labels,
        roles={labels[0]: "agent"},
        word_times=True,
        confidences=False,
        duration=2.0,
        speech=dict.fromkeys(labels, ()),
        format="WebVTT",
    )


def test_a_callers_number_is_no_label() -> None:
    given = imported("Dana", "+1 312-555-0187")

    transcript, known = plain_labels(given.transcript, given, {"phone"})

    assert [segment.speaker for segment in transcript.segments] == ["Dana", "speaker 2"]
    assert known.speakers == ("Dana", "speaker 2")
    assert known.speech == {"Dana": (), "speaker 2": ()}
    assert known.roles == {"Dana": "agent"}


def test_names_are_labels_until_names_are_masked() -> None:
    given = imported("Dana Reyes", "spk_1")

    assert plain_labels(given.transcript, given, {"card"})[1].speakers == ("Dana Reyes", "spk_1")
    assert plain_labels(given.transcript, given, {"name"})[1].speakers == ("speaker 1", "spk_1")
    assert plain_labels(given.transcript, given, {"name"})[1].roles == {"speaker 1": "agent"}


@pytest.mark.parametrize("label", ["Speaker 1", "spk_0", "ch_1", "left", "Agent", "A", "2", "participant-3", "S1"])
def test_a_plain_label_stays(label: str) -> None:
    given = imported(label, "other caller")

    assert plain_labels(given.transcript, given, {"name"})[1].speakers[0] == label
