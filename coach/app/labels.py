"""What a transcript calls its speakers, where that is private itself: a caller's number, a name."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from coach.conversation import Transcript
from coach.privacy.mask import mask_text
from coach.speech.importing.imported import Imported

_PLAIN = re.compile(
    r"(?:(?:speaker|spk|channel|ch|party|participant|unknown|left|right|mono|agent|customer|caller|user|system|bot|"
    r"guest|host|rep|representative|person)[\s_.-]*)*[a-z]?\d{0,3}",
    re.IGNORECASE,
)


def plain_labels(transcript: Transcript, imported: Imported, kinds: Collection[str]) -> tuple[Transcript, Imported]:
    """Return a transcript and where it came from with ``speaker 1`` for each label that is private.

    Args:
        transcript: What will be reviewed.
        imported: As it was read.
        kinds: Types that are masked; with ``name`` a label that may be a name is private too.
    """
    labels = [*imported.speakers, *(segment.speaker for segment in transcript.segments)]
    ordered = list(dict.fromkeys(labels))
    named = {
        label: f"speaker {number}"
        for number, label in enumerate(ordered, 1)
        if mask_text(label, kinds) != label or ("name" in kinds and not _PLAIN.fullmatch(label.strip()))
    }
    if not named:
        return transcript, imported

    def relabelled(given: Transcript) -> Transcript:
        segments = tuple(replace(s, speaker=named.get(s.speaker, s.speaker)) for s in given.segments)
        return replace(given, segments=segments)

    speech = imported.speech
    return relabelled(transcript), replace(
        imported,
        transcript=relabelled(imported.transcript),
        speakers=tuple(named.get(label, label) for label in imported.speakers),
        roles={named.get(label, label): role for label, role in imported.roles.items()},
        speech=None if speech is None else {named.get(label, label): spoken for label, spoken in speech.items()},
    )
