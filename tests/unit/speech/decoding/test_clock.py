from __future__ import annotations

import pytest

from coach.speech.decoding.clock import Clock


def placed(stamps: list[float | None], length: float | None = None, frame: float = 0.02) -> tuple[Clock, list[float]]:
    clock = Clock(length)
    return clock, [clock.place(stamp, frame) for stamp in stamps]


def test_the_first_frame_is_the_beginning() -> None:
    clock, starts = placed([0.14, 0.16, 0.18])
    assert starts == pytest.approx([0.0, 0.02, 0.04])
    assert clock.origin == 0.14
    assert clock.gaps == 0


def test_trembling_stamps_leave_no_seam() -> None:
    clock, starts = placed([0.0, 0.021, 0.0385, 0.062, 0.079])
    assert starts == pytest.approx([0.0, 0.02, 0.04, 0.06, 0.08])
    assert clock.silence == 0


def test_a_lost_frame_leaves_its_silence() -> None:
    clock, starts = placed([0.0, 0.02, 0.06])
    assert starts == pytest.approx([0.0, 0.02, 0.06])
    assert (clock.gaps, clock.silence) == (1, pytest.approx(0.02))


def test_frames_without_a_stamp_follow_on() -> None:
    clock, starts = placed([None, None, None])
    assert starts == pytest.approx([0.0, 0.02, 0.04])
    assert clock.origin is None


def test_a_clock_set_back_goes_on() -> None:
    clock, starts = placed([10.0, 10.02, 0.0, 0.02, 0.06])
    assert starts == pytest.approx([0.0, 0.02, 0.04, 0.06, 0.10])
    assert (clock.resets, clock.gaps) == (1, 1)


def test_a_leap_beyond_the_recording_is_no_silence() -> None:
    clock, starts = placed([0.0, 0.02, 95_443.0, 95_443.02], length=30.0)
    assert starts == pytest.approx([0.0, 0.02, 0.04, 0.06])
    assert (clock.resets, clock.silence) == (1, 0.0)


def test_minutes_on_hold_may_be_left_out_where_no_length_is_known() -> None:
    _, starts = placed([0.0, 600.0])
    assert starts == [0.0, 600.0]


def test_a_damaged_beginning_keeps_its_place() -> None:
    clock = Clock(10.0)
    clock.start(1.0)
    clock.start(1.02)
    assert clock.place(1.04, 0.02) == pytest.approx(0.04)
    assert clock.origin == 1.0
