"""Sound without private numbers."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from coach.conversation import Interval, Segment, Timeline, Transcript, Word
from coach.privacy import sound
from coach.privacy.mask import Masked, mask
from coach.privacy.sound import RATE, Silenced


class Tone:
    """Two seconds of a loud tone."""

    def __init__(self, seconds: float = 2.0) -> None:
        at = np.arange(int(seconds * RATE))
        self.samples = (20_000 * np.sin(at / 5)).astype(np.int16)

    def __len__(self) -> int:
        return len(self.samples)

    def read(self, start: int, stop: int) -> NDArray[np.int16]:
        return self.samples[max(start, 0) : max(stop, 0)]


def spans_to_silence(masked: Masked, *, duration: float) -> Timeline:
    """Return what the words alone make silent; the passages around them are tested in ``test_passages.py``."""
    return sound.spans_to_silence(masked, duration=duration, payments=False)


def call(*words: Word, cut: tuple[float, float] = (0.0, 20.0)) -> Transcript:
    return Transcript((Segment("left", Interval(*cut), words),), "made")


def test_inside_is_silent_and_outside_is_untouched() -> None:
    tone = Tone()

    heard = Silenced(tone, [Interval(0.5, 1.0)]).read(0, len(tone))

    a, b, fade = int(0.5 * RATE), RATE, int(0.01 * RATE)
    np.testing.assert_array_equal(heard[:a], tone.samples[:a])
    np.testing.assert_array_equal(heard[b:], tone.samples[b:])
    assert not heard[a + fade : b - fade].any()
    assert heard[a : a + fade].any()
    assert (np.abs(heard[a:b].astype(int)) <= np.abs(tone.samples[a:b].astype(int))).all()


def test_the_sound_it_wraps_is_not_changed() -> None:
    tone = Tone()
    before = tone.samples.copy()

    Silenced(tone, [Interval(0, 2)]).read(0, len(tone))

    np.testing.assert_array_equal(tone.samples, before)


def test_a_very_short_span_is_silent_throughout() -> None:
    heard = Silenced(Tone(), [Interval(0.5, 0.515)]).read(0, 2 * RATE)

    assert not heard[int(0.5 * RATE) : int(0.515 * RATE)].any()


def test_a_span_past_the_end_is_clipped() -> None:
    lane = Silenced(Tone(), [Interval(1.5, 9.0)])

    assert len(lane) == 2 * RATE
    assert len(lane.read(RATE, 9 * RATE)) == RATE
    assert not lane.read(int(1.52 * RATE), 9 * RATE).any()


def test_spans_are_a_little_wider_than_the_words() -> None:
    masked = mask(call(Word("4111111111111111", 5.0, 8.0, 0.9)))

    (span,) = spans_to_silence(masked, duration=20.0)

    assert (span.start, span.end) == pytest.approx((4.85, 8.15))


@pytest.mark.parametrize(
    "word",
    [Word("4111111111111111", 5.0, 8.0, 0.9, interpolated=True), Word("4111111111111111", 5.0, 8.0, 0.3)],
    ids=["interpolated", "unsure"],
)
def test_rough_times_silence_the_whole_segment(word: Word) -> None:
    (span,) = spans_to_silence(mask(call(word, cut=(2.0, 12.0))), duration=20.0)

    assert (span.start, span.end) == pytest.approx((1.85, 12.15))


def test_spans_end_with_the_recording() -> None:
    (span,) = spans_to_silence(mask(call(Word("4111111111111111", 0.0, 3.0))), duration=3.05)

    assert (span.start, span.end) == (0.0, 3.05)


def test_a_gap_in_which_nothing_was_recognised_is_silent_too() -> None:
    pieces = (Word("41111111", 1.0, 2.0), Word("11111111", 7.0, 8.0))

    (span,) = spans_to_silence(mask(call(*pieces)), duration=20.0)

    assert (span.start, span.end) == pytest.approx((0.85, 8.15))


def test_words_between_two_pieces_are_heard() -> None:
    pieces = (Word("41111111", 1.0, 2.0), Word("okay", 4.0, 4.5), Word("so", 4.5, 5.0), Word("11111111", 7.0, 8.0))

    silent = spans_to_silence(mask(call(*pieces)), duration=20.0)

    assert [(s.start, s.end) for s in silent] == [pytest.approx((0.85, 2.15)), pytest.approx((6.85, 8.15))]


def test_short_gaps_between_spans_are_merged() -> None:
    pieces = (Word("41111111", 1.0, 2.0), Word("okay", 2.2, 2.7), Word("11111111", 2.9, 4.0))

    (span,) = spans_to_silence(mask(call(*pieces)), duration=20.0)

    assert (span.start, span.end) == pytest.approx((0.85, 4.15))


def test_nothing_private_silences_nothing() -> None:
    assert spans_to_silence(mask(call(Word("hello", 0.0, 0.5))), duration=20.0) == ()


def level(samples: NDArray[np.int16], low: float, high: float) -> float:
    """Return the share of full scale of what lies between two frequencies, in hertz."""
    spectrum = np.fft.rfft(samples.astype(float) / 32_768 * np.hanning(len(samples)))
    at = np.fft.rfftfreq(len(samples), 1 / RATE)
    return float(np.sqrt((np.abs(spectrum[(at >= low) & (at < high)]) ** 2).sum()) / len(samples) * 2)


def test_a_beep_is_one_modest_tone_and_nothing_of_the_sound() -> None:
    rng = np.random.default_rng(1)
    tone = Tone()
    tone.samples = rng.normal(0, 6000, len(tone)).astype(np.int16)

    heard = Silenced(tone, [Interval(0.5, 1.5)], "beep").read(0, len(tone))

    inside = heard[int(0.52 * RATE) : int(1.48 * RATE)]
    assert 0.03 < level(inside, 950, 1050) < 0.12
    assert level(inside, 0, 900) < 0.0005
    assert level(inside, 1100, RATE / 2) < 0.0005
    assert np.abs(inside).max() <= 0.081 * 32_768
    np.testing.assert_array_equal(heard[: RATE // 2], tone.samples[: RATE // 2])
    np.testing.assert_array_equal(heard[3 * RATE // 2 :], tone.samples[3 * RATE // 2 :])


def test_a_beep_is_the_same_however_it_is_read() -> None:
    lane = Silenced(Tone(), [Interval(0.3, 0.9), Interval(1.2, 1.21)], "beep")
    whole = lane.read(0, len(lane))

    for size in (1, 777, 4096):
        pieces = [lane.read(at, at + size) for at in range(0, 20_000, size)]
        np.testing.assert_array_equal(np.concatenate(pieces)[:20_000], whole[:20_000])
    assert not lane.read(int(1.2 * RATE), int(1.21 * RATE)).any()
