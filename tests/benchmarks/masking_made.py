"""Private numbers and ordinary ones as callers say them, made from a seed, for ``masking.py``.

What is said around the numbers is different in the two halves, ``develop`` and ``held``, so that figures of the
second half are of phrases that nobody has looked at while changing the detector. How digits are said is common
to both: groups, pairs, "double", "oh", whole numbers, figures.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence

ONES = "zero one two three four five six seven eight nine".split()
TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
MONTHS = "january february march april may june july august september october november december".split()
REPEATS = {2: "double", 3: "triple", 4: "quadruple"}

Lines = list[str]


def under_hundred(value: int) -> str:
    """Say 0 to 99.

    >>> under_hundred(41), under_hundred(12), under_hundred(7)
    ('forty one', 'twelve', 'seven')
    """
    if value < 10:
        return ONES[value]
    if value < 20:
        return TEENS[value - 10]
    return TENS[value // 10] + (f" {ONES[value % 10]}" if value % 10 else "")


def whole(value: int) -> str:
    """Say 0 to 9,999 as a quantity.

    >>> whole(4111)
    'four thousand one hundred and eleven'
    """
    parts = []
    if value >= 1000:
        parts.append(f"{ONES[value // 1000]} thousand")
    if value % 1000 >= 100:
        parts.append(f"{ONES[value % 1000 // 100]} hundred")
    rest = value % 100
    if rest or not parts:
        parts.append(("and " if parts else "") + under_hundred(rest))
    return " ".join(parts)


class Voice:
    """One caller's habits of saying digits.

    Args:
        rng: Whence the habits come.
        written: Whether an engine, or an imported transcript, writes figures.
    """

    def __init__(self, rng: random.Random, *, written: bool = False) -> None:
        self.rng = rng
        self.zero = rng.choice(["oh", "oh", "zero", "zero", "nought", "o"])
        ways: Sequence[tuple[Callable[[str], str], int]] = (
            [(self.joined, 5), (self.spread, 3), (self.dashed, 2)]
            if written
            else [(self.digits, 7), (self.pairs, 3), (self.repeats, 4), (self.quantity, 1), (self.joined, 2)]
        )
        self._ways, self._weights = zip(*ways, strict=True)

    def digits(self, group: str) -> str:
        """One word a digit."""
        return " ".join(self.zero if d == "0" else ONES[int(d)] for d in group)

    def pairs(self, group: str) -> str:
        """Two digits a number: forty one eleven."""
        said = [self._pair(group[k : k + 2]) for k in range(0, len(group), 2)]
        return " ".join(said)

    def _pair(self, two: str) -> str:
        if len(two) == 1 or two[0] == "0":
            return self.digits(two)
        joined = under_hundred(int(two))
        return joined.replace(" ", "-") if self.rng.random() < 0.5 else joined

    def repeats(self, group: str) -> str:
        """Double and triple where digits repeat."""
        said, k = [], 0
        while k < len(group):
            n = 1
            while n < 4 and group[k : k + n + 1] == group[k] * (n + 1):
                n += 1
            said.append(f"{REPEATS[n]} {self.digits(group[k])}" if n > 1 else self.digits(group[k]))
            k += n
        return " ".join(said)

    def quantity(self, group: str) -> str:
        """As a quantity where four digits allow it."""
        return whole(int(group)) if len(group) == 4 and group[0] != "0" else self.digits(group)

    def joined(self, group: str) -> str:
        """In figures, together."""
        return group

    def spread(self, group: str) -> str:
        """In figures, each alone."""
        return " ".join(group)

    def dashed(self, group: str) -> str:
        """In figures with hyphens."""
        return "-".join(group)

    def say(self, group: str) -> str:
        """One group in one of this voice's ways."""
        return str(self.rng.choices(self._ways, self._weights)[0](group))


def with_check_digit(body: str) -> str:
    """Return a body and the digit that makes it a payment card number (ISO/IEC 7812-1, annex B)."""
    doubled = (int(d) * (2 - k % 2) for k, d in enumerate(reversed(body)))
    return body + str(-sum(v - 9 if v > 9 else v for v in doubled) % 10)


def card_groups(rng: random.Random) -> list[str]:
    """Return a card number in the groups in which it is read: mostly fours, Amex 4-6-5, others."""
    roll = rng.random()
    if roll < 0.15:
        number = with_check_digit(rng.choice(["34", "37"]) + _some(rng, 12))
        return [number[:4], number[4:10], number[10:]]
    number = with_check_digit(rng.choice(["4", "51", "52", "55", "6011", "65"]).ljust(1) + _some(rng, 20))[:16]
    number = with_check_digit(number[:15])
    if roll < 0.85:
        return [number[k : k + 4] for k in range(0, 16, 4)]
    cuts = rng.choice([[2] * 8, [3, 3, 3, 3, 4], [8, 8], [4, 2, 2, 4, 4], [1, 3, 4, 4, 4]])
    ends = [sum(cuts[: k + 1]) for k in range(len(cuts))]
    return [number[end - size : end] for size, end in zip(cuts, ends, strict=True)]


def _some(rng: random.Random, size: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(size))


CARRIERS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "develop": {
        "ask": (
            "can i have the card number please",
            "what's the number on the card",
            "go ahead with the card number",
            "and which card are we using today",
            "okay ready for that card",
        ),
        "lead": ("sure it's", "okay", "yeah so", "it's a visa", "um", "alright the number is"),
        "ack": ("okay", "mm-hmm", "uh huh", "yes", "go ahead", "got it"),
        "aside": ("hold on let me find my glasses", "let me get my purse", "sorry the dog", "one second", "um"),
        "again": ("sorry start again", "wait that's wrong", "no no let me start over"),
        "fix": ("no wait", "sorry", "i mean", "correction"),
        "cvv": ("and the security code", "what's the cvv", "the three digits on the back please"),
        "cvv_lead": ("it's", "uh", "okay that's", "the back says"),
        "ssn4": ("what's the last four of your social", "can you verify the last four of the social security number"),
        "ssn": ("can i get your social security number", "and your full social", "what is the social"),
        "routing": ("what's the routing number", "and the bank's routing number please"),
        "bank": ("and the checking account number", "what's your bank account number"),
        "phone": ("what's a good callback number", "can i get a phone number for you", "and your cell phone number"),
        "email": ("what's your email address", "which email should i send it to"),
        "birth": ("and your date of birth", "can you verify your date of birth"),
        "address": ("what's the service address", "can you confirm your address"),
        "pin": ("and your four digit pin", "what's the pin on the account"),
        "password": ("what's the password on the account", "and your account password"),
        "expiry": ("what's the expiration date", "and the expiration", "when does it expire"),
        "close": ("thank you", "got it thanks", "perfect one moment"),
    },
    "held": {
        "ask": (
            "i'll take your payment whenever you're ready",
            "so read me the sixteen digits nice and slow",
            "card details please",
            "okay what have you got there a visa or a mastercard",
            "i'm on the payment screen so go on with the long number",
        ),
        "lead": ("right then", "yep", "so that's", "erm okay", "let me see it says", "it's a discover card"),
        "ack": ("yep", "mhm", "and then", "right", "okay next", "i'm with you"),
        "aside": (
            "bear with me it's dark in here",
            "my hands are shaking",
            "be quiet i'm on the phone",
            "what's that number is that a six",
            "er",
        ),
        "again": ("oh i read that wrong", "scrap that", "oops from the top"),
        "fix": ("no sorry", "not that", "make that", "oh wait"),
        "cvv": (
            "then the three digit number near the signature",
            "and your security number on the back",
            "cvc code",
            "lastly the three numbers on the reverse of the card",
        ),
        "cvv_lead": ("yes", "erm", "i think that's", "they've rubbed off a bit but"),
        "ssn4": ("just the last four digits of your social for me", "and last four of the s s n"),
        "ssn": ("what social security number is this under", "read me the full social security"),
        "routing": ("what are the nine routing digits at the bottom of your check", "your bank routing is"),
        "bank": ("then your account number at the bank", "and the checking account you'd like it drafted from"),
        "phone": ("if we get cut off where can i reach you", "what number are you calling from", "your mobile number"),
        "email": ("and an email on file", "where should i email the confirmation"),
        "birth": ("month day and year of birth", "your birthday for verification"),
        "address": ("what address is this for", "where do you live", "and the property address please"),
        "pin": ("did you set up a pin with us", "i need your pin number please"),
        "password": ("do you have a password with us", "what is your verbal password"),
        "expiry": ("and what is the expiry", "good through what month and year"),
        "close": ("lovely", "alright that went through", "thanks so much"),
    },
}


class Maker:
    """Makes forms of one half.

    Args:
        half: ``develop`` or ``held``.
        seed: Of its own random numbers.
        written: Whether the transcript has figures, as an imported one has.
    """

    def __init__(self, half: str, seed: int, *, written: bool = False) -> None:
        self.rng = random.Random(f"{half}-{seed}")
        self.says = CARRIERS[half]
        self.half = half
        self.written = written

    def pick(self, name: str) -> str:
        """Return one carrier."""
        return self.rng.choice(self.says[name])

    def voice(self) -> Voice:
        """Return a new caller."""
        return Voice(self.rng, written=self.written)

    def card(self) -> Lines:
        """A card number read to an agent in one of the ways of real calls."""
        rng, voice, groups = self.rng, self.voice(), card_groups(self.rng)
        style = rng.choice(["one breath", "turns", "read back", "asides", "agent reads", "again", "fix", "pauses"])
        lines = [f"a: {self.pick('ask')}"] if rng.random() < 0.85 else []
        said = [f"{{{voice.say(group)}}}" for group in groups]
        if style == "again":
            lines += [f"c: {self.pick('lead')} {said[0]} {self.pick('again')} {' '.join(said)}"]
        elif style == "fix":
            at = rng.randrange(len(groups))
            wrong = groups[at][:-1] + str((int(groups[at][-1]) + rng.randrange(1, 9)) % 10)
            said[at] = f"{{{voice.say(wrong)}}} {self.pick('fix')} {said[at]}"
            lines += [f"c: {self.pick('lead')} {' '.join(said)}"]
        elif style in ("turns", "read back"):
            for k, group in enumerate(said):
                lines.append(f"c: {self.pick('lead') + ' ' if not k else ''}{group}")
                lines.append(f"a: {group if style == 'read back' else self.pick('ack')}")
        elif style == "asides":
            at = rng.randrange(1, len(said))
            said.insert(at, f"<{rng.randrange(2, 9)}> {self.pick('aside')} <2>")
            lines += [f"c: {self.pick('lead')} {' '.join(said)}"]
        elif style == "pauses":
            lines += [f"c: {self.pick('lead')} {' <2> '.join(said)}"]
        else:
            lines += [f"c: {self.pick('lead')} {' '.join(said)}"]
            if style == "agent reads":
                lines += [f"a: so that's {' '.join(f'{{{voice.say(g)}}}' for g in groups)}", "c: that's it"]
        if rng.random() < 0.4:
            lines += self.expiry() + self.cvv()
        return [*lines, f"a: {self.pick('close')}"]

    def cvv(self) -> Lines:
        """A card's security code, three digits or four."""
        digits = _some(self.rng, self.rng.choice([3, 3, 3, 3, 4]))
        voice = self.voice()
        said = [digits] if self.rng.random() < 0.8 else list(digits)
        spoken = " ".join(f"{{{voice.say(part)}}}" for part in said)
        back = [f"a: {{{voice.digits(digits)}}} {self.pick('close')}"] if self.rng.random() < 0.3 else []
        return [f"a: {self.pick('cvv')}", f"c: {self.pick('cvv_lead')} {spoken}", *back]

    def ssn(self) -> Lines:
        """A social security number, whole or its last four."""
        digits, voice = _some(self.rng, 9), self.voice()
        if self.rng.random() < 0.5:
            return [f"a: {self.pick('ssn4')}", f"c: {self.pick('cvv_lead')} {{{voice.say(digits[5:])}}}"]
        parts = [f"{{{voice.say(part)}}}" for part in (digits[:3], digits[3:5], digits[5:])]
        if self.rng.random() < 0.3:
            return [f"a: {self.pick('ssn')}"] + [
                line for part in parts for line in (f"c: {part}", f"a: {self.pick('ack')}")
            ]
        return [f"a: {self.pick('ssn')}", f"c: {self.pick('cvv_lead')} {' '.join(parts)}"]

    def account(self) -> Lines:
        """A bank's routing number, an account number, or one after the other."""
        routing, number, voice = _some(self.rng, 9), _some(self.rng, self.rng.randrange(7, 13)), self.voice()
        first = [f"a: {self.pick('routing')}", f"c: {self._spoken(voice, routing, 3)}"]
        second = [f"a: {self.pick('bank')}", f"c: {self._spoken(voice, number, 4)}"]
        return self.rng.choice([first, second, first + second])

    def _spoken(self, voice: Voice, digits: str, size: int) -> str:
        return " ".join(f"{{{voice.say(digits[k : k + size])}}}" for k in range(0, len(digits), size))

    def phone(self) -> Lines:
        """An American phone number."""
        area, voice = self.rng.choice(["312", "415", "602", "847", "919"]), self.voice()
        last = _some(self.rng, 4)
        parts = " ".join(f"{{{voice.say(part)}}}" for part in (area, "555", last))
        written = self.rng.choice([f"{{{area}-555-{last}}}", f"{{({area}) 555-{last}}}", f"{{{area}555{last}}}"])
        return [f"a: {self.pick('phone')}", f"c: {self.pick('cvv_lead')} {written if self.written else parts}"]

    def email(self) -> Lines:
        """An e-mail address, said or written."""
        user, host = self.rng.choice(["anna", "t miller", "rob garcia"]), self.rng.choice(["gmail", "yahoo", "aol"])
        if self.written:
            return [f"a: {self.pick('email')}", f"c: {{{user.replace(' ', '.')}@{host}.com}}"]
        joined = self.rng.choice([" dot ", " underscore ", " "]).join(user.split())
        return [f"a: {self.pick('email')}", f"c: it's {{{joined} at {host} dot com}}"]

    def birth(self) -> Lines:
        """A date of birth."""
        month, day, year = self.rng.randrange(12), self.rng.randrange(1, 29), self.rng.randrange(40, 99)
        spoken = f"{MONTHS[month]} {under_hundred(day)} nineteen {under_hundred(year)}"
        figures = self.rng.choice([f"{month + 1}/{day}/19{year}", f"{MONTHS[month].title()} {day}, 19{year}"])
        return [f"a: {self.pick('birth')}", f"c: {{{figures if self.written else spoken}}}"]

    def address(self) -> Lines:
        """A street address."""
        number = self.rng.randrange(10, 99) * 100 + self.rng.randrange(10, 99)
        street = self.rng.choice(["oak street", "maple avenue", "sunset drive", "mill road", "park lane", "hill court"])
        said = str(number) if self.written else f"{under_hundred(number // 100)} {under_hundred(number % 100)}"
        return [f"a: {self.pick('address')}", f"c: {self.pick('cvv_lead')} {{{said} {street}}}"]

    def pin(self) -> Lines:
        """A four-digit PIN."""
        return [f"a: {self.pick('pin')}", f"c: {self.pick('cvv_lead')} {{{self.voice().say(_some(self.rng, 4))}}}"]

    def password(self) -> Lines:
        """A password of a word, perhaps with a number."""
        word = self.rng.choice(["butterfly", "rosebud", "tiger", "steelers", "sunshine", "pumpkin pie"])
        tail = f" {self.voice().say(_some(self.rng, 2))}" if self.rng.random() < 0.5 else ""
        return [f"a: {self.pick('password')}", f"c: it's {{{word}{tail}}}"]

    def expiry(self) -> Lines:
        """A card's expiry date."""
        month, year = self.rng.randrange(12), self.rng.randrange(27, 33)
        spoken = self.rng.choice(
            [
                f"{MONTHS[month]} twenty {under_hundred(year)}",
                f"{under_hundred(month + 1)} {under_hundred(year)}",
                f"{under_hundred(month + 1)} slash {under_hundred(year)}",
            ]
        )
        figures = self.rng.choice([f"{month + 1:02}/{year}", f"{month + 1:02}{year}", f"{month + 1:02}/20{year}"])
        return [f"a: {self.pick('expiry')}", f"c: {{{figures if self.written else spoken}}}"]


ORDINARY: Mapping[str, Mapping[str, Sequence[str]]] = {
    "develop": {
        "amount": (
            "c: my bill is {money}",
            "a: you owe {money} as of today",
            "c: i paid {money} last month",
            "a: we can split it into three payments of {money}",
            "a: the card was charged {money}",
        ),
        "reading": (
            "a: the meter reading was {five}",
            "c: my meter says {five}",
            "a: it went from {five} to {five} this month",
        ),
        "usage": ("a: you used {thousand} kilowatt hours", "c: it says {thousand} kwh for {two} days"),
        "invoice": ("a: invoice number {ten}", "a: that's on invoice {eight}", "c: my invoice is {thirteen}"),
        "confirmation": (
            "a: your confirmation number is {ten}",
            "a: the confirmation is {twelve}",
            "a: confirmation number {fourteen}",
        ),
        "case": ("a: your case number is {eight}", "a: i opened ticket {seven}", "c: reference number {eleven}"),
        "date": ("a: it's due {day}", "c: i called on {day}", "a: the bill from {day} to {day}"),
        "time": ("a: between {hour} and {hour} in the morning", "c: it went out at {hour} {minute}"),
        "menu": ("a: press {one} for billing and {one} for outages",),
        "place": ("a: our office is at {four} main street",),
        "card": ("a: is that the card ending in {last4}", "c: use the visa ending {last4}"),
        "count": ("c: there are {one} of us in {two} rooms", "c: i waited {two} minutes and called {one} times"),
        "account": ("c: my account number is {ten}", "a: i have account {nine}"),
    },
    "held": {
        "amount": (
            "a: the new balance will be {money}",
            "c: why is it {money} when it used to be {money}",
            "a: there's a {money} credit on the way",
            "c: i can manage {money} on friday and {money} the week after",
            "a: do you want to put the whole {money} on the visa",
        ),
        "reading": (
            "a: our reader wrote down {five}",
            "c: the number on the dial right now is {five}",
            "a: actual read of {five} against an estimate of {five}",
        ),
        "usage": ("a: that month was {thousand} units", "c: how could we use {thousand} gallons in {two} days"),
        "invoice": ("c: it's about invoice {nine}", "a: bill number {ten}", "a: on the invoice numbered {thirteen}"),
        "confirmation": (
            "a: here's your confirmation number when you're ready {twelve}",
            "c: last time the confirmation they gave me was {ten}",
            "a: keep this confirmation {fourteen} for your records",
        ),
        "case": ("a: the service order is {eight}", "a: i'm putting this in as case {seven}", "c: claim number {nine}"),
        "date": ("c: i've had this since {day}", "a: your next read date is {day}", "a: we posted it {day} and {day}"),
        "time": ("a: the crew is due at {hour} {minute}", "c: i've been waiting since {hour}"),
        "menu": ("c: i hit {one} then {one} and got music",),
        "place": ("a: you can drop it at {four} commerce drive that's our local office",),
        "card": ("a: i still have the one ending in {last4}", "a: should i charge the card that ends with {last4}"),
        "count": ("c: we've been here {two} years with {one} kids", "a: it takes {one} to {two} business days"),
        "account": ("a: and the account is {ten}", "c: my account with you is {nine}"),
    },
}
_LENGTHS = {
    "one": 1, "two": 2, "four": 4, "five": 5, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "last4": 4,
}  # fmt: skip


class Ordinary:
    """Makes numbers that are not private, of one half."""

    def __init__(self, half: str, seed: int, *, written: bool = False) -> None:
        self.rng = random.Random(f"ordinary-{half}-{seed}")
        self.templates = [(kind, line) for kind, lines in ORDINARY[half].items() for line in lines]
        self.written = written

    def every(self, count: int) -> Iterator[tuple[str, Lines]]:
        """Yield this many, the templates in turn."""
        for k in range(count):
            kind, line = self.templates[k % len(self.templates)]
            while "{" in line:
                before, _, rest = line.partition("{")
                slot, _, after = rest.partition("}")
                line = before + self._fill(slot) + after
            yield kind, [line]

    def _fill(self, slot: str) -> str:
        rng = self.rng
        voice = Voice(rng, written=self.written)
        if slot == "money":
            dollars, cents = rng.randrange(40, 1900), rng.randrange(100)
            if self.written:
                return rng.choice([f"${dollars}.{cents:02}", f"{dollars} dollars", f"${dollars:,}"])
            return rng.choice(
                [f"{whole(dollars)} dollars", f"{whole(dollars)} dollars and {under_hundred(cents)} cents"]
            )
        if slot == "thousand":
            value = rng.randrange(400, 3000)
            return f"{value:,}" if self.written else whole(value)
        if slot == "day":
            month, day = rng.choice(MONTHS), rng.randrange(1, 29)
            return f"{month} {day}" if self.written else f"{month} {under_hundred(day)}"
        if slot == "hour":
            return str(rng.randrange(1, 13)) if self.written else under_hundred(rng.randrange(1, 13))
        if slot == "minute":
            return rng.choice(["15", "30", "45"]) if self.written else rng.choice(["fifteen", "thirty", "forty five"])
        size = _LENGTHS[slot]
        digits = rng.choice("123456789") + _some(rng, size - 1)
        if size >= 13:  # its check digit must not fit, or it may well be a card's
            digits = digits[:-1] + str((int(with_check_digit(digits[:-1])[-1]) + rng.randrange(1, 9)) % 10)
        if size <= 2:
            return digits if self.written else under_hundred(int(digits))
        return " ".join(voice.say(digits[k : k + 4]) for k in range(0, size, 4))
