"""Hearing worse never scores worse: ``python -m tests.benchmarks.fairness [--draws 500] [FILE.json…]``.

Puts word errors into one party's words of calls without sound (``tests/calls/dialogues.txt``), of the transcripts in
``tests/calls/transcripts`` and of review files that are named (``coach review CALL --out DIR`` writes one); it compares
each skill's share of met opportunities, and the headline, with the one before. Target: for no skill, rate, party and
kind of error does the share fall by more than 3 points on average; where too little was heard it is not judged. Errors
come with the confidences that a recogniser gives them and, apart from that, with confidences that know nothing of them.

Columns: draws in which the skill was judged before; of these, the share that is not judged any more; mean change of the
share in points, over all of these draws (not judged is no change) and over those that still are judged; the worst draw
and its call. The draws are parted evenly over the calls.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Final

from coach.analysis.analyse import analyse
from coach.analysis.turn_taking import delayed_line
from coach.coaching.rubric import SKILLS, Rubric, load_rubric
from coach.coaching.skills import skills
from coach.conversation import Conversation, Party, Role, converse
from coach.speech.importing.read import read_transcript
from coach.speech.parties import assign, cast
from tests.benchmarks.mishearing import TRANSCRIPTS, dialogues, misheard, of_review

RATES: Final = (0.2, 0.35)
SIDES: Final[tuple[Role, Role]] = ("agent", "customer")
MOST: Final = 3.0
"""Most points by which a skill's share may fall on average."""

HEADLINE: Final = "heard_before_solving"
"""The measure beside the skills of which the same is asked."""

Shares = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Fall:
    """What errors do to one skill.

    Attributes:
        skill: Which.
        rate: Errors a word.
        side: Whose words.
        lowered: Whether confidences fell with the errors.
        draws: In how many draws the skill was judged without errors.
        gone: Share of these in which it is not judged any more, 0 to 1.
        mean: Mean change of the share of met opportunities, in points; 0 where it is not judged any more.
        judged: The same over the draws in which it still is.
        worst: Least change of a draw, in points.
        where: The call of that draw.
    """

    skill: str
    rate: float
    side: Role
    lowered: bool
    draws: int
    gone: float
    mean: float
    judged: float
    worst: float
    where: str

    @property
    def within(self) -> bool:
        """Whether the target is met."""
        return self.mean >= -MOST


def shares(call: Conversation) -> Shares:
    """Return each skill's share of met opportunities and the headline, 0 to 100; ``None`` where it is not judged."""
    findings = analyse(call)
    found = skills(call, findings, _rubric(), delayed_line=delayed_line(call))
    each = {name: 100 * skill.met / skill.of if skill.of else None for name, skill in zip(SKILLS, found, strict=True)}
    headline = findings.measure(HEADLINE).value
    return each | {HEADLINE: None if headline is None else 100 * headline}


@cache
def _rubric() -> Rubric:
    return load_rubric()


def falls(
    calls: Mapping[str, Conversation], draws: int, seed: int = 1, ways: Sequence[bool] = (True, False)
) -> Iterator[Fall]:
    """Yield what errors do to each skill.

    Args:
        calls: By name, as they were heard.
        draws: How often errors are drawn, for each way in which confidences follow them.
        seed: Where chance begins.
        ways: Whether confidences are lowered with the errors, left as they are, or one after the other.
    """
    before = {name: shares(call) for name, call in calls.items()}
    for lowered in ways:
        cells = [(rate, side) for rate in RATES for side in SIDES]
        for number, (rate, side) in enumerate(cells):
            part = draws // len(cells) + (number < draws % len(cells))
            changed = list(_drawn(calls, part, (rate, side, lowered), seed))
            for skill in (*SKILLS, HEADLINE):
                yield _fall(skill, (rate, side, lowered), before, changed)


def _drawn(
    calls: Mapping[str, Conversation], draws: int, cell: tuple[float, Role, bool], seed: int
) -> Iterator[tuple[str, Shares]]:
    names = list(calls)
    rate, side, lowered = cell
    for index in range(draws):
        name = names[index % len(names)]
        draw = random.Random(f"{seed} {cell} {index}")
        yield name, shares(misheard(calls[name], side, rate, draw, lowered=lowered))


def _fall(
    skill: str,
    cell: tuple[float, Role, bool],
    before: Mapping[str, Shares],
    changed: Iterable[tuple[str, Shares]],
) -> Fall:
    draws = 0
    changes: list[tuple[float, str]] = []
    for name, after in changed:
        first, then = before[name][skill], after[skill]
        if first is None:
            continue
        draws += 1
        if then is not None:
            changes.append((then - first, name))
    fallen = sum(change for change, _ in changes)
    mean, judged = (fallen / of if of else 0.0 for of in (draws, len(changes)))
    worst, where = min(changes, default=(0.0, ""))
    gone = 1 - len(changes) / draws if draws else 0.0
    return Fall(skill, *cell, draws, gone, mean, judged, worst, where)


def imported(folder: Path = TRANSCRIPTS) -> dict[str, Conversation]:
    """Return the calls of the transcripts that have word times and both parties."""
    found: dict[str, Conversation] = {}
    for path in sorted(path for path in folder.iterdir() if path.suffix in (".json", ".vtt", ".srt")):
        read = read_transcript(path)
        words = {speaker: read.transcript.of(speaker) for speaker in read.speakers}
        roles = dict(read.roles) or cast(assign(read.speakers, words=words).roles, words)
        parties = [
            Party(role, label, read.speech[label] if read.speech else (), words[label])
            for role in SIDES
            for label in read.speakers
            if roles.get(label) == role
        ]
        if read.word_times and [party.role for party in parties] == list(SIDES):
            found[path.name] = converse(parties, read.duration, "transcript")
    return found


def _line(fall: Fall) -> str:
    kind = "lowered" if fall.lowered else "as before"
    if not fall.draws:
        return f"{fall.skill:20} {fall.rate:4.0%} {fall.side:9} {kind:10} {0:5d}"
    verdict = "" if fall.within else "  MISSED"
    return (
        f"{fall.skill:20} {fall.rate:4.0%} {fall.side:9} {kind:10} {fall.draws:5d} {fall.gone:7.0%} "
        f"{fall.mean:+8.1f} {fall.judged:+8.1f} {fall.worst:+7.0f} {fall.where}{verdict}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw, compare and print; 1 when a share falls too far."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, help="review files of further calls")
    parser.add_argument("--draws", type=int, default=500, help="for each way in which confidences follow errors")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="where to write the same figures")
    options = parser.parse_args(arguments)
    calls = dialogues() | imported()
    calls |= {path.stem: of_review(json.loads(path.read_text("utf-8"))) for path in options.files}
    print(
        f"{len(calls)} calls, {options.draws} draws with lowered confidences and {options.draws} with the same ones\n"
    )
    print(
        f"{'skill':20} {'rate':>4} {'side':9} {'confidence':10} {'draws':>5} {'gone':>7} "
        f"{'mean':>8} {'judged':>8} {'worst':>7} where"
    )
    found = []
    for fall in falls(calls, options.draws, options.seed):
        found.append(fall)
        print(_line(fall), flush=True)
    if options.json:
        options.json.write_text(json.dumps([asdict(fall) for fall in found], indent=1), "utf-8")
    return int(not all(fall.within for fall in found))


if __name__ == "__main__":
    sys.exit(main())
