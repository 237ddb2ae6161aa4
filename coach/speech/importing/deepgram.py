"""Deepgram: ``results.channels`` of ``alternatives`` of ``words``."""

from __future__ import annotations

from coach.speech.importing.imported import Draft, runs
from coach.speech.importing.placing import Unplaced
from coach.speech.importing.untrusted import Node


def read_deepgram(root: Node) -> Draft:
    """Return the words of a Deepgram file: a speaker a channel, or diarized within one channel.

    ``utterances`` and ``paragraphs`` repeat the same words and are not read.

    Raises:
        TranscriptError: Something is not what it must be; the message says where.
    """
    lanes = {index: _words(channel) for index, channel in enumerate(root["results"]["channels"])}
    spoken = {index: words for index, words in lanes.items() if words}
    words = [
        _word(node, f"ch_{index}" if len(spoken) > 1 else None) for index, nodes in spoken.items() for node in nodes
    ]
    metadata = root["metadata"]
    duration = None if metadata.missing else metadata["duration"].seconds()
    return Draft("Deepgram JSON", runs(words), duration=duration)


def _words(channel: Node) -> list[Node]:
    best = next(iter(channel["alternatives"]), None)
    return [] if best is None else list(best["words"])


def _word(node: Node, lane: str | None) -> Unplaced:
    label = node["speaker"].label()
    if label is not None and label.isdecimal():
        label = f"spk_{label}"
    return Unplaced(
        text=node["punctuated_word"].text() or node["word"].text() or "",
        start=node["start"].seconds(),
        end=node["end"].seconds(),
        confidence=node["confidence"].number(),
        speaker=lane or label,
    )
