"""Who is the agent: how often the words tell it, of labelled dialogue and of recordings.

    python -m tests.benchmarks.roles DIALOGUE.jsonl.gz [--split train] [--wer 0.2] [--folds 5] [--wrong]
    python -m tests.benchmarks.roles --recordings FOLDER

**Dialogue** (rows as ``labelled.py`` reads them, all of them, in their order): who said a row is hidden, and the
two parties are told apart by their words alone. Printed are the shares that are right, left uncertain (under the floor
below which nobody is called the agent) and wrong, at that floor and at others. Times are made up from the order of the
words, half a second each, so nothing of who speaks over whom is there. ``--folds`` also refits the weights of the two
pieces of evidence, the cues and the story, on all calls but those of a fold, and scores that fold: what tuning adds.

**Recordings**: every recording in the folder and below it goes through the whole review, those of one channel with the
bundled diarizer. Truth is in the names: ``…agent.wav`` beside ``…customer.wav`` or ``…caller.wav`` are two lanes of one
call, reviewed as one, exchanged, and mixed. ``--agent-at NAME=SECONDS`` says when the agent is heard in any other.
A recording without truth is printed and not counted.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from coach.app.stages.understanding import ROLES_FLOOR
from coach.conversation import Review, Roles, Word
from coach.speech.parties import MOST_TOLD, SURE, find_agent
from coach.speech.parties_heard import Heard, opening
from tests.benchmarks.labelled import SERVING, SPLITS, UnreadableError, misheard, read

FLOORS = (0.5, 0.6, SURE, 0.9)
SOUNDS = (".wav", ".mp3", ".flac", ".m4a", ".ogg")
PACE = 0.5
"""Seconds a word, made up."""


Truth = str | tuple[float, ...]
"""The agent's channel, or times at which the agent alone speaks, in seconds."""


@dataclass(frozen=True)
class Told:
    """One call of which the truth is known.

    Attributes:
        name: Of the call.
        words: Each party's, by who they really are.
        roles: Who was taken as the agent.
        truth: Whose words are the agent's.
    """

    name: str
    words: Mapping[str, Sequence[Word]]
    roles: Roles
    truth: str

    @property
    def right(self) -> bool:
        """Whether it was told, and rightly, whatever the confidence."""
        return self.roles.agent == self.truth


def dialogue(path: Path, split: str | None, wer: float) -> list[Told]:
    """Return what the words of each call tell; calls with one party are left out.

    Raises:
        UnreadableError: The file cannot be read.
    """
    draw = random.Random(1)
    rows = [row for row in read(path) if split in (None, row.split)]
    others = [word for row in rows[:500] for word in row.text.split()] or ["um"]
    calls: dict[str, dict[str, list[Word]]] = {}
    clock: dict[str, float] = {}
    for row in rows:
        said = calls.setdefault(row.conversation, {}).setdefault(row.role, [])
        for text in (misheard(row.text, wer, draw, others) if wer else row.text).split():
            at = clock.get(row.conversation, 0.0)
            said.append(Word(text, at, at + PACE))
            clock[row.conversation] = at + PACE
    return [told for name, words in calls.items() if (told := _told(name, words)) is not None]


def _told(name: str, words: Mapping[str, Sequence[Word]]) -> Told | None:
    serving = [role for role in words if role in SERVING]
    if len(words) != 2 or len(serving) != 1:
        return None
    return Told(name, words, find_agent(words), serving[0])


def shares(calls: Sequence[Told], floor: float) -> tuple[float, float, float]:
    """Return the shares of calls that are right, uncertain and wrong when nobody is named below a confidence."""
    named = [call for call in calls if call.roles.agent is not None and call.roles.confidence >= floor]
    right = sum(call.right for call in named)
    return right / len(calls), 1 - len(named) / len(calls), (len(named) - right) / len(calls)


def refitted(calls: Sequence[Told], folds: int) -> tuple[float, float, float]:
    """Return the same shares at the product's floor with weights fitted on all other folds' calls."""
    table = np.array([_evidence(call) for call in calls])
    order = np.random.default_rng(1).permutation(len(table))
    sure = np.zeros(len(table))
    for fold in range(folds):
        held = order[fold::folds]
        sure[held] = 1 / (1 + np.exp(-table[held] @ _fitted(np.delete(table, held, axis=0))))
    right, wrong = float(np.mean(sure >= ROLES_FLOOR)), float(np.mean(sure <= 1 - ROLES_FLOOR))
    return right, abs(1 - right - wrong), wrong


def _evidence(call: Told) -> tuple[float, float]:
    """Return by how much the agent's cues outweigh the other's, and how much more the other tells as the call opens."""
    (other,) = (who for who in call.words if who != call.truth)
    cues = [Heard.of(call.words[who]).score for who in (call.truth, other)]
    told = opening(call.words)
    more = float(np.log1p(told[other]) - np.log1p(told[call.truth]))
    return cues[0] - cues[1], max(-MOST_TOLD, min(MOST_TOLD, more))


def _fitted(table: np.ndarray) -> np.ndarray:
    """Return the weights that make all rows most likely positive: logistic regression without a constant."""
    weights = np.zeros(table.shape[1])
    for _ in range(50):
        sure = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (1 - sure) - 0.01 * weights
        bend = (table * (sure * (1 - sure))[:, None]).T @ table + 0.01 * np.eye(len(weights))
        weights = weights + np.linalg.solve(bend, slope)
    return weights


def recordings(folder: Path, agent_at: Mapping[str, float]) -> Iterator[tuple[str, Roles, bool | None]]:
    """Yield each recording's name, who was taken as the agent, and whether that is right, ``None`` without truth."""
    from coach.app.item import Request  # noqa: PLC0415  (text alone does without the product)
    from coach.app.review import open_pipeline, review_all  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as out:
        requests: list[tuple[str, Request, Truth | None]] = []
        for path in sorted(p for p in folder.rglob("*") if p.suffix in SOUNDS):
            if (customer := _beside(path)) is not None:
                requests += [(name, Request(recording=made), at) for name, made, at in _made(path, customer, Path(out))]
            elif not path.stem.endswith(("agent", "customer", "caller")):
                requests.append(
                    (path.name, Request(recording=path), (agent_at[path.name],) if path.name in agent_at else None)
                )
        pipeline = open_pipeline({"out": out, "formats": ("json",), "diarizer": "bundled"})
        outcomes = review_all([request for _, request, _ in requests], pipeline, force=True)
        for (name, _, truth), outcome in zip(requests, outcomes, strict=True):
            if outcome.review is None:
                print(f"{name}: {outcome.failure.message if outcome.failure else 'not reviewed'}", file=sys.stderr)
                continue
            roles = outcome.review.roles
            yield name, roles, _is_right(outcome.review, truth)


def _beside(agent: Path) -> Path | None:
    """Return the other party's lane of an agent's lane."""
    if not agent.stem.endswith("agent"):
        return None
    stem = agent.stem.removesuffix("agent")
    names = (agent.with_name(f"{stem}{other}{agent.suffix}") for other in ("customer", "caller"))
    return next((path for path in names if path.is_file()), None)


def _made(agent: Path, customer: Path, folder: Path) -> Iterator[tuple[str, Path, Truth]]:
    """Yield a call made of two lanes: as it is, exchanged and mixed, with where its agent is."""
    import soundfile  # noqa: PLC0415

    (one, rate), (two, _) = (soundfile.read(path, dtype="float64") for path in (agent, customer))
    size = max(len(one), len(two))
    one, two = (np.pad(lane, (0, size - len(lane))) for lane in (one, two))
    half = rate // 2  # where the agent alone is loud for half a second
    power = [np.square(lane[: size // half * half]).reshape(-1, half).mean(axis=1) for lane in (one, two)]
    power = [lane / max(np.quantile(lane, 0.95), 1e-12) for lane in power]  # one may be recorded far too low
    loud = power[0] > np.maximum(30 * power[1], 0.1)
    at = tuple((np.flatnonzero(loud) + 0.5) / 2)
    kinds: tuple[tuple[str, np.ndarray, Truth], ...] = (
        ("two channels", np.stack((one, two), axis=1), "left"),
        ("exchanged", np.stack((two, one), axis=1), "right"),
        ("mixed", (one + two) / 2, at),
    )
    for kind, samples, truth in kinds:
        name = f"{agent.parent.name}-{agent.stem}, {kind}"
        path = folder / f"{name.replace(', ', '-').replace(' ', '-')}.wav"
        soundfile.write(path, samples, rate)
        yield name, path, truth


def _is_right(review: Review, truth: Truth | None) -> bool | None:
    if isinstance(truth, str) or not truth:
        return None if not truth else review.roles.agent == truth
    votes = {
        party.role: sum(any(s.start <= at < s.end for s in party.stretches) for at in truth)
        for party in review.conversation.parties
    }
    return votes.get("agent", 0) > votes.get("customer", 0)


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError("a share of words lies from 0 to 1")
    return value


def _moment(text: str) -> tuple[str, float]:
    name, _, seconds = text.rpartition("=")
    return name, float(seconds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("dialogue", nargs="?", type=Path)
    parser.add_argument("--split", choices=SPLITS)
    parser.add_argument("--wer", type=_share, default=0.0, help="share of words to mishear")
    parser.add_argument("--folds", type=int, default=0, help="refit and score in so many folds")
    parser.add_argument("--wrong", action="store_true", help="name the calls that are not right")
    parser.add_argument("--recordings", type=Path, help="a folder of recordings")
    parser.add_argument("--agent-at", type=_moment, action="append", default=[], help="NAME=SECONDS")
    return parser.parse_args()


def _print_dialogue(options: argparse.Namespace) -> None:
    calls = dialogue(options.dialogue, options.split, options.wer)
    print(f"{len(calls)} calls, {options.wer:.0%} of words misheard")
    print(f"{'floor':>14} {'right':>7} {'unsure':>7} {'wrong':>7}")
    for floor in sorted({*FLOORS, ROLES_FLOOR}):
        mark = "the product's" if floor == ROLES_FLOOR else ""
        print(f"{floor:14.2f} " + " ".join(f"{share:7.1%}" for share in shares(calls, floor)), mark)
    if options.folds:
        print(f"{'refitted':>14} " + " ".join(f"{share:7.1%}" for share in refitted(calls, options.folds)))
    if options.wrong:
        for call in sorted(calls, key=lambda call: -call.roles.confidence):
            if not call.right or call.roles.confidence < ROLES_FLOOR:
                sizes = ", ".join(f"{who} {len(words)} words" for who, words in call.words.items())
                print(
                    f"  {call.name}: {'right' if call.right else 'not right'} at {call.roles.confidence:.2f} ({sizes})"
                )


def main() -> int:
    """Print the figures asked for."""
    options = _options()
    try:
        if options.dialogue is not None:
            _print_dialogue(options)
    except UnreadableError as error:
        print(error, file=sys.stderr)
        return 1
    if options.recordings is not None:
        found = list(recordings(options.recordings, dict(options.agent_at)))
        for name, roles, right in found:
            known = {True: "right", False: "WRONG", None: "no truth"}[right] if roles.agent else "uncertain"
            print(f"{known:10} {roles.confidence:5.2f} {roles.source:9} {name}: {roles.agent or 'nobody'}; {roles.why}")
        told = [right for _, roles, right in found if right is not None]
        print(f"{sum(told)} of {len(told)} recordings with truth are right")
    return 0


if __name__ == "__main__":
    sys.exit(main())
