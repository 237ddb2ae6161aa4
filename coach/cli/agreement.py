"""Asks the questions that a shift begins with, and writes down what was agreed on."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from coach.cli.streams import give, tell
from coach.conversation import ConfigurationError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from coach.app.shift.agreeing import Question
    from coach.app.shift.policy import Policy


def set_up(path: Path | None) -> None:
    """Ask the agreement's questions, each until its answer can be; write it down, and the page for the noticeboard.

    Args:
        path: The agreement's file; the user's own unless given.

    Raises:
        UsageError: Nobody sits at the terminal to ask, or who sat there left.
        CoachError: It cannot be written.
    """
    from coach.app.shift import agreeing
    from coach.app.shift import policy as policies

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        lines, said = agreeing.unasked(path)
        tell(lines)
        raise UsageError(said)
    agreed, about = agreeing.standing(path)
    _say(about)
    try:
        answers = _asked(agreed)
    except KeyboardInterrupt:
        tell("\nNothing was written.")
        raise
    told = "told_on" in answers
    policy = policies.from_answers(answers) if told else agreeing.drafted(answers)
    # The notice first: with an agreement there is always one.
    notice = agreeing.write_notice(policy, path, told=told)
    written = policies.write(policy, path) if told else None
    tell("")
    for place in (written, notice):
        if place is not None:
            give(str(place))
    _say(agreeing.ended(path, told=told, kept=agreed is not None))


def _asked(agreed: Policy | None) -> dict[str, object]:
    """Return the checked answers by key; there is none to when the staff were told where they were not."""
    from coach.app.shift import agreeing

    answers: dict[str, object] = {}
    for question in agreeing.questions(agreed=agreed):
        asked = question
        if question.key == "told_on" and agreeing.differs(agreed, answers):
            asked = replace(question, about=f"{agreeing.changed()} {question.about}", suggested="", stands=None)
        _put(asked)
        _answer(asked, answers)
    return answers


def _put(question: Question) -> None:
    from coach.reporting.text import wrap

    tell("")
    for line in (*wrap(question.ask), *wrap(question.about, indent="  ")):
        tell(line)
    for choice in question.choices:
        for line in wrap(choice, indent="    ", hanging="      "):
            tell(line)


def _answer(question: Question, answers: dict[str, object]) -> None:
    """Ask until the answer can be."""
    from coach.app.shift.agreeing import told_nobody

    shown = f" [{question.suggested}]" if question.suggested else ""
    while question.key not in answers:
        sys.stderr.write(f"{question.key}{shown}: ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            tell("")
            raise UsageError("The questions were not all answered, and nothing was written.")
        if question.key == "told_on" and told_nobody(line):
            return
        try:
            answers[question.key] = question.answered(line)
        except ConfigurationError as refused:
            _say(str(refused), indent="  ")


def _say(text: str, indent: str = "") -> None:
    from coach.reporting.text import wrap

    for line in wrap(text, indent=indent) if text else ():
        tell(line)
