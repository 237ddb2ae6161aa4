"""Ways to hear a made call: by the whole product, by its rules on the truth, and what lies between."""

from __future__ import annotations

from coach.conversation import Conversation, Party, Timeline, converse
from tests.benchmarks.scores import SIDES, Found, Onset, bridged
from tests.calls.compose import ComposedCall

NAMES = {"interruption_attempt": "attempt"}


def of_conversation(conversation: Conversation) -> Found:
    """Return what the product's rules on the floor found."""
    speech: dict[str, Timeline] = dict.fromkeys(SIDES, ())
    speech |= {party.role: bridged(party.speech) for party in conversation.parties}
    moments = (Onset(NAMES.get(e.kind, e.kind), e.role, e.onset, e.confidence) for e in conversation.floor)
    return Found(speech, tuple(moments))


def oracle(call: ComposedCall) -> Found:
    """Return what the rules find when speech and words are the true ones: rule errors alone."""
    parties = [Party(side, side, call.truth.speech[side], call.truth.words[side]) for side in SIDES]
    return of_conversation(converse(parties, call.duration, "channels"))
