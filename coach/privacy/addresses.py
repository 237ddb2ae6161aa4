"""Street addresses: a number, a street, and the place after it. The utility's own offices stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from coach.privacy.context import MEASURED
from coach.privacy.hits import SMALL, Heard, Hit
from coach.privacy.numbers import TEENS, TENS, UNITS, Atom, small_number

CUED = 30.0
"""Seconds after "address" or "where do you live" in which a number and a street are one."""

NAME = 4
"""Most words between the number and the kind of street."""

_STREETS = frozenset(
    "street st avenue ave road rd boulevard blvd parkway pkwy terrace crescent mews turnpike driveway broadway".split()
)
_MAYBE_STREETS = frozenset(
    (
        "drive dr lane ln court ct circle place pl way trail square loop close run row hill park gardens gardens walk "
        "path grove view heights pike alley plaza cove ridge crossing bend point landing green rise"
    ).split()
)
_ROADS = frozenset("highway hwy route interstate fm".split())
_ROAD_LEADS = frozenset("county state rural farm us old".split())
_UNITS = frozenset("apartment apt unit suite lot flat floor number building room trailer # space".split())
_SIDES = frozenset("north south east west northeast northwest southeast southwest n s e w".split())
_OURS = frozenset(
    (
        "office offices center centre branch lobby kiosk library box drop store located headquarters depot location "
        "corner outage crew crews walk pay payment payments mail mailed check send bring station substation plant our"
    ).split()
)
_STATES = frozenset(
    (
        "alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho "
        "illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi "
        "missouri montana nebraska nevada hampshire jersey mexico york carolina dakota ohio oklahoma oregon "
        "pennsylvania tennessee texas utah vermont virginia washington wisconsin wyoming al ak az "
        "ar ca co ct fl ga hi id il ia ks "
        "ky la ma md mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok pa ri sc sd tn tx ut vt va wa wv wi wy"
    ).split()
)
_NOT_STREET = SMALL | frozenset(
    (
        "day days hour hours minute minutes week weeks month months year years dollars cents percent people times "
        "kilowatt watts bedroom bedrooms kids more other different miles mile block blocks bill bills called calls "
        "hard gig gigabyte megabyte meter metre mins min foot feet yard disk test trial flash thumb "
        "o'clock am pm degrees another every each first last next payments press option line"
    ).split()
)
_NOT_NAME = _NOT_STREET | MEASURED | _UNITS
_AFTER = SMALL | frozenset("lights light power bill service water gas account name last phone number electric".split())
_POSTCODE = re.compile(r"[a-z]{1,2}\d[a-z\d]?")
_INWARD = re.compile(r"\d[a-z]{2}")
_ZIP = re.compile(r"\d{5}(?:-?\d{4})?")


def find_addresses(heard: Heard) -> Iterator[Hit]:
    """Yield street addresses.

    Args:
        heard: Both parties.
    """
    for lane in heard.lanes:
        at = lane.atoms
        ended = -1
        for k in range(len(at)):
            if k <= ended or not (at[k].text in _STREETS or at[k].text in _MAYBE_STREETS or at[k].text in _ROADS):
                continue
            first = _number_before(at, k)
            if first is None or first <= ended or not _likely(heard, lane.index, first, k):
                continue
            ended = _place(heard, lane.index, k)
            yield Hit("address", lane.index, tuple(range(first, ended + 1)))
        yield from _asked(heard, lane.index)
        yield from _told(heard, lane.index)


def _number_before(at: Sequence[Atom], street: int) -> int | None:
    """Return the first atom of the house number before a kind of street."""
    k = street - 1
    if at[street].text in _ROADS:
        while k >= 0 and at[k].text in _ROAD_LEADS and street - k <= 2:
            k -= 1
        if not (street + 1 < len(at) and (_digits(at[street + 1].text) or small_number(at, street + 1))):
            return None
    else:
        while k >= 0 and street - k <= NAME and not _numeric(at[k].text) and _street_word(at, k):
            k -= 1
        if k > 0 and at[k].text in ("to", "too", "for", "ate", "won") and _numeric(at[k - 1].text):
            k -= 1  # "seventy to mill road" was seventy-two
        if k == street - 1 and at[street].text != "broadway":
            k = _numbered_street(at, k)
    if k < 0 or not _numeric(at[k].text) or (at[k].stop and k + 1 < street and not at[k].text.isdigit()):
        return None
    last = k
    while k > 0 and _numeric(at[k - 1].text) and at[k].start - at[k - 1].end < 1.5 and last - k < 6:
        k -= 1
    return k - 1 if k > 0 and at[k - 1].text in ("too", "ate", "won") else k


def _numbered_street(at: Sequence[Atom], k: int) -> int:
    """Return the index before "42nd", as in "100 42nd street"; a number alone names no street."""
    return k - 1 if k > 0 and re.fullmatch(r"\d+(?:st|nd|rd|th)", at[k].text) else -1


def _street_word(at: Sequence[Atom], k: int) -> bool:
    text = at[k].text
    return (
        text not in _NOT_STREET
        and text[0] != "["
        and not (at[k].stop and len(text) > 2)
        and any(c.isalpha() for c in text)
    )


def _numeric(text: str) -> bool:
    return _digits(text) or text in UNITS or text in TEENS or text in TENS or text in ("hundred", "thousand", "double")


def _digits(text: str) -> bool:
    return re.fullmatch(r"\d{1,6}[a-d]?", text) is not None


def _likely(heard: Heard, speaker: int, first: int, street: int) -> bool:
    """Whether a number and a kind of street are somebody's address, by the words before."""
    at = heard.lanes[speaker].atoms
    before = [at[k].text for k in range(max(first - 9, 0), first)]
    if _OURS.intersection(before) and not {"your", "service", "mailing", "my"}.intersection(before):
        return False
    if _cued(heard, speaker, first):
        return True
    if street - first < 2:
        return False
    figures = _figures(at, first, street)
    named = at[street].text in _STREETS or (at[street].text in _MAYBE_STREETS and figures >= 2)
    return (named or at[street].text in _ROADS) and figures >= 2


def _figures(at: Sequence[Atom], first: int, end: int) -> int:
    said = [at[k].text for k in range(first, end) if _numeric(at[k].text)]
    return sum(len(text) if text[0].isdigit() else 1 if text in UNITS else 2 for text in said)


def _cued(heard: Heard, speaker: int, first: int) -> bool:
    start = heard.lanes[speaker].atoms[first].start
    return any(cue.kind == "address" and start - end <= CUED for end, _, cue in heard.before(speaker, first))


def _place(heard: Heard, speaker: int, street: int) -> int:
    """Return the last atom of what follows a street: a side, a flat, the city, the state, the code."""
    at = heard.lanes[speaker].atoms
    last = street
    if at[street].text in _ROADS or (at[street].text == "road" and at[street - 1].text in _ROAD_LEADS):
        last = _numbers_from(at, street + 1)
    k = last + 1
    while k < len(at) and k - street <= 14 and at[k].start - at[k - 1].end < 3.0:
        text = at[k].text
        if text in _SIDES:
            last = k
        elif text in _UNITS and k + 1 < len(at):
            end = _numbers_from(at, k + 1)
            last = k = end if end > k else (k + 1 if len(at[k + 1].text) <= 2 else k)
        elif _code(at, k) > k:
            last = _code(at, k) - 1
            break
        elif not _goes_on(heard, speaker, k):
            break
        else:
            last = k
        k += 1
    return last


def _goes_on(heard: Heard, speaker: int, k: int) -> bool:
    """Whether a word after a street is the city's: where a state or a code follows, or the answer ends with it."""
    at = heard.lanes[speaker].atoms
    if at[k].text.startswith("["):
        return False
    if at[k].text in _STATES and len(at[k].text) > 2:
        return True
    j = k
    while j < len(at) and j - k < 3 and at[j].text not in _AFTER and any(c.isalpha() for c in at[j].text):
        if (at[j].text in _STATES and j > k) or (j > k and _code(at, j) > j):
            return True
        if heard.ends_answer(speaker, j):
            return True
        j += 1
    return j > k and j < len(at) and (_code(at, j) > j or at[j].text in _STATES)


def _code(at: Sequence[Atom], k: int) -> int:
    """Return the index after a zip code or a postcode that begins at an atom, the atom's own when none does."""
    text = at[k].text
    if text in ("zip", "zipcode", "postcode") and k + 1 < len(at):
        after = k + 2 if at[k + 1].text in ("code", "is") else k + 1
        return max(_code(at, after) if after < len(at) else k, k)
    if _ZIP.fullmatch(text):
        return k + 1
    if _POSTCODE.fullmatch(text):
        return k + 2 if k + 1 < len(at) and _INWARD.fullmatch(at[k + 1].text) else k + 1
    end, size = k, 0
    while end < len(at) and (small := small_number(at, end)) is not None and at[end].start - at[end - 1].end < 1.5:
        size += len(small[0])
        end = small[1]
    return end if size in (5, 9) else k


def _numbers_from(at: Sequence[Atom], k: int) -> int:
    """Return the last atom of the number that begins at an atom, or the one before it when none does."""
    end = k
    while end < len(at) and end - k < 5 and (_numeric(at[end].text) or re.fullmatch(r"\d+[a-z]?", at[end].text)):
        end += 1
    return end - 1


def _told(heard: Heard, speaker: int) -> Iterator[Hit]:
    """Yield what follows "we live at" at once, where it names no kind of street: "601 south main apartment 12"."""
    at = heard.lanes[speaker].atoms
    for _, who, cue in heard.cues("address"):
        k = cue.last + 1
        while k < len(at) and at[k].text in ("is", "at", "it's", "uh", "um"):
            k += 1
        number = _numbers_from(at, k)
        if who != speaker or number < k or _figures(at, k, number + 1) < 2 or number + 1 >= len(at):
            continue
        last = number
        while last + 1 < len(at) and last - number < 3 and at[last + 1].text not in _NOT_NAME:
            last += 1
            if at[last].text.startswith("["):
                last -= 1
                break
            if at[last].stop or heard.ends_answer(speaker, last):
                break
        if last > number:
            yield Hit("address", speaker, tuple(range(k, _place(heard, speaker, last) + 1)))


def _asked(heard: Heard, speaker: int) -> Iterator[Hit]:
    """Yield an answer to "what's the address" that names no kind of street: "forty five the elms"."""
    for end, who, cue in heard.cues("address"):
        if who == speaker or "address" not in heard.lanes[who].atoms[cue.last].text:
            continue
        at = heard.lanes[speaker].atoms
        first = heard.answer(who, end, 12.0) if len(heard.lanes) == 2 else None
        if first is None:
            continue
        k = first
        while k < len(at) and k - first < 5 and not _numeric(at[k].text) and at[k].text in SMALL:
            k += 1
        number = _numbers_from(at, k)
        if number < k or number + 1 >= len(at) or heard.ends_answer(speaker, number):
            continue
        last = number
        while last + 1 < len(at) and last - number < 3 and not heard.ends_answer(speaker, last):
            word = at[last + 1].text
            if word in _NOT_STREET and not (word == "the" and last == number):
                break
            last += 1
        if last > number and at[last].text != "the":
            yield Hit("address", speaker, tuple(range(k, last + 1)))
