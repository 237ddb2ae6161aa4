"""What holds of masking whatever is said."""

from __future__ import annotations

import importlib.util
import random
import sys
from dataclasses import replace
from pathlib import Path
from types import FrameType, ModuleType

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from coach.conversation import Interval, Segment, Transcript, Word
from coach.privacy.chains import hear
from coach.privacy.mask import Masked, mask, mask_text
from coach.privacy.sound import RATE, Silenced, spans_to_silence


def _helper(name: str) -> ModuleType:
    path = Path(__file__).parents[1] / "unit" / "privacy" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"privacy_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


forms, spoken = _helper("forms"), _helper("spoken")
seeds = st.integers(0, 2**32)
shares = st.sampled_from([0.0, 0.1, 0.2])


def longest_left(masked: Masked) -> int:
    """Return the digits of the longest number that is still there."""
    longest = 0
    for segment in masked.transcript.segments:
        (lane,) = hear([(word.text, word.start, word.end) for word in segment.words])
        longest = max([longest, *(len(chain.digits) for chain in lane.chains)])
    return longest


@given(seeds, shares)
def test_no_run_of_five_digits_of_a_card_is_left(seed: int, errors: float) -> None:
    lines = forms.card_call(random.Random(seed), errors=errors)

    assert longest_left(mask(spoken.said(*lines))) < 5


@given(seeds)
def test_a_card_that_nobody_asked_for_is_masked(seed: int) -> None:
    lines = forms.card_call(random.Random(seed), cue=False)

    assert longest_left(mask(spoken.said(*lines))) < 5


@given(seeds, shares)
def test_no_security_code_is_left(seed: int, errors: float) -> None:
    lines = forms.code_call(random.Random(seed), errors=errors)

    assert longest_left(mask(spoken.said(*lines))) < 3


@given(seeds, shares)
def test_no_social_security_number_is_left(seed: int, errors: float) -> None:
    lines = forms.social_call(random.Random(seed), errors=errors)

    assert longest_left(mask(spoken.said(*lines))) < 4


lines = st.lists(
    st.tuples(
        st.sampled_from("ac"),
        st.lists(
            st.one_of(
                st.sampled_from(
                    "card number code social one two four oh double triple forty eleven hundred 4111 1111 12 $4,111 "
                    "4-1-1 okay dollars june invoice meter uh the is expires 09/26 10:30 123-45-6789 back of".split()
                ),
                st.text(min_size=1, max_size=8),
            ),
            max_size=30,
        ),
    ),
    max_size=8,
)


@given(lines)
def test_masking_takes_words_out_and_changes_no_other(call: list[tuple[str, list[str]]]) -> None:
    before = spoken.said(*((speaker, " ".join(w for w in words if "{" not in w)) for speaker, words in call))

    after = mask(before)

    assert [s.interval for s in after.transcript.segments] == [s.interval for s in before.segments]
    for old, new in zip(before.segments, after.transcript.segments, strict=True):
        spans = [s for s in after.spans if s.speaker == old.speaker]
        kept = [word for word in new.words if word in old.words]
        assert [w for w in old.words if not any(s.interval.start <= w.start < s.interval.end for s in spans)] == kept
        assert all(word.masked for word in new.words if word not in old.words)


@given(lines, st.integers(1, 400).map(lambda n: n / 4))
def test_a_later_call_is_masked_the_same(call: list[tuple[str, list[str]]], by: float) -> None:
    before = spoken.said(*((speaker, " ".join(w for w in words if "{" not in w)) for speaker, words in call))
    later = replace(before, segments=tuple(_delayed(segment, by) for segment in before.segments))

    assert spoken.texts(mask(later).transcript) == spoken.texts(mask(before).transcript)


def _delayed(segment: Segment, by: float) -> Segment:
    words = tuple(replace(w, start=w.start + by, end=w.end + by) for w in segment.words)
    return replace(segment, interval=Interval(segment.interval.start + by, segment.interval.end + by), words=words)


@given(lines)
def test_masking_twice_changes_nothing(call: list[tuple[str, list[str]]]) -> None:
    once = mask(spoken.said(*((speaker, " ".join(w for w in words if "{" not in w)) for speaker, words in call)))

    assert mask(once.transcript).transcript == once.transcript


@given(seeds, shares)
def test_a_card_call_masked_twice_is_the_same_call(seed: int, errors: float) -> None:
    once = mask(spoken.said(*forms.card_call(random.Random(seed), errors=errors)))

    assert mask(once.transcript).transcript == once.transcript


money = st.one_of(
    st.integers(10, 99_999).map(lambda n: f"${n / 100:.2f}"),
    st.integers(1, 9999).map(lambda n: f"{n} dollars"),
    st.integers(1, 99).map(lambda n: f"{forms.pair(f'{n:02}')} dollars and fifty cents"),
)
around = st.sampled_from(
    [
        "my bill was {}",
        "you owe {}",
        "i paid {} last month",
        "the card was charged {}",
        "it went from {} to {}",
        "put {} on my card",
        "the account shows {}",
        "my card number no first the amount is {}",
    ]
)


@given(st.lists(st.tuples(st.sampled_from("ac"), around, money, money), min_size=1, max_size=6))
def test_amounts_are_never_masked(said: list[tuple[str, str, str, str]]) -> None:
    call = spoken.said(*(f"{who}: {line.format(one, two)}" for who, line, one, two in said))

    assert mask(call).transcript == call


@given(st.text(max_size=200))
def test_any_text_can_be_masked(text: str) -> None:
    assert mask_text(mask_text(text)) is not None


def test_work_grows_with_the_words_alone() -> None:
    def work(minutes: int) -> int:
        """Return how many functions were called: the same on every machine, unlike a clock."""
        rng = random.Random(7)
        transcript = spoken.said(*[line for _ in range(minutes) for line in forms.card_call(rng)])
        calls = 0

        def count(_frame: FrameType, event: str, _argument: object) -> None:
            nonlocal calls
            calls += event in ("call", "c_call")

        sys.setprofile(count)
        try:
            mask(transcript)
        finally:
            sys.setprofile(None)
        return calls

    work(5)  # what is kept from call to call is made here
    assert work(80) < 6 * work(20)


class Noise:
    """A lane of noise in memory."""

    def __init__(self, seed: int, size: int) -> None:
        self.samples = np.random.default_rng(seed).integers(-30_000, 30_000, size).astype(np.int16)

    def __len__(self) -> int:
        return len(self.samples)

    def read(self, start: int, stop: int) -> NDArray[np.int16]:
        return self.samples[max(start, 0) : max(stop, 0)]


spans = st.lists(
    st.tuples(st.integers(0, 4000), st.integers(0, 1500)).map(lambda p: Interval(p[0] / 1000, (p[0] + p[1]) / 1000)),
    max_size=6,
)


@given(seeds, spans)
def test_sound_outside_the_spans_is_untouched_and_inside_is_silent(seed: int, silent: list[Interval]) -> None:
    lane = Noise(seed, 4 * RATE)
    heard = Silenced(lane, silent).read(0, len(lane))
    at = (np.arange(len(lane))) / RATE
    inside = np.zeros(len(lane), dtype=bool)
    deep = np.zeros(len(lane), dtype=bool)
    for span in silent:
        inside |= (at > span.start - 1 / RATE) & (at < span.end)
        deep |= (at >= span.start + 0.011) & (at < span.end - 0.011)

    np.testing.assert_array_equal(heard[~inside], lane.samples[~inside])
    assert not heard[deep].any()


@settings(max_examples=50)
@given(seeds, spans, st.integers(1, 20_000))
def test_sound_read_in_slices_is_the_sound_read_whole(seed: int, silent: list[Interval], size: int) -> None:
    lane = Silenced(Noise(seed, 4 * RATE), silent)

    sliced = [lane.read(start, start + size) for start in range(0, len(lane), size)]

    np.testing.assert_array_equal(np.concatenate(sliced), lane.read(0, len(lane)))


@given(seeds)
def test_every_masked_word_is_silent(seed: int) -> None:
    masked = mask(spoken.said(*forms.card_call(random.Random(seed))))
    silent = spans_to_silence(masked, duration=10_000.0)

    assert all(
        any(s.start < span.interval.start and span.interval.end < s.end for s in silent) or span.interval.start < 0.15
        for span in masked.spans
    )


def test_the_words_of_a_call_without_numbers_are_the_same_object() -> None:
    call = Transcript((Segment("a", Interval(0, 1), (Word("hello", 0, 1),)),), "made")

    assert mask(call).transcript == call
