"""WhisperX and its relatives (whisper, faster-whisper): ``segments`` of ``words``."""

from __future__ import annotations

from coach.speech.importing.imported import Draft, Stretch
from coach.speech.importing.placing import Unplaced
from coach.speech.importing.untrusted import Node


def read_whisperx(root: Node) -> Draft:
    """Return the words of a WhisperX file.

    A word that the aligner could not place (numbers, mostly) has no ``start`` and ``end``; a word
    without a ``speaker`` is its segment's. A segment without ``words`` shares its time among its text.

    Raises:
        TranscriptError: Something is not what it must be; the message says where.
    """
    return Draft("WhisperX JSON", tuple(_segment(node) for node in root["segments"]))


def _segment(node: Node) -> Stretch:
    words = tuple(_word(word) for word in node["words"])
    if not words:
        words = tuple(Unplaced(text) for text in (node["text"].text() or "").split())
    return Stretch(words, node["start"].seconds(), node["end"].seconds(), node["speaker"].label())


def _word(node: Node) -> Unplaced:
    score = node["score"]
    return Unplaced(
        text=node["word"].text() or "",
        start=node["start"].seconds(),
        end=node["end"].seconds(),
        confidence=(node["probability"] if score.missing else score).number(),
        speaker=node["speaker"].label(),
    )
