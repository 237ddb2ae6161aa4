"""Small changes to a file that may make a parser stumble."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

LONGEST = 200_000
"""Bytes of the largest input that is made: what is larger is slow, not odd."""

_BYTES = (0x00, 0x01, 0x7F, 0x80, 0xFF, 0x0A, 0x20, 0x22, 0x5B, 0x7B)
_SIZES = (1, 2, 4, 8)
_NUMBERS = (0, 1, -1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_VALUES: tuple[object, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63), 10**40, 0.0, -0.0, 1e-320, 1e308, float("inf"),
    float("-inf"), float("nan"), "", " ", "0", "-1", "1e9", "NaN", "4111 1111 1111 1111", "\x1b[2J", "\ud800",
    "\u202e", "x" * 300, "../..", "<b>", [], {}, [[]], [None], {"": None}, {"start": {}}, [[[[[[[[]]]]]]]],
)  # fmt: skip
"""What stands where something else is expected."""


class Mutator:
    """Makes inputs of others.

    Args:
        rng: Whence the choices come.
        tokens: Words that mean something to the parser.
    """

    def __init__(self, rng: random.Random, tokens: Sequence[bytes] = ()) -> None:
        self._rng = rng
        self._tokens = tokens
        self._ways: list[Callable[[bytearray], None]] = [
            self._flip, self._byte, self._number, self._cut, self._drop, self._again, self._insert,
        ]  # fmt: skip
        if tokens:
            self._ways += [self._token, self._token]

    def __call__(self, data: bytes, other: bytes) -> bytes:
        """Return a changed input; now and then half of another stands in it."""
        rng = self._rng
        if data[:1] in (b"{", b"[") and rng.random() < 0.6:
            changed = self._json(data)
            if changed is not None:
                return changed[:LONGEST]
        made = bytearray(data)
        if rng.random() < 0.1 and other:
            at, take = rng.randrange(len(made) + 1), rng.randrange(len(other))
            made = made[:at] + bytearray(other[take:])
        for _ in range(1 << rng.randrange(6)):
            if made:
                rng.choice(self._ways)(made)
        return bytes(made[:LONGEST])

    def _at(self, made: bytearray) -> int:
        # Headers decide what the rest is, so that they are looked at more often.
        return self._rng.randrange(min(len(made), 200) if self._rng.random() < 0.5 else len(made))

    def _flip(self, made: bytearray) -> None:
        made[self._at(made)] ^= 1 << self._rng.randrange(8)

    def _byte(self, made: bytearray) -> None:
        made[self._at(made)] = self._rng.choice(_BYTES)

    def _number(self, made: bytearray) -> None:
        size, order = self._rng.choice(_SIZES), self._rng.choice(("little", "big"))
        value = self._rng.choice(_NUMBERS) % (1 << 8 * size)
        at = self._at(made)
        made[at : at + size] = value.to_bytes(size, order)  # type: ignore[arg-type]

    def _cut(self, made: bytearray) -> None:
        if self._rng.random() < 0.3:
            del made[self._at(made) :]

    def _drop(self, made: bytearray) -> None:
        at = self._at(made)
        del made[at : at + self._rng.choice((1, 2, 4, 16, 100))]

    def _again(self, made: bytearray) -> None:
        at = self._at(made)
        piece = made[at : at + self._rng.choice((1, 4, 16, 100))]
        times = self._rng.choice((1, 1, 2, 50))
        made[at:at] = piece * times

    def _insert(self, made: bytearray) -> None:
        made[self._at(made) : 0] = self._rng.randbytes(self._rng.choice((1, 2, 4, 16)))

    def _token(self, made: bytearray) -> None:
        at = self._at(made)
        made[at : at + self._rng.choice((0, 0, 1, 4))] = self._rng.choice(self._tokens)

    def _json(self, data: bytes) -> bytes | None:
        try:
            root = json.loads(data)
        except (ValueError, RecursionError):
            return None
        try:
            for _ in range(self._rng.choice((1, 1, 2, 4))):
                root = self._changed(root)
            return json.dumps(root).encode("utf-8", "surrogatepass")
        except (ValueError, RecursionError, OverflowError):  # numbers and depths that JSON cannot write
            return None

    def _changed(self, root: Any) -> Any:  # noqa: ANN401  (JSON)
        """Change one place of a JSON value, and return the whole."""
        rng = self._rng
        places = list(_places(root))
        if not places:
            return rng.choice(_VALUES)
        holder, key = rng.choice(places)
        what = rng.randrange(6)
        if what == 0:
            del holder[key]
        elif what == 1 and isinstance(holder, list):
            holder[key:key] = [holder[key]] * rng.choice((1, 2, 40))
        elif what == 2:
            other, at = rng.choice(places)
            with_copy = json.loads(json.dumps(other[at])) if at in other or isinstance(other, list) else None
            holder[key] = with_copy
        elif what == 3 and isinstance(holder, dict):
            holder[rng.choice([*map(_text, self._tokens), "", "schema", "\ud800"])] = holder[key]
        elif what == 4 and isinstance(holder[key], int | float) and not isinstance(holder[key], bool):
            holder[key] = holder[key] * rng.choice((-1, 0, 1e3, 1e9, 0.5)) + rng.choice((0, 1, -1))
        else:
            holder[key] = rng.choice(_VALUES)
        return root


def _text(token: bytes) -> str:
    return token.decode("utf-8", "replace")


def _places(value: Any) -> Any:  # noqa: ANN401  (JSON)
    """Yield every place in a JSON value as its holder and key, the first few thousand."""
    waiting, seen = [value], 0
    while waiting and seen < 3000:
        holder = waiting.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        for key in keys:
            seen += 1
            yield holder, key
            if isinstance(holder[key], dict | list):
                waiting.append(holder[key])
