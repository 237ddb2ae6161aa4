"""A Whisper model of a few kilobytes whose weights were made to say one sentence, whatever it hears.

All layers but one are zero, so what the decoder says next depends on the place alone: each place has a direction of its
own, and the output layer turns it into the next word of the sentence. The attention to the sound looks where it is
told, half a second further for every word, so the words have times. What runs it is the real engine: features,
encoder, beam search, alignment.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from ctranslate2.specs import WhisperSpec
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

Spec: TypeAlias = Any  # the library gives its layers no types

WIDTH, HEADS, MELS, FRAMES, PLACES = 64, 1, 80, 1500, 448
PROMPT = 2
"""Start of transcript, no timestamps: the second of them is answered with the first word."""

STEP = 25
"""Frames of the encoder, 20 ms each, that a word is given: half a second."""

UNKNOWN = "<unk>"
SPECIAL = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
)
SENTENCE = ("my", "bill", "is", "twice", "as", "high.")


SURE = 12.0
"""How far the right word stands out."""


def build(folder: Path, sentence: Sequence[str] = SENTENCE) -> Path:
    """Write the model and return its folder.

    Args:
        folder: Made where it is missing.
        sentence: Words, each once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    words = [UNKNOWN, *(f"Ġ{word}" for word in dict.fromkeys(sentence))]
    vocabulary = [*words, *SPECIAL, *(f"<|{step * 0.02:.2f}|>" for step in range(1501))]
    said = [vocabulary.index(f"Ġ{word}") for word in sentence]
    spec = WhisperSpec(1, HEADS, 1, HEADS)
    _encoder(spec.encoder)
    _decoder(spec.decoder, len(vocabulary), said, vocabulary.index("<|endoftext|>"))
    spec.register_vocabulary(vocabulary)
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = []
    spec.config.lang_ids = []
    spec.config.alignment_heads = [(0, 0)]
    spec.validate()
    spec.save(str(folder))
    _tokenizer(vocabulary).save(str(folder / "tokenizer.json"))
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": MELS}), encoding="utf-8")
    return folder


def _zeros(*shape: int) -> NDArray[np.float32]:
    return np.zeros(shape, np.float32)


def _linear(spec: Spec, out: int, into: int = WIDTH) -> None:
    spec.weight, spec.bias = _zeros(out, into), _zeros(out)


def _norm(spec: Spec) -> None:
    spec.gamma, spec.beta = np.ones(WIDTH, np.float32), _zeros(WIDTH)


def _attention(spec: Spec, sizes: Sequence[int]) -> None:
    _norm(spec.layer_norm)
    for linear, size in zip(spec.linear, sizes, strict=True):
        _linear(linear, size)


def _feed_forward(spec: Spec) -> None:
    _norm(spec.layer_norm)
    _linear(spec.linear_0, 4 * WIDTH)
    _linear(spec.linear_1, WIDTH, 4 * WIDTH)


def _encoder(spec: Spec) -> None:
    for conv, channels in ((spec.conv1, MELS), (spec.conv2, WIDTH)):
        conv.weight, conv.bias = _zeros(WIDTH, channels, 3), _zeros(WIDTH)
    spec.position_encodings.encodings = _directions(PLACES)[np.arange(FRAMES) // STEP + PROMPT - 1]
    _norm(spec.layer_norm)
    for layer in spec.layer:
        _attention(layer.self_attention, (3 * WIDTH, WIDTH))
        _feed_forward(layer.ffn)


def _decoder(spec: Spec, size: int, said: Sequence[int], end: int) -> None:
    places = _directions(PLACES)
    output = _zeros(size, WIDTH)
    for place, token in enumerate([*said, end], start=PROMPT - 1):
        output[token] += places[place] / np.sqrt(WIDTH) * SURE
    spec.embeddings.weight = _zeros(size, WIDTH)
    spec.scale_embeddings = False
    spec.position_encodings.encodings = places
    _norm(spec.layer_norm)
    spec.projection.weight = output
    for layer in spec.layer:
        _attention(layer.self_attention, (3 * WIDTH, WIDTH))
        _attention(layer.attention, (WIDTH, 2 * WIDTH, WIDTH))
        layer.attention.linear[0].weight = np.eye(WIDTH, dtype=np.float32)
        layer.attention.linear[1].weight[:WIDTH] = np.eye(WIDTH)
        _feed_forward(layer.ffn)


def _directions(count: int) -> NDArray[np.float32]:
    """Return vectors of length ``sqrt(WIDTH)`` and mean zero that point apart: shape ``(count, WIDTH)``."""
    places = np.random.default_rng(7).normal(size=(count, WIDTH))
    places[: WIDTH - 1] = np.linalg.qr(np.eye(WIDTH)[:, : WIDTH - 1] - 1 / WIDTH)[0].T  # the first are at right angles
    places -= places.mean(axis=1, keepdims=True)
    return np.asarray(places / places.std(axis=1, keepdims=True), np.float32)


def _tokenizer(vocabulary: Sequence[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel({token: at for at, token in enumerate(vocabulary)}, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer
