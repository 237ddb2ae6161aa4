"""Every format that can be imported, from the same short call, keeps one promise."""

from pathlib import Path

import pytest

from coach.conversation import Role, bridge, total
from coach.speech.importing.imported import Imported
from coach.speech.importing.read import read_transcript

SAMPLES = Path(__file__).parents[1] / "calls" / "transcripts"
GREETING = "Thank you for calling Harbor Gas. How may I help?"
CHECKING = "Let me check that for you."

AGENT_AND_CUSTOMER: dict[str, Role] = {"agent": "agent", "customer": "customer"}
NAMED: dict[str, Role] = {"Agent": "agent", "Customer": "customer"}


def sample(name: str) -> Imported:
    return read_transcript(SAMPLES / name)


@pytest.mark.parametrize(
    ("name", "format_", "speakers", "roles"),
    [
        ("whisperx.json", "WhisperX JSON", ("agent", "customer"), AGENT_AND_CUSTOMER),
        ("whisperx-labels.json", "WhisperX JSON", ("SPEAKER_01", "SPEAKER_00"), {}),
        ("transcribe-speakers.json", "Amazon Transcribe JSON", ("spk_0", "spk_1"), {}),
        ("transcribe-channels.json", "Amazon Transcribe JSON", ("ch_0", "ch_1"), {}),
        ("deepgram-channels.json", "Deepgram JSON", ("ch_1", "ch_0"), {}),
        ("deepgram-diarized.json", "Deepgram JSON", ("spk_0", "spk_1"), {}),
        ("voices.vtt", "WebVTT", ("Agent", "Customer"), NAMED),
        ("zoom.vtt", "WebVTT", ("Dana Hill", "Lee Wong"), {}),
        ("names.srt", "SRT", ("Agent", "Customer"), NAMED),
        ("call-analytics.json", "Amazon Call Analytics JSON", ("agent", "customer"), AGENT_AND_CUSTOMER),
    ],
)
def test_every_format_says_who_spoke(
    name: str, format_: str, speakers: tuple[str, ...], roles: dict[str, Role]
) -> None:
    call = sample(name)
    assert call.format == format_
    assert call.speakers == speakers
    assert call.roles == roles
    assert call.transcript.engine == f"imported: {format_}"


TIMED = [
    "whisperx.json",
    "whisperx-labels.json",
    "transcribe-speakers.json",
    "transcribe-channels.json",
    "deepgram-channels.json",
    "deepgram-diarized.json",
]


@pytest.mark.parametrize("name", TIMED)
def test_formats_with_word_times_tell_the_same_call(name: str) -> None:
    call = sample(name)
    agent, customer = (
        (call.speakers[0], call.speakers[1]) if call.words[call.speakers[0]][0].text == "Thank" else call.speakers[::-1]
    )
    said = " ".join(word.text for word in call.words[agent])
    assert said == f"{GREETING} {CHECKING}"
    assert call.words[customer][6].text in {"$42.50", "by"}
    assert call.word_times
    assert call.transcript.word_times
    assert call.confidences
    assert call.speech is not None
    assert total(bridge(call.speech[agent], 0.3)) == pytest.approx(3.4, abs=0.9)
    assert call.words[customer][0].start == 4.0
    assert call.duration >= call.words[agent][-1].end


@pytest.mark.parametrize("name", ["voices.vtt", "zoom.vtt", "names.srt"])
def test_cues_tell_words_and_never_timing(name: str) -> None:
    call = sample(name)
    agent, customer = call.speakers
    said = " ".join(word.text for word in call.words[agent])
    assert said.startswith("Thank you for calling Harbor Gas. How may I help? Let me check that")
    assert not call.word_times
    assert call.speech is None
    assert not call.confidences
    assert all(word.interpolated for words in call.words.values() for word in words)
    assert all(4.0 <= word.start <= word.end <= 9.9 for word in call.words[customer])
    assert call.duration == 9.9


def test_voices_carry_entities_line_breaks_and_two_people_in_a_cue() -> None:
    call = sample("voices.vtt")
    said = " ".join(word.text for word in call.words["Customer"])
    assert said == "Hi, my bill went up by £42.50 and I don't know why & when. Honestly. Please."
    assert "1 word" in call.warnings[0]  # the cue without a voice


def test_a_colon_in_speech_stays_speech() -> None:
    said = " ".join(word.text for word in sample("zoom.vtt").words["Lee Wong"])
    assert said == "Hi, here is the thing: my bill went up. And I don't know why."


def test_channels_and_labels_of_amazon_agree() -> None:
    labels, channels = sample("transcribe-speakers.json"), sample("transcribe-channels.json")
    assert list(labels.words.values()) == list(channels.words.values())


def test_a_word_without_speaker_takes_its_segments_and_needs_no_warning() -> None:
    named, labelled = sample("whisperx.json"), sample("whisperx-labels.json")
    assert named.words["agent"] == labelled.words["SPEAKER_01"]
    assert named.warnings == labelled.warnings


def test_call_analytics_keeps_words_times_and_what_was_masked_before() -> None:
    call = sample("call-analytics.json")
    assert call.duration == 40.422
    filled = next(word for word in call.words["agent"] if word.text == "Uh,")
    resumed = next(word for word in call.words["customer"] if word.text == "so")
    assert filled.start == resumed.start == 11.908
    after = next(word for word in call.words["agent"] if word.start > filled.start)
    assert after.start - filled.end == pytest.approx(3.0)
    masked = next(word for word in call.words["customer"] if word.masked)
    assert masked.text == "[PII]."
    assert masked.confidence is None
