"""What databases complain of, in sentences. No sentence holds a password, a parameter or a word of a call."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from coach.conversation import CoachError, ConfigurationError, LockedError, StorageError


class ReviewFileError(ConfigurationError):
    """A review file that cannot be stored, with the field that is wrong."""


class ForgottenError(ConfigurationError):
    """A call that was purged is not taken in again."""


LOST: Final = "was lost in the middle. What was committed is safe; run this again."


@contextlib.contextmanager
def speaking(where: str) -> Iterator[None]:
    """Turn what a database raises within the block into one of ours.

    Args:
        where: The file, or the server and the database's name; never with a password.

    Raises:
        LockedError: Another program holds the database.
        StorageError: The disk is full, may not be written, or is damaged; the server went away.
        ConfigurationError: The file is no database; the server refuses.
    """
    try:
        yield
    except DBAPIError as error:
        code = _code(error.orig)
        raise _sqlite(where, code) if code is not None else _server(where, error) from None
    except sqlite3.Error as error:  # while a connection is set up
        raise _sqlite(where, _code(error) or "") from None
    except PoolTimeout:
        raise LockedError(f"{where} is busy. Try again in a moment.") from None
    except StatementError as error:
        if isinstance(error.orig, (TypeError, ValueError)):  # a mistake of the program, such as a time without a zone
            raise error.orig from None
        raise _unknown(where, error) from None
    except SQLAlchemyError as error:
        raise _unknown(where, error) from None
    except RecursionError:
        raise StorageError(f"{where} cannot take values nested so deeply.") from None


def _unknown(where: str, error: Exception) -> StorageError:
    return StorageError(f"{where} could not be used: {type(error).__name__}. `coach doctor` looks into it.")


def _code(error: BaseException | None) -> str | None:
    """Return SQLite's name of an error, such as ``SQLITE_FULL``; ``None`` for another database's."""
    return getattr(error, "sqlite_errorname", None)


_SQLITE: tuple[tuple[tuple[str, ...], type[CoachError], str], ...] = (
    (("SQLITE_BUSY", "SQLITE_LOCKED"), LockedError, "is held by another run of coach. Try again when that has ended."),
    (("SQLITE_FULL",), StorageError, "cannot grow: no space is left on its disk. Free some, then run this again."),
    (
        ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH"),
        StorageError,
        "may not be written to. Change its permissions and its folder's, or choose another place.",
    ),
    (
        ("SQLITE_NOTADB",),
        ConfigurationError,
        "is no database of coach. Move it away, or name another file.",
    ),
    (
        ("SQLITE_CORRUPT",),
        StorageError,
        "is damaged. Put a copy from a backup in its place, or move it away and record the reviews anew.",
    ),
    (("SQLITE_IOERR",), StorageError, "could not be read or written: its disk reports an error. Look after the disk."),
)


def _sqlite(where: str, code: str) -> CoachError:
    for names, kind, sentence in _SQLITE:
        if code.startswith(names):
            return kind(f"{where} {sentence}")
    return StorageError(f"{where} refused what was asked of it ({code}). `coach doctor` looks into it.")


_SERVER: tuple[tuple[tuple[str, ...], type[CoachError], str], ...] = (
    (("55P03", "40P01", "40001", "57014"), LockedError, "is held by another run of coach. Try again in a moment."),
    (("53100",), StorageError, "cannot grow: no space is left on the server's disk."),
    (("53300",), LockedError, "takes no further connections now. Try again in a moment."),
    (("28",), ConfigurationError, "refuses this user or password. Set PGUSER and PGPASSWORD, or a line in ~/.pgpass."),
    (("3D",), ConfigurationError, "does not exist on that server. Make it with createdb, or mend the URL."),
    (("42501",), ConfigurationError, "does not let this user make or change tables. Grant it, or use another user."),
    (("25006",), ConfigurationError, "may only be read. Name the server that may be written to."),
    (("57P03",), LockedError, "is starting or stopping. Try again in a moment."),
    (("08", "57P"), StorageError, LOST),
)


def _server(where: str, error: DBAPIError) -> CoachError:
    state = getattr(error.orig, "sqlstate", None) or ""
    for starts, kind, sentence in _SERVER:
        if state.startswith(starts):
            return kind(f"{where} {sentence}")
    if not state and error.connection_invalidated:
        return StorageError(f"{where} {LOST}")
    if not state and type(error.orig).__name__ in ("OperationalError", "ConnectionTimeout"):
        return unreachable(where, error.orig)
    name = type(error.orig).__name__
    return StorageError(f"{where} refused what was asked of it ({state or name}). `coach doctor` looks into it.")


_SAID = (
    (("password authentication failed", "no password supplied", "authentication failed"), _SERVER[3][2]),
    (("does not exist",), _SERVER[4][2]),
    (("no pg_hba.conf entry",), "does not let this machine or user in. Its pg_hba.conf says who may."),
)


def unreachable(where: str, error: BaseException | None) -> CoachError:
    """Return what to say where no connection came about: the server's own words may hold what nobody should read."""
    text = str(error).casefold()
    for cues, sentence in _SAID:
        if any(cue in text for cue in cues):
            return ConfigurationError(f"{where} {sentence}")
    if "too many clients" in text or "starting up" in text:
        return LockedError(f"{where} takes no further connections now. Try again in a moment.")
    return ConfigurationError(f"{where} does not answer. Is PostgreSQL running there, and is the URL right?")
