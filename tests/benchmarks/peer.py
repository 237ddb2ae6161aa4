"""A peer's own analysis of a call beside ours, line by line: ``python -m tests.benchmarks.peer FILE``.

FILE is the JSON of Amazon Transcribe Call Analytics: it holds words with times and what that service made of
them. Its figures are no truth; beside each difference stands what the file's own word times show.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coach.conversation import Interval, Party, Review, Role, complement, total, union
from coach.conversation.stretches import Side, Stretch, stretches_of

ROLES: Mapping[str, Role] = {"AGENT": "agent", "CUSTOMER": "customer"}
NEAR = 0.3
"""Seconds by which the peer's onset and a word's may differ."""


@dataclass(frozen=True)
class Line:
    """One figure of the peer's beside ours."""

    figure: str
    peer: str
    ours: str
    why: str = ""


def main() -> None:
    """Review the file and print the comparison."""
    parser = argparse.ArgumentParser(description="A peer's own analysis of a call beside ours.")
    parser.add_argument("file", type=Path, help="JSON of Amazon Transcribe Call Analytics")
    options = parser.parse_args()
    lines = list(compare(json.loads(options.file.read_text("utf-8")), reviewed(options.file)))
    widths = [max(len(getattr(line, name)) for line in lines) for name in ("figure", "peer", "ours")]
    for line in [Line("", "peer", "ours"), *lines]:
        cells = zip((line.figure, line.peer, line.ours), widths, strict=True)
        print("  ".join([*(cell.ljust(width) for cell, width in cells), line.why]).rstrip())


def reviewed(transcript: Path) -> Review:
    """Return the product's review of a transcript."""
    from coach.app.item import Request  # noqa: PLC0415
    from coach.app.review import open_pipeline, review_all  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        pipeline = open_pipeline({"out": folder, "formats": ("json",)})
        (outcome,) = review_all([Request(transcript=transcript)], pipeline, force=True)
    if outcome.review is None:
        raise RuntimeError(f"{transcript.name}: {outcome.failure}")
    return outcome.review


def compare(file: Mapping[str, Any], review: Review) -> Iterator[Line]:
    """Yield the peer's figures with ours, in the order of its own fields."""
    theirs = file["ConversationCharacteristics"]
    yield from _interruptions(theirs.get("Interruptions", {}), review)
    yield from _non_talk(theirs.get("NonTalkTime", {}), review)
    yield from _talk_time(theirs.get("TalkTime", {}), file["Transcript"], review)
    yield from _talk_speed(theirs.get("TalkSpeed", {}), theirs.get("TalkTime", {}), review)
    yield Line("sentiment", "per quarter", "not drawn", "no mood curve: distress is shown where it is said")


def _interruptions(theirs: Mapping[str, Any], review: Review) -> Iterator[Line]:
    by = theirs.get("InterruptionsByInterrupter", {})
    for name, role in ROLES.items():
        spans = [_span(entry) for entry in by.get(name, [])]
        yield Line(f"interruptions by the {role}", str(len(spans)), _counts(review, role))
        for span in spans:
            yield Line(
                f"  at {span.start:.2f} s",
                f"{span.duration:.2f} s",
                _ruled(review, role, span),
                _facts(review, role, span),
            )


def _counts(review: Review, role: Role) -> str:
    cut, tried = (
        review.findings.measure(f"{kind}_by_{role}").value for kind in ("interruptions", "interruption_attempts")
    )
    return "unknown" if cut is None or tried is None else f"{cut:.0f}, and {tried:.0f} attempts"


def _ruled(review: Review, role: Role, span: Interval) -> str:
    near = [e for e in review.conversation.floor if e.role == role and abs(e.onset - span.start) <= NEAR]
    return near[0].kind.replace("_", " ") if near else "turn taking"


def _facts(review: Review, role: Role, span: Interval) -> str:
    """Say what the word times show around an onset: what was said, and who was silent before and after."""
    mine, other = (_side(review, which) for which in (role, "customer" if role == "agent" else "agent"))
    said = next((s for s in mine.stretches if abs(s.start - span.start) <= NEAR), None)
    if said is None:
        return "nobody begins there by the file's own word times"
    them = "customer" if role == "agent" else "agent"
    facts = [f'the {role} says "{_quoted(said)}" for {said.interval.duration:.2f} s']
    before = [s for s in other.stretches if s.start < said.start]
    resumed = next((s for s in other.stretches if s.start >= said.start), None)
    if before and before[-1].end <= said.start:
        facts.append(f"{said.start - before[-1].end:.2f} s after the {them} stopped")
        if resumed is not None and resumed.start - said.end < span.duration:
            where = (
                "as it begins"
                if resumed.start - said.start < NEAR
                else f"{resumed.start - said.end:.2f} s after its end"
            )
            facts.append(f"who goes on {where}")
    elif before:
        facts.append(f"over the {them}'s last {min(before[-1].end, said.end) - said.start:.2f} s")
    after = mine.after(said)
    if after is not None:
        facts.append(f"then the {role} is silent for {after.start - said.end:.2f} s")
    return ", ".join(facts)


def _non_talk(theirs: Mapping[str, Any], review: Review) -> Iterator[Line]:
    speech = union(*(party.stretches for party in review.conversation.parties))
    silences = complement(speech, Interval(speech[0].start, speech[-1].end))
    seconds = theirs.get("TotalTimeMillis", 0) / 1000
    longest = max((silence.duration for silence in silences), default=0.0)
    why = f"{len(silences)} mutual silences, the longest {longest:.2f} s; the file does not say which of them count"
    yield Line("non-talk time", f"{seconds:.1f} s", f"{total(silences):.1f} s", why)


def _talk_time(theirs: Mapping[str, Any], transcript: Sequence[Mapping[str, Any]], review: Review) -> Iterator[Line]:
    details = theirs.get("DetailsByParticipant", {})
    for name, role in ROLES.items():
        party = _party(review, role)
        spans = [_span(turn) for turn in transcript if turn.get("ParticipantRole") == name]
        words = union(word.interval for word in party.words)
        why = (
            f"words with gaps under 0.3 s; the file's segments, pauses and all, last {total(spans):.1f} s, "
            f"its words alone {total(words):.1f} s"
        )
        yield Line(f"talk time, {role}", _seconds(details.get(name)), f"{total(party.stretches):.1f} s", why)


def _talk_speed(theirs: Mapping[str, Any], times: Mapping[str, Any], review: Review) -> Iterator[Line]:
    details = theirs.get("DetailsByParticipant", {})
    for name, role in ROLES.items():
        pace = review.findings.measure(f"pace_{role}")
        ours = "unknown" if pace.value is None else f"{pace.value:.0f} words/min"
        told = details.get(name, {}).get("AverageWordsPerMinute")
        minutes = times.get("DetailsByParticipant", {}).get(name, {}).get("TotalTimeMillis", 0) / 60_000
        count = len(_party(review, role).words)
        by_theirs = f"; all {count} over the peer's talk time are {count / minutes:.0f}" if minutes else ""
        words, denominator = pace.numerator or 0, pace.denominator or 0
        why = pace.why or f"{words:.0f} words in {60 * denominator:.1f} s, pauses of 2 s and more left out{by_theirs}"
        yield Line(f"talk speed, {role}", "none" if told is None else f"{told} words/min", ours, why)


def _party(review: Review, role: Role) -> Party:
    party = review.conversation.party(role)
    if party is None:
        raise SystemExit(f"The file does not say who the {role} is.")
    return party


def _side(review: Review, role: Role) -> Side:
    party = _party(review, role)
    return Side(stretches_of(0, party, party.stretches), party.words)


def _span(entry: Mapping[str, Any]) -> Interval:
    return Interval(entry["BeginOffsetMillis"] / 1000, entry["EndOffsetMillis"] / 1000)


def _seconds(detail: Mapping[str, Any] | None) -> str:
    return "none" if detail is None else f"{detail['TotalTimeMillis'] / 1000:.1f} s"


def _quoted(stretch: Stretch, most: int = 5) -> str:
    text = [word.text for word in stretch.words]
    return " ".join(text[:most]) + (" …" if len(text) > most else "")


if __name__ == "__main__":
    main()
