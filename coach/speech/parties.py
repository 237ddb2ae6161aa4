"""Who is the agent: by option, then by metadata, then by what a transcript states, then by the words.

A wrong answer inverts every judgement, so the answer carries its source, its reason and how sure it is;
under 0.7 the person is shown how to swap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log1p

from coach.conversation import Role, Roles, UsageError, Word
from coach.speech.parties_heard import Heard, announces, evidence, opening

SURE = 0.7
"""Confidence from which roles are taken without a hint to swap them."""

CLEARLY = 0.9
"""Confidence of the words from which they contradict what an option or metadata says."""

MOST_SURE = 0.99
"""Words alone never make it certain."""

_DOUBTED = 0.5

STORY = 0.5
"""Weight of who says most in one go as the call opens, in log-odds for each doubling or so: customers tell."""

MOST_TOLD = 1.5
"""Most of that, up or down, before its weight: how long somebody talks is weak evidence."""

GOOD_DEAL = 0.2
"""Share of what the most talkative says beside the agent, from which somebody may be the customer."""

LIKE_AN_AGENT = 1.0
APART = 2.2
"""Score of a second agent, at least, and how far above the customer's: nine to one."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What something other than the words says about who is the agent.

    Attributes:
        agent: Label of the agent's speaker.
        because: How that is known, to follow "because": "the option --agent-channel says so".
        confidence: 0 to 1.
    """

    agent: str
    because: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Assigned:
    """The roles, and what the person should be told about how they came about."""

    roles: Roles
    warnings: tuple[str, ...] = ()


def assign(
    speakers: Sequence[str],
    *,
    option: Claim | None = None,
    metadata: Claim | None = None,
    transcript: Claim | None = None,
    words: Mapping[str, Sequence[Word]],
) -> Assigned:
    """Return who is the agent, by the first of these that says so.

    Where the words clearly contradict, there is a warning, and all but an option lose their confidence.

    Args:
        speakers: Labels of all speakers.
        option: What the person at the keyboard said.
        metadata: What a sidecar, the container or the phone system's file name says.
        transcript: What an imported transcript states.
        words: Each speaker's words, in order of time.

    Raises:
        UsageError: The option names a speaker that this call does not have.
    """
    warnings: list[str] = []
    heard = find_agent({speaker: words.get(speaker, ()) for speaker in speakers})
    for source, claim in (("option", option), ("metadata", metadata), ("transcript", transcript)):
        if claim is None:
            continue
        if claim.agent in speakers:
            claimed = _claimed(source, claim)
            return _held_against(claimed, heard, warnings)
        if source == "option":
            here = " and ".join(speakers) or "none"
            raise UsageError(f"There is no speaker {claim.agent} in this call ({claim.because}). Here: {here}.")
        warnings.append(f"There is no speaker {claim.agent} in this call, though {claim.because}.")
    return Assigned(heard, tuple(warnings))


def _claimed(source: str, claim: Claim) -> Roles:
    why = f"{_called(claim.agent)} was taken as the agent because {claim.because}"
    return Roles(claim.agent, source, claim.confidence, why)


def _held_against(claimed: Roles, heard: Roles, warnings: list[str]) -> Assigned:
    if heard.agent is None or heard.agent == claimed.agent:
        return Assigned(replace(claimed, evidence=heard.evidence), tuple(warnings))
    if heard.confidence < CLEARLY:
        return Assigned(claimed, tuple(warnings))
    doubt = (
        f"{claimed.why}, but by the words the agent is {_called(heard.agent)}. If so, exchange the roles with --swap."
    )
    confidence = claimed.confidence if claimed.source == "option" else min(claimed.confidence, _DOUBTED)
    roles = replace(claimed, confidence=confidence, evidence=heard.evidence)
    return Assigned(roles, (*warnings, doubt[0].upper() + doubt[1:]))


def find_agent(said: Mapping[str, Sequence[Word]]) -> Roles:
    """Return who talks like an agent, judged by words and by who tells the story.

    Each speaker's cues (see ``parties_cues``) add up to a score, and whoever says most in one go as the call
    opens is a little more likely to be the one who called. The confidence is the logistic of the difference
    between two speakers, or the softmax of more; an announcement's voice and a second agent are no rivals.
    Exchanging the labels exchanges the answer.

    English only. On 383 operator calls of the Oasis corpus, half of them with fewer than 40 words a party, 98.7 %
    are right from a confidence of 0.55 on, 0.8 % are wrong and 0.5 % stay open; with every fifth word misheard it
    is 96.1, 2.9 and 1.0 % (``tests/benchmarks/roles.py``).

    Args:
        said: Each speaker's words, in order of time.
    """
    if not any(said.values()):
        return Roles(None, "none", 0.0, "there are no words to tell the agent by")
    if len(said) < 2:
        return Roles(None, "none", 0.0, "there is only one speaker, so the words cannot tell who is the agent")
    heard = {speaker: Heard.of(words) for speaker, words in said.items()}
    scores = _scores(said, heard)
    talking = _talking(said)
    best = max(talking, key=lambda speaker: scores[speaker])
    others = [speaker for speaker in talking if speaker != best]
    if scores[best] in [scores[speaker] for speaker in others]:
        return Roles(None, "none", 0.0, "the words do not tell who is the agent")
    side = _agents_side(others, said, scores)
    rivals = [scores[speaker] for speaker in others if speaker not in side]
    confidence = min(MOST_SURE, 1 / (1 + sum(exp(score - scores[best]) for score in rivals)))
    if confidence >= SURE:
        why = f"{_called(best)} was taken as the agent because its words are those of an agent"
    else:
        why = f"{_called(best)} may be the agent by its words, which tell too little to be sure"
    return Roles(best, "words", confidence, why, evidence(best, heard))


def cast(roles: Roles, words: Mapping[str, Sequence[Word]]) -> dict[str, Role]:
    """Return each speaker's role.

    Of two, the one who is not the agent is the customer. Of more, the customer is whoever talks least like an
    agent among those who say a good deal; whoever else talks clearly like an agent came in by a transfer and is
    the agent's side too. An announcement's voice is neither, nor is anybody of whom nothing can be said.

    Args:
        roles: Who is the agent.
        words: Each speaker's words; its keys are the speakers.
    """
    named: dict[str, Role] = dict.fromkeys(words, "unknown")
    if roles.agent is None:
        return named
    named[roles.agent] = "agent"
    others = [speaker for speaker in words if speaker != roles.agent]
    if len(others) > 1:
        others = [speaker for speaker in others if not announces(words[speaker])] or others
    if len(others) > 1:
        scores = _scores(words, {speaker: Heard.of(said) for speaker, said in words.items()})
        named |= dict.fromkeys(_agents_side(others, words, scores), "agent")
        others = [_customer(others, words, scores)]
    return named | dict.fromkeys(others, "customer")


def _scores(said: Mapping[str, Sequence[Word]], heard: Mapping[str, Heard]) -> dict[str, float]:
    """Return how much like an agent each speaker talks, as log-odds.

    How long somebody talks tips the scales, and never loads them: without any cue nobody is the agent.
    """
    if len({one.score for one in heard.values()}) < 2:
        return {speaker: one.score for speaker, one in heard.items()}
    told = {speaker: log1p(longest) for speaker, longest in opening(said).items()}
    scores = {}
    for speaker, one in heard.items():
        others = max(length for other, length in told.items() if other != speaker)
        more = max(-MOST_TOLD, min(MOST_TOLD, told[speaker] - others))
        scores[speaker] = one.score - STORY / 2 * more
    return scores


def _talking(said: Mapping[str, Sequence[Word]]) -> list[str]:
    """Return those who take part: two at least, so that an announcement counts where there is nobody else."""
    people = [speaker for speaker, words in said.items() if not announces(words)]
    return people if len(people) > 1 else list(said)


def _customer(others: Sequence[str], said: Mapping[str, Sequence[Word]], scores: Mapping[str, float]) -> str:
    """Return who of those beside the agent is the customer."""
    most = max(len(said[speaker]) for speaker in others)
    lasting = [speaker for speaker in others if len(said[speaker]) >= GOOD_DEAL * most]
    return min(lasting, key=lambda speaker: (scores[speaker], -len(said[speaker])))


def _agents_side(others: Sequence[str], said: Mapping[str, Sequence[Word]], scores: Mapping[str, float]) -> list[str]:
    """Return who beside the agent is of the agent's side too: a transfer's second agent."""
    if len(others) < 2:
        return []
    customer = scores[_customer(others, said, scores)]
    return [speaker for speaker in others if scores[speaker] >= max(LIKE_AN_AGENT, customer + APART)]


def _called(speaker: str) -> str:
    return f"the {speaker} channel" if speaker in {"left", "right"} else f"speaker {speaker}"
