"""Word error rate by party, and of a real call where it is there."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import jiwer

ROOT = Path(__file__).resolve().parents[2]
HIGH_BILL = ROOT / "tests" / "calls" / "high-bill"
SAMPLE = ROOT.parent / "shared" / "data" / "calls" / "pyannote" / "sample.wav"
"""A real call with its words, on machines that have it; it is not part of the repository."""

_HEARD_ALIKE = {"mister": "mr", "ok": "okay", "mmhm": "mhm", "mmhmm": "mhm", "um": "", "uh": "", "cannot": "can not"}


def plain(text: str) -> str:
    """Return words as they are compared: lower case, no punctuation, no masks.

    >>> plain("Okay, Mister Harris: [card] it's UP.")
    "okay mr harris it's up"
    """
    bare = re.sub(r"\[\w+\]", " ", text.lower().replace("’", "'").replace("-", ""))
    found = re.sub(r"[^a-z0-9' ]+", " ", bare).split()
    return " ".join(" ".join(_HEARD_ALIKE.get(word, word) for word in found).split())


@dataclass
class WordErrors:
    """Reference and hypothesis of one row."""

    true: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    def add(self, true: str, heard: str) -> None:
        """Count one lane of one call."""
        self.true.append(plain(true))
        self.heard.append(plain(heard))

    def line(self, name: str) -> str:
        """Return the row to print."""
        result = jiwer.process_words(self.true, self.heard)
        of = result.hits + result.substitutions + result.deletions
        return (
            f"{name:34}{result.wer:>7.1%}  of {of} words: {result.substitutions} wrong, "
            f"{result.deletions} missing, {result.insertions} added"
        )

    @property
    def rate(self) -> float:
        """Word error rate."""
        return float(jiwer.wer(self.true, self.heard))


def demo_words(role: str) -> str:
    """Return what a party says in the demo call, without what must be masked."""
    truth = json.loads((HIGH_BILL / "truth.json").read_text())
    private = [(p["role"], p["start"], p["end"]) for p in truth["private"]]
    mine = [u for u in truth["utterances"] if u["role"] == role]
    return " ".join(u["text"] for u in mine if (role, u["start"], u["end"]) not in private)


def stm_words(path: Path) -> str:
    """Return the words of an .stm file in the order of their times, all speakers together."""
    rows = [line.split(maxsplit=5) for line in path.read_text().splitlines() if line and not line.startswith(";")]
    return " ".join(row[5] for row in sorted(rows, key=lambda row: float(row[3])) if len(row) == 6)
