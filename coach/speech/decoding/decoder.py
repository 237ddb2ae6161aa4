"""A recording becomes lanes of sound: the one way in for any file a phone system writes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType

import av
from av.container import InputContainer

from coach.conversation import UsageError
from coach.speech.decoding.channels import chosen
from coach.speech.decoding.container import opened, translated
from coach.speech.decoding.lanes import FileLane, mix, storage_error
from coach.speech.decoding.limits import Limits
from coach.speech.decoding.probe import Probe, check_headerless, check_room, look, probe_vox
from coach.speech.decoding.raw import RawFormat
from coach.speech.decoding.sound import Sound
from coach.speech.decoding.source import Source
from coach.speech.decoding.track import Track, decoder_for
from coach.speech.decoding.verdict import judge
from coach.speech.decoding.vox import vox_frames
from coach.speech.samples import RATE

Progress = Callable[[float], None]

_APART = 2.0
"""Seconds by which two parties' files may differ in length before it is worth a word."""


def decode(
    path: Path,
    *,
    folder: Path,
    raw: RawFormat | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Sound:
    """Return the sound of a recording, one 16 kHz lane a channel, in working files that have no name.

    Two mono tracks are two lanes. Of three to eight channels those that carry sound are taken where they
    are one or two, and mixed into one lane otherwise; a warning says so. Sound stands where its time stamps
    put it, counted from the first frame: what is lost leaves silence and moves nothing.

    Args:
        path: Of the recording. Its content decides what it is, not its name.
        folder: Where the working files go; made (0700) when it is not there.
        raw: What a file without header holds.
        limits: Bounds; the default ones when not given.
        progress: Called with the share that is done, 0 to 1.

    Raises:
        NoSuchRecording: Nothing is there.
        RecordingError: It cannot be decoded, or not within the limits.
        StorageError: The working files do not fit or cannot be written.
    """
    limits = limits or Limits()
    source = Source.at(path)
    digest = source.sha256()
    report = _throttled(progress)
    with ExitStack() as undo, translated(source.name):
        tracks, found, broken = _tracks(source, raw, limits, folder, undo, report)
        source.check_unchanged()
        lanes = _aligned(tracks)
        for lane in lanes:
            undo.callback(lane.close)
        heard = judge(tracks, found, source.name, length=len(lanes[0]) / RATE, broken=broken)
        lanes, notes = chosen(lanes, [peak for track in tracks for peak in track.peaks], folder)
        undo.pop_all()  # all went well: the lanes live on in the sound
    report(1.0)
    return Sound(
        lanes=tuple(lanes),
        duration=len(lanes[0]) / RATE,
        sample_rate=found.sample_rate,
        channels=found.channels,
        sha256=digest,
        tags=found.tags,
        warnings=(*heard.warnings, *notes),
        partial=heard.partial,
        parts=((path, digest),),
    )


def decode_parties(
    agent: Path,
    customer: Path,
    *,
    folder: Path,
    raw: RawFormat | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Sound:
    """Return one sound of two recordings, one a party: lane 0 the agent's, lane 1 the customer's.

    Both start together. A file of several channels is mixed into its party's lane; the shorter file is
    followed by silence.

    Args:
        agent: Of the agent's recording; its digest is the sound's.
        customer: Of the customer's recording.
        folder: Where the working files go.
        raw: What files without header hold; for both.
        limits: Bounds, each file's own.
        progress: Called with the share that is done, 0 to 1.

    Raises:
        UsageError: Both are one file.
        NoSuchRecording: One of them is not there.
        RecordingError: One of them cannot be decoded.
        StorageError: The working files do not fit or cannot be written.
    """
    if Source.at(agent).path == Source.at(customer).path:
        raise UsageError(f"{agent.name}: given for both the agent and the customer. Name one file a party.")
    sounds: list[Sound] = []
    lanes: list[FileLane] = []
    with ExitStack() as undo:
        for path, half in zip((agent, customer), _halves(progress), strict=True):
            with decode(path, folder=folder, raw=raw, limits=limits, progress=half) as sound:
                lane = mix(sound.lanes, folder)
            undo.callback(lane.close)
            sounds.append(sound)
            lanes.append(lane)
        undo.pop_all()
    length = max(len(lane) for lane in lanes)
    return _together(sounds, [lane.resized(length) for lane in lanes], (agent.name, customer.name))


def _together(sounds: Sequence[Sound], lanes: Sequence[FileLane], names: Sequence[str]) -> Sound:
    """Return two parties' sounds as one."""
    warnings = [f"{name}: {warning}" for sound, name in zip(sounds, names, strict=True) for warning in sound.warnings]
    apart = abs(sounds[0].duration - sounds[1].duration)
    if apart > _APART:
        shorter = names[0] if sounds[0].duration < sounds[1].duration else names[1]
        warnings.append(f"{shorter} is {apart:.1f} s shorter than the other party's file; it is silent from there.")
    for sound, name in zip(sounds, names, strict=True):
        if len(sound.lanes) > 1:
            warnings.append(f"{name}: its {len(sound.lanes)} channels are mixed into one lane.")
    return Sound(
        lanes=tuple(lanes),
        duration=len(lanes[0]) / RATE,
        sample_rate=sounds[0].sample_rate,
        channels=2,
        sha256=sounds[0].sha256,
        tags=MappingProxyType({**sounds[1].tags, **sounds[0].tags}),
        warnings=tuple(warnings),
        partial=any(sound.partial for sound in sounds),
        parts=tuple(part for sound in sounds for part in sound.parts),
    )


def _tracks(
    source: Source, raw: RawFormat | None, limits: Limits, folder: Path, undo: ExitStack, report: Progress
) -> tuple[list[Track], Probe, bool]:
    """Return the decoded tracks, what the header said, and whether reading stopped before the end."""
    if raw and raw.kind == "vox":
        found = probe_vox(source, raw, limits)
        tracks = _begin(found, folder, limits, undo)
        for frame in vox_frames(source, raw):
            tracks[0].take(frame, source.name)
            report(tracks[0].clock.position / (found.estimate or 1.0))
        return tracks, found, False
    check_headerless(source, raw)
    with opened(source, raw, limits) as container:
        found = look(container, source, limits)
        tracks = _begin(found, folder, limits, undo)
        broken = _read(container, tracks, found, limits, source.name, report)
    return tracks, found, broken


def _begin(found: Probe, folder: Path, limits: Limits, undo: ExitStack) -> list[Track]:
    """Return a track a stream, once it is known that they will fit on the disk."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise storage_error(folder, error) from error
    check_room(found, free, folder, limits)
    tracks: list[Track] = []
    for stream in found.streams:
        tracks.append(Track(folder, stream.channels, found.declared, limits))
        undo.callback(tracks[-1].close)
    return tracks


def _read(
    container: InputContainer, tracks: Sequence[Track], found: Probe, limits: Limits, name: str, report: Progress
) -> bool:
    """Decode a container to its end; return whether it broke off before."""
    indices = [stream.index for stream in found.streams]
    streams = [stream for stream in container.streams.audio if stream.index in indices]
    ways = {
        stream.index: (track, decoder_for(stream, limits).decode) for stream, track in zip(streams, tracks, strict=True)
    }
    packets = container.demux(streams)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, IndexError):  # PyAV's own at the end, when tracks appeared on the way
            return False
        except av.FFmpegError:  # of the container: damaged packets are counted where they are decoded
            return True
        track, decoder = ways[packet.stream.index]  # its own index is 0 where there is nothing left but to flush
        track.decode(packet, decoder, name)
        if found.estimate:
            report(track.clock.position / found.estimate)


def _aligned(tracks: Sequence[Track]) -> list[FileLane]:
    """Return all lanes, of one length, with the tracks as far apart as their first frames are."""
    origins = [track.clock.origin or 0.0 for track in tracks]
    leads = [round((origin - min(origins)) * RATE) for origin in origins]
    lanes = [(lane, lead) for track, lead in zip(tracks, leads, strict=True) for lane in track.finish()]
    length = max(len(lane) + (lead if len(lane) else 0) for lane, lead in lanes)
    return [lane.resized(length, lead=lead) for lane, lead in lanes]


def _throttled(progress: Progress | None) -> Progress:
    """Return a reporter that passes on whole percents only, never backwards, never beyond 1."""
    last = -1

    def report(share: float) -> None:
        nonlocal last
        percent = int(min(share, 1.0) * 100)
        if progress and percent > last:
            last = percent
            progress(percent / 100)

    return report


def _halves(progress: Progress | None) -> tuple[Progress | None, Progress | None]:
    if progress is None:
        return None, None
    tell = progress
    return (lambda share: tell(share / 2)), (lambda share: tell(0.5 + share / 2))
