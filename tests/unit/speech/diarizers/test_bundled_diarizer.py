"""The bundled diarizer on made calls: two voices, one voice, three voices, and nothing kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from coach.conversation import Interval, ModelError, Timeline, complement, intersection, total, union
from coach.speech.activity import LaneActivity, detect
from coach.speech.diarizers import networks
from coach.speech.diarizers.bundled import ALIKE, JOINED, LITTLE, ONE_VOICE, BundledDiarizer
from coach.speech.diarizers.protocol import Diarization
from coach.speech.levels import measure
from coach.speech.samples import RATE, InMemory, Int16
from coach.speech.silero import Silero
from tests.calls.compose import Scenario, compose
from tests.lanes import doubled, lane, voice


class Mono(NamedTuple):
    samples: InMemory
    activity: LaneActivity
    truth: Mapping[str, Timeline]


def heard(samples: InMemory, speech: Timeline | None = None) -> LaneActivity:
    if speech is not None:
        return LaneActivity(speech, speech, -20.0, -60.0, clipped=False, levels=measure(samples).total)
    with Silero() as silero:
        return detect([samples], silero)[0]


def made(seed: int, voices: tuple[str, str], *, seconds: float = 60, louder: float = 0.0) -> Mono:
    call = compose(seed, Scenario(seconds, voices, (-18, -18 - louder), bleed=-np.inf, noise=25))
    samples = lane(doubled((call.agent / 2**15 + call.customer / 2**15) * 0.6))
    truth = {side: tuple(spans) for side, spans in call.truth.speech.items()}
    return Mono(samples, heard(samples), truth)


def confused(found: Diarization, mono: Mono) -> float:
    """Return the share of one party's own time that is put down to the other one alone."""
    whole = Interval(0, len(mono.samples) / RATE)
    one, other = mono.truth.values()
    alone = [intersection(a, complement(b, whole)) for a, b in ((one, other), (other, one))]
    wrong = min(
        sum(total(intersection(found.exclusive.get(label, ()), own)) for label, own in zip(labels, alone, strict=True))
        for labels in permutations(("1", "2"))
    )
    return wrong / sum(total(own) for own in alone)


def together(found: Diarization) -> Timeline:
    return intersection(found.speech["1"], found.speech["2"])


def diarized(mono: Mono, speakers: int | None = None) -> Diarization:
    with BundledDiarizer() as diarizer:
        return diarizer.diarize(mono.samples, mono.activity, speakers=speakers)


@pytest.fixture(scope="module")
def unlike() -> Mono:
    return made(1, ("slt", "rms"))


@pytest.fixture(scope="module")
def found(unlike: Mono) -> Diarization:
    return diarized(unlike)


@pytest.mark.parametrize(
    ("voices", "louder"), [(("sue", "awb"), 12.0), (("awb", "kal"), 0.0), (("slt", "awb"), 6.0), (("rms", "awb"), 8.0)]
)
def test_two_voices_are_told_apart_whatever_their_levels(voices: tuple[str, str], louder: float) -> None:
    mono = made(7, voices, seconds=90, louder=louder)
    found = diarized(mono)
    assert set(found.speech) == {"1", "2"}
    assert confused(found, mono) < 0.05
    assert not found.warnings


def test_a_sudden_change_of_level_is_not_another_voice(unlike: Mono, found: Diarization) -> None:
    sound = unlike.samples.read(0, len(unlike.samples)).astype(np.float64)
    sound[len(sound) // 2 :] *= 0.25
    quieter = InMemory(sound.round().astype(np.int16))
    assert confused(diarized(unlike._replace(samples=quieter)), unlike) < 0.02


def test_speech_is_all_shared_out_and_at_every_moment_one_is_heard_best(unlike: Mono, found: Diarization) -> None:
    spoken = union(*found.speech.values())
    assert total(intersection(spoken, unlike.activity.speech)) == pytest.approx(total(unlike.activity.speech))
    assert total(union(*found.exclusive.values())) == pytest.approx(total(spoken))
    assert total(intersection(found.exclusive["1"], found.exclusive["2"])) == 0
    for label, speech in found.speech.items():
        assert total(intersection(found.exclusive[label], speech)) == pytest.approx(total(found.exclusive[label]))


def test_speakers_are_numbered_as_they_are_first_heard(found: Diarization) -> None:
    assert found.speech["1"][0].start <= found.speech["2"][0].start


def test_two_at_once_are_mostly_heard_where_they_are(unlike: Mono, found: Diarization) -> None:
    true = intersection(*unlike.truth.values())
    claimed = together(found)
    assert total(intersection(claimed, true)) > 0.2 * total(true)
    assert total(intersection(claimed, true)) > 0.6 * total(claimed)


def test_the_voices_come_with_how_sure_it_is(found: Diarization) -> None:
    assert set(found.confidence) == {"1", "2"}
    assert all(0.9 < sure <= 1 for sure in found.confidence.values())


@pytest.mark.parametrize("name", ["rms", "sue"])
def test_one_voice_is_seen(name: str) -> None:
    sound, _ = voice(name, seconds=60)
    mono = Mono(lane(sound), heard(lane(sound)), {})
    alone = diarized(mono)
    assert set(alone.speech) == {"1"}
    assert alone.warnings == (ONE_VOICE,)
    assert total(intersection(alone.speech["1"], mono.activity.speech)) == pytest.approx(total(mono.activity.speech))
    assert diarized(mono, 2).warnings == (ALIKE,)
    assert diarized(mono, 1).warnings == ()


def after_a_transfer() -> Mono:
    parts = [made(20, ("rms", "slt"), seconds=70), made(21, ("awb", "slt"), seconds=70)]
    by = len(parts[0].samples) / RATE
    sound = np.concatenate([part.samples.read(0, len(part.samples)) for part in parts])
    first, second = (part.truth for part in parts)

    def later(spans: Timeline) -> Timeline:
        return tuple(Interval(one.start + by, one.end + by) for one in spans)

    truth = {
        "agent": (*first["agent"], *later(second["agent"])),
        "customer": (*first["customer"], *later(second["customer"])),
    }
    samples = InMemory(sound)
    return Mono(samples, heard(samples), truth)


def test_the_second_agent_after_a_transfer_is_on_the_side_of_the_first() -> None:
    mono = after_a_transfer()
    both = diarized(mono)
    assert both.warnings == (JOINED,)
    assert set(both.speech) == {"1", "2"}
    assert confused(both, mono) < 0.03
    every = diarized(mono, 3)
    assert len(every.speech) == 3
    assert not every.warnings


def test_nobody_speaking_is_nobody() -> None:
    silent = InMemory(np.zeros(RATE, np.int16))
    assert diarized(Mono(silent, heard(silent, ()), {})) == Diarization({}, {})


def test_a_word_alone_is_one_speaker_and_said_to_be_too_little() -> None:
    sound, _ = voice("rms", seconds=6)
    word = (Interval(1.0, 1.6),)
    found = diarized(Mono(lane(sound), heard(lane(sound), word), {}))
    assert total(intersection(found.speech["1"], word)) == pytest.approx(total(word))
    assert found.warnings == (LITTLE,)


def test_the_same_call_gives_the_same_answer_on_any_number_of_cores(
    monkeypatch: pytest.MonkeyPatch, unlike: Mono, found: Diarization
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert diarized(unlike) == found


def test_reading_is_in_short_pieces(unlike: Mono, found: Diarization) -> None:
    class Noted(InMemory):
        longest = 0

        def read(self, start: int, stop: int) -> Int16:
            self.longest = max(self.longest, stop - start)
            return super().read(start, stop)

    noted = Noted(unlike.samples.read(0, len(unlike.samples)))
    assert diarized(unlike._replace(samples=noted)) == found
    assert noted.longest <= 11 * RATE


def test_nothing_of_a_voice_stays_and_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unlike: Mono, found: Diarization
) -> None:
    monkeypatch.chdir(tmp_path)
    watched: list[str] = []
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT
    listening = True

    def note(event: str, values: tuple[object, ...]) -> None:
        if listening and event == "open" and isinstance(values[2], int) and values[2] & writing:
            watched.append(str(values[0]))
        if listening and event in ("socket.connect", "os.rename", "os.mkdir"):
            watched.append(event)

    sys.addaudithook(note)
    try:
        with BundledDiarizer() as diarizer:
            assert diarizer.diarize(unlike.samples, unlike.activity) == found
            held = state(diarizer)
            other = made(33, ("kal", "sue"), seconds=30)
            diarizer.diarize(other.samples, other.activity)
            again = diarizer.diarize(unlike.samples, unlike.activity)
            assert again == found, "the voices of one call told on the next"
            assert state(diarizer) == held
    finally:
        listening = False
    assert watched == []
    assert not list(tmp_path.iterdir())


def state(diarizer: BundledDiarizer) -> dict[str, object]:
    """Return all that the diarizer and its modules hold: a store of voices would be new there, or a container."""
    modules = {name: module for name, module in sys.modules.items() if name.startswith("coach.speech.diarizers")}
    for name, module in modules.items():
        stores = [key for key, value in vars(module).items() if type(value) in (list, set, np.ndarray)]
        assert [key for key in stores if not key.startswith("__")] == [], f"{name} can keep what it hears"
    loaded = {key: id(value) for key, value in vars(diarizer).items()}
    return {**{name: sorted(vars(module)) for name, module in modules.items()}, "loaded": loaded}


def test_progress_rises_to_the_end(unlike: Mono) -> None:
    shares: list[float] = []
    with BundledDiarizer() as diarizer:
        diarizer.diarize(unlike.samples, unlike.activity, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.parametrize("speakers", [0, 4])
def test_a_number_of_speakers_that_cannot_be_is_a_mistake(unlike: Mono, speakers: int) -> None:
    with pytest.raises(ValueError, match="expected 1 to 3"):
        diarized(unlike, speakers)


def test_it_must_be_open(unlike: Mono) -> None:
    with pytest.raises(ModelError, match="not open"):
        BundledDiarizer().diarize(unlike.samples, unlike.activity)


def test_its_fingerprint_names_the_networks() -> None:
    assert networks.digest() in BundledDiarizer().fingerprint
