"""Which calls to listen to first: half by chance, a quarter good ones, a quarter that the agents picked themselves.

Whoever listens only where a machine saw trouble learns to hear trouble. Chance is fair to everybody, good examples are
what others learn from, and what somebody picked is what they want to talk about.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from coach.app.shift.sums import agent_of, latest
from coach.reporting.shift_values import Reason
from coach.store.values import Answer, StoredCall

HOW_MANY = 8
"""Calls on the list, unless another number is asked for."""

NOT_PICKED = frozenset({"no", "withdrawn"})
"""Answers by which an agent takes a pick back."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A call to listen to.

    Attributes:
        call: The call.
        reason: Why it is on the list.
        at: Where to begin, in seconds; ``None`` for the call as a whole.
        skill: What is worth hearing in a good example.
    """

    call: StoredCall
    reason: Reason
    at: float | None = None
    skill: str = ""


def listen_first(
    calls: Iterable[StoredCall], answers: Iterable[Answer], day: date, *, how_many: int = HOW_MANY
) -> tuple[Pick, ...]:
    """Return the calls to listen to first, each with its reason.

    Chance comes from the day and the recordings alone, so the list is the same whenever it is made that day and
    nobody can draw again until they like it. What a measure says of a call never puts it on the list, but for a
    good example. Where there are too few good ones or picks, chance fills up.

    Args:
        calls: Reviewed calls, of anybody.
        answers: What people said; those to ``picked`` count here.
        day: Seeds the chance.
        how_many: Calls on the list at most.
    """
    drawn = sorted(latest(calls), key=lambda call: _lot(call, day))
    picked = _picked(answers, drawn)
    how_many = min(how_many, len(drawn))
    by_chance = drawn[: how_many - how_many // 2]
    taken = {call.sha256 for call in by_chance}
    own = [call for call in drawn if call.sha256 in picked and call.sha256 not in taken]
    good = [call for call in drawn if _kept(call) is not None]
    quarter = how_many // 2 - how_many // 4
    own = _spread(own, quarter)
    taken |= {call.sha256 for call in own}
    good = _spread([call for call in good if call.sha256 not in taken], how_many // 4)
    taken |= {call.sha256 for call in good}
    filled = [call for call in drawn if call.sha256 not in taken][: how_many - len(taken)]
    return (
        *(_by_chance(call, picked) for call in (*by_chance, *filled)),
        *(_good(call) for call in good),
        *(Pick(call, "picked", picked[call.sha256]) for call in own),
    )


def _lot(call: StoredCall, day: date) -> str:
    """Return a call's lot for the day: as good as thrown dice, and the same for everybody who looks."""
    return hashlib.sha256(f"{day.isoformat()} {call.sha256}".encode()).hexdigest()


def _picked(answers: Iterable[Answer], calls: Collection[StoredCall]) -> dict[str, float | None]:
    """Return the calls that their own agents picked, and where each pick begins."""
    agents = {call.sha256: agent_of(call) for call in calls}
    picked: dict[str, float | None] = {}
    for answer in sorted(answers, key=lambda answer: (answer.at, answer.id)):
        if answer.question != "picked" or agents.get(answer.sha256) != answer.who:
            continue
        if answer.answer.casefold() in NOT_PICKED:
            if answer.start is None or picked.get(answer.sha256) == answer.start:
                picked.pop(answer.sha256, None)  # another place in it may stand
        else:
            picked[answer.sha256] = answer.start
    return picked


def _spread(calls: Sequence[StoredCall], how_many: int) -> list[StoredCall]:
    """Return the first calls, nobody's second before everybody's first."""
    turn: Counter[str | None] = Counter()
    rounds = []
    for position, call in enumerate(calls):
        rounds.append((turn[agent_of(call)], position))
        turn[agent_of(call)] += 1
    return [calls[position] for _, position in sorted(rounds)[:how_many]]


def _by_chance(call: StoredCall, picked: dict[str, float | None]) -> Pick:
    own = call.sha256 in picked
    return Pick(call, "chance_picked" if own else "chance", picked.get(call.sha256))


def _kept(call: StoredCall) -> tuple[str, float | None] | None:
    """Return what went well in a call, and where: its skill and the second it begins."""
    for advice in call.advice:
        if advice.kind == "keep":
            at = next((moment.start for moment in call.moments if moment.index == advice.moment), None)
            return advice.skill, at
    return None


def _good(call: StoredCall) -> Pick:
    skill, at = _kept(call) or ("", None)
    return Pick(call, "good", at, skill)
