"""A supervisor's own judgement against the program's, question by question: how often they agree, and by how much."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from coach.app.shift.intervals import wilson
from coach.app.shift.sums import latest
from coach.reporting.phrases import Phrases
from coach.reporting.shift_values import ENOUGH, Agreed
from coach.store.values import Answer, StoredCall

PREFIX = "judged:"

COUNTED = 0.5
"""Confidence from which a moment counts."""

NOT_JUDGED = frozenset({"skip", "unsure", "na", "n/a", "none", ""})
"""Answers that judge nothing."""

FAIR, GOOD = 0.4, 0.6
"""Kappa from which two raters agree moderately, and well. Source: Landis and Koch (1977), Biometrics 33."""

_NEAR = 2.0
"""Seconds within which a moment is the one that was judged."""

_YES = frozenset({"yes", "met", "true"})
_NO = frozenset({"no", "not_yet", "missed", "false"})


def calibrate(
    calls: Iterable[StoredCall], answers: Iterable[Answer], names: Phrases | None = None
) -> tuple[Agreed, ...]:
    """Return how often a supervisor's judgements and the program's agree, a row for each question.

    A skill is ``yes`` for the program where every opportunity was met, ``no`` where none was and ``partly`` between.
    A kind of moment is ``yes`` where one is there (at the place that was judged, if one was), else ``no``. Only the
    latest way of reviewing is compared.

    Args:
        calls: Reviews; of several of one recording the newest counts.
        answers: Those to ``judged:NAME`` count, the last of each person about each place.
        names: What kinds of moments are called.
    """
    newest = latest(calls)
    present = max(newest, key=lambda call: (call.reviewed_at, call.sha256)).fingerprint if newest else None
    by_hash = {call.sha256: call for call in newest if call.fingerprint == present}
    skills = {_plain(skill.name) for call in by_hash.values() for skill in call.skills}
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for answer in _last(answers):
        call = by_hash.get(answer.sha256)
        said = _word(answer.answer)
        if call is not None and said is not None:
            question = answer.question.removeprefix(PREFIX)
            skill = _plain(question) in skills
            ours = _of_skill(call, question) if skill else _of_kind(call, question, answer)
            if ours is not None:
                pairs[question].append((said, ours))
    return tuple(
        _agreed(question, _label(question, names), pairs[question]) for question in sorted(pairs, key=str.casefold)
    )


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Return Cohen's kappa: agreement beyond what two raters reach who guess with their own frequencies.

    Source: Cohen, J. (1960), A coefficient of agreement for nominal scales, Educational and Psychological
    Measurement 20.

    Args:
        pairs: What each of the two said, one pair a judged thing.

    Returns:
        At most 1; ``None`` where there is nothing, or both gave one and the same answer throughout, so that
        chance alone would agree as well.

    >>> kappa([("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15)
    0.4
    """
    n = len(pairs)
    if not n:
        return None
    same = sum(one == other for one, other in pairs)
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    # In whole numbers as long as it goes, so that agreement by chance of exactly 1 is found.
    by_chance = sum(first[word] * second[word] for word in first)
    if by_chance == n * n:
        return None
    return round((same * n - by_chance) / (n * n - by_chance), 9)


def _last(answers: Iterable[Answer]) -> list[Answer]:
    last: dict[tuple[object, ...], Answer] = {}
    for answer in sorted(answers, key=lambda answer: (answer.at, answer.id)):
        if answer.question.startswith(PREFIX):
            last[(answer.who, answer.question, answer.sha256, answer.moment_index, answer.start)] = answer
    return list(last.values())


def _word(answer: str) -> str | None:
    said = answer.strip().casefold()
    if said in NOT_JUDGED:
        return None
    return "yes" if said in _YES else "no" if said in _NO else said


def _of_skill(call: StoredCall, question: str) -> str | None:
    """Return the program's own answer on a skill; ``None`` where nothing came up or was heard."""
    for skill in call.skills if call.roles_known else ():
        if _plain(skill.name) == _plain(question) and skill.of:
            return "yes" if skill.met == skill.of else "partly" if skill.met else "no"
    return None


def _of_kind(call: StoredCall, kind: str, answer: Answer) -> str | None:
    """Return the program's own answer on a kind of moment; ``None`` where it is not known who said what."""
    if not call.roles_known:
        return None
    alike = [moment for moment in call.moments if moment.kind == kind and moment.confidence >= COUNTED]
    if answer.start is not None:
        alike = [moment for moment in alike if abs(moment.start - answer.start) <= _NEAR]
    elif answer.moment_index is not None:
        alike = [moment for moment in alike if moment.index == answer.moment_index]
    return "yes" if alike else "no"


def _plain(name: str) -> str:
    return name.casefold().replace("_", " ").strip()


def _label(question: str, names: Phrases | None) -> str:
    return names.kind(question) if names is not None and names.has(f"kind.{question}.label") else _readable(question)


def _readable(question: str) -> str:
    text = question.replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def _agreed(question: str, label: str, pairs: Sequence[tuple[str, str]]) -> Agreed:
    same, of = sum(one == other for one, other in pairs), len(pairs)
    if of < ENOUGH:
        return Agreed(question, label, same, of, None, None, None, "few")
    low, high = wilson(same, of)
    found = kappa(pairs)
    return Agreed(question, label, same, of, low, high, found, _verdict(found))


def _verdict(found: float | None) -> str:
    if found is None:
        return "one_answer"
    return "good" if found >= GOOD else "fair" if found >= FAIR else "poor"
