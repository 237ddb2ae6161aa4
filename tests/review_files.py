"""Review files made by hand: what a store takes in. The call and its words are the project's own."""

from __future__ import annotations

import hashlib
from typing import Any

HERON = "the blue heron on Wexford Street"
"""Words that are in the texts of every made review, and nowhere else."""

_MERGED = ("recording", "provenance")

FINGERPRINT = "c02593a36e880bf7"


def sha(name: str) -> str:
    """Return a hash to call a recording by."""
    return hashlib.sha256(name.encode()).hexdigest()


def review_file(name: str = "a", *, fingerprint: str = FINGERPRINT, **changes: object) -> dict[str, Any]:
    """Return a review document.

    Args:
        name: Of the recording; makes its hash.
        fingerprint: Of what made it.
        changes: Top-level fields to put in place of the made ones; mappings for ``recording`` and ``provenance``
            are merged into them.
    """
    made: dict[str, Any] = {
        "schema": "coach.review/1",
        "source": sha(name),
        "recording": {
            "uri": f"{name}.wav",
            "sha256": sha(name),
            "duration": 61.5,
            "sample_rate": 8000,
            "channels": 2,
            "agent_channel": 0,
            "agent": None,
            "started_at": None,
            "parts": [],
        },
        "separation": "channels",
        "heard": {"agent": 0.98, "customer": None},
        "warnings": ["The call ends in the middle of a word."],
        "masked": {"card": 1},
        "roles": {"agent": "left", "source": "words", "confidence": 0.9, "why": "…", "evidence": []},
        "provenance": {
            "coach": "0.1.0",
            "recipe": "shift",
            "transcriber": "made",
            "diarizer": None,
            "fingerprint": fingerprint,
            "definitions": {"talk_ratio": 1, "interruption": 1},
        },
        "call_type": "billing",
        "turns": [
            _turn("agent", 0.5, "Thank you for calling Riverbend Power, this is Dana. How can I help?"),
            _turn("customer", 6.0, f"Hello, I saw {HERON} and my bill is [card]."),
            _turn("agent", 12.0, f"So you saw {HERON}, and it surprised you."),
        ],
        "speech": {"agent": [[0.5, 5.0], [12.0, 16.0]], "customer": [[6.0, 11.0]], "unknown": []},
        "measures": {
            "talk_ratio": {"value": 0.6, "unit": "ratio", "numerator": 9.0, "denominator": 15.0, "why": None},
            "pace_agent": {"value": None, "unit": "words/min", "numerator": 20, "denominator": 0.2, "why": "too short"},
        },
        "moments": [
            _moment("account", "customer", 6.0, f"I saw {HERON}", turns=[1]),
            _moment("paraphrase", "agent", 12.0, f"So you saw {HERON}, and it surprised you.", customer_turn=1),
        ],
        "skills": [
            {"name": "Saying it back", "met": 1, "of": 1, "score": None, "weight": 1.5, "why": "1 of 1", "moments": [1]}
        ],
        "coaching": {
            "keep": {"skill": "Saying it back", "moment": 1, "said": f"So you saw {HERON}", "why": "It arrived."},
            "try": {"skill": "Asking", "moment": None, "said": "", "suggestion": None, "why": "One question."},
            "another": [],
            "practice": [],
        },
    }
    for field, value in changes.items():
        made[field] = {**made[field], **value} if isinstance(value, dict) and field in _MERGED else value
    return made


def _turn(role: str, start: float, text: str) -> dict[str, Any]:
    sure = {"confidence": 0.9, "interpolated": False}
    words = [
        {"text": word, "start": start + 0.3 * at, "end": start + 0.3 * at + 0.25, **sure}
        for at, word in enumerate(text.split())
    ]
    speaker = "left" if role == "agent" else "right"
    end = words[-1]["end"]
    return {"role": role, "speaker": speaker, "kind": "turn", "start": start, "end": end, "text": text, "words": words}


def _moment(kind: str, role: str, start: float, text: str, **evidence: object) -> dict[str, Any]:
    end = start + 3.0
    return {
        "kind": kind,
        "role": role,
        "start": start,
        "end": end,
        "text": text,
        "confidence": 0.8,
        "evidence": evidence,
    }
