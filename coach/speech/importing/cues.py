"""Subtitles as transcripts: WebVTT with voice tags, SRT, and ``Name: text`` in either.

Cue times say when a line of text is shown, not when a word was spoken: every word is spread over its
cue and marked, and nothing about timing can be told from it. Format: https://www.w3.org/TR/webvtt1/
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from coach.conversation import TranscriptError
from coach.speech.importing.imported import Draft, Stretch
from coach.speech.importing.names import role_of_name
from coach.speech.importing.placing import Unplaced
from coach.speech.importing.untrusted import MAX_SECONDS, clean, refuse

_CLOCK = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMES = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}(?:\s.*)?")
_ASIDE = re.compile(r"(NOTE|STYLE|REGION)(\s|$)")
_TAG = re.compile(r"<(/?[A-Za-z0-9:][^<>]*|/?)>|\{\\[^{}]*\}")
_VOICE = re.compile(r"v(?:\.[^\s>]*)?\s+(.*)", re.DOTALL)
_NAMED = re.compile(r"\s*(?:[-–—>]+\s*)?[\[(]?([^\W_][^:\[\]()]{0,58}?)[\])]?\s*:(?:\s+(.*)|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Cue:
    start: float
    end: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """Some text of one line, and who speaks it where the line says so."""

    speaker: str | None
    text: str


def is_webvtt(text: str) -> bool:
    """Whether text begins as WebVTT must."""
    return re.match(r"WEBVTT(\s|$)", text) is not None


def has_cues(text: str) -> bool:
    """Whether any line holds the times of a cue."""
    return any(_TIMES.fullmatch(line) for line in text.splitlines() if "-->" in line)


def read_cues(text: str, name: str) -> Draft:
    """Return the cues of a WebVTT or SRT file, each a stretch of words.

    A cue that does not say who speaks keeps the speaker before it.

    Args:
        text: The whole file, decoded.
        name: The file's name, for messages.

    Raises:
        TranscriptError: A cue's times cannot be read; the message says in which line.
    """
    cues = list(_cues(text, name))
    spoken = [[said for line in cue.lines for said in _voices(line)] for cue in cues]
    names = _names([said for lines in spoken for said in lines])
    stretches = (
        Stretch(tuple(_words(said, names)), cue.start, cue.end) for cue, said in zip(cues, spoken, strict=True)
    )
    return Draft("WebVTT" if is_webvtt(text) else "SRT", tuple(stretches), cues=True)


def _cues(text: str, name: str) -> Iterator[_Cue]:
    aside = False
    times: tuple[float, float] | None = None
    lines: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            aside = False
            if times:
                yield _Cue(*times, tuple(lines))
            times, lines = None, []
        elif aside or (times is None and _ASIDE.match(line)):
            aside = True
        elif "-->" in line:
            if times:  # no empty line between two cues: the number above belongs to the next
                yield _Cue(*times, tuple(lines[:-1] if lines and lines[-1].strip().isdecimal() else lines))
            times, lines = _times(line, number, name), []
        elif times:
            lines.append(line)
    if times:
        yield _Cue(*times, tuple(lines))


def _times(line: str, number: int, name: str) -> tuple[float, float]:
    match = _TIMES.fullmatch(line)
    if match is None:
        raise _unreadable(number, name, "expected the times of a cue, hours:minutes:seconds --> hours:minutes:seconds")
    fields = match.groups()
    start, end = _seconds(*fields[:4]), _seconds(*fields[4:])
    if max(start, end) > MAX_SECONDS:
        raise _unreadable(number, name, "expected a time under 100 hours")
    return start, max(start, end)


def _unreadable(number: int, name: str, expected: str) -> TranscriptError:
    return refuse(name, f"line {number}", expected, "Mend the line, or export the transcript again")


def _seconds(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int((fraction or "0").ljust(3, "0")) / 1000


def _voices(line: str) -> list[_Said]:
    """Return the text of a line without its tags, by voice."""
    said: list[_Said] = []
    speaker: str | None = None
    at = 0
    text = ""
    for tag in _TAG.finditer(line):
        text += line[at : tag.start()]
        at = tag.end()
        inside = tag.group(1) or ""
        voice = _VOICE.fullmatch(inside)
        if voice or inside == "/v":
            said.append(_Said(speaker, html.unescape(text)))
            speaker = clean(html.unescape(voice.group(1)))[:80].strip() or None if voice else None
            text = ""
    said.append(_Said(speaker, html.unescape(text + line[at:])))
    return [one for one in said if one.text.strip()]


def _names(said: list[_Said]) -> frozenset[str]:
    """Return what stands before a colon and is a name, judged over the whole file.

    "Note: it is late" is speech; a name is a role, or starts like a name and comes back.
    """
    heads: Counter[str] = Counter()
    for one in said:
        if one.speaker is None and (match := _NAMED.fullmatch(one.text)):
            heads[clean(match.group(1))] += 1
    alike = {head: count for head, count in heads.items() if _looks_like_a_name(head)}
    often = sum(alike.values()) * 2 >= len(said)
    return frozenset(head for head, count in alike.items() if often or count > 1 or role_of_name(head) is not None)


def _looks_like_a_name(head: str) -> bool:
    words = head.split()
    if not 0 < len(words) <= 4:
        return False
    capital = not any(word[0].islower() for word in words)
    role = len(words) <= 3 and role_of_name(head) is not None
    return capital or role or re.fullmatch(r"\w+[_ ]?\d+", head) is not None


def _words(said: list[_Said], names: frozenset[str]) -> Iterator[Unplaced]:
    speaker: str | None = None
    for one in said:
        text = one.text
        match = _NAMED.fullmatch(text)
        if one.speaker is not None:
            speaker = one.speaker
        elif match and clean(match.group(1)) in names:
            speaker, text = clean(match.group(1)), match.group(2) or ""
        for word in text.split():
            yield Unplaced(word, speaker=speaker)
