"""How right each kind of word detector is on the project's own billing clauses.

    python -m tests.benchmarks.billing [--part open|kept] [--errors KIND] [--json OUT] [--markdown] [--floors]

Reads ``tests/labelled/billing.jsonl``. Each row is one clause of an agent with the customer's last words. For each
kind: positives, precision, recall and F1 at a confidence of 0.5, and Cohen's kappa of the two passes of labelling.
Every kind is judged by itself, before a report chooses what to call a clause that does several things at once.
``--errors KIND`` lists what that kind gets wrong in the open part, the surest first. The customers' turns of the kept
part (two fifths) are for measuring: read none of its rows while mending a detector. Needs scikit-learn for kappa.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from coach.analysis import empathy, paraphrase, questions, regret, wording
from coach.analysis.acts import acts
from coach.analysis.analyse import ANALYZERS
from coach.analysis.judge import judge, views
from coach.analysis.reading import Said
from coach.analysis.view import View
from coach.conversation import Interval
from tests.building import call

ROWS: Final = Path(__file__).parents[1] / "labelled" / "billing.jsonl"

SURE: Final = 0.5
"""Confidence from which a moment counts."""

PARTS: Final = ("open", "kept")

AT_THE_CLOSE: Final = 1.0
"""Where in a call a row is taken to be by what judges a recap: the labels say what it is there."""

Judged = list[tuple[float, bool, "Row"]]


@dataclass(frozen=True, slots=True)
class Row:
    """One clause.

    Attributes:
        id: Name of the row.
        call_type: What the call is about.
        previous: The customer's last words; empty at the head of a call.
        text: The agent's clause.
        first: Labels of the first pass.
        second: Labels of the second pass.
        labels: The settled labels, and ``question`` for every kind of question.
        not_scored: Labels that the row cannot be held to.
        note: Why a disagreement of the passes was settled as it was.
        kept: Whether the row is of the part that nobody mends detectors by.
    """

    id: str
    call_type: str
    previous: str
    text: str
    first: frozenset[str]
    second: frozenset[str]
    labels: frozenset[str]
    not_scored: frozenset[str]
    note: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Score:
    """What one kind gets; ``kappa`` is ``None`` where it was not computed or the kind was never labelled by itself."""

    kind: str
    positives: int
    precision: float
    recall: float
    f1: float
    kappa: float | None = None


def rows(path: Path = ROWS) -> tuple[Row, ...]:
    """Return the labelled clauses."""
    entries = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    return tuple(
        Row(
            id=entry["id"],
            call_type=entry["call_type"],
            previous=entry["previous_text"],
            text=entry["text"],
            first=frozenset(entry["pass_a"]),
            second=frozenset(entry["pass_b"]),
            labels=frozenset(entry["labels"]),
            not_scored=frozenset(entry.get("not_scored", ())),
            note=entry.get("note", ""),
            kept=entry["split"] == "test",
        )
        for entry in entries
    )


def _act(kind: str) -> Callable[[View], float]:
    """Return what judges a kind of question that others come before: looking somebody up is no closed question."""

    def rule(view: View) -> float:
        said = Said(0, "agent", Interval(0.0, 1.0), view.clause.line, view, AT_THE_CLOSE)
        return acts(said).get(kind, 0.0)

    return rule


_BY_CLAUSE: Final[Mapping[str, Callable[[View], float]]] = {
    "paraphrase": lambda view: paraphrase.reflects(view).get("paraphrase", 0.0),
    "echo": lambda view: paraphrase.reflects(view).get("echo", 0.0),
    "recap": lambda view: paraphrase.recap(view, place=AT_THE_CLOSE),
    "open_question": _act("open_question"),
    "closed_question": _act("closed_question"),
    "check_understanding": questions.check,
    "verification_question": questions.verification,
    "closing_question": questions.closing,
    "empathy": empathy.empathy,
    "reassurance": empathy.allays,
    "apology": lambda view: 0.0 if regret.formula(view) else regret.apology(view),
    "ownership": wording.ownership,
    "inclusive_we": wording.inclusive_we,
    "firm_we": wording.firm_we,
    "blame": wording.blame,
    "option": wording.option,
    "commitment": wording.commitment,
    "walkthrough": wording.walkthrough,
}
_BY_UTTERANCE: Final = (*("question", "clarifying_question", "thanks", "asked_to_repeat", "backchannel"),)
SAYING_BACK: Final = "paraphrase or echo"
NAME: Final = "name_use"
KINDS: Final = (
    *(SAYING_BACK, "paraphrase", "echo", "recap", "question", "clarifying_question", "open_question"),
    *("closed_question", "check_understanding", "verification_question", "closing_question", "asked_to_repeat"),
    *("empathy", "reassurance", "apology", "thanks", "backchannel", "ownership", "inclusive_we", "firm_we"),
    *("blame", NAME, "option", "commitment", "walkthrough"),
)
"""Every kind in the table, in its order."""


def judged(found: Sequence[Row]) -> dict[str, Judged]:
    """Return for each kind the confidence and the truth of every row that is scored for it."""
    table: dict[str, Judged] = {kind: [] for kind in KINDS}
    for row in found:
        for kind, confidence in confidences(row).items():
            names = {"paraphrase", "echo"} if kind == SAYING_BACK else {kind}
            if not row.not_scored & names:
                table[kind].append((confidence, bool(row.labels & names), row))
    return table


def confidences(row: Row) -> dict[str, float]:
    """Return how surely a row is each kind, the surest of its clauses."""
    parts = views(row.text, row.previous)
    whole = judge(row.text, row.previous)
    found = {kind: whole[kind] for kind in _BY_UTTERANCE}
    found |= {kind: max((rule(view) for view in parts), default=0.0) for kind, rule in _BY_CLAUSE.items()}
    return found | {SAYING_BACK: max(found["paraphrase"], found["echo"]), NAME: _named(row)}


def _named(row: Row) -> float:
    """Return how surely the customer's name is used, which takes a call to know it from."""
    conversation = call([(10.0, 16.0, row.text)], [(0.0, 9.0, row.previous)] if row.previous else [])
    moments = ANALYZERS["wording"].analyze(conversation).moments
    return max((moment.confidence for moment in moments if moment.kind == NAME), default=0.0)


def scored(kind: str, found: Judged, kappa: float | None = None) -> Score:
    """Return precision, recall and F1 at ``SURE``; precision is 1 where nothing was named."""
    positives = sum(truth for _, truth, _ in found)
    named = sum(confidence >= SURE for confidence, _, _ in found)
    hit = sum(truth for confidence, truth, _ in found if confidence >= SURE)
    precision = hit / named if named else 1.0
    recall = hit / positives if positives else 0.0
    return Score(kind, positives, precision, recall, 2 * hit / (named + positives) if named + positives else 0.0, kappa)


def scores(found: Sequence[Row]) -> tuple[Score, ...]:
    """Return every kind's score, without kappa."""
    return tuple(scored(kind, entries) for kind, entries in judged(found).items())


def kappas(found: Sequence[Row]) -> dict[str, float]:
    """Return Cohen's kappa of the two passes for every kind that was labelled."""
    from sklearn.metrics import cohen_kappa_score  # type: ignore[import-untyped]  # noqa: PLC0415 - no test needs it

    kinds = sorted(set().union(*(row.first | row.second for row in found)))
    return {
        kind: float(cohen_kappa_score([kind in row.first for row in found], [kind in row.second for row in found]))
        for kind in kinds
    }


def _lines(table: Sequence[Score], *, markdown: bool) -> Iterator[str]:
    if markdown:
        yield "| kind | clauses that are | precision | recall | F1 | kappa of the two passes |"
        yield "|---|---|---|---|---|---|"
    else:
        yield f"{'kind':24} {'pos':>4} {'prec':>6} {'rec':>6} {'F1':>6} {'kappa':>6}"
    for score in table:
        kappa = f"{score.kappa:.2f}" if score.kappa is not None else ""
        figures = [f"{value:.2f}" for value in (score.precision, score.recall, score.f1)]
        if markdown:
            yield f"| {' | '.join([score.kind.replace('_', ' '), str(score.positives), *figures, kappa])} |"
        else:
            yield f"{score.kind:24} {score.positives:4d} " + " ".join(f"{cell:>6}" for cell in [*figures, kappa])


def _floors(table: Mapping[str, Judged]) -> Iterator[str]:
    """Yield ``floors.toml``: one clause and a bit under what is measured, and at least two hundredths."""
    yield "# What no change may fall below on billing.jsonl, at a confidence of 0.5: a little under what was measured."
    yield "# F1 and precision of all clauses, and F1 of those kept apart where they have ten of a kind."
    yield "# Made by `python -m tests.benchmarks.billing --floors`; raise a line when a detector has become better."
    for kind, entries in table.items():
        score, kept = scored(kind, entries), scored(kind, kept_of(entries))
        lines = [("f1", score.f1, score.positives), ("precision", score.precision - PRECISELY, score.positives)]
        lines += [("kept_f1", kept.f1, kept.positives)] * (kept.positives >= ENOUGH)
        yield f"\n[{json.dumps(kind) if ' ' in kind else kind}]"
        for name, value, positives in lines:
            yield f"{name} = {max(0.0, value - max(0.02, 1.2 / max(1, positives))):.2f}"


ENOUGH: Final = 10
"""Clauses of a kind among those kept apart from which their F1 has a floor of its own."""

PRECISELY: Final = 0.05
"""What precision may lose besides where recall gains by it."""


def kept_of(entries: Judged) -> Judged:
    """Return what was judged of the clauses that are kept apart."""
    return [entry for entry in entries if entry[2].kept]


def _errors(kind: str, found: Judged) -> Iterator[str]:
    wrong = [entry for entry in found if (entry[0] >= SURE) != entry[1]]
    for confidence, truth, row in sorted(wrong, key=lambda entry: -abs(entry[0] - SURE)):
        what = "missed" if truth else "found "
        yield f"{what} {kind} {confidence:.2f} {row.id} | {row.previous} | {row.text}"


def main() -> None:
    """Print the table, or one kind's errors."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--errors", choices=[*KINDS, "all"], help="list what a kind gets wrong")
    parser.add_argument("--floors", action="store_true", help="what floors.toml should hold")
    parser.add_argument("--part", choices=PARTS, help="one part of the rows (default: all)")
    parser.add_argument("--json", type=Path, help="where to write the same figures")
    parser.add_argument("--markdown", action="store_true", help="the table for a page")
    options = parser.parse_args()
    part = "open" if options.errors else options.part
    found = [row for row in rows() if part is None or row.kept == (part == "kept")]
    table = judged(found)
    if options.errors:
        for kind in KINDS if options.errors == "all" else [options.errors]:
            print("\n".join(_errors(kind, table[kind])))
        return
    if options.floors:
        print("\n".join(_floors(table)))
        return
    agreed = kappas(found)
    measured = [scored(kind, entries, agreed.get(kind)) for kind, entries in table.items()]
    print("\n".join(_lines(measured, markdown=options.markdown)))
    differ = sum(row.first != row.second for row in found)
    print(f"\n{len(found)} clauses; the two passes differ on {differ} of them.")
    if options.json:
        options.json.write_text(json.dumps([asdict(score) for score in measured], indent=1), "utf-8")


if __name__ == "__main__":
    main()
