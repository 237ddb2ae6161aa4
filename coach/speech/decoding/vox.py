"""Dialogic/OKI ADPCM without header, which FFmpeg does not open and libsndfile does."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import soundfile
from av.audio.frame import AudioFrame

from coach.conversation import RecordingError
from coach.speech.decoding.raw import RawFormat
from coach.speech.decoding.source import Source


def vox_frames(source: Source, raw: RawFormat) -> Iterator[AudioFrame]:
    """Yield the sound of a ``.vox`` file, one second a frame.

    Args:
        source: The file.
        raw: Its sample rate; there is one channel.

    Raises:
        RecordingError: libsndfile cannot read it.
    """
    try:
        with soundfile.SoundFile(
            str(source.path), "r", samplerate=raw.sample_rate, channels=1, format="RAW", subtype="VOX_ADPCM"
        ) as file:
            # ``blocks`` raises for this subtype: it cannot seek.
            while len(block := file.read(raw.sample_rate, dtype="int16")):
                frame = AudioFrame.from_ndarray(np.ascontiguousarray(block[np.newaxis]), format="s16", layout="mono")
                frame.sample_rate = raw.sample_rate
                yield frame
    except soundfile.SoundFileError as error:
        raise RecordingError(f"{source.name}: cannot be decoded as {raw.kind}. Check the --raw option.") from error
