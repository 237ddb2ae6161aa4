"""The Moonshine tiny model in onnxruntime: sound in, tokens with their log-probabilities out.

Architecture: Jeffries et al., "Moonshine: Speech Recognition for Live Transcription and Voice Commands"
(arXiv 2410.15608). The encoder takes raw 16 kHz samples and costs what the sound is long, without padding to
30 s. The decoder is one graph with two branches: the first step computes keys and values of the encoder's
output, all later ones are given them back.

The weights are int8 with activations quantised as they come, over the whole batch: what a row says may change with
the rows beside it. So who shares a batch must be a function of the call alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from coach.conversation import ModelError
from coach.speech.samples import RATE
from coach.speech.sessions import session
from coach.speech.transcribers.sound import Float32

ENCODER, DECODER, VOCABULARY = "encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin"

TOKENS_A_SECOND = 6.5
"""Nobody speaks faster; a decoder that does is in a loop."""

_START, _END = 1, 2
_FIRST_SPECIAL = 32_000  # from here on tokens stand for no text
_SPACE = "▁".encode()
_HEADS, _WIDTH = 8, 36
_SMALLEST = 1024  # samples; the encoder's filters need 895
_STILL_WORTH_IT = 0.75  # rows that finished are dropped once the others are at most this share of the batch
_LOAD_ERRORS: tuple[type[Exception], ...] = (
    OSError,
    *(value for value in vars(ort_errors).values() if isinstance(value, type) and issubclass(value, Exception)),
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What one row of a batch was decoded to.

    Attributes:
        tokens: Without the end token.
        logs: Log-probability of each token, and of the end token where it came.
    """

    tokens: tuple[int, ...]
    logs: tuple[float, ...]


class Moonshine:
    """The model, loaded. Safe to use from several threads at once.

    Each run takes one thread: two batches side by side on two cores end in two thirds of the time that one
    batch at a time takes on both, and the sums come out the same on any number of cores.
    """

    def __init__(self, folder: Path) -> None:
        """Load the model.

        Args:
            folder: Where its three files lie.

        Raises:
            ModelError: A file is missing or damaged.
        """
        try:
            self._encoder, self._decoder = (session(folder / name) for name in (ENCODER, DECODER))
            self.vocabulary = read_vocabulary(folder / VOCABULARY)
        except _LOAD_ERRORS as error:
            raise ModelError(
                f"The speech model in {folder} cannot be loaded: a file is missing or damaged. "
                "`coach models verify` says which."
            ) from error
        self._pasts = [node.name for node in self._decoder.get_inputs() if node.name.startswith("past_key_values")]
        self._growing = [name for name in self._pasts if ".decoder." in name]

    def hear(self, sounds: Sequence[Float32]) -> list[Heard]:
        """Decode one batch greedily.

        Args:
            sounds: 16 kHz, full scale 1, one row each; of like length, or most of the work is padding.
        """
        batch, mask = _stacked(sounds)
        hidden = self._encoder.run(None, {"input_values": batch, "attention_mask": mask})[0]
        feed: dict[str, Any] = {name: np.zeros((len(sounds), _HEADS, 0, _WIDTH), np.float32) for name in self._pasts}
        feed |= {
            "encoder_attention_mask": mask,  # of raw samples: the graph brings it down to frames itself
            "encoder_hidden_states": hidden,
            "input_ids": np.full((len(sounds), 1), _START, np.int64),
            "use_cache_branch": np.array([False]),
        }
        rows = _Rows(sounds)
        while True:
            kept = rows.add(self._step(feed))
            if kept is None:
                return rows.heard()
            if len(kept) < len(feed["input_ids"]):
                for name in (*self._pasts, "encoder_attention_mask", "encoder_hidden_states"):
                    feed[name] = np.ascontiguousarray(feed[name][kept])
            feed["input_ids"] = rows.latest[:, None]

    def _step(self, feed: dict[str, Any]) -> Float32:
        """Run the decoder once, put its state into ``feed``, and return the logits: shape ``(rows, tokens)``."""
        first = not feed["use_cache_branch"][0]
        states = self._pasts if first else self._growing
        presents = [name.replace("past_key_values", "present") for name in states]
        logits, *values = self._decoder.run(["logits", *presents], feed)
        feed.update(zip(states, values, strict=True))
        feed["use_cache_branch"] = np.array([True])
        return np.asarray(logits[:, -1], np.float32)

    def words(self, heard: Heard) -> list[tuple[str, float]]:
        """Return the words of a row, each with the least log-probability among its tokens."""
        words: list[tuple[bytes, float]] = []
        for token, log in zip(heard.tokens, heard.logs, strict=False):
            piece = self.vocabulary[token] if token < _FIRST_SPECIAL else b""
            if not words or piece.startswith(_SPACE):
                words.append((piece, log))
            else:
                words[-1] = (words[-1][0] + piece, min(words[-1][1], log))
        texts = ((piece.decode("utf-8", "ignore").replace("▁", " ").strip(), log) for piece, log in words)
        return [(text, log) for text, log in texts if text]


class _Rows:
    """The rows of a batch while they are decoded; those that end are dropped from it as it pays."""

    def __init__(self, sounds: Sequence[Float32]) -> None:
        self._limits = [ceil(len(sound) / RATE * TOKENS_A_SECOND) + 2 for sound in sounds]
        self._tokens: list[list[int]] = [[] for _ in sounds]
        self._logs: list[list[float]] = [[] for _ in sounds]
        self._rows = list(range(len(sounds)))  # which row stands at each place of the batch
        self._open = set(self._rows)
        self.latest: NDArray[np.int64] = np.empty(0, np.int64)

    def add(self, logits: Float32) -> list[int] | None:
        """Take the next token of every row; return the places to go on with, ``None`` when all rows ended."""
        best = logits.argmax(axis=1)
        peaks = logits.max(axis=1)
        logs = -np.log(np.exp(logits - peaks[:, None]).sum(axis=1))
        for place, row in enumerate(self._rows):
            if row in self._open:
                self._take(row, int(best[place]), float(logs[place]))
        if not self._open:
            return None
        kept = [place for place, row in enumerate(self._rows) if row in self._open]
        if len(kept) > _STILL_WORTH_IT * len(self._rows):
            kept = list(range(len(self._rows)))
        self._rows = [self._rows[place] for place in kept]
        self.latest = best[kept].astype(np.int64)
        return kept

    def _take(self, row: int, token: int, log: float) -> None:
        self._logs[row].append(log)
        if token != _END:
            self._tokens[row].append(token)
        if token == _END or len(self._tokens[row]) >= self._limits[row]:
            self._open.remove(row)

    def heard(self) -> list[Heard]:
        return [Heard(tuple(tokens), tuple(logs)) for tokens, logs in zip(self._tokens, self._logs, strict=True)]


def read_vocabulary(path: Path) -> list[bytes]:
    """Return the text of every token, as bytes: some are one byte of a longer character.

    Each entry is its length, one byte or, from 128 on, two, and then that many bytes.

    Raises:
        ModelError: The file ends in the middle of an entry.
        OSError: It cannot be read.
    """
    data = path.read_bytes()
    pieces: list[bytes] = []
    at = 0
    while at < len(data):
        size = data[at]
        at += 1
        if size >= 128:
            size = size - 128 + 128 * (data[at] if at < len(data) else 0)
            at += 1
        if at + size > len(data):
            raise ModelError(f"{path} is damaged: it ends in the middle of a token.")
        pieces.append(data[at : at + size])
        at += size
    return pieces


def _stacked(sounds: Sequence[Float32]) -> tuple[Float32, NDArray[np.int64]]:
    """Return the sounds padded to one length, and the mask of what is sound: shapes ``(rows, samples)``."""
    longest = max(_SMALLEST, *map(len, sounds))
    batch = np.zeros((len(sounds), longest), np.float32)
    mask = np.zeros((len(sounds), longest), np.int64)
    for row, sound in enumerate(sounds):
        batch[row, : len(sound)] = sound
        mask[row, : max(len(sound), _SMALLEST)] = 1
    return batch, mask
