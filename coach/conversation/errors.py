"""What can go wrong, as a tree.

    CoachError                 exit
      UsageError                 2   the command or its options do not fit together
      RecordingError             3   this recording cannot be reviewed
        NoSuchRecording          4   nothing is there
      TranscriptError            3   this transcript cannot be read
      ModelError                 5   a speech model is missing or damaged
      ConfigurationError         5   a recipe, rubric or configuration file is wrong
      StorageError              74   the disk is full or cannot be written
      LockedError               75   another run holds the lock

A message says what is wrong, where, and what to do next, and never holds words of a call.
Programming mistakes stay ``ValueError`` and ``TypeError``.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

LONGEST = 1000
"""Letters of the longest message; a name in it may be a file's or a setting's, and as long as somebody made it."""


class CoachError(Exception):
    """Something the person at the keyboard can mend; the message says how.

    Args:
        message: One of more than 1000 letters is cut in its middle, where it quotes what it is about.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str = "") -> None:
        if len(message) > LONGEST:
            message = f"{message[: LONGEST // 2]} … {message[-LONGEST // 2 :]}"
        super().__init__(message)


class UsageError(CoachError):
    """The command or its options do not fit together."""

    exit_code = 2


class RecordingError(CoachError):
    """A recording that cannot be reviewed, with its reason."""

    exit_code = 3


class NoSuchRecording(RecordingError):  # noqa: N818  (says what is so, as its siblings do)
    """Nothing is at the path that was named."""

    exit_code = 4


class TranscriptError(CoachError):
    """A transcript that cannot be read, with its reason."""

    exit_code = 3


class ModelError(CoachError):
    """A speech model is missing, incomplete or altered."""

    exit_code = 5


class ConfigurationError(CoachError):
    """A recipe, rubric or configuration file says something that cannot be."""

    exit_code = 5


class StorageError(CoachError):
    """The disk is full, or a folder cannot be written."""

    exit_code = 74


class LockedError(CoachError):
    """Another run is at work in the same place."""

    exit_code = 75


def unforeseen(error: BaseException) -> str:
    """Return a sentence for a fault of ours: its kind and place, never its text, which may hold words of a call."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else "?"
    return f"an unforeseen {type(error).__name__} at {where}. This is a fault of ours; please tell us that line."
