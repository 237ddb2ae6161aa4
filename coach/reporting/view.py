"""The review file: a review as plain JSON values, in the order and with the names that other programs rely on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from math import isfinite
from numbers import Integral, Real

from coach.conversation import (
    Advice,
    Conversation,
    Interval,
    Measure,
    Moment,
    Recording,
    Remembered,
    Review,
    Skill,
    Turn,
    Word,
    union,
)
from coach.reporting.text import writable

SCHEMA = "coach.review/1"
"""Name and number of the contract; dropping or renaming a field takes a new number."""

_LINE = 110
_SECONDS = 3
_SHARES = 6

Json = dict[str, object]


def as_json(review: Review) -> Json:
    """Return the review as JSON values.

    Seconds are rounded to 3 decimals and shares to 6, here and nowhere earlier. What could not be
    computed is ``None`` with its reason beside it; NaN and infinities never get through.
    """
    roles, provenance = review.roles, review.provenance
    return {
        "schema": SCHEMA,
        "source": review.source,
        "recording": _recording(review.recording),
        "separation": review.separation,
        "told_apart": _share(review.told_apart),
        "heard": {role: _share(review.heard.get(role)) for role in ("agent", "customer")},
        "warnings": [writable(warning) for warning in review.warnings],
        "masked": {writable(kind): count for kind, count in review.masked.items()},
        "roles": {
            "agent": _text(roles.agent),
            "source": roles.source,
            "confidence": _share(roles.confidence),
            "why": writable(roles.why),
            "evidence": [writable(phrase) for phrase in roles.evidence],
        },
        "provenance": {
            "coach": provenance.coach,
            "recipe": provenance.recipe,
            "transcriber": provenance.transcriber,
            "diarizer": provenance.diarizer,
            "fingerprint": provenance.fingerprint,
            "definitions": dict(provenance.definitions),
        },
        "recipe": None if review.recipe is None else plain(review.recipe),
        "call_type": _text(review.call_type),
        "turns": [_turn(turn) for turn in review.conversation.turns],
        "speech": _speech(review.conversation),
        "measures": {measure.name: measure_json(measure) for measure in review.findings.measures},
        "moments": [_moment(moment) for moment in review.findings.moments],
        "skills": [_skill(skill) for skill in review.skills],
        "coaching": {
            "keep": _advice(review.coaching.keep, trying=False),
            "try": _advice(review.coaching.try_, trying=True),
            "another": [_advice(advice, trying=True) for advice in review.coaching.another],
            "practice": [{"drill": writable(d.drill), "moment": d.moment} for d in review.coaching.practice],
            "why_no_try": _text(review.coaching.why_no_try),
            **_because_of(review.coaching.because_of),
        },
    }


def json_text(review: Review) -> str:
    """Return the review file's text: short values on one line each, so that it reads and compares well."""
    return "\n".join(_lines(as_json(review), "")) + "\n"


def plain(value: object) -> object:
    """Return any value of evidence or of a recipe as JSON values; floats with 4 decimals, none of them NaN."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Real):  # an analyser's own number types too
        return int(value) if isinstance(value, Integral) else _rounded(float(value), _SHARES)
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, Interval):
        return _times(value)
    if isinstance(value, Mapping):
        return {writable(str(key)): plain(inner) for key, inner in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(inner) for inner in value), key=str)
    if isinstance(value, Iterable):
        return [plain(inner) for inner in value]
    return writable(str(value))


def _recording(recording: Recording) -> Json:
    return {
        "uri": _text(recording.uri),
        "sha256": recording.sha256,
        "duration": _seconds(recording.duration),
        "sample_rate": recording.sample_rate,
        "channels": recording.channels,
        "agent_channel": recording.agent_channel,
        "agent": _text(recording.agent),
        "started_at": _text(recording.started_at),
        "parts": [{"role": p.role, "uri": writable(p.uri), "sha256": p.sha256} for p in recording.parts],
    }


def _turn(turn: Turn) -> Json:
    return {
        "role": turn.role,
        "speaker": writable(turn.speaker),
        "kind": turn.kind,
        "start": _seconds(turn.start),
        "end": _seconds(turn.end),
        "text": writable(turn.text),
        "words": [_word(word) for word in turn.words],
    }


def _word(word: Word) -> Json:
    return {
        "text": writable(word.text),
        "start": _seconds(word.start),
        "end": _seconds(word.end),
        "confidence": _share(word.confidence),
        "interpolated": word.interpolated,
    }


def _speech(conversation: Conversation) -> Json:
    """Return raw activity by role; parties that nobody could name are added together."""
    by_role: Json = {}
    for role in ("agent", "customer", "unknown"):
        activity = union(*(party.speech for party in conversation.parties if party.role == role))
        by_role[role] = [_times(interval) for interval in activity]
    return by_role


def measure_json(measure: Measure) -> Json:
    """Return one measure as the review file has it: rounded, and with a reason where there is no value."""
    decimals = _SECONDS if measure.unit == "s" else _SHARES
    value, why = _rounded(measure.value, decimals), measure.why
    if value is None and not why:
        why = "the calculation gave no finite number"
    return {
        "value": value,
        "unit": measure.unit,
        "numerator": _rounded(measure.numerator, decimals),
        "denominator": _rounded(measure.denominator, decimals),
        "why": _text(why),
    }


def _moment(moment: Moment) -> Json:
    return {
        "kind": moment.kind,
        "role": moment.role,
        "start": _seconds(moment.start),
        "end": _seconds(moment.end),
        "text": writable(moment.text),
        "confidence": _share(moment.confidence),
        "evidence": plain(moment.evidence),
    }


def _skill(skill: Skill) -> Json:
    return {
        "name": writable(skill.name),
        "met": skill.met,
        "of": skill.of,
        "score": _rounded(skill.score, _SHARES),
        "weight": _rounded(skill.weight, _SHARES),
        "why": writable(skill.why),
        "moments": list(skill.moments),
    }


def _advice(advice: Advice | None, *, trying: bool) -> Json | None:
    if advice is None:
        return None
    shown: Json = {"skill": writable(advice.skill), "moment": advice.moment, "said": writable(advice.said)}
    if trying:
        shown["suggestion"] = _text(advice.suggestion)
    shown["why"] = writable(advice.why)
    return shown


def _because_of(remembered: Remembered | None) -> Json:
    """Return what earlier calls changed in what is shown; nothing where they changed nothing."""
    if remembered is None:
        return {}
    shown = {name: _text(getattr(remembered, name)) for name in ("passed_over", "noticed", "rest")}
    return {"because_of": {"calls": list(remembered.calls), **shown}}


def _text(text: str | None) -> str | None:
    return None if text is None else writable(text)


def _times(interval: Interval) -> list[float | int | None]:
    return [_seconds(interval.start), _seconds(interval.end)]


def _seconds(value: float | None) -> float | int | None:
    return _rounded(value, _SECONDS)


def _share(value: float | None) -> float | int | None:
    return _rounded(value, _SHARES)


def _rounded(value: float | None, decimals: int) -> float | int | None:
    """Return the number rounded; whole numbers stay whole, and what is no number is ``None``."""
    if value is None or not isfinite(value):
        return None
    # Adding zero turns -0.0 into 0.0.
    return value if isinstance(value, int) else round(float(value), decimals) + 0.0


def _lines(value: object, indent: str) -> list[str]:
    """Return a value's JSON in lines: on one where it fits, else one entry a line."""
    whole = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if len(whole) + len(indent) <= _LINE or not isinstance(value, dict | list) or not value:
        return [whole]
    inner = indent + " "
    keyed = isinstance(value, dict)
    lines = ["{" if keyed else "["]
    entries = list(value.items()) if isinstance(value, dict) else [("", entry) for entry in value]
    for position, (key, entry) in enumerate(entries):
        block = _lines(entry, inner)
        name = f"{json.dumps(key, ensure_ascii=False)}: " if keyed else ""
        block[0] = f"{inner}{name}{block[0]}"
        if position < len(entries) - 1:
            block[-1] += ","
        lines += block
    lines.append(f"{indent}}}" if keyed else f"{indent}]")
    return lines
