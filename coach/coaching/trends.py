"""What earlier calls change in what is shown of this one: never in what was found in it.

The same idea is not given three calls running, what has begun to go well is noticed, and after two hard calls
running a break is offered. Whatever that changes is kept with the advice as ``because_of``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from coach.coaching.sentences import Sentences
from coach.conversation import Remembered, Skill

RUNNING = 2
"""Calls that gave the same idea, after which it rests for one; hard calls running after which a break is offered."""

TIMES: Mapping[int, str] = MappingProxyType({2: "two", 3: "three", 5: "five", 10: "ten"})
"""How many calls running are worth a word: praise at every call is noise."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is remembered of one earlier call of the same person.

    Attributes:
        call: SHA-256 of the recording.
        tried: The skill that its advice was about, as the report showed it; ``None`` where nothing was advised.
        hard: Whether it was a hard call.
        counts: Met and of how many, by skill; empty where that review was made in another way and cannot be compared.
    """

    call: str
    tried: str | None = None
    hard: bool = False
    counts: Mapping[str, tuple[int, int]] = field(default_factory=lambda: MappingProxyType({}))


def resting(recent: Sequence[Earlier]) -> Remembered | None:
    """Return the skill that is not advised this time, with the calls that advised it; ``None`` where nothing rests.

    Hard calls give no advice and are looked past; another call without advice breaks the row.

    Args:
        recent: Earlier calls of the same person, the newest last.
    """
    last = [earlier for earlier in recent if not earlier.hard][-RUNNING:]
    skills = {earlier.tried for earlier in last}
    tried = next(iter(skills)) if len(last) == RUNNING and len(skills) == 1 else None
    return None if tried is None else Remembered(tuple(earlier.call for earlier in last), passed_over=tried)


def noticed(skills: Sequence[Skill], recent: Sequence[Earlier], say: Sentences) -> Remembered | None:
    """Return what has begun to go well, ``None`` when nothing has.

    A skill is noticed when all that came up was met in this call and in the calls before it in which it came up,
    but not before those: what was so all along is no news. The one that was advised comes first.

    Args:
        skills: Of this call.
        recent: Earlier calls of the same person, the newest last.
        say: The coach's sentences.
    """
    advised = {earlier.tried for earlier in recent}
    for skill in sorted(skills, key=lambda skill: skill.name not in advised):
        run = _run(skill, recent)
        key = next((key for key in say.skills if say(f"skill.{key}") == skill.name), None)
        if run and key is not None and len(run) in TIMES:
            times = say(f"times.{TIMES[len(run)]}")
            return Remembered(tuple(run[1:]), noticed=say(f"noticed.{key}", times=times))
    return None


def _run(skill: Skill, recent: Sequence[Earlier]) -> list[str]:
    """Return this call (as an empty name) and those before it in which all was met; nothing where that is not new."""
    if not skill.of or skill.met < skill.of:
        return []
    run = [""]
    for earlier, (met, of) in _came_up(skill.name, recent):
        if met < of:
            return run
        run.append(earlier.call)
    return []


def _came_up(name: str, recent: Sequence[Earlier]) -> Iterator[tuple[Earlier, tuple[int, int]]]:
    """Yield the calls in which a skill came up, the newest first; hard calls are looked past."""
    for earlier in reversed(recent):
        count = earlier.counts.get(name)
        if count is not None and count[1] and not earlier.hard:
            yield earlier, count


def after_a_hard_one(recent: Sequence[Earlier], say: Sentences) -> Remembered | None:
    """Return the offer of a break after a hard call that follows another one, ``None`` after the first.

    Args:
        recent: Earlier calls of the same person, the newest last.
        say: The coach's sentences.
    """
    running: list[str] = []
    for earlier in reversed(recent):
        if not earlier.hard:
            break
        running.append(earlier.call)
    n = len(running) + 1
    if n < RUNNING:
        return None
    said = say("rest.two") if n == RUNNING else say("rest.many", n=n)
    return Remembered(tuple(running), rest=said)
