"""Numbers as people say them and as engines write them: words become pieces of digits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
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
SOUND_ALIKES = {"for": "4", "fore": "4", "to": "2", "too": "2", "won": "1", "ate": "8", "sex": "6", "sick": "6"}
"""What an engine writes for a digit when it has no context; a digit only between two digits."""

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


def _small(at: Sequence[Atom], i: int) -> tuple[str, int] | None:
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
        rest = _small(at, after)
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
        found = _small(at, i + 1)
        if found is None and at[i + 1].text.isdigit():
            found = at[i + 1].text, i + 2
        return Piece(i, found[1] - 1, found[0] * times) if found and len(found[0]) <= 2 else None
    small = _small(at, i)
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


def pieces(at: Sequence[Atom], taken: frozenset[int] = frozenset()) -> Iterator[Piece]:
    """Yield the pieces of digits in one speaker's atoms, in order.

    Args:
        at: The atoms.
        taken: Atoms that belong to a cue ("sixteen digits", "three on the back") and are not digits.
    """
    i = 0
    previous: Piece | None = None
    while i < len(at):
        piece = None if i in taken else _written_piece(at, i) or _spoken_piece(at, i)
        if piece is None and _between_digits(at, i, previous, taken):
            piece = Piece(i, i, SOUND_ALIKES[at[i].text])
        if piece is None:
            i += 1
            continue
        if len(piece.digits) == 1 and at[piece.last].text == "one" and _pronoun(at, i):
            i = piece.last + 1
            continue
        yield piece
        previous, i = piece, piece.last + 1


def _between_digits(at: Sequence[Atom], i: int, previous: Piece | None, taken: frozenset[int]) -> bool:
    if at[i].text not in SOUND_ALIKES or previous is None or previous.last != i - 1 or previous.flag:
        return False
    if i + 1 >= len(at) or i + 1 in taken:
        return False
    return at[i + 1].text in UNITS or (at[i + 1].text.isdigit() and len(at[i + 1].text) == 1)


_BEFORE_PRONOUN = frozenset(
    "this that the which other another each every any no new right wrong only good big same different old first "
    "second last next either what whichever old newer".split()
)
_AFTER_PRONOUN = frozenset("moment second sec minute more thing time of day person place last question".split())


_BREATH = 1.0
"""Seconds after which the next number is no longer what "one" goes with."""


def _pronoun(at: Sequence[Atom], i: int) -> bool:
    """Whether "one" stands for a thing: "the other one", "one moment"."""
    before = at[i - 1].text if i else ""
    after = at[i + 1].text if i + 1 < len(at) and at[i + 1].start - at[i].end < _BREATH else ""
    counted = after in UNITS or after in TEENS or after in TENS or after.isdigit()
    return not counted and (before in _BEFORE_PRONOUN or after in _AFTER_PRONOUN)


_MEASURED = frozenset(
    (
        "dollar dollars buck bucks cent cents percent kilowatt kilowatts kwh kw therm therms gallon gallons ccf "
        "units degrees day days week weeks month months year years hour hours minute minutes seconds am pm "
        "o'clock times people payments installments euros pounds cubic feet foot megawatt watts bills miles"
    ).split()
)
_CLOCKED = frozenset("am pm a.m p.m o'clock".split())
_STREET = frozenset(
    "street st avenue ave road rd drive lane boulevard court circle place way highway terrace parkway apartment".split()
)
_PLACED = frozenset("apartment apt unit suite room page line step option press extension route bus floor box".split())
_MONTHS = frozenset(
    (
        "january february march april may june july august september october november december "
        "jan feb mar apr jun jul aug sep sept oct nov dec"
    ).split()
)
_YEARED = frozenset("in since until till year during by summer winter spring fall autumn back around before".split())
_YEAR = re.compile(r"(?:19|20)\d\d")
MONTHS = _MONTHS


def flagged(at: Sequence[Atom], found: Sequence[Piece]) -> list[Piece]:
    """Return the pieces with those flagged that context shows to be amounts, dates, times or places."""
    done: list[Piece] = []
    for group in _groups(at, found):
        done.extend(_flag_group(at, _harden(group)))
    return done


def _groups(at: Sequence[Atom], found: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield pieces that follow each other with nothing but hesitation between."""
    group: list[Piece] = []
    for piece in found:
        if group and not all(at[k].text in HESITATIONS for k in range(group[-1].last + 1, piece.first)):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _harden(group: list[Piece]) -> list[Piece]:
    """Turn "$4111" or "4,111" into digits where plain digits stand beside them; else into an amount."""
    hardened: list[Piece] = []
    for k, piece in enumerate(group):
        if piece.flag != "soft":
            hardened.append(piece)
            continue
        beside = [group[j] for j in (k - 1, k + 1) if 0 <= j < len(group)]
        joins = any(
            (not b.flag and len(b.digits) >= 3) or (b.flag == "soft" and len(b.digits) == len(piece.digits) == 4)
            for b in beside
        )
        hardened.append(replace(piece, flag="" if joins else "amount"))
    return hardened


def _flag_group(at: Sequence[Atom], group: list[Piece]) -> list[Piece]:
    flag = _context(at, group)
    if not flag:
        return group
    size = sum(len(piece.digits) for piece in group)
    if size <= 7 and not any(at[piece.last].stop for piece in group[:-1]):
        return [replace(piece, flag=piece.flag or flag) for piece in group]
    # A card number and then "fifty dollars" in one breath: only the end is the amount.
    return [*group[:-1], replace(group[-1], flag=group[-1].flag or flag)] if flag != "date" else group


def _context(at: Sequence[Atom], group: list[Piece]) -> Flag:
    before = [at[k].text for k in range(max(group[0].first - 2, 0), group[0].first)]
    after = [at[k].text for k in range(group[-1].last + 1, min(group[-1].last + 4, len(at)))]
    digits = "".join(piece.digits for piece in group)
    follows = after[0] if after and not at[group[-1].last].stop else ""
    if follows in _CLOCKED or (follows in ("a", "p") and after[1:2] == ["m"]):
        return "time"
    if follows in _MEASURED:
        return "amount"
    if len(digits) <= 6:
        if before and before[-1] in _PLACED:
            return "place"
        if not at[group[-1].last].stop and any(word in _STREET for word in after):
            return "place"
        if _dated(before, follows, digits):
            return "date"
    return ""


def _dated(before: Sequence[str], follows: str, digits: str) -> bool:
    month = any(word in _MONTHS for word in before) or (follows in _MONTHS and follows not in ("may", "march"))
    if month and (len(digits) <= 2 or _YEAR.search(digits[-4:])):
        return True
    return _YEAR.fullmatch(digits) is not None and bool(before) and before[-1] in _YEARED
