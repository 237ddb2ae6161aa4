"""The use case: somebody to answer, what an answer did, and a log of it."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from coach.app.our_words import offered_for
from coach.app.practice import log
from coach.app.practice.choosing import following, named
from coach.app.practice.judging import judge
from coach.app.practice.own import own_customers
from coach.app.practice.spoken import spoken
from coach.app.review import settings_of
from coach.app.settings import Settings
from coach.coaching.answers import Feedback, new_in
from coach.coaching.customers import Customer, Starters, load_starters
from coach.coaching.remarks import from_their_chair, remarks
from coach.coaching.rubric import Rubric, load_rubric
from coach.coaching.sentences import Sentences, load_sentences
from coach.conversation import NoSuchRecording, UsageError, Word
from coach.privacy.text import mask_text
from coach.reporting.text import clean, clock

SOUNDS = frozenset({".wav", ".mp3", ".m4a", ".ogg", ".opus", ".flac", ".webm", ".aac", ".wma", ".mp4"})
"""Endings by which what is typed in place of an answer is taken for a recording of one, where the file is there."""

LONGEST = 4_000
"""Characters of an answer; nobody on the phone would hear the end of more."""


@dataclass(frozen=True)
class Practice:
    """One sitting.

    Attributes:
        settings: The person's own.
        source: Review or folder of reviews.
        asked_for: Whether the person named it.
    """

    settings: Settings
    source: Path
    asked_for: bool = False

    @cached_property
    def starters(self) -> Starters:
        """The starter set."""
        return load_starters()

    @cached_property
    def own(self) -> list[Customer]:
        """Customers of the person's own calls."""
        return own_customers(self.source, named=self.asked_for)

    @cached_property
    def say(self) -> Sentences:
        """The coach's sentences."""
        return load_sentences()

    @cached_property
    def rubric(self) -> Rubric:
        """What an example may name."""
        return load_rubric(self.settings.text("rubric"))

    def customer(self, name: str | None, before: Sequence[str] = ()) -> Customer:
        """Return the customer of a name, or without one whoever comes next.

        Args:
            name: A drill's name.
            before: Ids of those whom this sitting has had so far, logged or not.

        Raises:
            UsageError: Nobody is called that.
            CoachError: The reviews or the starter set cannot be read.
        """
        if name is not None:
            return named(name, self.own, self.starters)
        practised = [entry.drill for entry in log.entries()]
        return following(self.own, self.starters, [*practised, *_unlogged(before, practised)])

    def typed(self, text: str) -> str:
        """Return a typed answer as it is judged and kept: in one line, masked.

        Raises:
            UsageError: It holds nothing, or far too much.
        """
        said = mask_text(clean(text), self.settings.masked)
        if not said:
            raise UsageError("The answer is empty. Say a few words after --answer, or leave it out to be asked.")
        if len(said) > LONGEST:
            raise UsageError(f"The answer has more than {LONGEST} characters. Try it in a few sentences.")
        return said

    def spoken(self, recording: Path, progress: Callable[[str, float], None] | None = None) -> tuple[Word, ...]:
        """Return the masked words of a recorded answer.

        Raises:
            CoachError: It cannot be heard.
        """
        return spoken(recording, self.settings, progress)

    def judge(self, customer: Customer, answer: str | Sequence[Word]) -> Feedback:
        """Return what an answer did."""
        return judge(customer, self.starters.guide, answer)

    def remarks(self, customer: Customer, found: Feedback) -> list[str]:
        """Return what is said of an answer; beside a beginning, one that the person or their team made themselves."""
        told = remarks(found, customer, self.rubric, self.say)
        own = offered_for(customer.topic, found.missed[0]) if found.missed else None
        if own is not None:
            told.append(self.say(f"practice.missed.words_{own.by}", day=own.day, said=own.said))
        return told

    def from_their_chair(self, customer: Customer) -> str:
        """Return what the answer that a customer got was like to hear."""
        return from_their_chair(self.judge(customer, customer.answer), self.say)

    def names(self, kinds: Sequence[str]) -> str:
        """Return things that may be heard, in words."""
        return ", ".join(self.say(f"practice.name.{kind}") for kind in kinds)

    def keep(self, customer: Customer, found: Sequence[Feedback]) -> str | None:
        """Log the answers to a customer, and return what is new since the last time, ``None`` where nothing is.

        Raises:
            StorageError: The log cannot be written.
        """
        before = log.last_heard(log.entries(), customer.id)
        log.keep(log.entry(customer.id, customer.call, [log.Try(one.said, one.kinds) for one in found]))
        came = new_in(found[-1].kinds, before) if before is not None else ()
        return self.say("practice.log.new", what=self.names(came)) if came else None


def _unlogged(before: Sequence[str], practised: Sequence[str]) -> list[str]:
    """Return whom this sitting has had and the log does not show, as when it cannot be written or nobody answered."""
    rest = list(practised[-len(before) :]) if before else []
    return [drill for drill in before if drill not in rest]


def open_practice(source: Path | None) -> Practice:
    """Return a sitting.

    Args:
        source: Review or folder of reviews; ``None`` for where the settings put them.

    Raises:
        CoachError: The settings cannot be read, or what was named is not there.
    """
    settings = settings_of({})
    if source is not None and not source.exists():
        shown = clean(mask_text(str(source)))
        raise NoSuchRecording(f"There is no {shown}. Name a review (.json) or the folder of some with --from.")
    practice = Practice(settings, source if source is not None else Path(settings.text("out")), source is not None)
    _ = practice.own  # what was named is looked at before anybody is asked anything
    return practice


def as_recording(line: str) -> Path | None:
    """Return the recording that somebody named in place of an answer, ``None`` where it is an answer."""
    path = Path(line.strip().strip("'\"")).expanduser()
    try:
        return path if path.suffix.lower() in SOUNDS and path.is_file() else None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return None
        raise


def customer_data(customer: Customer) -> dict[str, object]:
    """Return a customer as data: nothing of what they call for, which is for the person to hear."""
    return {
        "drill": customer.id,
        "topic": customer.topic,
        "scene": customer.scene,
        "customer": customer.says,
        "screen": customer.screen,
        "call": customer.call or None,
        "at": customer.at if customer.own else None,
        "page": customer.page or None,
    }


def feedback_data(practice: Practice, customer: Customer, found: Feedback) -> dict[str, object]:
    """Return what an answer did as data."""
    return {
        "drill": customer.id,
        "call": customer.call or None,
        "said": found.said,
        "heard": [{"kind": remark.kind, "said": remark.said} for remark in found.heard],
        "missed": list(found.missed) if found.clear else None,
        "noted": [{"kind": remark.kind, "said": remark.said} for remark in found.noted],
        "sentences": practice.remarks(customer, found),
    }


def place(customer: Customer) -> str:
    """Return where in its call a customer speaks, as a player shows it."""
    return clock(customer.at)
