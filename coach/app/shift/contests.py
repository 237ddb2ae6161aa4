"""Moments that an agent contested ("you misheard"), and what leaves the sums until a person has settled them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from coach.conversation import UsageError
from coach.reporting.shift_values import ContestState
from coach.reporting.text import clean
from coach.store.values import Answer, Spot, StoredCall, StoredMoment, StoredSkill

MISHEARD = "misheard"
"""Verdict: the agent was right. What rested on the moment stays out of the sums."""

STANDS = "stands"
"""Verdict: it was heard rightly. It counts again."""

VERDICTS = (MISHEARD, STANDS)

CONTESTED = ("misheard", "not_me")
"""Questions whose answers are contests."""

TAKEN_BACK = "withdrawn"

WITHDRAWN = frozenset({"no", TAKEN_BACK})
"""Answers by which an agent takes a contest back."""

KEY_MEASURES = ("heard_before_solving",)
"""Measures that are opportunities met of how many. No other is ever summed about a person."""

_NEAR = 2.0
"""Seconds that a moment may have moved between two reviews of a call."""

_MISSED = frozenset(
    {
        "missed_paraphrase",
        "missed_empathy",
        "owed_acknowledgement",
        "interruption",
        "interruption_attempt",
        "monologue",
    }
)
"""Kinds that stand for an opportunity not taken up; the others of a skill stand for one that was."""

_GROUND = frozenset({"account", "distress", "customer_repeat"})
"""What the customer said that opportunities grow from: where that was misheard, all of the call is in doubt."""

_BEFORE_SOLVING = frozenset(
    {"paraphrase", "echo", "empathy", "apology", "reassurance", "missed_paraphrase", "missed_empathy"}
)
"""Kinds that ``heard_before_solving`` rests on."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One skill's or key measure's opportunities in one call, without what is contested.

    Attributes:
        key: ``skill``, or the measure's name.
        label: The skill's name; the measure's name again.
        met: Opportunities met.
        of: Of how many.
    """

    key: str
    label: str
    met: int
    of: int


@dataclass(frozen=True, slots=True)
class Contest:
    """What an agent contested.

    Attributes:
        answer: What they said.
        moment: The moment in the call's present review; ``None`` where none is there any more.
        state: Whether and how it was settled.
    """

    answer: Answer
    moment: StoredMoment | None
    state: ContestState

    @property
    def out(self) -> bool:
        """Whether what rests on it is out of the sums."""
        return self.state != "stands"


def contests(call: StoredCall, answers: Iterable[Answer]) -> tuple[Contest, ...]:
    """Return what was contested in a call: the last word about each moment, unless it was taken back.

    Args:
        call: The call, as it is reviewed now.
        answers: Any answers; others than ``misheard`` and ``not_me`` about this call are passed over.
    """
    last: dict[tuple[object, ...], Answer] = {}
    for answer in sorted(answers, key=lambda answer: (answer.at, answer.id)):
        if answer.sha256 == call.sha256 and answer.question in CONTESTED:
            place = None if answer.start is None else round(answer.start, 1)
            last[(answer.who, answer.question, answer.kind, place, answer.moment_index)] = answer
    standing = (answer for answer in last.values() if answer.answer.casefold() not in WITHDRAWN)
    return tuple(Contest(answer, _moment(call, answer), _state(answer)) for answer in standing)


def counted(call: StoredCall, contested: Sequence[Contest]) -> tuple[Counted, ...]:
    """Return a call's opportunities without those that rest on a contested moment.

    One that can be told apart leaves alone. Where it cannot be told which of the counted ones a moment is, that
    skill's count of that call waits as a whole, and where the contest is about the ground of it all, the call does.

    Args:
        call: The call.
        contested: What ``contests`` gave for it.
    """
    out = [contest for contest in contested if contest.out]
    if any(_shakes_all(contest) for contest in out):
        return ()
    moments = {contest.moment.index for contest in out if contest.moment is not None}
    kinds = {contest.moment.kind for contest in out if contest.moment is not None}
    found = []
    for name in KEY_MEASURES:
        measure = call.measures.get(name)
        if measure is None or not measure.denominator or measure.numerator is None or kinds & _BEFORE_SOLVING:
            continue
        found.append(Counted(name, name, round(measure.numerator), round(measure.denominator)))
    for skill in call.skills:
        met, of = _without(call, skill, moments)
        if of:
            found.append(Counted("skill", skill.name, met, of))
    return tuple(found)


def _shakes_all(contest: Contest) -> bool:
    """Whether a contest leaves nothing of the call to count: the sides, what was told, or no one knows what."""
    if contest.moment is None:
        return True
    return contest.answer.question == "not_me" or contest.moment.kind in _GROUND


def _without(call: StoredCall, skill: StoredSkill, contested: set[int]) -> tuple[int, int]:
    """Return a skill's count without what rests on contested moments; (0, 0) where the whole of it waits."""
    shaken = contested & set(skill.moments)
    if not shaken:
        return skill.met, skill.of
    kinds: Mapping[int, str] = {moment.index: moment.kind for moment in call.moments}
    missed = {index for index in skill.moments if kinds.get(index) in _MISSED}
    met = set(skill.moments) - missed
    # Only where each opportunity has its own moment can it be told which one leaves.
    if len(missed) == skill.of - skill.met and shaken <= missed:
        return skill.met, skill.of - len(shaken)
    if len(met) == skill.met and len(missed) == skill.of - skill.met:
        return skill.met - len(shaken & met), skill.of - len(shaken)
    return 0, 0


def _moment(call: StoredCall, answer: Answer) -> StoredMoment | None:
    """Return the moment that an answer is about in the present review: same kind, same place."""
    alike = [moment for moment in call.moments if answer.kind in (None, moment.kind)]
    if answer.start is None:
        return next((moment for moment in alike if moment.index == answer.moment_index), None)
    start = answer.start
    near = [moment for moment in alike if abs(moment.start - start) <= _NEAR]
    return min(near, key=lambda moment: (abs(moment.start - start), moment.index != answer.moment_index), default=None)


def _state(answer: Answer) -> ContestState:
    if answer.settled == MISHEARD:
        return "misheard"
    return "stands" if answer.settled == STANDS else "open"


@dataclass(frozen=True, slots=True)
class Said:
    """What a saved file of notes says, as a store takes it.

    Attributes:
        sha256: The recording.
        spot: What it is about; ``None`` for the call as a whole.
        question: ``misheard``, ``not_me`` or ``heard``.
        answer: A word.
    """

    sha256: str
    spot: Spot | None
    question: str
    answer: str


def from_notes(notes: Mapping[str, object]) -> tuple[Said, ...]:
    """Return what a reader said in a report, from the file that the page saved (``coach.notes/1``).

    Args:
        notes: The file's content.

    Raises:
        UsageError: It is no file of notes, or does not say which recording it is about.
    """
    sha256 = notes.get("recording")
    if notes.get("schema") != "coach.notes/1" or not isinstance(sha256, str) or not sha256:
        raise UsageError("This is no file of notes about a recording. Save one in the report, under “Your own notes”.")
    said = []
    misheard = notes.get("misheard")
    for moment in misheard if isinstance(misheard, list) else ():
        spot = _spot(moment)
        if spot is not None:
            said.append(Said(sha256, spot, "misheard", "yes"))
    if notes.get("not_me"):
        said.append(Said(sha256, None, "not_me", "yes"))
    first = notes.get("first")
    if isinstance(first, Mapping) and first.get("answer") in ("yes", "partly", "not_yet"):
        said.append(Said(sha256, None, "heard", str(first["answer"])))
    return tuple(said)


def _spot(moment: object) -> Spot | None:
    if not isinstance(moment, Mapping):
        return None
    kind, start = moment.get("kind"), moment.get("start")
    if not isinstance(kind, str) or isinstance(start, bool) or not isinstance(start, int | float):
        return None
    return Spot(clean(kind), float(start)) if isfinite(start) and start >= 0 else None
