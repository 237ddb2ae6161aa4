"""One door for transcripts: what a file is, is told by what is in it, never by its name."""

from __future__ import annotations

import codecs
import json
import stat
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from coach.conversation import NoSuchRecording, TranscriptError
from coach.speech.importing.amazon import read_call_analytics, read_transcribe
from coach.speech.importing.cues import has_cues, is_webvtt, read_cues
from coach.speech.importing.deepgram import read_deepgram
from coach.speech.importing.imported import Draft, Imported, finish
from coach.speech.importing.untrusted import Node, clean, refuse
from coach.speech.importing.whisperx import read_whisperx

MAX_BYTES = 100 * 2**20
"""Largest transcript that is read; a day of speech as JSON is a fifth of it."""

FORMATS = "WhisperX, Amazon Transcribe, Amazon Call Analytics or Deepgram JSON, WebVTT or SRT"


def read_transcript(path: Path) -> Imported:
    """Return the transcript in a file.

    Args:
        path: A file in one of the formats above, in UTF-8 or UTF-16.

    Raises:
        NoSuchRecording: Nothing is at the path.
        TranscriptError: It is not such a file; the message says what was expected, where, and what
            to do, and never holds words of the call.
    """
    name = clean(path.name)
    text, encoding = _decode(_bytes(path, name), name)
    draft = _draft(text, name)
    imported = finish(draft, name)
    if encoding != "utf-8":
        warning = "The transcript is not in UTF-8; it was read as Windows-1252, so some letters may be wrong."
        imported = replace(imported, warnings=(*imported.warnings, warning))
    return imported


def _bytes(path: Path, name: str) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise refuse(name, "", "a transcript must be a regular file", "Name the file itself")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise NoSuchRecording(f"{name}: there is no such transcript. Check the path.") from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        reason = getattr(error, "strerror", None) or "the name cannot be used"
        raise refuse(name, "", f"cannot be read ({reason})", "Check the file and its permissions") from None
    if len(data) > MAX_BYTES:
        raise refuse(name, "", f"larger than {MAX_BYTES // 2**20} MB", "Export this one call's transcript alone")
    return data


def _decode(data: bytes, name: str) -> tuple[str, str]:
    marks = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
    for mark, encoding in marks:
        if data.startswith(mark):
            return data.removeprefix(mark).decode(encoding, errors="replace"), "utf-8"
    if b"\0" in data[:4096]:
        raise _unknown(name, "this is not text")
    try:
        return data.decode(), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), "cp1252"


def _unknown(name: str, found: str) -> TranscriptError:
    return refuse(name, "", found, f"Give a transcript as {FORMATS}")


def _draft(text: str, name: str) -> Draft:
    text = text.lstrip("\ufeff")
    if not text.strip():
        raise _unknown(name, "the file is empty")
    if text.lstrip()[0] in "{[":
        return _read_json(text, name)
    if is_webvtt(text) or has_cues(text):
        return read_cues(text, name)
    raise _unknown(name, "this is neither JSON nor subtitles with times")


def _read_json(text: str, name: str) -> Draft:
    try:
        root = json.loads(text)
    except json.JSONDecodeError as error:
        found = f"the JSON is broken or cut off ({error.msg})"
        where = f"line {error.lineno}, column {error.colno}"
        raise refuse(name, where, found, "Export the transcript again") from None
    except RecursionError:
        raise _unknown(name, "the JSON is nested too deeply to be a transcript") from None
    except ValueError:  # a whole number of more digits than Python reads
        raise _unknown(name, "the JSON holds a number that no transcript needs") from None
    if not isinstance(root, dict):
        raise _unknown(name, "the JSON is a list, not an object")
    schema = root.get("schema")
    if isinstance(schema, str) and schema.startswith("coach."):
        raise refuse(name, "", "this is a review that coach wrote, not a transcript", "Name the transcript itself")
    reader = _reader(root)
    if reader is None:
        raise _unknown(name, "the JSON is not a transcript of a kind that is known here")
    return reader(Node(root, name))


def _reader(root: Mapping[str, object]) -> Callable[[Node], Draft] | None:
    results = root.get("results")
    if isinstance(root.get("Transcript"), list):
        return read_call_analytics
    if isinstance(results, dict) and "channels" in results:
        return read_deepgram
    if isinstance(results, dict) and ("items" in results or "channel_labels" in results):
        return read_transcribe
    return read_whisperx if "segments" in root else None
