"""A sitting at a terminal: the customer speaks, you answer, and once more if you like."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from coach.app.practice.session import as_recording, place
from coach.cli.streams import give, tell
from coach.coaching.answers import new_in
from coach.conversation import CoachError, StorageError
from coach.privacy.text import mask_text
from coach.reporting.text import WIDTH, clean, wrap

if TYPE_CHECKING:
    from pathlib import Path

    from coach.app.practice.session import Practice
    from coach.coaching.answers import Feedback
    from coach.coaching.customers import Customer
    from coach.conversation import Word

NARROWEST = 40
"""Columns below which lines are no easier to read for being broken."""

YES = frozenset({"y", "yes", "yeah", "sure", "ok", "okay"})


def say(text: str, *, indent: str = "", hanging: str | None = None) -> None:
    """Print a paragraph in lines that fit a terminal."""
    for line in wrap(text, indent=indent, hanging=hanging, width=_width()):
        give(line)


def _width() -> int:
    return max(NARROWEST, min(WIDTH, shutil.get_terminal_size().columns))


def quote(text: str) -> None:
    """Print what somebody says, set off from what the coach says."""
    say(f"“{text}”", indent="    ")


def scene(practice: Practice, customer: Customer) -> str:
    """Return what is known before a customer speaks, in a line."""
    if customer.own:
        return practice.say("practice.scene.own", call=customer.call, at=place(customer))
    return customer.scene


def say_scene(practice: Practice, customer: Customer) -> None:
    """Print what is known before a customer speaks; of a call of one's own, what they had told earlier in it."""
    say(scene(practice, customer))
    if customer.own and customer.scene:
        say(practice.say("practice.scene.earlier", said=customer.scene))


def say_customer(practice: Practice, customer: Customer) -> None:
    """Print the scene and the customer's words."""
    say_scene(practice, customer)
    _say_words(practice, customer)


def _say_words(practice: Practice, customer: Customer) -> None:
    give("")
    if customer.page:
        say(practice.say("practice.scene.listen", page=clean(mask_text(customer.page)), at=place(customer)))
    give(practice.say("practice.scene.customer"))
    quote(customer.says)
    if customer.screen:
        say(practice.say("practice.scene.screen", screen=customer.screen))


def say_seat(practice: Practice, customer: Customer, *, told: bool = True) -> None:
    """Print the answer that a customer got, and from their chair what it was like where that is to be told."""
    give("")
    if not customer.answer:
        say(practice.say("practice.ask.seat_none"))
        return
    say(practice.say("practice.ask.seat_own" if customer.own else "practice.ask.seat"))
    quote(customer.answer)
    if told:
        say(practice.from_their_chair(customer))


def say_feedback(practice: Practice, customer: Customer, found: Feedback, *, quote: bool = False) -> None:
    """Print what an answer did; a recorded one with its words, as they were understood."""
    if quote:
        say(f"“{found.said}”", indent="    ")
    for remark in practice.remarks(customer, found):
        say(remark, indent="- ", hanging="  ")


def heard(practice: Practice, recording: Path) -> tuple[Word, ...]:
    """Return the words of a recorded answer; that takes a while, so it is said.

    Raises:
        CoachError: It cannot be heard.
    """
    if sys.stderr.isatty():
        tell(practice.say("practice.ask.listening", name=clean(mask_text(recording.name))))
    return practice.spoken(recording)


class Sitting:
    """One sitting: a customer after another, for as long as the person likes.

    Args:
        practice: What is practised with.
    """

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self._say = practice.say
        self._had: list[str] = []

    def run(self, drill: str | None, *, seat: str | None) -> None:
        """Go through customers until the person has had enough.

        Args:
            drill: Whom to begin with.
            seat: ``customer`` to hear an answer from their chair and give none.
        """
        while True:
            customer = self._practice.customer(drill, self._had)
            self._had.append(customer.id)
            self._one(customer, answering=seat is None)
            give("")
            if not self._yes("practice.ask.another"):
                return
            drill = None
            give("")

    def _one(self, customer: Customer, *, answering: bool) -> None:
        say_scene(self._practice, customer)
        # Before the words: it is asked of the situation, so that it is not read off the page.
        if self._ask("practice.ask.think", "practice.ask.skip") and customer.might:
            say(self._say("practice.scene.might", might=customer.might))
        _say_words(self._practice, customer)
        self._seat(customer, alone=not answering)
        if answering:
            self._answer(customer)

    def _seat(self, customer: Customer, *, alone: bool) -> None:
        """Let the person hear an answer from the customer's chair first."""
        if customer.answer or alone:
            say_seat(self._practice, customer, told=False)
        if not customer.answer:
            return
        felt = self._ask("practice.ask.land", "practice.ask.skip" if alone else "practice.ask.skip_seat")
        if felt or alone:
            say(self._practice.from_their_chair(customer))

    def _answer(self, customer: Customer) -> None:
        give("")
        first = self._judged(customer, "practice.ask.answer")
        if first is None:
            return
        found = [first]
        give("")
        try:
            second = self._judged(customer, "practice.ask.again")
        except KeyboardInterrupt:  # who leaves at the second try has made the first
            self._keep(customer, found)
            raise
        if second is not None:
            found.append(second)
            self._compare(first, second)
        if new := self._keep(customer, found):
            say(new)

    def _judged(self, customer: Customer, question: str) -> Feedback | None:
        """Ask for an answer and say what it did; ``None`` where the person leaves it."""
        while True:
            line = self._ask(question, "practice.ask.reply")
            if not line:
                return None
            try:
                found = self._practice.judge(customer, self._words(line))
            except CoachError as error:
                tell("\n".join(wrap(clean(mask_text(str(error))), width=_width())))
                continue
            give("")
            say_feedback(self._practice, customer, found, quote=as_recording(line) is not None)
            return found

    def _words(self, line: str) -> str | tuple[Word, ...]:
        recording = as_recording(line)
        return heard(self._practice, recording) if recording is not None else self._practice.typed(line)

    def _compare(self, first: Feedback, second: Feedback) -> None:
        give("")
        for name, one in (("first", first), ("second", second)):
            give(self._say(f"practice.compare.{name}"))
            quote(one.said)
        came = new_in(second.kinds, first.kinds)
        more = self._say("practice.compare.more", what=self._practice.names(came))
        say(more if came else self._say("practice.compare.same"))

    def _keep(self, customer: Customer, found: list[Feedback]) -> str | None:
        """Log the answers, and return what is new since the last time."""
        try:
            return self._practice.keep(customer, found)
        except StorageError as error:
            tell(f"The log could not be kept: {error}")
            return None

    def _yes(self, question: str) -> bool:
        return self._ask(question, "practice.ask.yes").casefold() in YES

    def _ask(self, question: str, hint: str) -> str:
        """Return what the person types, empty when they skip; questions are talk, and not among the data."""
        for line in wrap(f"{self._say(question)} ({self._say(hint)})", width=_width()):
            tell(line)
        sys.stderr.write("> ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            tell("")
        return line.strip()
