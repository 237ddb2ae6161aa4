"""How the owner's voice was in each of their calls: numbers for themselves, which no other store takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import delete, insert, select

from coach.conversation import ConfigurationError
from coach.store import tables
from coach.store.database import Database

VOICE: Final = ("pitch_spread", "loudness", "loudness_spread", "pace", "pauses")
"""What is kept of a voice; ``coach.coaching.tone`` tells what each means."""

Voice = Mapping[str, float | None]

ANOTHERS: Final = "A shift's store holds nothing about anybody's voice: tone is for each person's own library alone."


class Voices(Database):
    """The part of a person's own library that is about their voice."""

    def keep_voice(self, sha256: str, voice: Voice | None) -> None:
        """Keep how the owner's voice was in a call, or that it could not be heard there.

        Args:
            sha256: The call.
            voice: Numbers by the names of ``VOICE``; ``None`` where there was not enough of it.

        Raises:
            ConfigurationError: This is a shift's store, or the call is not here.
        """
        self._own()
        values = {name: None if voice is None else voice.get(name) for name in VOICE}
        with self._write() as connection:
            if connection.scalar(select(tables.calls.c.sha256).where(tables.calls.c.sha256 == sha256)) is None:
                raise ConfigurationError(f"The call {sha256[:12]} is not in {self.name}.")
            connection.execute(delete(tables.voices).where(tables.voices.c.sha256 == sha256))
            connection.execute(insert(tables.voices).values(sha256=sha256, heard=voice is not None, **values))

    def voices(self) -> dict[str, Voice | None]:
        """Return the owner's voice by call; ``None`` where it could not be heard.

        Raises:
            ConfigurationError: This is a shift's store.
        """
        self._own()
        with self._read() as connection:
            rows = connection.execute(select(tables.voices)).mappings().all()
        return {row["sha256"]: {name: row[name] for name in VOICE} if row["heard"] else None for row in rows}

    def _own(self) -> None:
        with self._read() as connection:
            purpose = connection.scalar(select(tables.about.c.value).where(tables.about.c.name == "purpose"))
        if purpose != "own":
            raise ConfigurationError(ANOTHERS)
