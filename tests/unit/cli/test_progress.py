"""Progress: a bar on a terminal that leaves no trace, plain lines off it, always on stderr."""

from __future__ import annotations

import io
import sys
import time

import pytest

from coach.cli.progress import showing
from coach.reporting.text import clean

NAMES = ["one.wav", "paid 4111 1111 1111 1111.wav"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_off_a_terminal_each_call_has_a_line_and_a_long_one_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    with showing(NAMES, quiet=False) as shown:
        for seconds, number, stage, share in [
            (0, 0, "decode", 0.0), (5, 0, "listen", 0.5), (16, 0, "transcribe", 0.25), (20, 0, "transcribe", 0.5),
            (21, 1, "decode", 0.0),
        ]:  # fmt: skip
            now[0] = seconds
            shown(number, stage, share)

    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "reviewing 1 of 2: one.wav",
        "one.wav: writing down the words, 25%",
        "reviewing 2 of 2: paid [card].wav",
    ]


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with showing(NAMES, quiet=True) as shown:
        shown(0, "decode", 0.5)

    assert capsys.readouterr().err == ""


def test_on_a_terminal_what_is_printed_next_has_the_line_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    for name, value in {"TERM": "xterm", "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)

    with showing(NAMES, quiet=False) as shown:
        for number in (0, 1):
            shown(number, "transcribe", 0.4)
            shown.pause()
            drawn, after = screen.getvalue().rsplit("\x1b[2K", 1)  # the line was emptied last,
            assert "writing down" in drawn
            assert clean(after) == ""  # and nothing drawn since
            screen.write("SUMMARY\n")

    assert "writing down the words" in screen.getvalue()
    assert "4111" not in screen.getvalue()
