"""Opening a recording safely, and saying in plain words what FFmpeg had against it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType

import av
import av.error
from av.container import InputContainer

from coach.conversation import CoachError, NoSuchRecording, RecordingError
from coach.speech.decoding.limits import Limits
from coach.speech.decoding.raw import RawFormat
from coach.speech.decoding.source import Source, unreadable

FORMATS = (
    "aac",
    "ac3",
    "act",
    "aiff",
    "amr",
    "amrnb",
    "amrwb",
    "ape",
    "asf",
    "au",
    "avi",
    "caf",
    "codec2",
    "dss",
    "eac3",
    "flac",
    "flv",
    "g722",
    "g723_1",
    "g729",
    "gsm",
    "ilbc",
    "loas",
    "matroska",
    "mov",
    "mp3",
    "mpeg",
    "mpegts",
    "nistsphere",
    "ogg",
    "qcp",
    "sox",
    "tta",
    "voc",
    "w64",
    "wav",
    "webm",
    "wv",
    "xwma",
)
"""Containers that recorders write. None of them can name another file, an address or a script."""

_PACKET_BYTES = 16_384


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Turn whatever PyAV raises into an error of ours that names the file and holds none of its content."""
    try:
        yield
    except CoachError:
        raise
    except av.error.FileNotFoundError as error:
        raise NoSuchRecording(f"{name}: is no longer there. Check whether it was moved.") from error
    except av.error.PermissionError as error:
        raise RecordingError(f"{name}: may not be read by this user. Ask for the right to read it.") from error
    except (av.error.MemoryError, MemoryError) as error:
        raise RecordingError(f"{name}: would take too much memory; it is probably damaged. Fetch it again.") from error
    except (av.error.DecoderNotFoundError, av.error.DemuxerNotFoundError, av.error.PatchWelcomeError) as error:
        raise RecordingError(f"{name}: is of a kind that cannot be decoded. {CONVERT}") from error
    except av.error.InvalidDataError as error:
        raise RecordingError(f"{name}: cannot be read as sound: damaged, cut short or not a recording.") from error
    except av.error.OSError as error:
        raise RecordingError(unreadable(name)) from error
    except (av.FFmpegError, UnicodeError, OSError) as error:
        raise RecordingError(f"{name}: cannot be decoded. {CONVERT}") from error


CONVERT = "Export it from the phone system as WAV, FLAC, MP3 or m4a."
"""What to do with a recording that is of no use as it is."""


@contextmanager
def opened(source: Source, raw: RawFormat | None, limits: Limits) -> Iterator[InputContainer]:
    """Open a recording's container; only whitelisted formats, only this file.

    Raises:
        RecordingError: It cannot be opened; the message says why as far as its first bytes tell.
    """
    options = {
        "protocol_whitelist": "file",
        "format_whitelist": raw.demuxer if raw else ",".join(FORMATS),
        "max_samples": str(limits.max_frame_samples),
        "max_pixels": "35389440",  # video beside the sound is probed: nothing beyond 8K
    }
    if raw:
        options |= {"sample_rate": str(raw.sample_rate), "ch_layout": f"{raw.channels}C"}
    else:
        options["max_size"] = str(_PACKET_BYTES)  # WAV: fewer, larger packets
    try:
        container = av.open(
            str(source.path),
            mode="r",
            format=raw.demuxer if raw else None,
            options=options,
            metadata_errors="replace",
        )
    except (av.error.FileNotFoundError, av.error.MemoryError, av.error.PatchWelcomeError):
        raise
    except av.FFmpegError as error:  # that it is there and may be read is known; FFmpeg's numbers mislead here
        raise RecordingError(f"{source.name}: {_closed(source)}") from error
    with container:
        yield container


def _closed(source: Source) -> str:
    """Return why a file could not be opened, by its first bytes and never with them."""
    with source.path.open("rb") as file:
        head = file.read(512)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head[4:8] == b"ftyp":
        return "its index is missing: the end of the file was never written. Fetch it again; it cannot be repaired."
    if text.startswith((b"<!doctype html", b"<html", b"<?xml", b"<")):
        return "is a web page or XML, not a recording. Log in to the phone system and download the recording itself."
    if text.startswith((b"ffconcat", b"#extm3u", b"v=0", b"[playlist]", b"http:", b"https:")):
        return "is a list that points to other files, not a recording. Name the recordings themselves."
    if not head.strip(b"\0"):
        return "holds nothing but zeros. Fetch it again from the phone system."
    return f"is not a recording that can be read here: damaged, cut short, or of another kind. {CONVERT}"


_TAG_NAMES = MappingProxyType({0x133: "G.729", 0x134: "G.729", 0x1971: "Sonarc", 0x0040: "G.721", 0x0130: "SIPRO"})


def codec_by_tag(tag: int) -> str:
    """Return what to call a codec that there is no decoder for, by its number in a WAV header."""
    name = _TAG_NAMES.get(tag)
    return f"{name} (WAV codec tag 0x{tag:03X})" if name else f"WAV codec tag 0x{tag:03X}"
