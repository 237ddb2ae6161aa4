"""Found against true on made calls with random timing: ``python tests/benchmarks/timing.py``.

Calls come from a committed pool of voices by seed, so that the figures can be had again. Truth is the
clean stems' energy and what was placed where. Targets: talk ratio at most 1 point off; interruptions by
either party with precision and recall of 0.95 or more.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.hearing import Hearing, Reviewing, by, oracle, product, without_words, words
from tests.benchmarks.scores import SIDES, Scores, Tally
from tests.benchmarks.word_errors import HIGH_BILL, SAMPLE, WordErrors, demo_words, stm_words
from tests.calls.compose import DISTRACTORS, compose

RATIO_TARGET = 1.0
TARGET = 0.95


def main() -> None:
    """Compose, hear, compare and print."""
    options = _options()
    scores, errors = Scores(), {str(side): WordErrors() for side in SIDES}
    more: list[str] = []
    with ExitStack() as held:
        if options.oracle:
            hear: Hearing = oracle
        elif options.no_words:
            hear = held.enter_context(without_words())
        else:
            review = held.enter_context(product(options.transcriber))
            hear = by(review)
            more = [*_demo(review), _sample(review)]
        for seed in range(options.seed, options.seed + options.calls):
            call = compose(seed)
            found, heard = hear(call)
            scores.add(call, found)
            for side in heard:
                errors[side].add(" ".join(word.text for word in call.truth.words[side]), heard[side])
    for line in report(scores, where=options.where):
        print(line)
    if more:
        print("", "word error rate", sep="\n")
        print(*(errors[side].line(f"made calls, {side}") for side in SIDES), *more, sep="\n")
    if options.json:
        rates = {side: errors[side].rate for side in SIDES} if more else None
        options.json.write_text(json.dumps({**table(scores), "word_error_rate": rates}, indent=2) + "\n")


def _demo(review: Reviewing) -> Iterator[str]:
    heard = words(review(HIGH_BILL / "high-bill.wav", "left").conversation)
    for side in SIDES:
        errors = WordErrors()
        errors.add(demo_words(side), heard[side])
        yield errors.line(f"demo call, {side}")


def _sample(review: Reviewing) -> str:
    if not SAMPLE.is_file():
        return f"real call: not measured, {SAMPLE.name} is not on this machine"
    errors = WordErrors()
    parties = review(SAMPLE, None).conversation.parties
    heard = sorted((word for party in parties for word in party.words), key=lambda word: word.start)
    errors.add(stm_words(SAMPLE.with_suffix(".stm")), " ".join(word.text for word in heard))
    return errors.line("real call (mono, both parties)")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Found against true on made calls.")
    parser.add_argument("--calls", type=int, default=24, help="how many calls (default 24)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first (default 1)")
    parser.add_argument("--oracle", action="store_true", help="true speech and true words: the rules alone")
    parser.add_argument("--no-words", action="store_true", help="heard speech, true words: no recogniser")
    parser.add_argument("--transcriber", help="recogniser, as coach review takes it")
    parser.add_argument("--where", action="store_true", help="list each one missed or false")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    return parser.parse_args()


def table(scores: Scores) -> dict[str, object]:
    """Return the figures as plain values."""
    kinds = {**scores.kinds, "naive rule": scores.naive}
    return {
        "events": dict(scores.events),
        "talk_ratio_error_points": {
            "mean": statistics.mean(map(abs, scores.ratio_errors)),
            "worst": max(map(abs, scores.ratio_errors)),
        },
        "speech_seconds": {side: [sum(c) for c in zip(*scores.seconds[side], strict=True)] for side in SIDES},
        "kinds": {
            name: {
                "hit": t.hit,
                "missed": t.missed,
                "false": t.false,
                "precision": t.precision,
                "recall": t.recall,
                "false_were": dict(t.taken_for),
                "missed_as": dict(t.lost_as),
            }
            for name, t in kinds.items()
        },
    }


def report(scores: Scores, *, where: bool) -> list[str]:
    """Return the lines to print."""
    events = scores.events
    distractors = sum(events[kind] for kind in DISTRACTORS)
    lines = [
        f"{len(scores.ratio_errors)} calls, {events.total()} events: "
        + ", ".join(f"{count} {kind}" for kind, count in events.most_common()),
        f"distractors: {distractors / max(events.total(), 1):.0%}",
        "",
        _ratio_line(scores),
        *(_seconds_line(scores, side) for side in SIDES),
        "",
        f"{'':24}{'found':>7}{'true':>7}{'hit':>6}{'precision':>11}{'recall':>8}",
    ]
    rows = {"naive: interruption": scores.naive, **scores.kinds}
    lines += [_tally_line(name, tally) for name, tally in rows.items()]
    lines.append("")
    for name, tally in rows.items():
        if tally.taken_for:
            lines.append(f"{name}: false ones were " + ", ".join(f"{n} {k}" for k, n in tally.taken_for.most_common()))
        if tally.lost_as:
            lines.append(f"{name}: missed, taken for " + ", ".join(f"{n} {k}" for k, n in tally.lost_as.most_common()))
    if where:
        lines += [line for tally in scores.kinds.values() for line in tally.where]
        lines += [f"{line} s of speech" for line in scores.by_call]
    return lines


def _ratio_line(scores: Scores) -> str:
    errors = [abs(error) for error in scores.ratio_errors]
    within = sum(error <= RATIO_TARGET for error in errors)
    return (
        f"talk ratio: {statistics.mean(errors):.2f} points off on average, worst {max(errors):.2f}; "
        f"{within} of {len(errors)} calls within {RATIO_TARGET:g} point"
    )


def _seconds_line(scores: Scores, side: str) -> str:
    found, true = (sum(column) for column in zip(*scores.seconds[side], strict=True))
    worst = max(abs(mine / exact - 1) for mine, exact in scores.seconds[side])
    return f"speech, {side}: found {found:.1f} s, true {true:.1f} s ({found / true - 1:+.1%}; worst call {worst:.1%})"


def _tally_line(name: str, tally: Tally) -> str:
    def rate(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    found, true = tally.hit + tally.false, tally.hit + tally.missed
    mark = " (target 0.95)" if name == "interruption" else ""
    return f"{name:24}{found:>7}{true:>7}{tally.hit:>6}{rate(tally.precision):>11}{rate(tally.recall):>8}{mark}"


if __name__ == "__main__":
    main()
