"""What holds for every recording's clock and lanes."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from coach.speech.decoding.clock import Clock

stamps = st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=60)
lengths = st.one_of(st.none(), st.floats(0.1, 2e4))


@given(stamps, lengths, st.floats(0.0025, 2.0))
def test_time_never_goes_back_and_frames_never_overlap(
    times: list[float | None], length: float | None, frame: float
) -> None:
    clock = Clock(length)
    starts = [clock.place(time, frame) for time in times]
    assert starts[0] == 0.0
    for before, after in pairwise(starts):
        assert after >= before + frame - 1e-9
    assert clock.position >= len(times) * frame - 1e-6


@given(st.lists(st.booleans(), min_size=2, max_size=80), st.floats(-0.008, 0.008))
def test_lost_frames_move_nothing_after_them(kept: list[bool], jitter: float) -> None:
    frame = 0.02
    clock = Clock(None)
    clock.place(0.0, frame)
    for number, there in enumerate(kept, start=1):
        if there:
            start = clock.place(number * frame + (jitter if number % 2 else -jitter), frame)
            assert abs(start - number * frame) <= frame / 2 + abs(jitter) + 1e-9


@given(stamps, st.floats(-1e5, 1e5))
def test_where_the_clock_begins_does_not_matter(times: list[float | None], shift: float) -> None:
    times = [0.0, *(None if time is None else round(time, 3) for time in times)]
    shift = round(shift)
    plain, moved = Clock(None), Clock(None)
    for time in times:
        left = plain.place(time, 0.02)
        right = moved.place(None if time is None else time + shift, 0.02)
        if abs(left - right) > 1e-6:  # a stamp on the very edge of a rule may fall on either side of it
            return
    assert abs(plain.position - moved.position) < 1e-6
