"""Labelled dialogue, row by row: JSON lines, one conversation's turn each, mostly gzipped.

A row holds ``text``, ``previous_text`` (the other party's latest words), ``speaker_role``, ``labels`` (or one
``label``), ``source``, ``conversation`` and ``split``. Only ``text`` and a label are needed.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import md5
from pathlib import Path

ROLES = ("all", "agent")
SPLITS = ("train", "dev", "test")
_FOLDS = ("test", "dev", "train", "train", "train")
_MAGIC = b"\x1f\x8b"

SERVING = frozenset({"agent", "therapist", "supporter", "peer_supporter", "counsellor", "counselor", "teacher"})
"""Roles that listen and help: what ``--role agent`` keeps."""

AGENT_ALONE = frozenset({"oasis"})
"""Corpora of calls that are scored on the agent's rows unless told otherwise."""


class UnreadableError(Exception):
    """A file that cannot be scored; its message says why and what to do."""


@dataclass(frozen=True)
class Row:
    """One turn.

    Attributes:
        text: What was said.
        previous: The other party's latest words; may be empty.
        labels: What people say that it does.
        role: Who said it, as the corpus calls them; empty when it does not say.
        source: The corpus; by the name of its file when it does not say.
        split: ``train``, ``dev`` or ``test``; empty when neither said nor told by its conversation.
        conversation: Its name; empty when there is none.
    """

    text: str
    previous: str
    labels: frozenset[str]
    role: str
    source: str
    split: str
    conversation: str


@dataclass
class Chosen:
    """The rows of a file that are scored, and what has to be told about the choice."""

    rows: list[Row]
    notes: list[str] = field(default_factory=list)


def choose(path: Path, split: str | None, role: str | None) -> Chosen:
    """Return the rows of a file that are scored: not those labelled ``ignore``, nor those without a label.

    Args:
        path: The file.
        split: Which part of the conversations; all of the file when ``None``.
        role: ``all``, ``agent``, or ``None`` for what suits the corpus: the agent's rows of Oasis, all of others.

    Raises:
        UnreadableError: It cannot be read, is no such file, or has no row of that kind.
    """
    rows = list(read(path))
    chosen = Chosen([row for row in rows if row.labels and "ignore" not in row.labels])
    if unlabelled := sum(not row.labels for row in rows):
        chosen.notes.append(f"{unlabelled} rows without a label are left out")
    if split is not None:
        _of_split(chosen, split)
    known = {row.role for row in chosen.rows}
    if role == "agent" or (role is None and known & SERVING and {row.source for row in rows} <= AGENT_ALONE):
        if known & SERVING:
            chosen.rows = [row for row in chosen.rows if row.role in SERVING]
        else:
            chosen.notes.append("no row says that it is an agent's: all are scored")
    if not chosen.rows:
        there = Counter(row.split or "none" for row in rows)
        parts = ", ".join(f"{count} {name}" for name, count in there.most_common())
        raise UnreadableError(f"{path} has no row to score for this choice; its rows by split: {parts or 'none'}.")
    return chosen


def _of_split(chosen: Chosen, split: str) -> None:
    """Keep the rows of a split; those of which nobody can tell are kept too, and it is said."""
    kept = [row for row in chosen.rows if row.split in ("", split)]
    if unknown := sum(not row.split for row in kept):
        chosen.notes.append(f"{unknown} rows say neither split nor conversation: scored as {split}")
    chosen.rows = kept


def read(path: Path) -> Iterator[Row]:
    """Yield the rows of a file.

    Raises:
        UnreadableError: It cannot be read, or a line of it is no such row.
    """
    number = 0
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == _MAGIC
        with gzip.open(path, "rt", encoding="utf-8") if zipped else path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):  # noqa: B007 - the errors below tell the line
                if line.strip():
                    yield _row(json.loads(line), re.split(r"\W|_", path.name)[0])
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnreadableError(f"{path} is a damaged gzip file after line {number}. Copy it anew.") from error
    except OSError as error:
        raise UnreadableError(f"{path} cannot be opened: {error.strerror or type(error).__name__}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableError(
            f"{path}, line {max(1, number)}: no row of labelled dialogue ({_why(error)}). "
            "Each line is a JSON object with text, previous_text and labels."
        ) from error


def _why(error: Exception) -> str:
    return f"no {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__


def _row(entry: object, corpus: str) -> Row:
    if not isinstance(entry, dict):
        raise TypeError("not an object")
    text, labels = entry["text"], entry.get("labels")
    if labels is None:
        labels = [entry["label"]] if entry.get("label") else []
    if isinstance(labels, str):
        labels = [labels]
    if not isinstance(text, str) or not isinstance(labels, list):
        raise TypeError("text or labels of another type")
    source = str(entry.get("source") or corpus)
    conversation = str(entry["conversation"]) if entry.get("conversation") is not None else ""
    return Row(
        text=text,
        previous=str(entry.get("previous_text") or ""),
        labels=frozenset(map(str, labels)),
        role=str(entry.get("speaker_role") or ""),
        source=source,
        split=str(entry.get("split") or "") or _fold(source, conversation),
        conversation=conversation,
    )


def _fold(source: str, conversation: str) -> str:
    """Return the split that a conversation belongs to by its name; no hash of anything secret."""
    if not conversation:
        return ""
    return _FOLDS[int(md5((source + conversation).encode(), usedforsecurity=False).hexdigest(), 16) % len(_FOLDS)]


def stripped(said: str) -> str:
    """Return a text as a recogniser without punctuation and case gives it.

    >>> stripped("Well -- it's 40, isn't it?")
    "well it's 40 isn't it"
    """
    kept = "".join(c if c.isalnum() or c in "'’-[] " else " " for c in said.lower())
    return " ".join(filter(None, (piece.strip("-") for piece in kept.split())))


def misheard(said: str, rate: float, draw: random.Random, others: Sequence[str]) -> str:
    """Return a text with a share of its words swapped for others, left out, or followed by another."""
    out: list[str] = []
    for word in said.split():
        chance = draw.random()
        if chance >= rate:
            out.append(word)
        elif chance < rate * 0.6:
            out.append(draw.choice(others))
        elif chance < rate * 0.8:
            out += [word, draw.choice(others)]
    return " ".join(out)
