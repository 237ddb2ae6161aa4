"""Why a measure is missing: one sentence each, so that every null says the same thing in the same words."""

from __future__ import annotations

from coach.conversation import Conversation, Role

NOT_TIMED = "the transcript brings no times of speech, so timing cannot be measured"
ONE_LANE = "both parties are on one channel and were not told apart"
ROLES_UNKNOWN = "it is not certain which party is the agent"
ONE_PARTY = "only one party is on the recording"
NO_SPEECH = "nobody speaks"
NO_LENGTH = "the recording has no length"
NO_WORDS = "no words were heard"
NOT_HEARD = "not heard well enough"
UNHEARD_ANSWERS = "the other party is not on the recording, and some are known only by what they answer"
UNHEARD_PAUSES = "the other party is not on the recording: pauses of a second and more are taken for theirs"


def needs_two_parties(conversation: Conversation) -> str | None:
    """Return why a measure of both parties cannot be computed, ``None`` when it can."""
    if conversation.two_parties:
        return None
    if conversation.separation == "none":
        return ONE_LANE
    return ONE_PARTY if len(conversation.parties) < 2 else ROLES_UNKNOWN


def needs_timing(conversation: Conversation) -> str | None:
    """Return why a measure of two parties' timing cannot be computed, ``None`` when it can."""
    return (None if conversation.timed else NOT_TIMED) or needs_two_parties(conversation)


def needs_agents_time(conversation: Conversation) -> str | None:
    """Return why the agent's own turns cannot be timed, ``None`` when they can: the agent alone will do."""
    if conversation.timed and conversation.agent_alone:
        return None
    return needs_timing(conversation)


def needs_everyone(conversation: Conversation) -> str | None:
    """Return why nobody knows when the whole call was silent, ``None`` when that is known.

    Two parties on one channel are both there; one party on a recording of their own side is not the call.
    """
    if not conversation.timed:
        return NOT_TIMED
    return ONE_PARTY if conversation.separation != "none" and len(conversation.parties) < 2 else None


def never_speaks(role: Role) -> str:
    """Return the reason that a party says nothing in the whole call."""
    return f"the {role} never speaks"
