import json
import os
from pathlib import Path

import pytest

from coach.conversation import NoSuchRecording, TranscriptError, bridge, total
from coach.speech.importing.imported import Imported
from coach.speech.importing.read import read_transcript


def imported(folder: Path, content: object, name: str = "call.json") -> Imported:
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return read_transcript(path)


def refusal(folder: Path, content: object) -> str:
    with pytest.raises(TranscriptError) as caught:
        imported(folder, content)
    return str(caught.value)


def word(text: str, start: object = None, end: object = None, **more: object) -> dict[str, object]:
    return {"word": text, "start": start, "end": end, **more}


def whisperx(*words: dict[str, object], **segment: object) -> dict[str, object]:
    return {"segments": [{"words": list(words), **segment}]}


def test_words_without_times_go_between_their_neighbours(tmp_path: Path) -> None:
    words = [word("pay", 1.0, 1.25), word("42"), word("50"), word("today", 2.25, 2.5)]
    call = imported(tmp_path, whisperx(*words, speaker="agent", start=1.0, end=2.5))
    first, number, another, last = call.words["agent"]
    assert (first.start, first.end, first.interpolated) == (1.0, 1.25, False)
    assert (number.start, number.end, another.start, another.end) == (1.25, 1.75, 1.75, 2.25)
    assert number.interpolated
    assert another.interpolated
    assert not last.interpolated
    assert call.word_times
    assert "2 words" in call.warnings[0]


def test_a_word_without_time_never_fills_a_long_pause(tmp_path: Path) -> None:
    call = imported(tmp_path, whisperx(word("pay", 1.0, 1.5), word("7"), word("today", 21.0, 21.5), speaker="agent"))
    assert call.words["agent"][1].end <= 2.0
    assert call.speech is not None
    assert total(call.speech["agent"]) <= 1.5


def test_words_without_times_at_the_edges_stay_in_their_segment(tmp_path: Path) -> None:
    words = [word("12"), word("pounds", 5.0, 5.5), word("7")]
    call = imported(tmp_path, whisperx(*words, speaker="agent", start=4.5, end=5.75))
    first, _, last = call.words["agent"]
    assert (first.start, first.end) == (4.5, 5.0)
    assert (last.start, last.end) == (5.5, 5.75)


def test_one_missing_time_of_two_is_mended(tmp_path: Path) -> None:
    words = [word("so", 1.0), word("it", 1.25, 1.5), word("was", None, 2.0)]
    call = imported(tmp_path, whisperx(*words, speaker="agent"))
    so, _, was = call.words["agent"]
    assert (so.start, so.end, so.interpolated) == (1.0, 1.24, True)  # two letters take no longer
    assert was.start == pytest.approx(1.64)
    assert was.end == 2.0


def test_nan_means_unknown_and_an_end_before_its_start_is_mended(tmp_path: Path) -> None:
    text = json.dumps(whisperx(word("a", 1.0, 1.5), word("b", float("nan"), float("nan")), word("c", 2.0, 1.0)))
    call = imported(tmp_path, text)
    assert all(one.start <= one.end for one in call.words["unknown"])
    assert [one.interpolated for one in call.words["unknown"]] == [False, True, True]


def test_a_segment_without_words_shares_its_time(tmp_path: Path) -> None:
    call = imported(tmp_path, {"segments": [{"start": 1.0, "end": 3.0, "text": " yes no", "speaker": "agent"}]})
    assert not call.word_times
    assert call.speech is None
    assert call.duration == 3.0
    assert [one.end for one in call.words["agent"]][-1] == 3.0


def test_a_word_belongs_to_its_speaker_then_the_segments_then_the_one_before(tmp_path: Path) -> None:
    first = {"words": [word("hi", 0, 1), word("yes", 1, 2, speaker="B")], "speaker": "A"}
    second = {"words": [word("fine", 2, 3)]}
    call = imported(tmp_path, {"segments": [first, second]})
    assert [(s.speaker, s.text) for s in call.transcript.segments] == [("A", "hi"), ("B", "yes"), ("B", "fine")]
    assert "1 word" in call.warnings[0]


def test_nobody_named_is_one_unknown_speaker(tmp_path: Path) -> None:
    call = imported(tmp_path, whisperx(word("hi", 0, 1)))
    assert call.speakers == ("unknown",)
    assert call.roles == {}
    assert call.warnings == ("The transcript does not say who speaks.",)


def test_words_out_of_order_are_sorted_and_said(tmp_path: Path) -> None:
    call = imported(tmp_path, whisperx(word("b", 2, 3), word("a", 0, 1), word("z", 0, 1), speaker="A"))
    assert [one.text for one in call.words["A"]] == ["a", "z", "b"]
    assert any("out of order" in warning for warning in call.warnings)


def test_overlapping_words_count_once_as_speech(tmp_path: Path) -> None:
    call = imported(tmp_path, whisperx(word("a", 0, 2), word("b", 1, 3), word("c", 3, 3), speaker="A"))
    assert call.speech is not None
    assert total(call.speech["A"]) == 3.0
    assert len(call.words["A"]) == 3


def test_text_is_cleaned_and_empty_words_dropped(tmp_path: Path) -> None:
    words = [word("\x00\x1b[31mred\u202e", 0, 1), word("  ", 1, 2), word("\ud800", 2, 3), word("my bill", 4, 5)]
    call = imported(tmp_path, whisperx(*words, speaker="Agent\n\x07 1"))
    assert [one.text for one in call.words["Agent 1"]] == ["[31mred", "my", "bill"]
    assert call.words["Agent 1"][2].end == 5.0


def test_a_confidence_off_the_scale_is_left_out(tmp_path: Path) -> None:
    call = imported(tmp_path, whisperx(word("a", 0, 1, score=97.0), word("b", 1, 2, score=0.5), speaker="A"))
    assert [one.confidence for one in call.words["A"]] == [None, 0.5]
    assert any("confidence" in warning for warning in call.warnings)


def test_one_known_role_of_two_tells_the_other(tmp_path: Path) -> None:
    call = imported(tmp_path, whisperx(word("a", 0, 1, speaker="Maria"), word("b", 1, 2, speaker="Customer")))
    assert call.roles == {"Maria": "agent", "Customer": "customer"}


def test_of_several_agents_the_one_who_says_most_is_the_agent(tmp_path: Path) -> None:
    names = ("Agent 1", "Caller", "Agent 2", "Agent 2")
    call = imported(tmp_path, whisperx(*(word("a", i, i + 1, speaker=name) for i, name in enumerate(names))))
    assert call.agent == "Agent 2"
    assert imported(tmp_path, whisperx(word("a", 0, 1, speaker="Maria"))).agent is None


def test_three_speakers_are_told_of(tmp_path: Path) -> None:
    call = imported(tmp_path, whisperx(*(word("a", i, i + 1, speaker=f"S{i}") for i in range(3))))
    assert call.roles == {}
    assert any("3 speakers" in warning for warning in call.warnings)


def test_contact_lens_turns_without_items_share_their_time(tmp_path: Path) -> None:
    turns = [
        {"ParticipantId": "p1", "Content": "how can I help", "BeginOffsetMillis": 0, "EndOffsetMillis": 2000},
        {"ParticipantId": "p2", "Content": "my bill", "BeginOffsetMillis": 2500, "EndOffsetMillis": 3000},
    ]
    people = [
        {"ParticipantId": "p1", "ParticipantRole": "AGENT"},
        {"ParticipantId": "p2", "ParticipantRole": "CUSTOMER"},
    ]
    call = imported(tmp_path, {"Participants": people, "Transcript": turns})
    assert call.roles == {"p1": "agent", "p2": "customer"}
    assert not call.word_times


def test_the_files_own_duration_counts_when_it_is_longer(tmp_path: Path) -> None:
    alternatives = [{"words": [word("hi", 0, 1, confidence=0.9)]}]
    call = imported(
        tmp_path, {"metadata": {"duration": 9.5}, "results": {"channels": [{"alternatives": alternatives}]}}
    )
    assert call.duration == 9.5


@pytest.mark.parametrize(
    ("cut", "lines"),
    [("\n\n", 2), ("\n", 2)],
    ids=["an empty line between", "none between"],
)
def test_srt_cues_end_where_the_next_begins(tmp_path: Path, cut: str, lines: int) -> None:
    text = f"1\n00:00:01,000 --> 00:00:02,000\nyes 7{cut}2\n00:00:03,000 --> 00:00:04,5\nno"
    call = imported(tmp_path, text)
    assert [segment.text for segment in call.transcript.segments] == ["yes 7", "no"]
    assert len(call.transcript.segments) == lines
    assert call.duration == 4.5
    assert call.format == "SRT"


def test_a_colon_is_no_name_unless_it_comes_back_like_one(tmp_path: Path) -> None:
    lines = ["Note: it was late", "so listen: no", "and then I paid", "and again: no", "well", "I see"]
    text = "\n\n".join(f"00:00:0{i}.000 --> 00:00:0{i}.900\n{line}" for i, line in enumerate(lines))
    call = imported(tmp_path, text)
    assert call.speakers == ("unknown",)
    assert call.transcript.segments[0].text == "Note: it was late"


def test_subtitles_in_utf16_and_windows_1252(tmp_path: Path) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Zoë>café\n"
    wide = imported(tmp_path, text.encode("utf-16"), "wide.vtt")
    old = imported(tmp_path, text.encode("cp1252"), "old.vtt")
    assert wide.transcript == old.transcript
    assert wide.speakers == ("Zoë",)
    assert not any("Windows-1252" in warning for warning in wide.warnings)
    assert any("Windows-1252" in warning for warning in old.warnings)


SAID = "xylophone"


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ("", "empty"),
        (b"\x00\x01\x02RIFF", "not text"),
        (SAID, "neither JSON nor subtitles"),
        ([SAID], "a list"),
        ({SAID: SAID}, "not a transcript"),
        ({"schema": "coach.review/1", "turns": [SAID], "segments": []}, "a review"),
        ('{"segments": [{"words": [{"word": "' + SAID, "line 1, column"),
        ("[" * 200_000, "nested too deeply"),
        ('{"a": ' + "9" * 5000 + "}", "a number"),
        ({"segments": SAID}, "segments: expected a list, found text"),
        ({"segments": [SAID]}, "segments[0]: expected an object, found text"),
        ({"segments": []}, "not one word"),
        (whisperx(word(SAID, "soon", 1)), "segments[0].words[0].start: expected a number, found text"),
        (whisperx({"word": SAID, "start": True}), "segments[0].words[0].start: expected a number, found true or false"),
        (whisperx(word(SAID, -5, 1)), "segments[0].words[0].start: expected a time of 0 or later"),
        (whisperx(word(SAID, 1, 1e9)), "segments[0].words[0].end: expected a time under 100 hours"),
        (whisperx(word(SAID, 1, float("inf"))), "segments[0].words[0].end: expected a finite number"),
        (whisperx({"word": [SAID]}), "segments[0].words[0].word: expected text, found a list"),
        (whisperx(word(SAID, 0, 1), speaker={}), "segments[0].speaker: expected text, found an object"),
        ({"Transcript": [{"Items": [SAID]}]}, "Transcript[0].Items[0]: expected an object"),
        ({"results": {"channels": [{"alternatives": {"words": SAID}}]}}, "results.channels[0].alternatives"),
        ({"results": {"items": [{"type": 7}]}}, "results.items[0].type: expected text, found a number"),
        (f"WEBVTT\n\n1\n00:00 --> tomorrow\n{SAID}\n", "line 4: expected the times of a cue"),
        (f"WEBVTT\n\n999:00:00.000 --> 999:00:01.000\n{SAID}\n", "line 3: expected a time under 100 hours"),
        ("WEBVTT\n\n", "not one word"),
    ],
)
def test_what_is_no_transcript_is_refused_with_its_place(tmp_path: Path, content: object, where: str) -> None:
    message = refusal(tmp_path, content)
    assert message.startswith("call.json")
    assert where in message
    assert SAID not in message
    assert message.endswith(("again", "without it", "SRT", "itself"))


def test_nothing_there_is_its_own_error(tmp_path: Path) -> None:
    with pytest.raises(NoSuchRecording, match=r"gone\.json"):
        read_transcript(tmp_path / "gone.json")


def test_a_folder_or_a_pipe_is_no_transcript(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(TranscriptError, match="regular file"):
            read_transcript(path)


def test_a_file_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.speech.importing.read.MAX_BYTES", 2**20)
    assert "larger than 1 MB" in refusal(tmp_path, " " * (2**20 + 1))


def test_the_name_of_a_file_cannot_forge_a_message(tmp_path: Path) -> None:
    path = tmp_path / "a\n\x1b[2Jb.json"
    path.write_text("{}")
    with pytest.raises(TranscriptError) as caught:
        read_transcript(path)
    assert "\x1b" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bridging_speech_by_word_times_fills_short_gaps_only(tmp_path: Path) -> None:
    call = imported(tmp_path, whisperx(word("a", 0, 1), word("b", 1.25, 2), word("c", 2.5, 3), speaker="A"))
    assert call.speech is not None
    assert total(call.speech["A"]) == 2.25
    assert total(bridge(call.speech["A"], 0.3)) == 2.5
