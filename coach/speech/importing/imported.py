"""What an import brings, and the one way in which every format becomes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from types import MappingProxyType

from coach.conversation import Interval, Role, Segment, Timeline, Transcript, Word, union
from coach.speech.importing.names import role_of_name
from coach.speech.importing.placing import Unplaced, place
from coach.speech.importing.untrusted import clean, refuse

UNKNOWN = "unknown"
"""Label for words of which the file says nowhere who spoke them."""

MOST_SPEAKERS = 50
"""Speakers of the largest conference; what says more is no call, and would take the time of each with each other."""

CUT = 1.0
"""Silence of one speaker, in seconds, that starts a new segment where the file has none of its own."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A transcript from elsewhere, and what it says and does not say.

    Attributes:
        transcript: Its segments; ``speaker`` is the file's own label, cleaned.
        speakers: Labels in order of first word.
        roles: What the file itself says of them; empty when it says nothing.
        word_times: Whether words carry their own times; false for cues, whose words are spread over the cue.
        confidences: Whether words carry a confidence.
        duration: Seconds: the file's own statement or the last word's end, whichever is later.
        speech: Activity by speaker, raw, from the words' own times; ``None`` without word times.
        format: As people call it: ``WebVTT``, ``Deepgram`` and so on.
        warnings: What was mended or left out, for the report; never words of the call.
    """

    transcript: Transcript
    speakers: tuple[str, ...]
    roles: Mapping[str, Role]
    word_times: bool
    confidences: bool
    duration: float
    speech: Mapping[str, Timeline] | None
    format: str
    warnings: tuple[str, ...] = ()

    @property
    def words(self) -> dict[str, tuple[Word, ...]]:
        """Each speaker's words in order of time."""
        return {speaker: self.transcript.of(speaker) for speaker in self.speakers}

    @property
    def agent(self) -> str | None:
        """Label of the agent where the file states it; of several agents, the one who says most."""
        agents = [speaker for speaker in self.speakers if self.roles.get(speaker) == "agent"]
        return max(agents, key=lambda speaker: len(self.transcript.of(speaker)), default=None)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words that the file keeps together: a segment, a turn, a cue.

    Attributes:
        words: In the file's order.
        start: Seconds; ``None`` when the file does not say.
        end: Seconds; ``None`` when the file does not say.
        speaker: Label of whoever speaks where a word does not say so itself.
    """

    words: tuple[Unplaced, ...]
    start: float | None = None
    end: float | None = None
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reader took out of a file, before anything is mended.

    Attributes:
        format: As people call it.
        stretches: In the file's order.
        roles: Roles that the file states, by label.
        duration: Seconds, where the file states it.
        cues: Whether the times are those of cues, never of words.
    """

    format: str
    stretches: tuple[Stretch, ...]
    roles: Mapping[str, Role] = field(default_factory=dict)
    duration: float | None = None
    cues: bool = False


@dataclass(frozen=True, slots=True)
class _Spoken:
    speaker: str
    word: Word


def finish(draft: Draft, name: str) -> Imported:
    """Return the import: words cleaned, placed, put in order, speakers and roles settled.

    Args:
        draft: What a reader took out of the file.
        name: The file's name, for messages.

    Raises:
        TranscriptError: There is not one word in it, or nobody could be so many.
    """
    mended: Counter[str] = Counter()
    groups = [group for group in _groups(draft, mended) if group]
    spoken = [one for group in groups for one in group]
    if not spoken:
        raise refuse(
            name, "", f"read as {draft.format}, but there is not one word in it", "Export the transcript again"
        )
    if len({one.speaker for one in spoken}) > MOST_SPEAKERS:
        raise refuse(name, "", f"more than {MOST_SPEAKERS} speakers, which no call has", "Export the transcript again")
    timed = not draft.cues and sum(not one.word.interpolated for one in spoken) * 2 >= len(spoken)
    segments = _segments(groups, mended)
    speakers = tuple(dict.fromkeys(one.speaker for one in sorted(spoken, key=lambda one: one.word.start)))
    return Imported(
        transcript=Transcript(segments, f"imported: {draft.format}", word_times=timed),
        speakers=speakers,
        roles=MappingProxyType(_roles(speakers, draft.roles)),
        word_times=timed,
        confidences=any(one.word.confidence is not None for one in spoken),
        duration=max(draft.duration or 0.0, *(one.word.end for one in spoken)),
        speech=_speech(spoken) if timed else None,
        format=draft.format,
        warnings=tuple(_warnings(mended, speakers, cues=draft.cues or not timed)),
    )


def runs(words: Iterable[Unplaced]) -> tuple[Stretch, ...]:
    """Return a flat list of words as stretches: by speaker, cut where that speaker is silent for a second."""
    by_speaker: dict[str | None, list[Unplaced]] = {}
    for word in words:
        by_speaker.setdefault(word.speaker, []).append(word)
    cut: list[Stretch] = []
    for speaker, theirs in by_speaker.items():
        run: list[Unplaced] = []
        for word in theirs:
            silent = run and run[-1].end is not None and word.start is not None and word.start - run[-1].end >= CUT
            if silent:
                cut.append(Stretch(tuple(run), speaker=speaker))
                run = []
            run.append(word)
        cut.append(Stretch(tuple(run), speaker=speaker))
    return tuple(cut)


def _groups(draft: Draft, mended: Counter[str]) -> Iterator[list[_Spoken]]:
    before: str | None = None
    for stretch in draft.stretches:
        words = [replace(word, text=text) for word in stretch.words if (text := clean(word.text))]
        group: list[_Spoken] = []
        for unplaced, placed in zip(words, place(words, stretch.start, stretch.end), strict=True):
            speaker = unplaced.speaker or stretch.speaker
            if speaker is None:
                mended["speaker"] += 1
                speaker = before or UNKNOWN
            before = speaker
            if unplaced.confidence is not None and placed.confidence is None:
                mended["confidence"] += 1
            if not draft.cues and placed.interpolated:
                mended["time"] += 1
            group += (_Spoken(speaker, word) for word in _split(placed))
        yield group


def _split(word: Word) -> Iterator[Word]:
    """Yield a word as it is, or several where the file put several into one."""
    texts = word.text.split()
    if len(texts) == 1:
        yield word
        return
    inside = place([Unplaced(text) for text in texts], word.start, word.end)
    yield from (replace(part, confidence=word.confidence) for part in inside)


def _segments(groups: Sequence[Sequence[_Spoken]], mended: Counter[str]) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    for group in groups:
        for speaker, run in groupby(group, key=lambda one: one.speaker):
            given = [one.word for one in run]
            words = sorted(given, key=lambda word: (word.start, word.end))
            mended["order"] += words != given
            interval = Interval(words[0].start, max(word.end for word in words))
            segments.append(Segment(speaker, interval, tuple(words)))
    return tuple(sorted(segments, key=lambda segment: segment.interval.start))


def _speech(spoken: Iterable[_Spoken]) -> Mapping[str, Timeline]:
    intervals: dict[str, list[Interval]] = {}
    for one in spoken:
        intervals.setdefault(one.speaker, []).append(one.word.interval)
    return MappingProxyType({speaker: union(theirs) for speaker, theirs in intervals.items()})


def _roles(speakers: Sequence[str], stated: Mapping[str, Role]) -> dict[str, Role]:
    """Return the roles that the file states or that the names say; of two, one known role tells the other."""
    roles: dict[str, Role] = {}
    for speaker in speakers:
        role = stated.get(speaker) or role_of_name(speaker)
        if role is not None:
            roles[speaker] = role
    if len(speakers) == 2 and len(roles) == 1 and UNKNOWN not in speakers:
        (known,) = roles
        other = speakers[1] if known == speakers[0] else speakers[0]
        roles[other] = "customer" if roles[known] == "agent" else "agent"
    return roles


def _warnings(mended: Counter[str], speakers: Sequence[str], *, cues: bool) -> Iterator[str]:
    if mended["time"] and not cues:
        yield f"The transcript gives no usable time for {_count(mended['time'])}; placed between the words around."
    if speakers == (UNKNOWN,):
        yield "The transcript does not say who speaks."
    elif mended["speaker"]:
        yield f"The transcript does not say who spoke {_count(mended['speaker'])}; taken as the speaker before."
    if mended["order"]:
        yield "Words of the transcript were out of order and were sorted by their times."
    if mended["confidence"]:
        yield f"The confidence of {_count(mended['confidence'])} is not between 0 and 1 and was left out."
    if len(speakers) > 2:
        yield f"The transcript has {len(speakers)} speakers, a review compares two."


def _count(words: int) -> str:
    return "1 word" if words == 1 else f"{words} words"
