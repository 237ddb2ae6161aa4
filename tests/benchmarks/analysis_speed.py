"""How long the analysers take on one call, every one of them and all together, on one core.

    python tests/benchmarks/analysis_speed.py [--minutes 10] [--runs 7] [--json OUT]

The call is made of our own labelled clauses (``tests/labelled/billing.jsonl``): what the customer says, and what the
agent says to it, at 2.6 words a second with small pauses, an acknowledgement now and then inside the other's speech.
Each run has a call of its own, as a review has: nothing that was worked out for one call is there for the next. The
word lists are read before, as a review reads them while it loads its models. "Together" is one ``analyse``; an analyser
alone reads the call anew, so the lines below it do not add up to it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from coach.analysis.analyse import ANALYZERS, analyse, prepare
from coach.conversation import Conversation, Interval, Party, Role, Word, converse

CLAUSES = Path(__file__).parents[1] / "labelled" / "billing.jsonl"
LIMIT_MS = 150.0
"""What all analysers may take together on ten minutes."""

WORD, STEP, PAUSE = 0.3, 0.385, 0.45
"""Seconds that a word lasts, from one to the next, and between two turns."""

EVERY = 4
"""Turns of the customer between two acknowledgements inside them."""


def lines(start: int) -> Iterator[tuple[Role, str]]:
    """Yield customer and agent in turn without end, from one clause on."""
    rows = [json.loads(line) for line in CLAUSES.read_text("utf-8").splitlines() if line.strip()]
    for row in islice(cycle(rows), start, None):
        if row["previous_text"]:
            yield "customer", row["previous_text"]
        yield "agent", row["text"]


def call(minutes: float, start: int) -> Conversation:
    """Return a call of some minutes that begins at one clause."""
    words: dict[Role, list[Word]] = {"agent": [], "customer": []}
    at = 0.5
    for index, (role, text) in enumerate(lines(start)):
        if at >= minutes * 60:
            break
        said = text.split()
        words[role] += [Word(word, at + i * STEP, at + i * STEP + WORD, 0.93) for i, word in enumerate(said)]
        if role == "customer" and index % EVERY == 0 and len(said) > EVERY:
            words["agent"].append(Word("Mhm.", at + 2 * STEP, at + 2 * STEP + WORD, 0.9))
        at += len(said) * STEP + PAUSE
    parties = [
        Party(role, role, tuple(Interval(w.start, w.end) for w in spoken), tuple(spoken))
        for role, spoken in words.items()
    ]
    return converse(parties, at + 1.0, "channels")


def timed(names: tuple[str, ...], minutes: float, runs: int) -> list[float]:
    """Return the milliseconds of each run, every one on a call of its own."""
    took = []
    for run in range(runs):
        conversation = call(minutes, 53 * run)
        began = time.process_time()
        analyse(conversation, names)
        took.append(1000 * (time.process_time() - began))
    return took


def main() -> int:
    """Measure and print; 1 when all together take longer than they may."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    example = call(options.minutes, 0)
    count = sum(len(party.words) for party in example.parties)
    print(f"{options.minutes:g} minutes, {count} words, {len(example.turns)} turns; milliseconds of processor time")
    began = time.process_time()
    prepare()
    ready = 1000 * (time.process_time() - began)
    print(f"{'word lists':14}      {ready:8.1f}   once a process, before the first call")
    together = timed(tuple(ANALYZERS), options.minutes, options.runs)
    result = {"together": {"best": min(together[1:] or together), "first": together[0], "worst": max(together)}}
    result["word lists"] = {"best": ready, "worst": ready}
    print(f"{'together':14} best {result['together']['best']:8.1f}   first {together[0]:8.1f}")
    for name in ANALYZERS:
        alone = timed((name,), options.minutes, options.runs)
        result[name] = {"best": min(alone), "worst": max(alone)}
        print(f"{name:14} best {min(alone):8.1f}")
    allowed = LIMIT_MS * options.minutes / 10
    print(f"{'allowed':14}      {allowed:8.1f}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=1), encoding="utf-8")
    return int(result["together"]["best"] > allowed)


if __name__ == "__main__":
    sys.exit(main())
