"""How much that is private is taken out of the words, and how much that is not.

    python tests/benchmarks/masking.py [FILE…] [--half develop|held] [--errors 0 0.1 0.2] [--show]

Forms are written by hand (``masking_forms/``, or the files given) and made from a seed (``masking_made.py``). A file
has blocks of lines under a heading; ``a:`` and ``c:`` are the parties, ``{…}`` is what must go, ``<5>`` is a pause of
five seconds; headings are the type, ``== card``, or ``== not amount`` for what must stay:

    == card
    a: the card number please
    c: sure {four one one one} hold on <5> {one one one one} {one one one one} {one one one one}

A private form is *caught* when what is left of it is of no use: fewer than 5 digits of a card in a row, 4 of a social
security, account or phone number (3 of its last four), 2 of a security code, 3 of a PIN, no word of anything else.
*Whole* are those of which no marked word is left. An ordinary form is *over-masked* when any word of it is masked.
Errors change the marked digits as recognisers do: heard as other words, dropped, doubled, split and run together.
Every type that is on by default is on. The half ``held`` was written before, and is never looked at while, the
detector is changed; its figures are the ones to report.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from coach.conversation import Interval, Segment, Transcript, Word
from coach.privacy.mask import mask
from tests.benchmarks.masking_made import Maker, Ordinary

FORMS = Path(__file__).parent / "masking_forms"
WANTED = {"card": 120, "cvv": 40, "ssn": 40, "account": 40}
OTHER = ("phone", "email", "birth", "address", "pin", "password", "expiry")
ORDINARY = 300
SECONDS, GAP = 0.35, 0.6

LEFT = {"card": 5, "cvv": 2, "ssn": 4, "account": 4, "phone": 4, "pin": 3}
"""Digits in a row that make a number useful to somebody; of other types a word does."""

_DIGITS = {
    word: str(digit)
    for digit, words in enumerate(
        "zero oh o nought,one won,two to too,three,four for,five,six,seven,eight ate,nine".split(",")
    )
    for word in words.split()
}
_ALIKE = {"four": "for", "two": "to", "one": "won", "eight": "ate", "six": "sick", "oh": "o", "ten": "then"}
_NEAR = {"five": "nine", "nine": "five", "three": "free", "zero": "hero", "eleven": "seven", "fifty": "fifteen"}
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBERS = {*_DIGITS, *_TEENS, *_TENS, *"double triple quadruple hundred thousand".split()}
_GLUE = frozenset("at dot and in as slash dash of the underscore".split())


@dataclass(frozen=True)
class Said:
    """One word of a form."""

    text: str
    private: bool


@dataclass(frozen=True)
class Form:
    """Something said in a call.

    Attributes:
        kind: Its type, or what an ordinary number is.
        private: Whether it has something to take out.
        lines: Speaker, and words or pauses in seconds.
        source: Where it came from.
    """

    kind: str
    private: bool
    lines: tuple[tuple[str, tuple[Said | float, ...]], ...]
    source: str


def form(heading: str, lines: Iterable[str], source: str) -> Form:
    """Return a form from its heading and its lines."""
    parsed = []
    for line in lines:
        speaker, _, text = line.partition(": ")
        said: list[Said | float] = []
        private = False
        for bit in re.findall(r"[{}]|<[\d.]+>|[^\s{}]+", text):
            if bit in "{}":
                private = bit == "{"
            elif re.fullmatch(r"<[\d.]+>", bit):
                said.append(float(bit[1:-1]))
            else:
                said.append(Said(bit, private))
        parsed.append((speaker, tuple(said)))
    kind = heading.removeprefix("not ")
    return Form(kind, kind == heading, tuple(parsed), source)


def read(path: Path) -> Iterator[Form]:
    """Yield the forms of a file."""
    heading = ""
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        lines = [line for line in block.strip().splitlines() if line and not line.startswith("#")]
        if lines and lines[0].startswith("== "):
            heading = lines.pop(0).removeprefix("== ").strip()
        if lines:
            yield form(heading, lines, path.stem)


def made(half: str, written_by_hand: Sequence[Form], *, figures: bool = False) -> list[Form]:
    """Return as many made forms as it takes to have the wanted number of each type."""
    have = Counter(f.kind for f in written_by_hand if f.private)
    maker, forms = Maker(half, 1, written=figures), []
    for kind, wanted in WANTED.items():
        forms += [form(kind, getattr(maker, kind)(), "made") for _ in range(max(wanted - have[kind], wanted // 3))]
    for kind in OTHER:
        forms += [form(kind, getattr(maker, kind)(), "made") for _ in range(max(14 - have[kind], 5))]
    ordinary = sum(not f.private for f in written_by_hand)
    others = Ordinary(half, 1, written=figures)
    forms += [form(f"not {kind}", lines, "made") for kind, lines in others.every(max(ORDINARY - ordinary, 60))]
    return forms


def misheard(rng: random.Random, said: Sequence[Said | float], share: float) -> list[Said | float]:
    """Return the words with a share of the private digits misheard."""
    heard: list[Said | float] = []
    merge = False
    for item in said:
        if merge and isinstance(item, Said) and item.private and isinstance(heard[-1], Said):
            heard[-1] = Said(heard[-1].text.rstrip(",.") + item.text, private=True)
            merge = False
            continue
        merge = False
        number = isinstance(item, Said) and item.private and _is_number(item.text)
        if not isinstance(item, Said) or not number or rng.random() >= share:
            heard.append(item)
            continue
        heard += _wrong(rng, item)
        merge = item.text.isdigit() and rng.random() < 0.3
    return heard


def _is_number(text: str) -> bool:
    bare = re.sub(r"[^\w-]", "", text).lower()
    return any(c.isdigit() for c in bare) or any(part in _NUMBERS for part in bare.split("-"))


def _wrong(rng: random.Random, word: Said) -> list[Said | float]:
    text = word.text
    kind = rng.choice(["alike", "alike", "drop", "double", "other"])
    if kind == "drop":
        return [] if not text.isdigit() or len(text) == 1 else [Said(text[1:], private=True)]
    if kind == "double":
        return [word, word] if not text.isdigit() or len(text) == 1 else [Said(text[0] + text, private=True)]
    if text.isdigit() and len(text) > 1:
        cut = rng.randrange(1, len(text))
        return [Said(text[:cut], private=True), Said(text[cut:], private=True)]
    if kind == "alike" and text in _ALIKE:
        return [Said(_ALIKE[text], private=True)]
    if text in _NEAR and rng.random() < 0.5:
        return [Said(_NEAR[text], private=True)]
    digit = rng.randrange(10)
    return [Said(str(digit) if text.isdigit() else list(_DIGITS)[digit * 2 % len(_DIGITS)], private=True)]


def timed(lines: Iterable[tuple[str, Sequence[Said | float]]]) -> tuple[Transcript, dict[tuple[str, float], bool]]:
    """Return a transcript, and which words are private by speaker and start."""
    at, segments, private = 0.0, [], {}
    for speaker, said in lines:
        start, words = at, []
        for item in said:
            if isinstance(item, float):
                at += item
                continue
            words.append(Word(item.text, at, at + SECONDS - 0.05, 0.9))
            private[speaker, at] = item.private
            at = round(at + SECONDS, 3)
        segments.append(Segment(speaker, Interval(start, at), tuple(words), 0.9))
        at = round(at + GAP, 3)
    return Transcript(tuple(segments), "made"), private


@dataclass(frozen=True)
class Result:
    """What masking did to one form.

    Attributes:
        left: Private words that are still there.
        taken: Other words that are gone.
        run: Digits of the longest private run that is left.
        kinds: What it was masked as.
    """

    left: tuple[str, ...]
    taken: tuple[str, ...]
    run: int
    kinds: frozenset[str]
    text: str


def judge(given: Form, errors: float, seed: int) -> Result:
    """Mask one form and compare."""
    rng = random.Random(f"{seed}-{errors}")
    transcript, private = timed((speaker, misheard(rng, said, errors)) for speaker, said in given.lines)
    masked = mask(transcript)
    left, taken, run, longest = [], [], 0, 0
    for before, after in zip(transcript.segments, masked.transcript.segments, strict=True):
        kept = {word.start for word in after.words if not word.masked}
        for word in before.words:
            if not private[before.speaker, word.start]:
                if word.start not in kept:
                    taken.append(word.text)
                continue
            if word.start not in kept:
                run = 0
                continue
            left.append(word.text)
            run += _digits(word.text)
            longest = max(longest, run)
    taken = [] if given.private else taken
    text = " / ".join(f"{s.speaker}: {s.text}" for s in masked.transcript.segments)
    return Result(tuple(left), tuple(taken), longest, frozenset(span.kind for span in masked.spans), text)


def _digits(text: str) -> int:
    bare = re.sub(r"[^\w-]", "", text).lower()
    figures = sum(c.isdigit() for c in bare)
    words = sum(2 if part in _TEENS else 1 for part in bare.split("-") if part in _NUMBERS)
    return figures or words


def caught(given: Form, result: Result) -> bool:
    """Whether what is left of a private form is of no use."""
    if given.kind in LEFT:
        size = sum(_digits(i.text) for _, said in given.lines for i in said if isinstance(i, Said) and i.private)
        limit = 3 if given.kind == "ssn" and size <= 5 else LEFT[given.kind]
        return result.run < limit
    return all(word.strip(".,").lower() in _GLUE for word in result.left)


def table(title: str, forms: Sequence[Form], errors: float, *, show: bool) -> None:
    """Print one condition."""
    rows: dict[str, list[tuple[Form, Result]]] = defaultdict(list)
    for k, given in enumerate(forms):
        rows[given.kind if given.private else "(ordinary)"].append((given, judge(given, errors, k)))
    print(f"\n{title}")
    ordinary = rows.pop("(ordinary)", [])
    groups = {**rows, "other, all": [pair for kind in OTHER for pair in rows.get(kind, [])]}
    for kind, found in groups.items():
        if not found:
            continue
        safe = sum(caught(given, result) for given, result in found)
        entire = sum(not result.left for _, result in found)
        print(
            f"  {kind:12}{len(found):>5} forms   caught {safe / len(found):>6.1%}   whole {entire / len(found):>6.1%}"
        )
        for given, result in found:
            if show and kind != "other, all" and not caught(given, result):
                print(f"      {given.source}: left {result.left}: {result.text}")
    over = [(given, result) for given, result in ordinary if result.taken]
    if ordinary:
        print(f"  {'ordinary':12}{len(ordinary):>5} forms   over-masked {len(over) / len(ordinary):.1%}")
    for given, result in over:
        if show:
            print(f"      {given.source} {given.kind}: {result.text}   << {result.taken}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--half", choices=["develop", "held"], action="append")
    parser.add_argument("--errors", nargs="*", type=float, default=[0.0, 0.1, 0.2])
    parser.add_argument("--show", action="store_true", help="print what was missed")
    options = parser.parse_args()
    if options.files:
        forms = [given for path in options.files for given in read(path)]
        for errors in options.errors:
            table(f"{', '.join(p.stem for p in options.files)}, {errors:.0%} errors", forms, errors, show=options.show)
        return
    for half in options.half or ["develop", "held"]:
        by_hand = list(read(FORMS / f"{half}.txt"))
        forms = [*by_hand, *made(half, by_hand)]
        for errors in options.errors:
            table(f"{half}, {errors:.0%} errors on the digits", forms, errors, show=options.show)
        table(f"{half}, figures as in an imported transcript", made(half, [], figures=True), 0.0, show=options.show)


if __name__ == "__main__":
    main()
