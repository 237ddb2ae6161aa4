"""The whole product on the made calls: what a mono recording costs against the same call with a lane a party.

Both reviews are told who the agent is, so that what is compared is the parting of voices; who would be taken for the
agent by the words alone is counted apart. The made calls say little about that: either party says the same things.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from coach.app.item import Failure, Request
from coach.app.naming import plan
from coach.app.pipeline import Pipeline
from coach.app.review import open_pipeline
from coach.conversation import Conversation, Review, Timeline, intersection, total
from tests.benchmarks.diarization_calls import MadeCall, Recipe, make
from tests.benchmarks.diarization_scores import MEASURES, speed
from tests.benchmarks.hearing import NAMES, ONSETS
from tests.benchmarks.review_inside import Meter, Span
from tests.benchmarks.scores import SIDES, Found, Onset, Scores, Tally, bridged

RATIO_TARGET = 3.0
"""Points that the talk ratio from mono may lie off that from two lanes."""
PRECISION_TARGET = 0.8
FAST = 10.0
"""Times real time that a whole mono review should reach on two cores."""
KINDS = ("interruption", "attempt", "backchannel")
SEPARATIONS = ("stereo", "mono")


@dataclass
class Reviews:
    """What the reviews of all calls found, stereo and mono apart; interruptions by either party apart as well."""

    scores: dict[str, dict[str, Scores]] = field(
        default_factory=lambda: {how: {side: Scores() for side in ("both", *SIDES)} for how in SEPARATIONS}
    )
    spans: dict[str, list[tuple[float, Span]]] = field(default_factory=lambda: {how: [] for how in SEPARATIONS})
    by_words: dict[str, int] = field(default_factory=lambda: {"right": 0, "wrong": 0, "unknown": 0})
    one_party: list[str] = field(default_factory=list)

    def add(self, call: MadeCall, how: str, review: Review, span: Span) -> None:
        """Count one review."""
        (composed,) = call.parts
        found = _found(review)
        self.spans[how].append((review.conversation.duration, span))
        self.scores[how]["both"].add(composed, found)
        for side in SIDES:
            events = tuple(event for event in composed.truth.events if event.role == side)
            theirs = replace(composed, truth=replace(composed.truth, events=events))
            self.scores[how][side].add(theirs, Found(found.speech, tuple(m for m in found.moments if m.role == side)))
        if len(review.conversation.parties) < len(SIDES):
            self.one_party.append(f"{call.recipe.name} {how}")

    def apart(self) -> list[float]:
        """Return how far the talk ratio from mono lies off that from stereo in each call, in points."""
        stereo, mono = (self.scores[how]["both"].ratio_errors for how in SEPARATIONS)
        return [abs(one - two) for one, two in zip(stereo, mono, strict=True)]


def reviewed(recipes: Sequence[Recipe]) -> Reviews:
    """Review each made call with a lane a party and mixed, and count."""
    reviews = Reviews()
    with ExitStack() as held:
        meter, folder = held.enter_context(Meter()), Path(held.enter_context(tempfile.TemporaryDirectory()))
        pipeline = open_pipeline({"out": str(folder), "formats": ("json",), "diarizer": "bundled"})
        pipeline.choose_engine()
        held.enter_context(pipeline.running())
        for recipe in recipes:
            call = make(recipe)
            stereo = Request(recording=call.write_stereo(folder / f"{recipe.name}-stereo.wav"), agent_channel="left")
            mono = Request(recording=call.write(folder))
            reviews.add(call, "stereo", *_review(pipeline, stereo, folder, meter))
            review, span, named = _mono(pipeline, mono, call, meter)
            reviews.add(call, "mono", review, span)
            reviews.by_words[named] += 1
    return reviews


def _mono(pipeline: Pipeline, request: Request, call: MadeCall, meter: Meter) -> tuple[Review, Span, str]:
    """Return the review with the right agent, what the first took, and whom that one took for the agent by itself."""
    folder = Path(pipeline.settings.text("out"))
    review, span = _review(pipeline, request, folder, meter)
    number, named = agents_number(review.conversation, call), review.roles.agent
    if named is not None and named == str(number):
        return review, span, "right"
    if number is not None:
        review, _ = _review(pipeline, replace(request, agent_speaker=number), folder, meter)
    return review, span, "unknown" if named is None else "wrong"


def _review(pipeline: Pipeline, request: Request, folder: Path, meter: Meter) -> tuple[Review, Span]:
    (output,) = plan([request], folder)
    call, span = meter.measure(lambda: pipeline.review(request, output))
    if isinstance(call, Failure) or call.review is None:
        raise RuntimeError(f"{request.source.name} was not reviewed: {call}")
    return call.review, span


def agents_number(conversation: Conversation, call: MadeCall) -> int | None:
    """Return which of two speakers is the agent, from 1, by whom they speak with at the same moments in the truth."""
    speakers = sorted(conversation.parties, key=lambda party: party.speaker)
    if len(speakers) != len(SIDES):
        return None
    first, second = (party.speech for party in speakers)

    def shared(speech: Timeline, side: str) -> float:
        return total(intersection(speech, call.sides[side]))

    straight = shared(first, "agent") + shared(second, "customer")
    return 1 if straight >= shared(second, "agent") + shared(first, "customer") else 2


def _found(review: Review) -> Found:
    onsets = (Onset(NAMES.get(m.kind, m.kind), m.role, m.start, m.confidence) for m in review.findings.of(*ONSETS))
    speech: dict[str, Timeline] = dict.fromkeys(SIDES, ())
    speech |= {party.role: bridged(party.speech) for party in review.conversation.parties if party.role in SIDES}
    return Found(speech, tuple(onsets))


def report(reviews: Reviews) -> Iterator[str]:
    """Yield the lines to print."""
    count = len(reviews.spans["mono"])
    yield f"whole reviews of {count} made calls, told who is the agent"
    for how in SEPARATIONS:
        errors = [abs(error) for error in reviews.scores[how]["both"].ratio_errors]
        yield f"  talk ratio, {how:6} {statistics.mean(errors):5.2f} points off the truth, worst {max(errors):.2f}"
    apart = reviews.apart()
    within = sum(points <= RATIO_TARGET for points in apart)
    yield (
        f"  talk ratio, mono off stereo: {statistics.mean(apart):.2f} points on average, worst {max(apart):.2f}; "
        f"{within} of {count} within {RATIO_TARGET:g} (target: all)"
    )
    yield f"  {'':34}{'found':>7}{'true':>7}{'hit':>6}{'precision':>11}{'recall':>8}"
    for kind, side in ((kind, side) for kind in KINDS for side in ("agent", "customer")):
        for how in SEPARATIONS:
            yield _tally_line(f"{kind} by {side}, {how}", reviews.scores[how][side].kinds.get(kind, Tally()))
    yield f"  interruptions in mono: target for the precision {PRECISION_TARGET:g}"
    words = ", ".join(f"{n} {how}" for how, n in reviews.by_words.items())
    yield f"  the agent in mono by the words alone: {words} (either party says the same things in these calls)"
    for how in SEPARATIONS:
        clock, cores, alone = (_times(reviews, how, measure) or 0.0 for measure in MEASURES)
        mark = f" (target {FAST:g})" if how == "mono" else ""
        yield (
            f"  whole {how} review: {clock:.1f} x real time by the clock{mark}, {alone:.1f} with the cores free, "
            f"{cores:.1f} by their seconds"
        )
    if reviews.one_party:
        yield "  not two parties: " + ", ".join(reviews.one_party)


def _times(reviews: Reviews, how: str, measure: str) -> float | None:
    return speed([(seconds, span.as_dict()) for seconds, span in reviews.spans[how]], measure)


def _tally_line(title: str, tally: Tally) -> str:
    def rate(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    found, true = tally.hit + tally.false, tally.hit + tally.missed
    return f"  {title:34}{found:>7}{true:>7}{tally.hit:>6}{rate(tally.precision):>11}{rate(tally.recall):>8}"


def table(reviews: Reviews) -> dict[str, Any]:
    """Return the figures as plain values."""
    return {
        "talk_ratio_points": {
            **{how: reviews.scores[how]["both"].ratio_errors for how in SEPARATIONS},
            "mono_off_stereo": reviews.apart(),
        },
        "kinds": {
            how: {
                side: {
                    kind: {"hit": t.hit, "missed": t.missed, "false": t.false, "false_were": dict(t.taken_for)}
                    for kind, t in reviews.scores[how][side].kinds.items()
                }
                for side in ("both", *SIDES)
            }
            for how in SEPARATIONS
        },
        "agent_by_words": reviews.by_words,
        "not_two_parties": reviews.one_party,
        "times_real": {how: {measure: _times(reviews, how, measure) for measure in MEASURES} for how in SEPARATIONS},
    }
