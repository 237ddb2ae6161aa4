"""From files to words: decode, listen, transcribe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from coach.app.item import Call, Lane, Request
from coach.app.recipe import Need
from coach.app.settings import CHANNELS, Settings
from coach.app.stages.base import Stage
from coach.conversation import Separation, Transcript, UsageError, intersection, total
from coach.speech.activity import LaneActivity, detect
from coach.speech.cutting import CutSettings, cuts
from coach.speech.decoding.decoder import decode, decode_parties
from coach.speech.decoding.limits import Limits
from coach.speech.decoding.raw import RawFormat
from coach.speech.decoding.sound import Sound
from coach.speech.importing.read import read_transcript
from coach.speech.samples import Samples
from coach.speech.separation import identical, louder, mix, silent
from coach.speech.sidecar import claim_from_name, from_tags, read_sidecar
from coach.speech.silero import Silero
from coach.speech.transcribers.choose import open_transcriber
from coach.speech.transcribers.protocol import LaneToHear, Transcriber
from coach.speech.transcribers.whisper import WhisperTranscriber

IDENTICAL = (
    "Both channels carry the same sound, so this stereo file is really mono and the channels cannot tell the "
    "parties apart."
)
ONE_CHANNEL_SILENT = (
    "Nobody speaks on the {which} channel, so both parties are probably on the other one and cannot be told apart."
)

ONLY_ME = (
    "Only your own side is on this recording. Your words, questions, pace and pauses are here; what takes the other "
    "party's words or times is left empty."
)
NOBODY_ALONE = "Nobody speaks on this recording of your own side."
WHOSE_CHANNEL = (
    "Somebody else speaks on each channel of this recording, so it is not your side alone. Say which channel is yours "
    "with --agent-channel left or --agent-channel right, or leave out --only-me."
)
MOST_SHARED = 0.5
"""Share of the less talkative channel's speech under which two channels that differ hold two people."""

NO_DEVICE = (
    "The recogniser that comes with coach runs on the processor, so --device cuda changed nothing. "
    "`coach models list` shows the ones that can use a graphics card."
)


class Decode(Stage):
    """The recording becomes one lane a channel; a transcript that was given is read here too."""

    name = "decode"
    need = Need(frozenset(), frozenset({"sound"}))

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def one(self, call: Call) -> Call:
        """Return the call with its sound, sidecar and imported transcript."""
        request = call.request
        imported = read_transcript(request.transcript) if request.transcript is not None else None
        sound = self._sound(request, call.settings, lambda share: call.progress(self.name, share))
        sidecar = request.known
        if sidecar is None and request.recording is not None:
            sidecar = read_sidecar(request.recording)
        if sidecar is None and sound is not None:
            sidecar = from_tags(sound.tags)
        warnings = (
            *(sound.warnings if sound is not None else ()),
            *(imported.warnings if imported is not None else ()),
            *(sidecar.warnings if sidecar is not None else ()),
        )
        return replace(
            call,
            sound=sound,
            imported=imported,
            sidecar=sidecar,
            warnings=(*call.warnings, *warnings),
            partial=sound is not None and sound.partial,
        )

    def _sound(self, request: Request, settings: Settings, progress: Callable[[float], None]) -> Sound | None:
        limits = Limits(max_hours=settings.number("max_hours"))
        raw = RawFormat.parse(request.raw) if request.raw is not None else None
        if request.agent is not None and request.customer is not None:
            return decode_parties(
                request.agent, request.customer, folder=self._folder, raw=raw, limits=limits, progress=progress
            )
        if request.recording is None:
            return None
        return decode(request.recording, folder=self._folder, raw=raw, limits=limits, progress=progress)


class Listen(Stage):
    """When somebody speaks, in each lane; and whether the lanes are really two."""

    name = "listen"
    need = Need(frozenset({"sound"}), frozenset({"activity"}))

    def __init__(self) -> None:
        self._silero = Silero()
        self._held = ExitStack()

    def open(self) -> None:
        """Load the model that tells speech from other sound."""
        self._held.enter_context(self._silero)

    def close(self) -> None:
        """Let it go."""
        self._held.close()

    def one(self, call: Call) -> Call:
        """Return the call with its lanes."""
        if call.sound is None:
            return replace(call, separation="transcript")
        if call.request.only_me:
            return self._own(call, call.sound.lanes)
        samples, labels, separation, warnings = _lanes(call.request, call.sound)
        found = detect(samples, self._silero, progress=lambda share: call.progress(self.name, share))
        lanes = tuple(Lane(*lane) for lane in zip(labels, samples, found, strict=True))
        warnings += tuple(warning for lane in lanes for warning in lane.activity.warnings)
        empty = [lane for lane in lanes if silent(lane.activity)]
        if labels == ("left", "right") and len(empty) == 1:
            # The words of both would otherwise be judged as one party's monologue.
            lanes = tuple(replace(lane, speaker="mono") for lane in lanes if lane is not empty[0])
            separation = "none"
            warnings += (ONE_CHANNEL_SILENT.format(which=empty[0].speaker),)
        if separation == "none" and call.imported is not None:
            separation = "transcript"
        return replace(call, lanes=lanes, separation=separation, warnings=(*call.warnings, *warnings))

    def _own(self, call: Call, lanes: Sequence[Samples]) -> Call:
        """Return the call with the agent's lane alone.

        Raises:
            UsageError: Two channels hold two people, and nothing says which is the agent.
        """
        progress = lambda share: call.progress(self.name, share)  # noqa: E731
        channel = _own_channel(call) if len(lanes) == 2 else None
        if channel is None and len(lanes) == 2 and not identical(lanes):
            both = detect(lanes, self._silero, progress=progress)
            if not any(silent(one) for one in both) and _two_people(both):
                raise UsageError(WHOSE_CHANNEL)
        own = lanes[CHANNELS.index(channel)] if channel is not None else _one_of(lanes)
        (heard,) = detect([own], self._silero, progress=progress)
        warnings = (ONLY_ME, *([NOBODY_ALONE] if silent(heard) else []), *heard.warnings)
        return replace(
            call,
            lanes=(Lane("agent", own, heard),),
            own_channel=channel,
            separation="channels",
            warnings=(*call.warnings, *warnings),
        )


def _own_channel(call: Call) -> str | None:
    """Return which of two channels is the agent's, by option, settings, or what lies beside the recording."""
    if call.request.agent_channel is not None:
        return call.request.agent_channel
    channel, _ = call.settings.channel_for(call.request.source)
    told = call.sidecar.claim if call.sidecar is not None else None
    claim = told or claim_from_name(call.request.source)
    return channel or (claim.agent if claim is not None and claim.agent in CHANNELS else None)


def _two_people(both: Sequence[LaneActivity]) -> bool:
    """Whether two channels speak at different times, as two people do and two microphones before one do not."""
    one, two = (activity.speech for activity in both)
    return total(intersection(one, two)) < MOST_SHARED * min(total(one), total(two))


def _one_of(lanes: Sequence[Samples]) -> Samples:
    """Return one lane of several that hold the same person."""
    return louder(lanes) if len(lanes) == 2 and identical(lanes) else mix(lanes)


def _lanes(request: Request, sound: Sound) -> tuple[Sequence[Samples], tuple[str, ...], Separation, tuple[str, ...]]:
    """Return lanes, their labels, how they are told apart, and what to warn of."""
    lanes = sound.lanes
    if len(lanes) == 2 and not identical(lanes):
        labels = ("left", "right") if request.agent is None else ("agent", "customer")
        return lanes, labels, "channels", ()
    warnings = (IDENTICAL,) if len(lanes) == 2 else ()
    return [louder(lanes)], ("mono",), "none", warnings


class Transcribe(Stage):
    """What was said, by the best recogniser that is installed; not for a call that brings its transcript."""

    name = "transcribe"
    need = Need(frozenset({"activity"}), frozenset({"words"}))

    def __init__(self, transcriber: str, device: str, models: Path) -> None:
        self._choice = transcriber
        self._device = device
        self._models = models
        self._engine: Transcriber | None = None
        self._loaded = False
        self._held = ExitStack()

    @property
    def engine(self) -> Transcriber:
        """The chosen recogniser, not necessarily loaded.

        Raises:
            ModelError: None is installed.
        """
        if self._engine is None:
            self._engine = open_transcriber(self._choice, device=self._device, models=self._models)
        return self._engine

    def close(self) -> None:
        """Let the model go."""
        self._held.close()
        self._engine, self._loaded = None, False

    def one(self, call: Call) -> Call:
        """Return the call with its transcript."""
        if call.imported is not None:
            return replace(call, transcript=call.imported.transcript)
        transcript = self.hear(call.lanes, call.duration, lambda share: call.progress(self.name, share))
        alone = self._device == "cuda" and not isinstance(self.engine, WhisperTranscriber)
        return replace(call, transcript=transcript, warnings=(*call.warnings, *((NO_DEVICE,) if alone else ())))

    def hear(
        self, lanes: Sequence[Lane], duration: float, progress: Callable[[float], None] | None = None
    ) -> Transcript:
        """Return what is said in lanes, by the chosen recogniser.

        Args:
            lanes: One a party, with when they speak.
            duration: Length of the recording, in seconds.
            progress: Told the share that was heard.

        Raises:
            ModelError: The model is missing or damaged.
        """
        engine = self.engine
        if not self._loaded:  # at the first call that needs it: imports do without
            self._held.enter_context(engine)
            self._loaded = True
        settings = CutSettings(longest=engine.longest_cut)
        to_hear = [
            LaneToHear(
                lane.speaker, lane.samples, lane.activity.speech, cuts(lane.activity, duration, settings=settings)
            )
            for lane in lanes
        ]
        return engine.transcribe(to_hear, progress=progress)
