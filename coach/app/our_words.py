"""“Our words”: answers that worked for somebody, kept as a phrasebook and offered where a script would be.

One JSON line an answer, in the person's own data folder. It changes what is offered beside advice, and nothing that is
found: reviews with and without it may be compared.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import platformdirs

from coach.coaching.customers import CALLS_FOR
from coach.coaching.drills import SUFFIX
from coach.conversation import Review, StorageError, UsageError
from coach.privacy.kinds import KINDS
from coach.privacy.text import mask_text
from coach.reporting.files import write_atomically
from coach.reporting.take import OwnWords
from coach.reporting.text import clean, day

LONGEST = 2_000
"""Characters of an answer; a page takes no more."""

_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Words:
    """One answer.

    Attributes:
        said: Masked.
        kind: Kind of the moment that it answers, as review files name them.
        drill: Name of the drill that practises that moment; empty where there is none.
        on: When it was given, as ISO 8601 date.
        by: ``me``, or ``team`` for what came out of somebody's phrasebook.
    """

    said: str
    kind: str
    drill: str = ""
    on: str = ""
    by: str = "me"

    @property
    def id(self) -> str:
        """A short name that stays the same: first digits of a hash of what was said and where."""
        return hashlib.sha256(f"{self.kind}\n{self.said}".encode("utf-8", "replace")).hexdigest()[:8]

    @property
    def practises(self) -> str:
        """What it is an example of: moments of different kinds can call for the same."""
        return SUFFIX.get(self.kind, self.kind)

    @property
    def topic(self) -> str:
        """What the call was about, as far as the drill's name tells."""
        return self.drill.removesuffix(f"-{self.practises}") if self.drill else ""

    @property
    def day(self) -> str:
        """When it was given, in words."""
        return (day(self.on) or "").partition(",")[0]


def words_file() -> Path:
    """Return where the phrasebook is."""
    return platformdirs.user_data_path("coach") / "words.jsonl"


def phrasebook() -> list[Words]:
    """Return every answer, oldest first; a line that is damaged is passed over."""
    try:
        content = words_file().read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return list(read_lines(content))


def remove(ids: Iterable[str]) -> list[Words]:
    """Take answers out of the phrasebook, and return them.

    Raises:
        UsageError: There is none of one of the names; then nothing is taken out.
        StorageError: The phrasebook cannot be written.
    """
    wanted, known = set(ids), phrasebook()
    missing = wanted - {words.id for words in known}
    if missing:
        raise UsageError(f"There is no answer {clean(min(missing))} in the phrasebook. `coach words list` names them.")
    keep([words for words in known if words.id not in wanted])
    return [words for words in known if words.id in wanted]


def exported() -> str:
    """Return the phrasebook for others to add to theirs: the same lines, as the team's."""
    return "".join(_line(replace(words, by="team")) for words in phrasebook())


def offered(review: Review) -> dict[int, OwnWords]:
    """Return an answer for each moment that a review advises on, by the moment's index, where there is one.

    Args:
        review: The call.
    """
    book, moments = phrasebook(), review.findings.moments
    topics = {drill.moment: drill.drill for drill in review.coaching.practice}
    found: dict[int, OwnWords] = {}
    for advice in (review.coaching.try_, *review.coaching.another):
        if book and advice is not None and advice.moment is not None and 0 <= advice.moment < len(moments):
            kind = moments[advice.moment].kind
            words = _nearest(book, Words("", kind, topics.get(advice.moment, "")))
            if words is not None:
                found[advice.moment] = OwnWords(words.said, words.day, mine=words.by == "me")
    return found


def offered_for(topic: str, missed: str) -> Words | None:
    """Return an answer for a customer to whom something was not said yet, ``None`` where there is none.

    Args:
        topic: What the customer's trouble is.
        missed: What was not there, as ``coach practice`` names it.
    """
    suffix = next((suffix for suffix, called in CALLS_FOR.items() if called == missed), None)
    kind = next((kind for kind, practised in SUFFIX.items() if practised == suffix), None)
    return _nearest(phrasebook(), Words("", kind, f"{topic}-{suffix}")) if kind is not None else None


def _nearest(book: Iterable[Words], wanted: Words) -> Words | None:
    """Return the newest answer to moments of that sort: one about the same matter before all others, one's own next."""
    fitting = [words for words in book if words.practises == wanted.practises]
    near = lambda words: (bool(words.topic) and words.topic == wanted.topic, words.by == "me", words.on)  # noqa: E731
    return max(reversed(fitting), key=near, default=None)  # of two of one day the later


def read_lines(content: str) -> Iterator[Words]:
    """Yield the answers of a phrasebook's lines."""
    yield from checked(raw for line in content.splitlines() if line.strip() and (raw := as_object(line)))


def checked(found: Iterable[Mapping[str, object]]) -> Iterator[Words]:
    """Yield the answers that can be used, as a file may have been edited, or sent by somebody.

    Names and account numbers are masked too: a phrasebook is there to be handed on.
    """
    for raw in found:
        said, kind, drill = raw.get("said"), str(raw.get("kind")), str(raw.get("drill") or "")
        if not isinstance(said, str) or not _NAME.fullmatch(kind):
            continue
        text = mask_text(clean(said[: 2 * LONGEST]), KINDS)[:LONGEST]
        on, by = str(raw.get("on")), "team" if raw.get("by") == "team" else "me"
        if text and _is_day(on):
            yield Words(text, kind, drill if _NAME.fullmatch(drill) else "", on, by)


def _is_day(text: str) -> bool:
    with contextlib.suppress(ValueError):
        return date.fromisoformat(text).isoformat() == text
    return False


def as_object(text: str) -> Mapping[str, Any]:
    """Return a JSON object, empty where the text is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _line(words: Words) -> str:
    return json.dumps({"id": words.id, **asdict(words)}, ensure_ascii=False) + "\n"


def keep(words: Iterable[Words]) -> None:
    """Write the phrasebook, readable by the person alone.

    Raises:
        StorageError: It cannot be written.
    """
    path = words_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StorageError(f"{path} could not be written: {error.strerror}.") from error
    write_atomically(path, "".join(map(_line, words)))
