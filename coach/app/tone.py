"""A voice in one reviewed call, from the masked sound of its own report; asked for by its owner, never on the way.

A review does not compute it, so a shift or a night cannot. The numbers go to the person's own library alone.
"""

from __future__ import annotations

import base64
import binascii
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from coach.coaching.tone import Tone
from coach.conversation import CoachError, Interval, Timeline, intersection, total, union
from coach.speech.decoding.decoder import decode
from coach.speech.prosody import prosody

_EMBEDDED = re.compile(rb'src="data:audio/mpeg;base64,([A-Za-z0-9+/=]+)"')
_LARGEST_PAGE = 100_000_000  # bytes: an hour of sound in a page is ten

_MARK = re.compile(r"\[[a-z]+\]\W*")
_AROUND = 1.0  # seconds by which a mask may be wider than its word

_PAUSE = (0.2, 2.0)
"""Seconds of a silence within a turn that is a pause: shorter ones are speech's own, longer ones are waiting."""


def tone_of(review: Mapping[str, object], page: Path, work: Path) -> Tone | None:
    """Return how the agent's voice was in a call, ``None`` where it cannot be told.

    Args:
        review: The review file's content.
        page: The report beside it, which carries the sound or has it beside itself.
        work: Folder for a working file, readable by its owner alone.
    """
    agent, others = _speech(review)
    if not agent:
        return None
    try:
        with _sound(page, work) as recording:
            if recording is None:
                return None
            with decode(recording, folder=work) as sound:
                lane = sound.lanes[0]  # the agent's comes first where there are two
                found = prosody(lane, agent, others)
    except (CoachError, OSError):
        return None
    if found is None:
        return None
    return Tone(found.pitch_spread, found.loudness, found.loudness_spread, _pace(review), _pauses(review, agent))


@contextmanager
def _sound(page: Path, work: Path) -> Iterator[Path | None]:
    """Give the report's sound as a file: the one beside the page, or for a while a copy of the one inside it."""
    beside = page.with_suffix(".mp3")
    if beside.is_file():
        yield beside
        return
    if not page.is_file() or page.stat().st_size > _LARGEST_PAGE:
        yield None
        return
    found = _EMBEDDED.search(page.read_bytes())
    if found is None:
        yield None
        return
    try:
        sound = base64.b64decode(found[1], validate=True)
    except binascii.Error:
        yield None
        return
    with tempfile.NamedTemporaryFile(dir=work, suffix=".mp3") as file:  # 0600, and gone with the block
        file.write(sound)
        file.flush()
        yield Path(file.name)


def _speech(review: Mapping[str, object]) -> tuple[Timeline, Timeline]:
    """Return when the agent speaks, and when anybody else does; both empty where nobody knows who is who."""
    speech = review.get("speech")
    if not isinstance(speech, Mapping):
        return (), ()
    parties = {role: _timeline(spoken) for role, spoken in speech.items()}
    others = union(*(spoken for role, spoken in parties.items() if role != "agent"), _masked(review))
    return parties.get("agent", ()), others


def _masked(review: Mapping[str, object]) -> Timeline:
    """Return where words were masked: a beep may stand there, and that is nobody's voice."""
    turns = review.get("turns")
    words = [turn.get("words") for turn in turns if isinstance(turn, Mapping)] if isinstance(turns, list) else []
    marked = [
        [max(0.0, float(start) - _AROUND), float(end) + _AROUND]
        for said in words
        for word in (said if isinstance(said, list) else [])
        if isinstance(word, Mapping) and _MARK.fullmatch(str(word.get("text")))
        if isinstance(start := word.get("start"), int | float) and isinstance(end := word.get("end"), int | float)
    ]
    return _timeline(marked)


def _timeline(raw: object) -> Timeline:
    if not isinstance(raw, list):
        return ()
    pieces = [(p[0], p[1]) for p in raw if isinstance(p, list) and len(p) == 2]
    return union(
        Interval(float(start), float(end))
        for start, end in pieces
        if isinstance(start, int | float) and isinstance(end, int | float) and 0 <= start <= end < float("inf")
    )


def _pace(review: Mapping[str, object]) -> float | None:
    measures = review.get("measures")
    pace = measures.get("pace_agent") if isinstance(measures, Mapping) else None
    value = pace.get("value") if isinstance(pace, Mapping) else None
    return float(value) if isinstance(value, int | float) else None


def _pauses(review: Mapping[str, object], agent: Timeline) -> float | None:
    """Return the share of the agent's turns that is pauses."""
    turns = review.get("turns")
    spans = union(
        *(
            _timeline([[turn.get("start"), turn.get("end")]])
            for turn in (turns if isinstance(turns, list) else [])
            if isinstance(turn, Mapping) and turn.get("role") == "agent" and turn.get("kind") == "turn"
        )
    )
    spoken = total(spans)
    if not spoken:
        return None
    shortest, longest = _PAUSE
    gaps = (b.start - a.end for span in spans for a, b in pairwise(intersection(agent, [span])))
    return round(sum(gap for gap in gaps if shortest <= gap < longest) / spoken, 3)
