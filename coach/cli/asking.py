"""Asks in a terminal which party is the agent; never where nobody sits."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from coach.cli.streams import tell

if TYPE_CHECKING:
    from coach.app.asking import Ask, Choice, Question

UNSURE = frozenset({"", "n", "no", "not sure", "unsure", "?"})


def asker(pause: Callable[[], None]) -> Ask | None:
    """Return a way to ask the person at the terminal, ``None`` where there is none to ask.

    Args:
        pause: Takes the progress off the screen.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None

    def ask(question: Question) -> str | None:
        pause()
        return _ask(question)

    return ask


def _ask(question: Question) -> str | None:
    from coach.privacy.text import mask_text
    from coach.reporting.text import clean

    tell(f"{clean(mask_text(question.call))}: the words do not tell which party is you. They begin:")
    for number, choice in enumerate(question.choices, 1):
        tell(f"  {number}  {_quoted(choice)}")
    numbers = [str(number) for number in range(1, len(question.choices) + 1)]
    while True:
        # Not input(): what it prints goes to stdout, which is for data.
        sys.stderr.write(f"Which of these is you? {' / '.join(numbers)} / not sure: ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        answer = line.strip().casefold()
        if answer in numbers:
            return question.choices[int(answer) - 1].speaker
        if answer in UNSURE:  # the end of the input too
            if not line:
                tell("")
            return None


def _quoted(choice: Choice) -> str:
    from coach.reporting.text import clean, clock

    where = f"{choice.speaker} channel, " if choice.speaker in {"left", "right"} else ""
    if choice.at is None:
        return f"({where}nothing was made out)"
    return f"“{clean(choice.words)}” ({where}{clock(choice.at)})"
