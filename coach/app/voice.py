"""The person's voice in their latest call beside their own others: asked for by its owner, told to nobody else.

What was measured is kept in the person's own library, so that a call is listened to once. It enters no sum, no score,
no report and no file that `coach progress` writes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from coach.app import library
from coach.app.naming import read_review
from coach.app.tone import tone_of
from coach.app.working import work_folder
from coach.coaching import toml
from coach.coaching.tone import FEWEST, Compared, Tone, against_usual, flatter
from coach.reporting.files import write_atomically
from coach.resources import resource

if TYPE_CHECKING:
    from coach.store.values import StoredCall

MOST = 12
"""Latest calls that are listened to: enough for a usual, and a minute's work."""


@dataclass(frozen=True, slots=True)
class Voice:
    """The latest call's voice.

    Attributes:
        calls: How many calls there are whose sound could be gone by.
        compared: Each side of the voice beside its usual; empty where ``why`` says why there is nothing to compare.
        why: ``none`` where no call could be gone by, ``latest`` where the latest could not, ``few`` where too few.
    """

    calls: int
    compared: tuple[Compared, ...] = ()
    why: Literal["none", "latest", "few"] | None = None


def own_voice(calls: Sequence[StoredCall]) -> Voice:
    """Return the voice of the latest call beside the others; hard calls are left out.

    Args:
        calls: One person's own, in order of time.

    Raises:
        StorageError: What was measured could not be kept.
    """
    known = _read()
    heard: dict[str, Tone | None] = {}
    for call in [call for call in calls if not call.hard and call.report is not None][-MOST:]:
        key = f"{call.sha256} {call.fingerprint}"
        heard[key] = known[key] if key in known else _listen(Path(str(call.report)))
    if heard and heard != known:
        _write(heard)
    tones = [tone for tone in heard.values() if tone is not None]
    if not tones:
        return Voice(0, why="none")
    if list(heard.values())[-1] is None:
        return Voice(len(tones), why="latest")
    *others, this = tones
    compared = against_usual(this, others)
    return Voice(len(tones), compared, None if compared else "few")


def told(voice: Voice) -> list[str]:
    """Return the voice in lines, or why there is nothing to say."""
    say = {
        f"{table}.{name}": str(text)
        for table, texts in toml.load(resource("models", "sentences", "tone.toml")).items()
        if isinstance(texts, Mapping)
        for name, text in texts.items()
    }
    if voice.why is not None:
        many = "one call" if voice.calls == 1 else f"{voice.calls} calls"
        return [say[f"absent.{voice.why}"].format(calls=many, fewest=FEWEST + 1)]
    lines = []
    for one in voice.compared:
        value, usual = (number * (100 if one.name == "pauses" else 1) for number in (one.value, one.usual))
        unit, how = say[f"unit.{one.name}"], say[f"usual.{one.direction}"]
        lines.append(f"{say[f'name.{one.name}']}: {value:.0f} {unit}, {how} ({usual:.0f})")
    return [*lines, say["flatter.why"], say["flatter.try"]] if flatter(voice.compared) else lines


def as_data(voice: Voice) -> dict[str, object]:
    """Return the voice as plain data."""
    return {"calls": voice.calls, "compared": [asdict(one) for one in voice.compared], "why": voice.why}


def _listen(report: Path) -> Tone | None:
    review = read_review(report.with_suffix(".json"))
    if review is None:
        return None
    work = work_folder()
    try:
        work.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return None
    return tone_of(review, report, work)


def _read() -> dict[str, Tone | None]:
    try:
        raw = json.loads(library.tones().read_text(encoding="utf-8"))
        return {str(key): None if tone is None else Tone(**tone) for key, tone in raw.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write(heard: Mapping[str, Tone | None]) -> None:
    kept = {key: None if tone is None else asdict(tone) for key, tone in heard.items()}
    write_atomically(library.tones(), json.dumps(kept))
