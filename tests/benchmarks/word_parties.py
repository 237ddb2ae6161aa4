"""Words to parties on one channel: what sharing one lane out costs, when who speaks when is known exactly.

    python -m tests.benchmarks.word_parties [--seeds 5] [RECORDING.wav …]

Made calls (``tests/calls/compose.py``) and given recordings of two channels are heard twice: with a channel each, and
mixed to one channel, which is shared out by the true times of who speaks: the activity of the two channels. No diarizer
is asked, so none of its mistakes are in here; the recogniser is the bundled one.

- **other party**: words that a channel each gives to one party and the shared-out channel, at that time, to the other.
- **short answers**: stretches of up to 1 s and 3 words, of which the party has no word on the shared-out channel.
- **lost** (made calls alone, where the true words are known): words that were not recognised, of those spoken over the
  other party, of those within 0.3 s of where their stretch begins or ends, and of all others.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from coach.conversation import BRIDGED, Interval, Timeline, Word, bridge, complement, intersection
from coach.speech.activity import LaneActivity, detect
from coach.speech.cutting import CutSettings, cuts
from coach.speech.decoding.decoder import decode
from coach.speech.diarizers.protocol import Diarization
from coach.speech.gating import party_activity, party_lanes
from coach.speech.samples import Samples
from coach.speech.separation import mix
from coach.speech.silero import Silero
from coach.speech.transcribers.choose import open_transcriber
from coach.speech.transcribers.protocol import LaneToHear, Transcriber
from tests.benchmarks.scores import SIDES
from tests.calls.compose import ComposedCall, compose

PARTIES = ("1", "2")
AT_ONCE = 0.8
"""Seconds between two recognitions of a word that are one."""
EDGE = 0.3
SHORT, FEW = 1.0, 3
NEAR = 0.25

Said = Mapping[str, Sequence[Word]]


@dataclass(frozen=True)
class Heard:
    """One call heard with a channel each, and shared out of one."""

    activity: Sequence[LaneActivity]
    apart: Said
    shared: Said


def hear(recording: Path, engine: Transcriber, silero: Silero) -> Heard:
    """Return what is heard of a recording with two channels, both ways."""
    with tempfile.TemporaryDirectory() as folder, decode(recording, folder=Path(folder)) as sound:
        apart = detect(sound.lanes, silero)
        one = mix(sound.lanes)
        (whole,) = detect([one], silero)
        truth = known(apart, sound.duration)
        lanes, active = party_lanes(one, truth, whole), party_activity(whole, truth)
        return Heard(
            apart,
            _words(engine, sound.lanes, apart, sound.duration),
            _words(engine, [lanes[p] for p in PARTIES], [active[p] for p in PARTIES], sound.duration),
        )


def known(apart: Sequence[LaneActivity], duration: float) -> Diarization:
    """Return who speaks when, as a channel each tells it; what both say at once is the first one's for sharing out."""
    one, two = (activity.speech for activity in apart)
    both = intersection(one, two)
    alone = intersection(two, complement(both, Interval(0.0, duration)))
    return Diarization({"1": one, "2": two}, {"1": one, "2": alone})


def _words(engine: Transcriber, lanes: Sequence[Samples], active: Sequence[LaneActivity], duration: float) -> Said:
    settings = CutSettings(longest=engine.longest_cut)
    to_hear = [
        LaneToHear(party, lane, activity.speech, cuts(activity, duration, settings=settings))
        for party, lane, activity in zip(PARTIES, lanes, active, strict=True)
    ]
    transcript = engine.transcribe(to_hear)
    return {party: transcript.of(party) for party in PARTIES}


def assigned(heard: Heard) -> Counter[str]:
    """Return how many words and short answers went to the other party, or nowhere."""
    found: Counter[str] = Counter()
    for index, (mine, other) in enumerate((PARTIES, PARTIES[::-1])):
        kept = _matched(_bare(heard.apart[mine]), _bare(heard.shared[mine]))
        spoken = heard.apart[mine]
        found["words"] += len(spoken)
        found["words at the other party"] += sum(
            at not in kept and _there(word, heard.shared[other]) and not _there(word, heard.apart[other])
            for at, word in enumerate(spoken)
        )
        for stretch in bridge(heard.activity[index].speech, BRIDGED):
            said = _within(spoken, stretch)
            if stretch.duration <= SHORT and 1 <= len(said) <= FEW:
                found["short answers"] += 1
                if not _within(heard.shared[mine], stretch):
                    strange = any(_there(word, heard.shared[other]) for word in said)
                    found["short answers at the other party" if strange else "short answers lost"] += 1
    return found


def lost(call: ComposedCall, words: Said) -> Counter[str]:
    """Return how many of a made call's true words there are of each kind, and how many were not recognised."""
    found: Counter[str] = Counter()
    for party, side, other in zip(PARTIES, SIDES, SIDES[::-1], strict=True):
        truth = [word for word in call.truth.words[side] if _norm(word.text)]
        kept = _matched(_bare(truth), _bare(words[party]))
        for at, word in enumerate(truth):
            kind = _kind(word, bridge(call.truth.speech[side], BRIDGED), call.truth.speech[other])
            found[kind] += 1
            found[f"{kind}, lost"] += at not in kept
    return found


def _kind(word: Word, own: Timeline, others: Timeline) -> str:
    if any(word.start < span.end and span.start < word.end for span in others):
        return "spoken over"
    edge = any(word.interval.middle in s and (word.start - s.start < EDGE or s.end - word.end < EDGE) for s in own)
    return "at an edge" if edge else "others"


def _norm(text: str) -> str:
    return re.sub(r"[^a-z0-9']", "", text.casefold())


def _bare(words: Sequence[Word]) -> list[str]:
    return [_norm(word.text) for word in words]


def _matched(truth: Sequence[str], found: Sequence[str]) -> set[int]:
    """Return which words of the first were found in the second, in order."""
    blocks = SequenceMatcher(None, truth, found, autojunk=False).get_matching_blocks()
    return {index for block in blocks for index in range(block.a, block.a + block.size)}


def _there(word: Word, among: Sequence[Word]) -> bool:
    """Whether a word is among others at its time."""
    return any(abs(other.start - word.start) < AT_ONCE and _norm(other.text) == _norm(word.text) for other in among)


def _within(words: Sequence[Word], stretch: Interval) -> list[Word]:
    return [word for word in words if stretch.start - NEAR <= word.interval.middle <= stretch.end + NEAR]


def _calls(seeds: int, recordings: Sequence[Path], folder: Path) -> Iterator[tuple[str, Path, ComposedCall | None]]:
    for seed in range(1, seeds + 1):
        call, path = compose(seed), folder / f"made-{seed}.wav"
        call.write(path)
        yield path.stem, path, call
    for path in recordings:
        yield path.name, path, None


def main() -> int:
    """Print the figures, call by call and in all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("recordings", nargs="*", type=Path)
    parser.add_argument("--seeds", type=int, default=5, help="how many made calls")
    options = parser.parse_args()
    all_of: dict[str, Counter[str]] = {"assigned": Counter(), "a channel each": Counter(), "one channel": Counter()}
    with (
        tempfile.TemporaryDirectory() as folder,
        Silero() as silero,
        open_transcriber("bundled", device="cpu", models=Path(folder)) as engine,
    ):
        for name, path, call in _calls(options.seeds, options.recordings, Path(folder)):
            heard = hear(path, engine, silero)
            found = assigned(heard)
            all_of["assigned"] += found
            print(name, dict(found), flush=True)
            if call is not None:
                all_of["a channel each"] += lost(call, heard.apart)
                all_of["one channel"] += lost(call, heard.shared)
    print("in all", dict(all_of.pop("assigned")))
    for name, found in all_of.items():
        kinds = [kind for kind in found if not kind.endswith("lost")]
        print(f"{name}: lost " + ", ".join(f"{found[f'{k}, lost'] / found[k]:.1%} of {found[k]} {k}" for k in kinds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
