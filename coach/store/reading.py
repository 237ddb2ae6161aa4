"""A review file's fields, checked one by one: whoever wrote it, nothing but sound values reaches the database."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from coach.store.errors import ReviewFileError

SCHEMA: Final = "coach.review/1"

SHORT, LONG, LONGEST = 200, 4_000, 200_000
"""Letters of a name, of a sentence, of what was said; what is longer is cut."""

MOST = 100_000
"""Moments, turns or warnings of one review: a four-hour call has some thousands."""

DEEPEST = 8
"""Levels of what a moment refers to."""

SENTENCE = 6
"""Words of a sentence worth remembering: shorter ones are said by everybody."""

_LARGEST = 2**31 - 1  # what an integer column takes in both databases
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
_ENDS = re.compile(r"(?<=[.?!…])\s+")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Rows:
    """A review as rows: of a run, of a call, of its result, and of what belongs to the result.

    Attributes:
        sha256: What the call is known by.
        run: For ``runs``.
        call: For ``calls``; what is not known is ``None``.
        result: For ``results``.
        parts: Table name to rows; none has its ``result_id`` yet.
    """

    sha256: str
    run: Row
    call: Row
    result: Row
    parts: Mapping[str, list[Row]]


def rows(review: Mapping[str, object]) -> Rows:
    """Return a review document as rows.

    Args:
        review: As ``coach review`` writes it, schema ``coach.review/1``.

    Raises:
        ReviewFileError: It is of another schema, or a field is missing or of the wrong kind.
    """
    whole = mapping(review, "the review")
    if whole.get("schema") != SCHEMA:
        raise ReviewFileError(
            f'This is no review that can be stored: its schema is not "{SCHEMA}". Review the call anew.'
        )
    sha256 = identity(whole)
    turns = [mapping(turn, f"turns[{at}]") for at, turn in enumerate(listed(whole.get("turns"), "turns"))]
    found = list(_moments(whole))
    run = _run(mapping(whole.get("provenance"), "provenance"))
    recording = mapping(whole.get("recording"), "recording")
    heard = mapping(whole.get("heard", {}), "heard")
    result: Row = {
        "sha256": sha256,
        "fingerprint": run["fingerprint"],
        "separation": text(whole.get("separation"), "separation", SHORT),
        "heard_agent": number(heard.get("agent"), "heard.agent"),
        "heard_customer": number(heard.get("customer"), "heard.customer"),
        "hard": any(moment["kind"] == "hard_call" for moment in found),
        "roles_known": _roles_known(whole, turns),
        "words_agent": _words(turns),
        "warnings": [
            text(line, f"warnings[{at}]", LONG) for at, line in enumerate(listed(whole.get("warnings", []), "warnings"))
        ],
    }
    call: Row = {
        "sha256": sha256,
        "uri": optional(recording.get("uri"), "recording.uri", LONG),
        "agent": optional(recording.get("agent"), "recording.agent", SHORT) or None,
        "started_at": _time(recording.get("started_at")),
        "call_type": optional(whole.get("call_type"), "call_type", SHORT),
        "duration": number(recording.get("duration"), "recording.duration"),
    }
    parts: dict[str, list[Row]] = {
        "measures": list(_measures(whole)),
        "moments": found,
        "skills": list(_skills(whole)),
        "advice": list(_advice(whole)),
        "sentences": [{"sentence": sentence} for sentence in sorted(set(_sentences(turns)))],
    }
    return Rows(sha256, run, call, result, parts)


def identity(review: Mapping[str, object]) -> str:
    """Return what a call is known by: its recording's hash, or its transcript's.

    Raises:
        ReviewFileError: There is neither.
    """
    recording = mapping(review.get("recording"), "recording")
    for value in (recording.get("sha256"), review.get("source")):
        if value is not None:
            if isinstance(value, str) and _SHA256.match(value):
                return value
            raise _wrong("recording.sha256", "64 hexadecimal digits")
    raise ReviewFileError("This review says neither recording.sha256 nor source, so nobody could tell whose it is.")


def _run(provenance: Mapping[str, object]) -> Row:
    fingerprint = text(provenance.get("fingerprint"), "provenance.fingerprint", LONGEST)
    if not 0 < len(fingerprint) <= 128:
        raise _wrong("provenance.fingerprint", "1 to 128 letters")
    given = mapping(provenance.get("definitions"), "provenance.definitions")
    return {
        "fingerprint": fingerprint,
        "coach": text(provenance.get("coach"), "provenance.coach", SHORT),
        "recipe": text(provenance.get("recipe"), "provenance.recipe", SHORT),
        "transcriber": text(provenance.get("transcriber"), "provenance.transcriber", SHORT),
        "diarizer": optional(provenance.get("diarizer"), "provenance.diarizer", SHORT),
        "definitions": {
            text(name, "provenance.definitions", SHORT): whole_number(version, f"provenance.definitions.{_shown(name)}")
            for name, version in given.items()
        },
    }


def _roles_known(review: Mapping[str, object], turns: Sequence[Mapping[str, object]]) -> bool:
    roles = review.get("roles")
    if roles is not None:
        return mapping(roles, "roles").get("agent") is not None
    return any(turn.get("role") == "agent" for turn in turns)  # reviews of before roles were told


def _words(turns: Sequence[Mapping[str, object]]) -> int:
    return sum(
        len(listed(turn.get("words", []), f"turns[{at}].words"))
        for at, turn in enumerate(turns)
        if turn.get("role") == "agent"
    )


def _measures(review: Mapping[str, object]) -> Iterator[Row]:
    for name, given in mapping(review.get("measures"), "measures").items():
        where = f"measures.{_shown(name)}"
        measure = mapping(given, where)
        yield {
            "name": text(name, "measures", SHORT),
            "unit": text(measure.get("unit"), f"{where}.unit", SHORT),
            "why": optional(measure.get("why"), f"{where}.why", LONG),
            **{key: number(measure.get(key), f"{where}.{key}") for key in ("value", "numerator", "denominator")},
        }


def _moments(review: Mapping[str, object]) -> Iterator[Row]:
    for at, given in enumerate(listed(review.get("moments"), "moments")):
        where = f"moments[{at}]"
        moment = mapping(given, where)
        yield {
            "position": at,
            "kind": text(moment.get("kind"), f"{where}.kind", SHORT),
            "role": text(moment.get("role"), f"{where}.role", SHORT),
            "start_s": needed(moment.get("start"), f"{where}.start"),
            "end_s": needed(moment.get("end"), f"{where}.end"),
            "text": text(moment.get("text"), f"{where}.text", LONGEST),
            "confidence": needed(moment.get("confidence"), f"{where}.confidence"),
            "evidence": plain(mapping(moment.get("evidence", {}), f"{where}.evidence"), f"{where}.evidence"),
        }


def _skills(review: Mapping[str, object]) -> Iterator[Row]:
    for at, given in enumerate(listed(review.get("skills"), "skills")):
        where = f"skills[{at}]"
        skill = mapping(given, where)
        yield {
            "position": at,
            "name": text(skill.get("name"), f"{where}.name", SHORT),
            "met": whole_number(skill.get("met"), f"{where}.met"),
            "judged": whole_number(skill.get("of"), f"{where}.of"),
            "score": number(skill.get("score"), f"{where}.score"),
            "weight": needed(skill.get("weight"), f"{where}.weight"),
            "why": text(skill.get("why"), f"{where}.why", LONG),
            "moments": [
                whole_number(moment, f"{where}.moments")
                for moment in listed(skill.get("moments", []), f"{where}.moments")
            ],
        }


def _advice(review: Mapping[str, object]) -> Iterator[Row]:
    coaching = mapping(review.get("coaching"), "coaching")
    for kind in ("keep", "try"):
        if coaching.get(kind) is None:
            continue
        where = f"coaching.{kind}"
        given = mapping(coaching[kind], where)
        moment = given.get("moment")
        yield {
            "kind": kind,
            "skill": text(given.get("skill"), f"{where}.skill", SHORT),
            "moment": None if moment is None else whole_number(moment, f"{where}.moment"),
            "said": text(given.get("said"), f"{where}.said", LONG),
        }


def _sentences(turns: Sequence[Mapping[str, object]]) -> Iterator[str]:
    for at, turn in enumerate(turns):
        said = text(turn.get("text"), f"turns[{at}].text", LONGEST)
        if turn.get("role") == "agent":
            for sentence in _ENDS.split(said):
                normal = normalised(sentence)
                if normal.count(" ") >= SENTENCE - 1:
                    yield normal


def normalised(sentence: str) -> str:
    """Return what a sentence is recognised by: its words alone.

    >>> normalised("Thank you for calling; how can I help?")
    'thank you for calling how can i help'
    """
    return " ".join(word.replace("’", "'") for word in _WORD.findall(sentence.casefold()))[:300]


def mapping(value: object, where: str) -> Mapping[str, object]:
    """Return a value that must be an object with names.

    Raises:
        ReviewFileError: It is not.
    """
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise _wrong(where, "an object")
    return value


def listed(value: object, where: str) -> Sequence[object]:
    """Return a value that must be a list of bearable length.

    Raises:
        ReviewFileError: It is not.
    """
    if not isinstance(value, (list, tuple)):
        raise _wrong(where, "a list")
    if len(value) > MOST:
        raise _wrong(where, f"a list of at most {MOST} entries")
    return value


def text(value: object, where: str, longest: int) -> str:
    """Return a value that must be text, without what databases refuse, cut to a length.

    Raises:
        ReviewFileError: It is not text.
    """
    if not isinstance(value, str):
        raise _wrong(where, "text")
    return _NOT_TEXT.sub("\ufffd", value[:longest])


def optional(value: object, where: str, longest: int) -> str | None:
    """Return a value that must be text or nothing."""
    return None if value is None else text(value, where, longest)


def number(value: object, where: str) -> float | None:
    """Return a value that must be a finite number or nothing.

    Raises:
        ReviewFileError: It is neither.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _wrong(where, "a number or null")
    try:
        real = float(value)
    except OverflowError:
        real = math.inf
    if not math.isfinite(real):
        raise _wrong(where, "a finite number")
    return real


def needed(value: object, where: str) -> float:
    """Return a value that must be a finite number."""
    real = number(value, where)
    if real is None:
        raise _wrong(where, "a number")
    return real


def whole_number(value: object, where: str) -> int:
    """Return a value that must be a count.

    Raises:
        ReviewFileError: It is not.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST:
        raise _wrong(where, "a whole number from 0")
    return value


def plain(value: object, where: str, depth: int = 0) -> object:
    """Return a value of JSON's kinds as both databases take it.

    Raises:
        ReviewFileError: It is of another kind, nested too deeply, or a number that is not finite.
    """
    if depth > DEEPEST:
        raise _wrong(where, f"nested at most {DEEPEST} deep")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return text(value, where, LONGEST)
    if isinstance(value, (int, float)):
        real = needed(value, where)
        return value if isinstance(value, int) and abs(real) <= 2**53 else real
    if isinstance(value, Mapping):
        return {text(key, where, SHORT): plain(inner, where, depth + 1) for key, inner in value.items()}
    return [plain(inner, where, depth + 1) for inner in listed(value, where)]


def _time(value: object) -> datetime | None:
    """Return when a call began; what is no time is not known. A time without a zone is this machine's."""
    given = optional(value, "recording.started_at", SHORT)
    if given is None:
        return None
    try:
        return datetime.fromisoformat(given).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _wrong(where: str, wanted: str) -> ReviewFileError:
    return ReviewFileError(f"This review cannot be stored: {_shown(where)} is not {wanted}. Review the call anew.")


def _shown(name: str) -> str:
    """Return a field's name as a message may show it."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:60])
