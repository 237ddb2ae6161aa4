"""The transcript as WebVTT: one cue a turn, with the speaker's voice tag."""

from __future__ import annotations

from coach.conversation import Review, Turn
from coach.reporting.phrases import Phrases, phrases
from coach.reporting.text import clean

_SHORTEST = 0.001


def render_vtt(review: Review) -> str:
    """Return the transcript as WebVTT. Turns without words are left out; cues overlap where people did."""
    say = phrases()
    cues = [_cue(turn, say) for turn in review.conversation.turns if clean(turn.text)]
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def _cue(turn: Turn, say: Phrases) -> str:
    end = max(turn.end, turn.start + _SHORTEST)
    return f"{_time(turn.start)} --> {_time(end)}\n<v {say(f'who.file_{turn.role}')}>{_escape(turn.text)}"


def _escape(text: str) -> str:
    """Return text that can neither open a tag nor start another cue."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time(at: float) -> str:
    """Return a time as WebVTT writes it: hours, minutes, seconds, milliseconds."""
    milliseconds = round(at * 1000)
    seconds, ms = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{ms:03d}"
