"""From masked words to a conversation: who is who, and when each of them speaks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from coach.app.asking import question
from coach.app.item import Call
from coach.app.recipe import Need
from coach.app.stages.base import Stage
from coach.conversation import (
    Party,
    Role,
    Roles,
    Timeline,
    Transcript,
    Word,
    converse,
    intersection,
    total,
    union,
)
from coach.speech.parties import Assigned, Claim, assign, cast
from coach.speech.sidecar import claim_from_name

SURE_OF_ROLES = 0.7
"""Below this the summary's first line is the command that swaps the parties."""
ROLES_FLOOR = 0.55
"""Below this the words call nobody the agent; what something else says is kept, and doubted aloud."""

ROLES_UNCERTAIN = (
    "Roles uncertain: it could not be told which party is the agent, so what depends on it is left empty. "
    "Say who it is with {options}."
)
MONO = (
    "Both parties are on one channel. The transcript is here, but who said what is not known, so what needs two "
    "parties is left empty. A recording with one channel a party, or one file a party, gives the whole report; "
    "--diarizer auto tells the voices apart, where the package that does so is installed."
)
NO_CONFIDENCES = "The transcript brings no word confidences, so its words are taken as they stand."
CUE_TIMES = "The transcript has cue times only, so nothing about timing could be measured."
TRANSCRIPT_TIMES = (
    "The parties' speech was taken from the transcript's word times, which are less exact than the sound itself."
)

NO_EFFECT = "{option} had no effect: the parties of this call do not have a channel each."


class Converse(Stage):
    """Lanes and words become two parties with turns; which of them is the agent is decided here."""

    name = "converse"
    version = 1
    need = Need(frozenset({"masked words", "activity"}), frozenset({"conversation"}))

    def one(self, call: Call) -> Call:
        """Return the call with its conversation."""
        transcript = call.transcript or Transcript((), "none")
        warnings: list[str] = []
        if call.imported is not None and call.separation == "channels":
            transcript = _onto_lanes(transcript, call)
        if call.imported is not None and not call.imported.confidences:
            warnings.append(NO_CONFIDENCES)
        speech = _speech(call, transcript)
        words = {speaker: transcript.of(speaker) for speaker in speech}
        assigned = _roles(call, words)
        roles = assigned.roles
        warnings += assigned.warnings
        timed = call.separation != "transcript" or transcript.word_times
        if call.separation == "none":
            warnings.append(MONO)
        if call.separation == "transcript":
            warnings.append(TRANSCRIPT_TIMES if timed else CUE_TIMES)
        if call.separation != "none" and roles.agent is None and len(speech) > 1:
            warnings.append(ROLES_UNCERTAIN.format(options=_options(speech)))
        warnings += _without_effect(call, list(speech))
        parties = _parties(call, roles, speech, words)
        duration = max([call.duration, *(i.end for s in speech.values() for i in s)])
        conversation = converse(parties, duration, call.separation, timed=timed, word_times=transcript.word_times)
        return replace(call, roles=roles, conversation=conversation, warnings=(*call.warnings, *warnings))


def _speech(call: Call, transcript: Transcript) -> dict[str, Timeline]:
    """Return each speaker's raw activity: from the sound where there are lanes, else from word times."""
    if call.separation != "transcript":
        return {lane.speaker: lane.activity.speech for lane in call.lanes}
    speakers = dict.fromkeys(segment.speaker for segment in transcript.segments)
    if not transcript.word_times:
        return dict.fromkeys(speakers, ())
    return {speaker: union(word.interval for word in transcript.of(speaker)) for speaker in speakers}


def _onto_lanes(transcript: Transcript, call: Call) -> Transcript:
    """Return a given transcript with each speaker named after the lane in which they are heard."""
    speakers = dict.fromkeys(segment.speaker for segment in transcript.segments)
    names = {speaker: _lane_of(transcript.of(speaker), call) for speaker in speakers}
    segments = tuple(replace(segment, speaker=names[segment.speaker]) for segment in transcript.segments)
    return replace(transcript, segments=segments)


def _lane_of(words: Sequence[Word], call: Call) -> str:
    spoken = [word.interval for word in words]

    def shared(timeline: Timeline) -> float:
        return total(intersection(spoken, timeline))

    # Speech of the other lane at the same time counts against: overlap must not decide.
    def only(index: int) -> float:
        mine, others = call.lanes[index], [lane for i, lane in enumerate(call.lanes) if i != index]
        return shared(mine.activity.speech) - sum(shared(lane.activity.speech) for lane in others)

    return call.lanes[max(range(len(call.lanes)), key=only)].speaker


def _roles(call: Call, words: Mapping[str, Sequence[Word]]) -> Assigned:
    """Return who the agent is: by option, then metadata or sidecar, then what a transcript states, then the words."""
    speakers = list(words)
    if call.request.only_me:
        return Assigned(Roles("agent", "option", 1.0, "the recording holds your own side alone (--only-me)"))
    if speakers == ["mono"] or not speakers:
        return Assigned(Roles(None, "none", 0.0, "both parties are on one channel"))
    assigned = assign(
        speakers,
        option=_by_option(call, speakers),
        metadata=_by_metadata(call, speakers),
        transcript=_by_transcript(call, speakers),
        words=words,
    )
    if assigned.roles.agent is not None and (
        assigned.roles.source != "words" or assigned.roles.confidence >= ROLES_FLOOR
    ):
        return assigned
    asked = question(call.request.source.name, words) if call.ask is not None else None
    answer = call.ask(asked) if call.ask is not None and asked is not None else None
    if answer is not None:
        return replace(assigned, roles=Roles(answer, "option", 1.0, "you said so when you were asked"))
    return replace(assigned, roles=replace(assigned.roles, agent=None))


def _options(speakers: Collection[str]) -> str:
    """Return the options that say who is the agent in a call with these speakers."""
    return "--agent-channel left or right" if "left" in speakers else "--agent-speaker 1 or 2"


def _by_option(call: Call, speakers: Sequence[str]) -> Claim | None:
    request = call.request
    if "agent" in speakers and request.agent is not None:
        return Claim("agent", "--swap says so" if request.swapped else "the agent's file was named (--agent)")
    if request.agent_label is not None:
        return Claim(request.agent_label, "--swap says so")
    if request.agent_speaker is not None:
        number = request.agent_speaker
        label = speakers[number - 1] if number <= len(speakers) else str(number)
        return Claim(label, f"--agent-speaker {number} says so")
    if request.agent_channel is not None:
        return _claim(request.agent_channel, speakers, f"--agent-channel {request.agent_channel} says so")
    channel, origin = call.settings.channel_for(request.source)
    return _claim(channel, speakers, f"agent_channel is set to {channel} ({origin})")


def _without_effect(call: Call, speakers: Sequence[str]) -> list[str]:
    """Return what to say of an option that names a party where this call has none to choose from."""
    request = call.request
    channels = "left" in speakers or (request.only_me and call.sound is not None and len(call.sound.lanes) == 2)
    useless = {
        "--agent-channel": request.agent_channel is not None and not channels,
        "--agent-speaker": request.agent_speaker is not None and speakers == ["mono"],
        "--swap": request.agent_label is not None and speakers == ["mono"],
    }
    return [NO_EFFECT.format(option=option) for option, so in useless.items() if so]


def _by_metadata(call: Call, speakers: Sequence[str]) -> Claim | None:
    """Return what lies beside the recording or in its container says, else what its file name implies."""
    if call.request.recording is None or call.separation != "channels":
        return None
    claim = (call.sidecar.claim if call.sidecar is not None else None) or claim_from_name(call.request.recording)
    return claim if claim is not None and claim.agent in speakers else None


def _by_transcript(call: Call, speakers: Sequence[str]) -> Claim | None:
    if call.imported is None or call.separation != "transcript":
        return None
    agents = [label for label, role in call.imported.roles.items() if role == "agent" and label in speakers]
    return Claim(agents[0], "the transcript names the agent") if agents else None


def _claim(speaker: str | None, speakers: Sequence[str], because: str) -> Claim | None:
    return Claim(speaker, because) if speaker is not None and speaker in speakers else None


def _parties(
    call: Call, roles: Roles, speech: Mapping[str, Timeline], words: Mapping[str, Sequence[Word]]
) -> list[Party]:
    """Return one party a role, agent first; speakers of one role are one party."""
    cast_as = cast(roles, words)
    if call.imported is not None and roles.source == "transcript":
        # A transcript that names several agents tells of a transfer: both are the agent's side.
        cast_as |= {label: role for label, role in call.imported.roles.items() if label in cast_as}
    by_role: dict[Role | tuple[Literal["unknown"], str], list[str]] = {}
    for speaker in speech:
        role = cast_as[speaker]
        by_role.setdefault(("unknown", speaker) if role == "unknown" else role, []).append(speaker)
    parties = []
    for key, speakers in by_role.items():
        said = sorted((w for s in speakers for w in words[s]), key=lambda w: (w.start, w.end))
        role = key if isinstance(key, str) else key[0]
        parties.append(Party(role, speakers[0], union(*(speech[s] for s in speakers)), tuple(said)))
    order: dict[Role, int] = {"agent": 0, "customer": 1, "unknown": 2}
    return sorted(parties, key=lambda party: order[party.role])
