"""Random calls with exact truth, put together from the committed pool of clips.

    A  ────────────────────╳                    cut off: an interruption by B
    B                ───────────────────────
    A  ─────────────────────────────────────    B gives up: an attempt
    B                ─────╳
    A  ────────────────────         ────────    B starts in A's pause and A resumes: turn taking
    B                          ─────╳

Each turn is taken over after a gap or with a small overlap, as people do, and may hold one event.
The truth comes from the clean stems and from what was placed where; noise, bleed and levels are laid
on afterwards. The same seed gives the same call.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from coach.conversation import Interval, Word
from tests.calls.stems import LEVEL, RATE, Float, activity, speech_level

Side = str
"""``agent`` or ``customer``."""
Kind = Literal[
    "terminal", "interruption", "attempt", "backchannel", "cooperative", "start_in_pause", "simultaneous_start"
]
DISTRACTORS: tuple[Kind, ...] = ("terminal", "backchannel", "cooperative", "start_in_pause", "simultaneous_start")
"""What a naive rule may take for an interruption."""

FADE = 0.02
"""Seconds in which a voice that is cut off falls silent."""

BAND = 3400.0
"""Highest frequency of the pool, in Hz."""

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Clip:
    """One utterance of the pool: -20 dBFS, trimmed; ``stretches`` by energy, in seconds from its start."""

    voice: str
    sex: str
    id: str
    kind: str
    key: str
    samples: Float
    words: tuple[Word, ...]
    stretches: tuple[Interval, ...]

    @property
    def onset(self) -> float:
        """Seconds from the clip's start to its speech."""
        return self.stretches[0].start

    @property
    def offset(self) -> float:
        """Seconds from the clip's start to the end of its speech."""
        return self.stretches[-1].end

    def up_to(self, cut: float) -> Clip:
        """Return the clip broken off at ``cut`` seconds, with the words that were mostly said."""
        ramp = np.linspace(1, 0, round(FADE * RATE))
        samples = self.samples[: round(cut * RATE)].copy()
        samples[-len(ramp) :] *= ramp
        said = tuple(replace(w, end=min(w.end, cut)) for w in self.words if w.start + 0.6 * (w.end - w.start) <= cut)
        return replace(self, samples=samples, words=said, stretches=activity(samples))

    def raised(self, by: float) -> Clip:
        """Return the clip in a voice ``by`` times as high, in the same phone band, said as much faster."""
        if by == 1.0:
            return self
        size = round(len(self.samples) / by)
        spectrum = np.fft.rfft(self.samples)
        spectrum = np.pad(spectrum, (0, max(size // 2 + 1 - len(spectrum), 0)))[: size // 2 + 1]
        hertz = np.fft.rfftfreq(size, 1 / RATE)
        samples = np.fft.irfft(np.where(hertz <= BAND, spectrum, 0), size) * size / len(self.samples)
        samples *= 10 ** ((LEVEL - speech_level(samples)) / 20)
        words = tuple(replace(w, start=w.start / by, end=w.end / by) for w in self.words)
        return replace(self, samples=samples, words=words, stretches=activity(samples))

    def paused(self, word: int, pause: float) -> Clip:
        """Return the clip with silence of ``pause`` seconds put in before a word."""
        at = self.words[word].start
        cut, ramp = round(at * RATE), np.linspace(0, 1, round(FADE * RATE))
        before, after = self.samples[:cut].copy(), self.samples[cut:].copy()
        before[-len(ramp) :] *= ramp[::-1]
        after[: len(ramp)] *= ramp
        samples = np.concatenate((before, np.zeros(round(pause * RATE)), after))
        later = tuple(replace(w, start=w.start + pause, end=w.end + pause) for w in self.words[word:])
        sooner = tuple(replace(w, end=min(w.end, at)) for w in self.words[:word])
        return replace(self, samples=samples, words=sooner + later, stretches=activity(samples))


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on the floor.

    Attributes:
        kind: What it was.
        role: Who came in.
        onset: When, in seconds.
        end: End of the simultaneous speech, in seconds; of the backchannel itself.
    """

    kind: Kind
    role: Side
    onset: float
    end: float


@dataclass(frozen=True, slots=True)
class Truth:
    """What was really said and done, each party apart."""

    speech: dict[Side, tuple[Interval, ...]]
    words: dict[Side, tuple[Word, ...]]
    events: tuple[Event, ...]

    @property
    def talk_ratio(self) -> float:
        """The agent's share of all speech."""
        agent, customer = (sum(s.duration for s in self.speech[side]) for side in ("agent", "customer"))
        return agent / (agent + customer)

    def of(self, kind: Kind) -> tuple[Event, ...]:
        """Return the events of one kind."""
        return tuple(event for event in self.events if event.kind == kind)


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a made call is like; ``None`` is drawn from the seed.

    Attributes:
        seconds: About how long it is.
        voices: Names of the agent's and the customer's voice.
        levels: RMS of each party's speech, in dBFS.
        bleed: Level of each party in the other's lane, in dB below its own; ``-inf`` for none.
        noise: Signal-to-noise ratio of each lane, in dB; ``inf`` for none.
        events: How often each event comes, as weights; ``none`` is a turn without one.
        raised: How much higher than in the pool each party's voice is, pitch and vocal tract alike: 1.1 makes another
            person of one who is in the pool already, who speaks that much faster too.
        terse: Who only answers, in a few words, to long turns of the other: about a tenth of the talk where the
            events are ``none`` alone.
    """

    seconds: float = 100.0
    voices: tuple[str, str] | None = None
    levels: tuple[float, float] | None = None
    bleed: float | None = None
    noise: float = 20.0
    events: dict[str, float] = field(
        default_factory=lambda: {
            "none": 0.25,
            "interruption": 0.25,
            "attempt": 0.12,
            "backchannel": 0.14,
            "cooperative": 0.10,
            "start_in_pause": 0.07,
            "simultaneous_start": 0.07,
        }
    )
    raised: tuple[float, float] = (1.0, 1.0)
    terse: Side | None = None


@dataclass(frozen=True, slots=True)
class ComposedCall:
    """A made call: two lanes at 8 kHz, how they were mixed, and the truth."""

    seed: int
    agent: NDArray[np.int16]
    customer: NDArray[np.int16]
    truth: Truth
    scenario: Scenario

    @property
    def duration(self) -> float:
        """Length, in seconds."""
        return len(self.agent) / RATE

    def write(self, path: Path) -> None:
        """Write a stereo recording, agent left; the suffix says the format."""
        sf.write(path, np.stack((self.agent, self.customer), axis=1), RATE)


@cache
def pool() -> tuple[Clip, ...]:
    """Return every committed clip."""
    return tuple(_load(entry) for entry in json.loads((HERE / "voices" / "clips.json").read_text()))


def _load(entry: dict[str, object]) -> Clip:
    samples, rate = sf.read(HERE / "voices" / str(entry["voice"]) / f"{entry['id']}.flac", dtype="float64")
    if rate != RATE:
        raise ValueError(f"{entry['id']}: {rate} Hz")
    words = tuple(Word(text, start, end, 1.0) for text, start, end in entry["words"])  # type: ignore[attr-defined]
    voice, sex, name, kind, key = (str(entry.get(field, "")) for field in ("voice", "sex", "id", "kind", "key"))
    return Clip(voice, sex, name, kind, key, samples, words, activity(samples))


def compose(seed: int, scenario: Scenario | None = None) -> ComposedCall:
    """Return a random call; the same seed and scenario give the same samples.

    Args:
        seed: Decides everything that the scenario leaves open.
        scenario: What is given.
    """
    rng = np.random.default_rng(seed)
    chosen = _drawn(rng, scenario or Scenario())
    floor = _Floor(rng, chosen)
    floor.talk()
    stems = {side: floor.stem(side) for side in floor.clips}
    agent, customer = _mix(rng, chosen, stems["agent"], stems["customer"])
    truth = Truth(
        {side: activity(stem) for side, stem in stems.items()},
        {side: tuple(sorted(floor.words(side), key=lambda w: w.start)) for side in floor.clips},
        tuple(sorted(floor.events, key=lambda e: e.onset)),
    )
    return ComposedCall(seed, agent, customer, truth, chosen)


def _drawn(rng: np.random.Generator, scenario: Scenario) -> Scenario:
    """Return the scenario with nothing left open."""
    names = sorted({(clip.voice, clip.sex) for clip in pool()})
    first = names[rng.integers(len(names))]
    others = [n for n in names if n != first and (n[1] != first[1] or (first[1] == "male" and rng.random() < 0.2))]
    second = others[rng.integers(len(others))]
    loud = rng.uniform(-24, -17)
    difference = rng.uniform(12, 20) if rng.random() < 0.25 else rng.uniform(0, 12)
    levels = (loud, loud - difference) if rng.random() < 0.5 else (loud - difference, loud)
    bleed = rng.uniform(-35, -25)
    return replace(
        scenario,
        voices=scenario.voices or (first[0], second[0]),
        levels=scenario.levels or levels,
        bleed=bleed if scenario.bleed is None else scenario.bleed,
    )


@dataclass(frozen=True, slots=True)
class _Placed:
    """A clip in the call: its speech in seconds from the recording's start."""

    clip: Clip
    at: float

    @property
    def start(self) -> float:
        return self.at + self.clip.onset

    @property
    def end(self) -> float:
        return self.at + self.clip.offset

    @property
    def stretches(self) -> tuple[Interval, ...]:
        return tuple(Interval(s.start + self.at, s.end + self.at) for s in self.clip.stretches)


class _Floor:
    """Who speaks when: takes turns until the call is long enough."""

    def __init__(self, rng: np.random.Generator, scenario: Scenario) -> None:
        self.rng = rng
        self.scenario = scenario
        voices = scenario.voices or ("", "")
        self.clips: dict[Side, tuple[Clip, ...]] = {
            side: tuple(c.raised(by) for c in pool() if c.voice == voice)
            for side, voice, by in zip(("agent", "customer"), voices, scenario.raised, strict=True)
        }
        self.placed: dict[Side, list[_Placed]] = {side: [] for side in self.clips}
        self.events: list[Event] = []
        self.recent: dict[tuple[Side, str], list[str]] = {}
        self.holder: Side = "customer"
        self.end = 0.5
        self.least_gap = 0.0
        """After speech by both, the next turn keeps this far off, in seconds, so that nothing runs together."""

    def talk(self) -> None:
        """Take turns."""
        steps: dict[str, Callable[[], None]] = {
            "none": self._plain,
            "interruption": self._interruption,
            "attempt": lambda: self._inside("attempt"),
            "backchannel": lambda: self._inside("backchannel"),
            "cooperative": self._cooperative,
            "start_in_pause": self._start_in_pause,
            "simultaneous_start": self._simultaneous_start,
        }
        names = list(self.scenario.events)
        weights = np.array([self.scenario.events[name] for name in names])
        while self.end < self.scenario.seconds:
            steps[names[self.rng.choice(len(names), p=weights / weights.sum())]]()

    def stem(self, side: Side) -> Float:
        """Return a party's clean lane at -20 dBFS."""
        samples = np.zeros((round((self.end + 1.5) * RATE) // RATE + 1) * RATE)
        for placed in self.placed[side]:
            at = round(placed.at * RATE)
            samples[at : at + len(placed.clip.samples)] += placed.clip.samples
        return samples

    def words(self, side: Side) -> list[Word]:
        """Return a party's words with times in the call."""
        return [replace(w, start=w.start + p.at, end=w.end + p.at) for p in self.placed[side] for w in p.clip.words]

    # What can happen in a turn

    def _plain(self) -> None:
        """One turn, at times of two utterances with a pause between."""
        if self.scenario.terse is not None:
            self._story_or_answer()
            return
        kind = ("long", "medium", "short", "opener")[self.rng.choice(4, p=(0.4, 0.25, 0.2, 0.15))]
        turn = self._take_floor(self._pick(self._other, kind))
        if self.rng.random() < 0.3:
            more = self._pick(self.holder, "medium")
            turn = self._place(self.holder, more, turn.end + self.rng.uniform(0.4, 1.3))
        self.end = turn.end

    def _story_or_answer(self) -> None:
        """One turn of a call in which one party tells and the other hardly says a word."""
        if self._other == self.scenario.terse:
            kind = ("short", "backchannel", "opener")[self.rng.choice(3, p=(0.45, 0.4, 0.15))]
            self.end = self._take_floor(self._pick(self._other, kind)).end
            return
        turn = self._take_floor(self._pick(self._other, "long"))
        for _ in range(self.rng.integers(1, 3)):
            turn = self._place(self.holder, self._pick(self.holder, "medium"), turn.end + self.rng.uniform(0.4, 1.3))
        self.end = turn.end

    def _interruption(self) -> None:
        """Someone comes in at full speech, the other breaks off in the middle, and the first goes on."""
        overlap = self.rng.uniform(0.5, 1.0)
        turn = self._take_floor(self._pick(self._other, "long", room=overlap + 0.35), hold_back=True)
        onset = self._moment(turn, after=overlap + 0.35)
        cut = onset + overlap
        broken = self._place(self.holder, turn.clip.up_to(cut - turn.at), turn.start)
        by = self._other
        kind = ("opener", "medium", "long")[self.rng.choice(3, p=(0.5, 0.2, 0.3))]
        cutting = self._place(by, self._pick(by, kind, lasting=overlap + 1.0), onset)
        self.events.append(Event("interruption", by, cutting.start, broken.end))
        self.holder, self.end = by, cutting.end

    def _inside(self, kind: Literal["attempt", "backchannel"]) -> None:
        """Something short inside the other's speech, which goes on."""
        short = self._pick(self.holder, kind)
        after = short.offset - short.onset + 0.5
        turn = self._take_floor(self._pick(self._other, "long", room=after))
        onset = self._moment(turn, after=after)
        placed = self._place(self._other, short, onset)
        self.events.append(Event(kind, self._other, placed.start, placed.end))
        self.end = turn.end

    def _cooperative(self) -> None:
        """One party says the other's ending along, or agrees while the other speaks."""
        by = self.holder
        if self.rng.random() < 0.5:
            turn = self._take_floor(self._pick(self._other, "completable"))
            clip = next(c for c in self.clips[by] if c.kind == "completion" and c.key == turn.clip.key)
            onset = turn.at + turn.clip.words[-len(clip.words)].start + self.rng.uniform(0.0, 0.2)
        else:
            clip = self._pick(by, "agreement")
            after = clip.offset - clip.onset + 0.4
            turn = self._take_floor(self._pick(self._other, "long", room=after))
            onset = self._moment(turn, after=after)
        placed = self._place(by, clip, onset)
        self.events.append(Event("cooperative", by, placed.start, min(turn.end, placed.end)))
        self.end, self.least_gap = max(turn.end, placed.end), 0.5
        if self.rng.random() < 0.5:
            self.end = self._place(self.holder, self._pick(self.holder, "medium"), self.end + 0.5).end

    def _start_in_pause(self) -> None:
        """Someone starts while the other is silent; the other goes on all the same."""
        side = self._other
        whole = self._pick(side, "long")
        pause = self.rng.uniform(0.9, 1.2)
        breaks = [i for i in range(3, len(whole.words) - 3) if 1.2 < whole.words[i].start < whole.offset - 1.5]
        gaps = [whole.words[i].start - whole.words[i - 1].end for i in breaks]
        best = breaks[int(np.argmax(np.array(gaps) + self.rng.uniform(0, 0.02, len(gaps))))]
        turn = self._take_floor(whole.paused(best, pause))
        silent = next(a.end for a, b in zip(turn.stretches, turn.stretches[1:], strict=False) if b.start - a.end > 0.7)
        resumed = next(s.start for s in turn.stretches if s.start > silent)
        onset = max(silent + 0.42, resumed - self.rng.uniform(0.25, 0.7))
        by = self._other
        clip = self._pick(by, "opener", lasting=1.6)
        started = self._place(by, clip.up_to(resumed - onset + clip.onset + self.rng.uniform(0.3, 0.6)), onset)
        self.events.append(Event("start_in_pause", by, started.start, started.end))
        self.end, self.least_gap = max(turn.end, started.end), 0.4

    def _simultaneous_start(self) -> None:
        """After a silence both begin at once, and one of them gives way."""
        quiet = self.end + self.rng.uniform(0.55, 1.2)
        winner, loser = (self.holder, self._other) if self.rng.random() < 0.5 else (self._other, self.holder)
        apart = self.rng.uniform(0.03, 0.18)
        first = winner if self.rng.random() < 0.5 else loser
        starts = {side: quiet if side == first else quiet + apart for side in (winner, loser)}
        kept = self._place(winner, self._pick(winner, "opener", lasting=1.6), starts[winner])
        clip = self._pick(loser, "medium", lasting=1.2)
        lost = self._place(loser, clip.up_to(clip.onset + self.rng.uniform(0.4, 0.8)), starts[loser])
        later = winner if first == loser else loser
        self.events.append(Event("simultaneous_start", later, quiet + apart, lost.end))
        self.holder, self.end, self.least_gap = winner, kept.end, 0.3

    # How it is put together

    @property
    def _other(self) -> Side:
        return "customer" if self.holder == "agent" else "agent"

    def _take_floor(self, clip: Clip, *, hold_back: bool = False) -> _Placed:
        """Return the other party's new turn; ``hold_back`` leaves the sound to the caller.

        Offsets are like people's: most often about 0.2 s, and two in five overlap by less than 0.3 s.
        """
        alone = self.placed[self.holder][-1:]
        overlaps = self.least_gap == 0.0 and alone and alone[0].stretches[-1].duration > 0.5 and self.rng.random() < 0.4
        offset = -self.rng.uniform(0.04, 0.25) if overlaps else float(self.rng.lognormal(-1.25, 0.6))
        start = self.end + max(offset, self.least_gap) if not overlaps else self.end + offset
        self.holder, self.least_gap = self._other, 0.0
        if overlaps:
            self.events.append(Event("terminal", self.holder, start, self.end))
        return _Placed(clip, start - clip.onset) if hold_back else self._place(self.holder, clip, start)

    def _place(self, side: Side, clip: Clip, start: float) -> _Placed:
        """Put a clip so that its speech starts at a moment, on whole 10 ms frames as the truth counts."""
        placed = _Placed(clip, round(start - clip.onset, 2))
        self.placed[side].append(placed)
        return placed

    def _pick(self, side: Side, kind: str, *, lasting: float = 0.0, room: float = 0.0) -> Clip:
        """Return a clip that was not said lately.

        Args:
            side: Who says it.
            kind: Its kind in the pool.
            lasting: Seconds that it must go on without a pause.
            room: Seconds that must follow a moment at which the other party may come in.
        """
        fit = [
            c
            for c in self.clips[side]
            if c.kind == kind
            and (not lasting or c.stretches[0].duration >= lasting or len(c.stretches) == 1)
            and (not room or _moments(c.stretches, room))
        ]
        recent = self.recent.setdefault((side, kind), [])
        fresh = [c for c in fit if c.id not in recent] or fit
        clip = fresh[self.rng.integers(len(fresh))]
        recent[:] = [*recent, clip.id][-max(len(fit) - 1, 1) :]
        return clip

    def _moment(self, turn: _Placed, *, after: float) -> float:
        """Return a moment at which the other party comes in, with speech for ``after`` seconds still to follow."""
        moments = _moments(turn.stretches, after)
        return moments[self.rng.integers(len(moments))]


def _moments(stretches: Sequence[Interval], after: float) -> list[float]:
    """Return moments at least 1.2 s into a turn and 0.4 s into a stretch that goes on for ``after`` seconds."""
    begun = stretches[0].start + 1.2
    return [
        float(at)
        for stretch in stretches
        for at in np.arange(max(stretch.start + 0.4, begun), stretch.end - after - 0.01, 0.05)
    ]


def _mix(
    rng: np.random.Generator, scenario: Scenario, agent: Float, customer: Float
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Return the lanes as a recorder hears them: levels, the other party faintly, and noise."""
    levels = scenario.levels or (LEVEL, LEVEL)
    bleed = 10 ** ((scenario.bleed if scenario.bleed is not None else -np.inf) / 20)
    voices = [stem * 10 ** ((level - LEVEL) / 20) for stem, level in zip((agent, customer), levels, strict=True)]
    lanes = []
    for own, other, level in zip(voices, voices[::-1], levels, strict=True):
        delay = int(rng.integers(round(0.002 * RATE), round(0.012 * RATE)))
        echo = np.concatenate((np.zeros(delay), other[: len(other) - delay]))
        noise = line_noise(rng, len(own)) * 10 ** ((level - scenario.noise) / 20)
        lane = own + bleed * echo + noise
        lanes.append((np.clip(lane, -1, 1 - 2**-15) * 2**15).round().astype(np.int16))
    return lanes[0], lanes[1]


def line_noise(rng: np.random.Generator, size: int) -> Float:
    """Return noise of a phone line, 300 to 3,400 Hz and falling by 3 dB an octave, at RMS 1."""
    spectrum = np.fft.rfft(rng.standard_normal(size))
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    spectrum *= np.where((hertz >= 300) & (hertz <= 3400), 1 / np.sqrt(np.maximum(hertz, 1)), 0)
    noise = np.fft.irfft(spectrum, size)
    return np.asarray(noise / np.sqrt(np.mean(noise**2)))
