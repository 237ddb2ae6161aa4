"""Silero's voice activity model, run in slices over a lane of any length.

The weights (v6, MIT) ship inside the ``faster_whisper`` package; its code is not imported, because its own
driver wants the whole recording as floats in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from coach.conversation import ModelError
from coach.speech.samples import Int16, Samples, slices
from coach.speech.sessions import session
from coach.speech.transcribers.protocol import Progress

WINDOW = 512
"""Samples judged at a time: 32 ms at 16 kHz."""

CONTEXT = 64
"""Samples of the window before that the model sees again."""

_HISS = 1 << 16  # samples after which the noise repeats; a fixed noise keeps the result the same every time

WEIGHTS = "silero_vad_v6.onnx"

Float32 = NDArray[np.float32]


def weights() -> Path:
    """Return where the model lies, without importing the package that carries it.

    Raises:
        ModelError: The package or the file is not there.
    """
    spec = find_spec("faster_whisper")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder, "assets", WEIGHTS)
        if path.is_file():
            return path
    raise ModelError(
        f"The model that tells speech from other sound ({WEIGHTS}) is not installed. It comes with the "
        "faster-whisper package: reinstall it with `pip install --force-reinstall faster-whisper`."
    )


class Silero:
    """The model, loaded while the context is open.

    Attributes:
        slice_windows: Windows handed to the model at once; the result does not depend on it.
    """

    def __init__(self, path: Path | None = None, *, slice_windows: int = 256) -> None:
        if slice_windows < 1:
            raise ValueError(f"expected at least one window a slice, got {slice_windows}")
        self.slice_windows = slice_windows
        self._path = path
        self._session: Any = None

    def __enter__(self) -> Self:
        """Load the model.

        Raises:
            ModelError: It is missing or damaged.
        """
        path = self._path or weights()
        try:
            self._session = session(path)
        except Exception as error:  # onnxruntime's own errors share no base class
            raise ModelError(
                f"{path.name} cannot be loaded ({type(error).__name__}). It may be damaged: reinstall it with "
                "`pip install --force-reinstall faster-whisper`."
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the model go."""
        self._session = None

    def probabilities(
        self, samples: Samples, *, gain: float = 1.0, hiss: float = 0.0, progress: Progress | None = None
    ) -> Float32:
        """Return how likely each window is speech: shape ``(ceil(len(samples) / 512),)``, 0 to 1.

        The last window is filled with silence.

        Args:
            samples: One lane, 16 kHz.
            gain: Factor applied first; what it pushes over full scale is clipped.
            hiss: RMS of the steady noise laid under the lane, full scale 1. The model learnt from real rooms: in
                the digital silence of a gated line it loses voices that a faint hiss lets it find.
            progress: Told the share done.
        """
        if self._session is None:
            raise ValueError("open the model first: `with Silero() as silero`")
        found = np.empty(-(-len(samples) // WINDOW), np.float32)
        hidden = cell = np.zeros((1, 1, 128), np.float32)
        at = 0
        for windows in self._windows(samples, gain, hiss):
            out, hidden, cell = self._session.run(None, {"input": windows, "h": hidden, "c": cell})
            found[at : at + len(windows)] = out.ravel()
            at += len(windows)
            if progress:
                progress(at / len(found))
        return found

    def _windows(self, samples: Samples, gain: float, hiss: float) -> Iterator[Float32]:
        """Yield slices of windows with their context: shape ``(n, 64 + 512)``."""
        before = np.zeros(CONTEXT, np.float32)
        noise = np.random.default_rng(0).standard_normal(_HISS, np.float32) * np.float32(hiss)
        for start, block in slices(samples, self.slice_windows * WINDOW):
            body = _scaled(block, gain)
            if hiss:
                body += noise[np.arange(start, start + body.size) % _HISS].reshape(body.shape)
            windows = np.empty((len(body), CONTEXT + WINDOW), np.float32)
            windows[:, CONTEXT:] = body
            windows[0, :CONTEXT] = before
            windows[1:, :CONTEXT] = body[:-1, -CONTEXT:]
            before = body[-1, -CONTEXT:].copy()
            yield windows


def _scaled(block: Int16, gain: float) -> Float32:
    """Return samples as floats of full scale 1 in whole windows: shape ``(n, 512)``."""
    body = np.zeros(-(-len(block) // WINDOW) * WINDOW, np.float32)
    body[: len(block)] = block
    body *= np.float32(gain / 32768)
    return np.clip(body, -1, 1, out=body).reshape(-1, WINDOW)
