"""How far what ``coach practice`` says of an answer is what a person would say.

    python -m tests.benchmarks.drills [--part open|kept] [--errors] [--json OUT]

Reads ``tests/labelled/drill_answers.jsonl``: answers to the customers of the starter set, with what a mentor would say
was heard, missed and worth a note, written before anything had judged them. The kept part was written when the errors
on the open part had been seen, and before anything was mended by them: read none of its errors while mending. Prints
for each thing that may be said how often both say it, and for each kind of answer the share of what is said or left
unsaid alike.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from coach.app.practice.judging import judge
from coach.coaching.answers import MET_BY
from coach.coaching.customers import Customer, load_starters
from coach.coaching.sentences import HEARD

ROWS: Final = Path(__file__).parents[1] / "labelled" / "drill_answers.jsonl"

NOTED: Final = (
    "solved_first",
    "forced_apology",
    "formula",
    "blame",
    "policy",
    "wrong_feeling",
    "long",
    "not_needed",
)

SAYINGS: Final = (
    *(f"heard {kind}" for kind in HEARD),
    *(f"missed {kind}" for kind in MET_BY),
    *(f"noted {kind}" for kind in NOTED),
)
"""Everything that may be said of an answer."""


@dataclass(frozen=True, slots=True)
class Row:
    """One answer with what a mentor, and what the product, says of it."""

    customer: Customer
    kept: bool
    kind: str
    said: str
    mentor: frozenset[str]
    ours: frozenset[str]

    @property
    def could(self) -> frozenset[str]:
        """What might be said of it at all: of a plain question nothing is missed, and of others nothing is plain."""
        plain = self.customer.plain
        missed = {f"missed {kind}" for kind in MET_BY if kind not in self.customer.calls_for}
        off = {f"heard {kind}" for kind in HEARD if (kind == "to_the_point") != plain}
        off |= {"noted not_needed"} if not plain else {"noted solved_first"}
        off |= {"heard room"} if "room" not in self.customer.calls_for else set()
        return frozenset(SAYINGS) - missed - off

    @property
    def alike(self) -> bool:
        """Whether all that is missed and noted is the same: what a person would be told to do next."""
        told = {saying for saying in self.could if not saying.startswith("heard")}
        return self.mentor & told == self.ours & told


@dataclass(frozen=True, slots=True)
class Score:
    """How often one thing is said: by the mentor, by the product, by both."""

    saying: str
    could: int
    mentor: int
    ours: int
    both: int

    @property
    def agreement(self) -> float:
        """Share of the answers, 0 to 1, in which both say it or neither does."""
        return 1 - (self.mentor + self.ours - 2 * self.both) / self.could if self.could else 1.0

    @property
    def f1(self) -> float:
        """Twice what both say, by what either says."""
        return 2 * self.both / (self.mentor + self.ours) if self.mentor + self.ours else 1.0


def rows() -> list[Row]:
    """Return the table, judged."""
    starters = load_starters()
    found = []
    for line in ROWS.read_text("utf-8").splitlines():
        raw = json.loads(line)
        customer = starters.find(raw["drill"])
        assert customer is not None, raw["drill"]
        got = judge(customer, starters.guide, raw["said"])
        ours = _sayings(got.kinds, got.missed, [remark.kind for remark in got.noted])
        mentor = _sayings(raw["heard"], raw["missed"], raw["noted"])
        found.append(Row(customer, raw["part"] == "kept", raw["kind"], raw["said"], mentor, ours))
    return found


def _sayings(heard: Sequence[str], missed: Sequence[str], noted: Sequence[str]) -> frozenset[str]:
    parts = (("heard", heard), ("missed", missed), ("noted", noted))
    return frozenset(f"{part} {kind}" for part, kinds in parts for kind in kinds)


def by_saying(table: Sequence[Row]) -> Iterator[Score]:
    """Yield a score for each thing that may be said."""
    for saying in SAYINGS:
        could = [row for row in table if saying in row.could]
        mentor, ours = [saying in row.mentor for row in could], [saying in row.ours for row in could]
        both = sum(a and b for a, b in zip(mentor, ours, strict=True))
        yield Score(saying, len(could), sum(mentor), sum(ours), both)


def by_kind(table: Sequence[Row]) -> Mapping[str, tuple[int, int, float]]:
    """Return for each kind of answer: how many, how many told the same to do next, share of sayings alike."""
    found: dict[str, tuple[int, int, float]] = {}
    for kind in Counter(row.kind for row in table):
        of = [row for row in table if row.kind == kind]
        possible = sum(len(row.could) for row in of)
        differ = sum(len((row.mentor ^ row.ours) & row.could) for row in of)
        found[kind] = len(of), sum(row.alike for row in of), 1 - differ / possible
    return found


def overall(table: Sequence[Row]) -> tuple[float, float]:
    """Return the share of answers told the same to do next, and F1 of everything that is said."""
    said = sum(len(row.mentor & row.could) + len(row.ours & row.could) for row in table)
    both = sum(len(row.mentor & row.ours & row.could) for row in table)
    return sum(row.alike for row in table) / len(table), 2 * both / said


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--part", choices=("open", "kept"), help="only these answers")
    parser.add_argument("--errors", action="store_true", help="list what the open part has that is said differently")
    parser.add_argument("--json", type=Path, help="where to write the same figures")
    options = parser.parse_args()
    table = [row for row in rows() if options.part is None or row.kept == (options.part == "kept")]
    print(f"{'said':24} {'could':>5} {'mentor':>6} {'ours':>5} {'both':>5} {'F1':>5} {'alike':>6}")
    for score in by_saying(table):
        print(
            f"{score.saying:24} {score.could:5d} {score.mentor:6d} {score.ours:5d} {score.both:5d} "
            f"{score.f1:5.2f} {score.agreement:6.1%}"
        )
    print(f"\n{'kind of answer':16} {'answers':>7} {'told the same':>13} {'sayings alike':>13}")
    for kind, (of, alike, share) in by_kind(table).items():
        print(f"{kind:16} {of:7d} {alike:13d} {share:13.1%}")
    same, f1 = overall(table)
    print(f"\n{len(table)} answers: {same:.1%} told the same to do next; F1 of all that is said {f1:.2f}")
    if options.errors:
        for row in (row for row in table if not row.kept):
            for saying in sorted((row.mentor ^ row.ours) & row.could):
                who = "mentor" if saying in row.mentor else "ours"
                print(f"\n{row.customer.id}, {row.kind}: {who} alone: {saying}\n    {row.said}")
    if options.json:
        figures = {"sayings": [asdict(s) for s in by_saying(table)], "kinds": by_kind(table), "overall": [same, f1]}
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
