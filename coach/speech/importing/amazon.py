"""Amazon Transcribe, and the turns of Call Analytics and Contact Lens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from coach.conversation import Role
from coach.speech.importing.imported import Draft, Stretch, runs
from coach.speech.importing.placing import Unplaced
from coach.speech.importing.untrusted import Node

MILLISECONDS = 1000.0
_ROLES: dict[str, Role] = {"AGENT": "agent", "CUSTOMER": "customer"}


def read_transcribe(root: Node) -> Draft:
    """Return the words of an Amazon Transcribe file: by channel, by speaker label, or of nobody.

    Raises:
        TranscriptError: Something is not what it must be; the message says where.
    """
    results = root["results"]
    words: list[Unplaced] = []
    channels = results["channel_labels"]
    if not channels.missing:
        for channel in channels["channels"]:
            label = channel["channel_label"].label()
            words += (replace(word, speaker=label or word.speaker) for word in _items(channel["items"]))
    if not words:
        words = _labelled(_items(results["items"]), results["speaker_labels"])
    return Draft("Amazon Transcribe JSON", runs(words))


def _items(items: Node) -> list[Unplaced]:
    """Return the words, with punctuation, an item of its own, put to the word before it."""
    words: list[Unplaced] = []
    for item in items:
        best = next(iter(item["alternatives"]), None)
        text = (best["content"].text() or "") if best is not None else ""
        if item["type"].text() == "punctuation":
            _punctuate(words, text)
            continue
        speaker, channel = item["speaker_label"].label(), item["channel_label"].label()
        words.append(
            Unplaced(
                text=text,
                start=item["start_time"].seconds(),
                end=item["end_time"].seconds(),
                confidence=best["confidence"].number() if best is not None else None,
                speaker=speaker or channel,
            )
        )
    return words


def _punctuate(words: list[Unplaced], mark: str) -> None:
    if words:
        words[-1] = replace(words[-1], text=words[-1].text + mark)


def _labelled(words: list[Unplaced], labels: Node) -> list[Unplaced]:
    """Give words their speaker from ``speaker_labels``, where older files keep it, by start time."""
    if labels.missing:
        return words
    speakers = {
        item["start_time"].seconds(): item["speaker_label"].label() or segment["speaker_label"].label()
        for segment in labels["segments"]
        for item in segment["items"]
    }
    before: str | None = None
    labelled: list[Unplaced] = []
    for word in words:
        before = word.speaker or speakers.get(word.start) or before
        labelled.append(replace(word, speaker=before))
    return labelled


def read_call_analytics(root: Node) -> Draft:
    """Return the turns of an Amazon Call Analytics or Contact Lens file.

    Contact Lens gives turns without ``Items``: their words share the turn's time.

    Raises:
        TranscriptError: Something is not what it must be; the message says where.
    """
    participants = {
        node["ParticipantId"].label(): node["ParticipantRole"].text() or "" for node in root["Participants"]
    }
    stretches: list[Stretch] = []
    roles: dict[str, Role] = {}
    for turn in root["Transcript"]:
        who = turn["ParticipantRole"].label() or turn["ParticipantId"].label()
        stated = _ROLES.get((participants.get(who) or who or "").upper())
        if who is not None and stated is not None:
            who = who.lower() if who.upper() in _ROLES else who
            roles[who] = stated
        stretches.append(_turn(turn, who))
    length = root["ConversationCharacteristics"]
    duration = None if length.missing else length["TotalConversationDurationMillis"].seconds(per=MILLISECONDS)
    return Draft("Amazon Call Analytics JSON", tuple(stretches), roles, duration)


def _turn(turn: Node, who: str | None) -> Stretch:
    words = tuple(_turn_items(turn["Items"]))
    if not words:
        words = tuple(Unplaced(text) for text in (turn["Content"].text() or "").split())
    start, end = (turn[key].seconds(per=MILLISECONDS) for key in ("BeginOffsetMillis", "EndOffsetMillis"))
    return Stretch(words, start, end, who)


def _turn_items(items: Node) -> Iterable[Unplaced]:
    words: list[Unplaced] = []
    for item in items:
        text = item["Content"].text() or ""
        if item["Type"].text() == "punctuation":
            _punctuate(words, text)
            continue
        words.append(
            Unplaced(
                text=text,
                start=item["BeginOffsetMillis"].seconds(per=MILLISECONDS),
                end=item["EndOffsetMillis"].seconds(per=MILLISECONDS),
                confidence=item["Confidence"].number(),
            )
        )
    return words
