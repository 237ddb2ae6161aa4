"""Private numbers as people say them and engines write them, made from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable

NAMES = "zero one two three four five six seven eight nine".split()
TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
FILLERS = ["uh", "um", "okay", "and then", "then", "it's", "dash", "and", "let's see", "hold on", "next"]
BACK = ["okay", "mhm", "uh huh", "yes", "go ahead", "got it", "alright"]

Say = Callable[[random.Random, str], list[str]]


def card_number(rng: random.Random, size: int = 16) -> str:
    """Return digits whose check digit fits, of a size from 13 to 19."""
    body = rng.choice("3456") + "".join(rng.choice("0123456789") for _ in range(size - 2))
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def pair(digits: str) -> str:
    """Return two digits as a number: "41" is forty one, "07" is oh seven."""
    value = int(digits)
    if digits[0] == "0":
        return "oh " + ("oh" if value == 0 else NAMES[value])
    if value < 20:
        return TEENS[value - 10]
    return TENS[value // 10] + (" " + NAMES[value % 10] if value % 10 else "")


def one_by_one(rng: random.Random, group: str) -> list[str]:
    zero = rng.choice(["oh", "zero"])
    return [zero if d == "0" else NAMES[int(d)] for d in group]


def in_pairs(rng: random.Random, group: str) -> list[str]:
    said: list[str] = []
    for k in range(0, len(group) - 1, 2):
        said += pair(group[k : k + 2]).split()
    return said + (one_by_one(rng, group[-1]) if len(group) % 2 else [])


def doubled(rng: random.Random, group: str) -> list[str]:
    said: list[str] = []
    k = 0
    while k < len(group):
        same = 1
        while same < 4 and k + same < len(group) and group[k + same] == group[k]:
            same += 1
        said += [["", "double", "triple", "quadruple"][same - 1]] if same > 1 else []
        said += one_by_one(rng, group[k])
        k += same
    return said


def figures(rng: random.Random, group: str) -> list[str]:
    return [group]


def spaced(rng: random.Random, group: str) -> list[str]:
    return list(group)


def dashed(rng: random.Random, group: str) -> list[str]:
    return ["-".join(group)]


def hyphened(rng: random.Random, group: str) -> list[str]:
    return ["-".join(one_by_one(rng, group))]


WAYS: list[Say] = [one_by_one, in_pairs, doubled, figures, spaced, dashed, hyphened]


def misheard(rng: random.Random, said: list[str], share: float) -> list[str]:
    """Return what an engine makes of it: a share of the words dropped, doubled, changed or made a sound-alike."""
    heard: list[str] = []
    for word in said:
        if rng.random() >= share:
            heard.append(word)
            continue
        kind = rng.randrange(4)
        if kind == 0:
            continue
        if kind == 1:
            heard += [word, word]
        elif word in NAMES:
            heard.append(rng.choice(["for", "to", "won", "ate", "the", *NAMES]))
        elif word.isdigit():
            k = rng.randrange(len(word))
            heard.append(word[:k] + rng.choice("0123456789") + word[k + 1 :])
        else:
            heard.append("the")
    return heard


def groups(rng: random.Random, digits: str) -> list[str]:
    """Return the digits in groups as people read them."""
    if len(digits) == 15 and rng.random() < 0.7:
        return [digits[:4], digits[4:10], digits[10:]]
    size = rng.choice([4, 4, 4, 2, 8])
    return [digits[k : k + size] for k in range(0, len(digits), size)]


def card_call(rng: random.Random, *, errors: float = 0.0, cue: bool = True) -> list[str]:
    """Return the lines of a call in which a card is read out: "a: …", "c: …"."""
    digits = card_number(rng, rng.choice([16, 16, 16, 16, 15, 13, 19]))
    way = rng.choice(WAYS)
    asked = [
        "can i have the card number please",
        "what's the sixteen digits",
        "go ahead with your card number",
        "and the long number on the front",
        "which visa or mastercard is it",
    ]
    lines = [f"a: {rng.choice(asked)}"] if cue else ["a: go ahead"]
    read_back, said, pending = rng.random() < 0.3, ["sure", "it's"], []
    for group in groups(rng, digits):
        spoken = misheard(rng, way(rng, group), errors)
        said += spoken
        pending += spoken
        if rng.random() < 0.3:
            said += rng.choice(FILLERS).split()
        if rng.random() < 0.35:
            lines.append("c: " + " ".join(said))
            lines.append("a: " + (" ".join(pending) if read_back and pending else rng.choice(BACK)))
            said, pending = [], []
    if said:
        lines.append("c: " + " ".join(said))
    return [*lines, "a: thank you"]


def code_call(rng: random.Random, *, errors: float = 0.0) -> list[str]:
    asked = [
        "and the security code",
        "the three digits on the back",
        "what's the cvv",
        "what is the c v v code",
        "and the three digit code on the back of the card",
    ]
    digits = "".join(rng.choice("0123456789") for _ in range(3))
    spoken = misheard(rng, rng.choice([one_by_one, spaced, figures, doubled])(rng, digits), errors)
    before = rng.choice(["it's", "uh it says", "that would be", "{6} let me turn it over", ""])
    return [f"a: {rng.choice(asked)}", f"c: {before} {' '.join(spoken)}", f"a: {rng.choice(BACK)}"]


def social_call(rng: random.Random, *, errors: float = 0.0) -> list[str]:
    digits = "".join(rng.choice("0123456789") for _ in range(9))
    way = rng.choice([one_by_one, spaced, figures, in_pairs])
    if rng.random() < 0.5:
        parts, asked = [digits[5:]], "can you verify the last four of your social"
    else:
        parts, asked = [digits[:3], digits[3:5], digits[5:]], "and your social security number please"
    lines, said = [f"a: {asked}"], [rng.choice(["sure", "yes it's", "um"])]
    for part in parts:
        said += misheard(rng, way(rng, part), errors)
        if rng.random() < 0.25:
            lines += ["c: " + " ".join(said), f"a: {rng.choice(BACK)}"]
            said = []
    return [*lines, *(["c: " + " ".join(said)] if said else [])]
