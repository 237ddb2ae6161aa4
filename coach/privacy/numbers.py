"""Numbers as people say them and as engines write them: words become pieces of digits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Flag = Literal["", "soft", "amount", "date", "time", "place"]
"""What a piece is instead of part of a private number; ``soft`` yields to digits beside it."""

UNITS = {
    word: str(digit)
    for digit, words in enumerate(
        (
            "zero oh o nought naught",
            "one",
            "two",
            "three tree",
            "four",
            "five fife",
            "six",
            "seven",
            "eight",
            "nine niner",
        )
    )
    for word in words.split()
}
TEENS = {
    word: str(number)
    for number, word in enumerate(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(), 10
    )
}
TENS = {
    word: str(number) for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
} | {"fourty": "4"}
TIMES = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4, "quad": 4}
PLURALS = {
    "zeros": "0",
    "zeroes": "0",
    "ohs": "0",
    "ones": "1",
    "twos": "2",
    "threes": "3",
    "fours": "4",
    "fives": "5",
    "sixes": "6",
    "sevens": "7",
    "eights": "8",
    "nines": "9",
}
SOUND_ALIKES = {
    "for": "4", "fore": "4", "to": "2", "too": "2", "won": "1", "wan": "1", "ate": "8", "sex": "6", "sick": "6",
    "free": "3", "nein": "9", "hero": "0",
}  # fmt: skip
"""What an engine writes for a digit when it has no context; a digit only beside digits."""

HESITATIONS = frozenset("uh um er erm hmm mm ah eh uhm hm".split())
FILLERS = HESITATIONS | frozenset(
    (
        "okay ok yeah yes yep yup right alright mhm huh sure so and then dash hyphen space slash dot point comma "
        "it's its it is that's thats that was i'm i no nope not wait sorry oops correction scratch actually again "
        "like well let's see let me start over repeat next the a last first followed by got gotcha with at number "
        "numbers digits please thank you thanks on hold go ahead one's rest of read back now i'll i've my mean "
        "said say hang just second sec moment oh ends ending start starts begins finally lastly after "
        "double triple treble quadruple"
    ).split()
)
"""Words that may stand between two pieces of one number without ending it."""

_DASHES = re.compile(r"[-‐‑‒–—−]+")
_TRIM = re.compile(r"^[^\w$£€]+|[^\w%]+$")
_LABEL = re.compile(r"(?<=[A-Za-z])[:=#]+(?=[\d*])")  # "exp:09/26" is a label and a number
_MONEY = re.compile(r"[$£€]")
_DECIMAL = re.compile(r"\d{1,3}(?:,\d{3})*\.\d{1,2}|\d{1,6}\.\d{1,2}")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?:[ap]\.?m\.?)?|\d{1,2}[ap]\.?m\.?")
_SLASHED = re.compile(r"\d{1,2}/(?:\d{1,2}/)?(?:\d{4}|\d{2})")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_DIGITS = re.compile(r"\d+")


Awaited = Callable[[float], bool]
"""Whether digits were asked for at a time, in seconds."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A word, or a part of one between hyphens, in the form that rules compare.

    Attributes:
        text: Lower case, without outer punctuation.
        word: Index of the word among the speaker's words.
        start: Seconds, of the word.
        end: Seconds, of the word.
        stop: Whether the word ended with a comma or a full stop.
    """

    text: str
    word: int
    start: float
    end: float
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """Digits that were said in one breath: "forty one", "double four", "4111".

    Attributes:
        first: Index of the first atom.
        last: Index of the last atom.
        digits: What was said, as digits.
        flag: What it is instead of part of a private number.
        written: Whether it was written in digits rather than in words.
        dashed: Whether it was written in the 3-2-4 form of a social security number.
    """

    first: int
    last: int
    digits: str
    flag: Flag = ""
    written: bool = False
    dashed: bool = False


def plain(text: str) -> str:
    """Return a word in the form that rules compare: NFKC, plain digits and apostrophes, lower case, trimmed."""
    text = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    if not text.isascii():
        text = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in text)
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")  # zero-width and direction marks
    return _TRIM.sub("", text)


def atoms(words: Iterable[tuple[str, float, float]]) -> list[Atom]:
    """Return the atoms of one speaker's words in order of time.

    Args:
        words: Text, start and end (seconds) of each word.
    """
    made: list[Atom] = []
    for index, (text, start, end) in enumerate(words):
        stop = text.rstrip().endswith((",", ".", ";", "?", "!"))
        if text.startswith("[") and text.rstrip(".,?!;:").endswith("]"):
            made.append(Atom(text.rstrip(".,?!;:").casefold(), index, start, end, stop))  # "[card]" is no word
            continue
        for part in _LABEL.sub(" ", text).split() or [text]:
            whole = _DASHES.sub("-", plain(part))
            # "4-1-1-1" is one number; "forty-one" and "16-digit" are two words.
            numeric = not any(c.isalpha() for c in whole)
            for bit in [whole] if numeric else whole.split("-"):
                if bit:
                    made.append(Atom(bit, index, start, end, stop))
    return made


def _written(text: str) -> tuple[str, Flag] | None:
    """Return the digits of a token written in figures, and what its form says it is."""
    if not any(c.isdigit() for c in text):
        return None
    digits = "".join(_DIGITS.findall(text))
    bare = _MONEY.sub("", text)
    if _CLOCK.fullmatch(bare):
        return digits, "time"
    if _SLASHED.fullmatch(bare):
        return digits, "date"
    if len(digits) >= 13:
        return digits, ""
    if _DECIMAL.fullmatch(bare) or "%" in bare:
        return digits, "amount"
    if bare != text or _THOUSANDS.fullmatch(bare):
        return digits, "soft"
    if any(c.isalpha() for c in bare):
        return (digits, "") if len(digits) >= 4 else None  # "visa4111" hides digits; "15th" and "b2" do not
    return digits, ""


_FORM = re.compile(r"\d{3}-\d{2}-\d{4}")


def _written_piece(at: Sequence[Atom], i: int) -> Piece | None:
    found = _written(at[i].text)
    if found is None:
        return None
    digits, flag = found
    if i + 1 < len(at) and at[i + 1].text in ("hundred", "thousand", "million"):
        zeros = {"hundred": "00", "thousand": "000", "million": "000000"}[at[i + 1].text]
        return Piece(i, i + 1, digits + zeros, "soft", written=True)
    return Piece(i, i, digits, flag, written=True, dashed=_FORM.fullmatch(at[i].text) is not None)


def small_number(at: Sequence[Atom], i: int) -> tuple[str, int] | None:
    """Return a number under a hundred in words, and the index after it."""
    if i >= len(at):
        return None
    text = at[i].text
    if text in TEENS:
        return TEENS[text], i + 1
    if text in TENS:
        unit = UNITS.get(at[i + 1].text) if i + 1 < len(at) and not at[i].stop else None
        if unit not in (None, "0"):
            return TENS[text] + str(unit), i + 2
        return TENS[text] + "0", i + 1
    if text in UNITS:
        return UNITS[text], i + 1
    return None


def _large(at: Sequence[Atom], value: str, i: int) -> tuple[str, int]:
    """Return the rest of "two hundred and forty three": digits, and the index after them."""
    total = int(value)
    while i < len(at) and at[i].text in ("hundred", "thousand", "million"):
        scale = at[i].text
        total *= {"hundred": 100, "thousand": 1000, "million": 1_000_000}[scale]
        i += 1
        if at[i - 1].stop:
            break
        after = i + 1 if i < len(at) and at[i].text == "and" else i
        rest = small_number(at, after)
        if rest is None:
            break
        digits, end = rest
        if end < len(at) and at[end].text == "hundred":
            if scale == "hundred":
                break  # "forty-one hundred, eleven hundred": two numbers
            digits, end = _large(at, digits, end)
        total, i = total + int(digits), end
    return str(total), i


def _spoken_piece(at: Sequence[Atom], i: int) -> Piece | None:
    times = TIMES.get(at[i].text)
    if times is not None and i + 1 < len(at):
        found = small_number(at, i + 1)
        if found is None and at[i + 1].text.isdigit():
            found = at[i + 1].text, i + 2
        if found is None and at[i + 1].text in SOUND_ALIKES:
            found = SOUND_ALIKES[at[i + 1].text], i + 2
        return Piece(i, found[1] - 1, found[0] * times) if found and len(found[0]) <= 2 else None
    small = small_number(at, i)
    if small is None:
        return None
    digits, after = small
    following = at[after].text if after < len(at) else ""
    if following in PLURALS and len(digits) == 1 and digits not in "01":
        return Piece(i, after, PLURALS[following] * int(digits))
    if following in ("hundred", "thousand", "million"):
        digits, after = _large(at, digits, after)
        return Piece(i, after - 1, digits, "soft")
    return Piece(i, after - 1, digits)


def pieces(at: Sequence[Atom], taken: frozenset[int], awaited: Awaited) -> Iterator[Piece]:
    """Yield the pieces of digits in one speaker's atoms, in order.

    Args:
        at: The atoms.
        taken: Atoms that belong to a cue ("sixteen digits", "three on the back") and are not digits.
        awaited: Whether digits were asked for at a time: "six to too" is then six two two.
    """
    i = run = 0
    previous: Piece | None = None
    while i < len(at):
        piece = None if i in taken else _written_piece(at, i) or _spoken_piece(at, i)
        if piece is None and i not in taken and at[i].text in SOUND_ALIKES:
            beside = previous is not None and previous.last == i - 1 and not previous.flag
            if _sounds_like_a_digit(at, i, run if beside else 0, awaited(at[i].start)):
                piece = Piece(i, i, SOUND_ALIKES[at[i].text])
        if piece is None:
            run *= at[i].text in HESITATIONS
            i += 1
            continue
        if len(piece.digits) == 1 and (_pronoun(at, i) or _exclaimed(at, i, previous)):
            i = piece.last + 1
            continue
        yield piece
        run += len(piece.digits)
        previous, i = piece, piece.last + 1


def _is_number(text: str) -> bool:
    return text in UNITS or text in TEENS or text in TENS or text in TIMES or text in SOUND_ALIKES or text.isdigit()


def _sounds_like_a_digit(at: Sequence[Atom], i: int, run: int, awaited: bool) -> bool:  # noqa: FBT001
    """Whether "for", "to" or "ate" is a digit, by how many digits were said just before it and what follows."""
    k, alike = i + 1, 0
    while k < len(at) and (at[k].text in SOUND_ALIKES or at[k].text in HESITATIONS):
        alike += at[k].text in SOUND_ALIKES
        k += 1
    digit = k < len(at) and (at[k].text in UNITS or (at[k].text.isdigit() and len(at[k].text) == 1))
    number = digit or (k < len(at) and _is_number(at[k].text))
    ahead = k
    while ahead < len(at) and ahead - k < 8 and _is_number(at[ahead].text):
        ahead += 1
    if run and run + ahead - k >= 8:
        return True
    breath = k >= len(at) or at[k].start - at[k - 1].end > _ALONE
    if run and digit and k == i + 1:
        return True
    if awaited:
        return (run > 0 and (number or breath)) or (digit and k == i + 1) or (digit and alike > 0)
    return run >= 4 and (number or (breath and alike > 0))


_BEFORE_PRONOUN = frozenset(
    "this that the which other another each every any no new right wrong only good big same different old first "
    "second last next either what whichever old newer".split()
)
_AFTER_PRONOUN = frozenset("moment second sec minute more thing time of day person place last question".split())


_ALONE = 0.2
"""Seconds of silence beside a word that stands at an edge of what was said."""

_BREATH = 1.0
"""Seconds after which the next number is no longer what "one" goes with."""


def _exclaimed(at: Sequence[Atom], i: int, previous: Piece | None) -> bool:
    """Whether "oh" is no zero: said after a pause or other words, and no number follows."""
    if at[i].text not in ("oh", "o"):
        return False
    after = at[i + 1].text if i + 1 < len(at) else ""
    if after in UNITS or after in TEENS or after in TENS or after in TIMES or after.isdigit() or after in SOUND_ALIKES:
        return False
    alone = previous is None or previous.last != i - 1 or at[i].start - at[i - 1].end > _BREATH
    return alone and bool(after)


def _pronoun(at: Sequence[Atom], i: int) -> bool:
    """Whether "one" stands for a thing: "the other one", "one moment"."""
    if at[i].text != "one":
        return False
    before = at[i - 1].text if i else ""
    after = at[i + 1].text if i + 1 < len(at) and at[i + 1].start - at[i].end < _BREATH else ""
    counted = after in UNITS or after in TEENS or after in TENS or after.isdigit()
    return not counted and (before in _BEFORE_PRONOUN or after in _AFTER_PRONOUN)
