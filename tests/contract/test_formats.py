"""The same call in another container or codec is the same call: the made one, with its true words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from coach.app.item import Request
from tests.benchmarks.formats import ENCODED, MADE, POINTS, SPEECH, File, Reviewing, missed, product, without_file_facts
from tests.contract.decode_media import encode

TRUTH = MADE.parent / "truth.json"


@pytest.fixture(scope="module")
def transcript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The call's true words as WhisperX would write them, so that no recogniser has to run."""
    segments = [
        {
            "start": said["start"],
            "end": said["end"],
            "speaker": said["role"],
            "words": [{"word": word, "start": start, "end": end, "score": 1.0} for word, start, end in said["words"]],
        }
        for said in json.loads(TRUTH.read_text())["utterances"]
    ]
    path = tmp_path_factory.mktemp("words") / "words.json"
    path.write_text(json.dumps({"segments": segments}))
    return path


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reviewing]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        with product() as reviewing:
            yield reviewing


@pytest.fixture(scope="module")
def wav(review: Reviewing, transcript: Path) -> File:
    return review(Request(recording=MADE, agent_channel="left", transcript=transcript))


def other(title: str, review: Reviewing, transcript: Path, folder: Path) -> File:
    samples, rate = soundfile.read(MADE, dtype="int16")
    suffix, container, codec, bits = ENCODED[title]
    lanes = [samples[:, 0], samples[:, 1]]
    path = encode(folder / f"other.{suffix}", container, codec, lanes, rate=rate, bit_rate=bits)
    return review(Request(recording=path, agent_channel="left", transcript=transcript))


def test_the_wav_has_what_is_to_be_kept(wav: File) -> None:
    kinds = [moment["kind"] for moment in wav["moments"]]

    assert {"interruption", "backchannel", "hold"} <= set(kinds)
    assert wav["separation"] == "channels"


def test_flac_is_equal_to_wav_in_everything(wav: File, review: Reviewing, transcript: Path, tmp_path: Path) -> None:
    flac = other("FLAC", review, transcript, tmp_path)

    assert flac["recording"]["uri"] == "other.flac"
    assert without_file_facts(flac) == without_file_facts(wav)


@pytest.mark.parametrize("title", ["µ-law WAV", "MP3 32 kb/s"])
def test_lossy_formats_tell_the_same_call(
    title: str, wav: File, review: Reviewing, transcript: Path, tmp_path: Path
) -> None:
    far = missed(wav, other(title, review, transcript, tmp_path))

    assert abs(far.points[1]) <= POINTS
    assert all(abs(share) <= SPEECH for share in far.speech.values())
    assert far.counts == {}
