"""A review file's fields, checked one by one: whoever wrote it, nothing but sound values reaches the database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from coach.store.errors import ReviewFileError
from coach.store.fields import (
    LONG,
    LONGEST,
    SHORT,
    Row,
    listed,
    mapping,
    needed,
    number,
    optional,
    plain,
    shown,
    text,
    whole_number,
    wrong,
)

SCHEMA: Final = "coach.review/1"

SENTENCE = 6
"""Words of a sentence worth remembering: shorter ones are said by everybody."""

LONGEST_SENTENCE = 300
"""Letters of one: what is longer is remembered by its beginning."""

_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_ENDS = re.compile(r"(?<=[.?!…])\s+")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


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
        "measures": list({row["name"]: row for row in _measures(whole)}.values()),
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
            raise wrong("recording.sha256", "64 hexadecimal digits")
    raise ReviewFileError("This review says neither recording.sha256 nor source, so nobody could tell whose it is.")


def _run(provenance: Mapping[str, object]) -> Row:
    fingerprint = text(provenance.get("fingerprint"), "provenance.fingerprint", LONGEST)
    if not 0 < len(fingerprint) <= 128:
        raise wrong("provenance.fingerprint", "1 to 128 letters")
    given = mapping(provenance.get("definitions"), "provenance.definitions")
    return {
        "fingerprint": fingerprint,
        "coach": text(provenance.get("coach"), "provenance.coach", SHORT),
        "recipe": text(provenance.get("recipe"), "provenance.recipe", SHORT),
        "transcriber": text(provenance.get("transcriber"), "provenance.transcriber", SHORT),
        "diarizer": optional(provenance.get("diarizer"), "provenance.diarizer", SHORT),
        "definitions": {
            text(name, "provenance.definitions", SHORT): whole_number(version, f"provenance.definitions.{shown(name)}")
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
        where = f"measures.{shown(name)}"
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
    return " ".join(word.replace("’", "'") for word in _WORD.findall(sentence.casefold()))[:LONGEST_SENTENCE]


def _time(value: object) -> datetime | None:
    """Return when a call began; what is no time is not known. A time without a zone is this machine's."""
    given = optional(value, "recording.started_at", SHORT)
    if given is None:
        return None
    try:
        return datetime.fromisoformat(given).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
