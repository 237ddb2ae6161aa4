"""What a call would be reviewed as, before it is: its fields and their sources, its header, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from coach.app.intake.known import FIELDS, Found, Known
from coach.app.settings import Settings
from coach.conversation import CoachError
from coach.reporting.text import duration
from coach.speech.decoding import probe as decoding
from coach.speech.decoding.limits import Limits

GIVE = {
    "agent": "nothing says who the agent is, so the call is in nobody's figures. A column agent in a manifest, "
    "agent in a file beside the recording, or (?P<agent>…) in a pattern says so.",
    "agent_channel": "nothing says which channel is the agent's, so the words decide, or nobody is judged. "
    "agent_channel in the settings, a manifest or a file beside the recording says so.",
    "started_at": "nothing says when the call began. A column started_at in a manifest, started_at in a file beside "
    "the recording, or (?P<date>…) and (?P<time>…) in a pattern says so.",
    "direction": "nothing says whether the call came in or went out. A column direction in a manifest, direction in a "
    "file beside the recording, or (?P<direction>…) in a pattern says so.",
}
"""What to say of a field that is missing, and how it can be given."""

_ELSEWHERE = "It lies at an address: its sound is looked at when it is fetched."


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of its own sound.

    Attributes:
        name: Of the file, masked.
        container: FFmpeg's name of the format.
        codec: FFmpeg's name of it.
        sample_rate: Hertz.
        channels: Count.
        seconds: Length by the header or the size; ``None`` when nothing tells it.
    """

    name: str
    container: str
    codec: str
    sample_rate: int
    channels: int
    seconds: float | None

    @property
    def line(self) -> str:
        """In words."""
        channels = f"{self.channels} channel{'' if self.channels == 1 else 's'}"
        length = "length not told" if self.seconds is None else f"about {duration(self.seconds)}"
        return f"{channels}, {self.codec} in {self.container}, {self.sample_rate} Hz, {length}"


@dataclass(frozen=True, slots=True)
class Probed:
    """One call as it was found, and how it would be reviewed.

    Attributes:
        found: The call.
        headers: One a file; none of an address, or where a file cannot be read.
        refused: Why it cannot be reviewed; ``None`` where it can.
        review: How it would be reviewed, in sentences.
        missing: What nothing says, by field, with how to say it.
    """

    found: Found
    headers: tuple[Header, ...]
    refused: str | None
    review: tuple[str, ...]
    missing: dict[str, str]

    def fields(self) -> dict[str, Known]:
        """Return what is known, by field and in order; values and sources are masked."""
        return {name: self.found.known[name] for name in FIELDS if name in self.found.known}

    def as_data(self) -> dict[str, object]:
        """Return all of it for a program; nothing private is in it."""
        return {
            "call": self.found.shown,
            "fields": {
                name: {
                    "value": one.value if isinstance(one.value, float) else self.value(one),
                    "source": one.source,
                    "guessed": one.guessed,
                    "note": one.note,
                }
                for name, one in self.fields().items()
            },
            "customer": "known, and masked" if self.found.private else None,
            "files": [
                {
                    "file": header.name,
                    "container": header.container,
                    "codec": header.codec,
                    "sample_rate": header.sample_rate,
                    "channels": header.channels,
                    "duration": header.seconds,
                }
                for header in self.headers
            ],
            "refused": self.refused,
            "review": list(self.review),
            "missing": self.missing,
            "conflicts": list(self.found.conflicts),
            "notes": list(self.found.notes),
        }

    def value(self, known: Known) -> str:
        """Return a field's value as it may be shown."""
        if isinstance(known.value, datetime):
            return known.value.isoformat(sep=" ")
        if isinstance(known.value, float):
            return duration(known.value)
        return self.found.hide(known.value)


def probe_call(found: Found, settings: Settings) -> Probed:
    """Return how a call would be reviewed, from its headers alone: nothing is decoded and nothing is heard.

    Args:
        found: The call.
        settings: As the review would have them.
    """
    limits = Limits(max_hours=settings.number("max_hours"))
    headers: list[Header] = []
    refused = None
    try:
        headers = [_header(one.path, found, limits) for one in found.pieces if one.path is not None]
    except CoachError as error:
        refused = found.hide(str(error))
    review = () if refused else tuple(_review(found, headers, settings))
    missing = {name: said for name, said in GIVE.items() if name not in found.known or found.known[name].guessed}
    if found.parties is not None or (headers and headers[0].channels != 2):
        missing.pop("agent_channel", None)
    return Probed(found, tuple(headers), refused, review, missing)


def _header(path: Path, found: Found, limits: Limits) -> Header:
    one = decoding.probe(path, limits=limits)
    return Header(found.hide(path.name), one.container, one.codec, one.sample_rate, one.channels, one.estimate)


def _review(found: Found, headers: list[Header], settings: Settings) -> list[str]:
    """Return how the parties would be told apart and who would be taken as the agent, in sentences."""
    if found.parties is not None:
        agent, customer = (found.hide(Path(one.uri).name) for one in found.parties)
        return [f"One file a party: {agent} is the agent's, {customer} the customer's."]
    if not headers:
        return [_ELSEWHERE]
    if headers[0].channels == 1:
        by_voice = settings.text("diarizer") != "none"
        apart = "told apart by voice" if by_voice else "not told apart (diarizer is none)"
        return [f"One channel: the parties are {apart}{', and the words say who is the agent' if by_voice else ''}."]
    if headers[0].channels > 2:
        return ["More than two channels: those that carry sound, where they are one or two; more are mixed into one."]
    channel = found.known.get("agent_channel")
    if channel is None:
        return ["Two channels, one party each; the words say who is the agent."]
    sure = f" ({channel.note})" if channel.note else ""
    return [
        f"Two channels, one party each. The {channel.value} one is taken as the agent's, by {channel.source}{sure}; "
        "where the words clearly say otherwise, the report warns of it."
    ]
