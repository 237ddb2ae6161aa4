"""When each party speaks, from their own lane.

Energy above the lane's own noise gives the edges; a low-threshold Silero says that it is speech and not music,
ringing or noise; the other lane says that it is not the other party, faintly. Silero alone is too coarse at the
edges, and energy alone hears hold music.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from coach.conversation import Timeline
from coach.speech.frames import Mask, Runs, closed, filled, opened, runs, timeline, widened
from coach.speech.hearing import ISLAND, SURE, TAIL, ActivitySettings, Heard, clear, hear, heard_again, means, rms
from coach.speech.levels import NOTHING, PER_SECOND, share_at_rail
from coach.speech.samples import RATE, Samples
from coach.speech.silero import Silero
from coach.speech.threads import threads
from coach.speech.transcribers.protocol import Progress

__all__ = ["ActivitySettings", "LaneActivity", "detect"]


@dataclass(frozen=True, slots=True)
class LaneActivity:
    """When the party of one lane speaks, and how the lane sounds.

    Attributes:
        speech: Raw activity: gaps kept but for the closures of stops.
        likely: A looser timeline that holds ``speech``: where words may be, for the recogniser.
        level: RMS of the speech, in dBFS; ``None`` when nobody speaks.
        noise_floor: Median level of the lane outside speech, in dBFS; -100 for digital silence.
        clipped: Whether the speech was recorded too loud.
        warnings: Sentences for the report.
        levels: Level of each 10 ms frame, in dBFS: shape ``(frames,)``; the recogniser's cuts look for quiet there.
    """

    speech: Timeline
    likely: Timeline
    level: float | None
    noise_floor: float
    clipped: bool
    warnings: tuple[str, ...] = ()
    levels: NDArray[np.float16] = field(default_factory=lambda: np.empty(0, np.float16), compare=False, repr=False)


def detect(
    lanes: Sequence[Samples],
    silero: Silero,
    *,
    settings: ActivitySettings | None = None,
    progress: Progress | None = None,
) -> tuple[LaneActivity, ...]:
    """Return when the party of each lane speaks.

    A frame of 10 ms is active when it is less than ``below`` dB under the party's own speech and, in some band,
    ``above`` dB over the lane's noise and the other party's leak. A stretch of active frames is speech when the
    model's mean probability over it says so.

    Args:
        lanes: One lane a party, 16 kHz, read in slices; they begin at the same moment.
        silero: The model, open.
        settings: What counts as speech.
        progress: Told the share done.
    """
    settings = settings or ActivitySettings()
    told = _together(progress, len(lanes))
    # The model and the arithmetic let other threads run, so two lanes take little longer than one.
    with ThreadPoolExecutor(threads(max(len(lanes), 1)), "lane") as pool:
        heard = list(pool.map(lambda lane, tell: hear(lane, silero, settings, tell), lanes, told))

        def judge(index: int) -> LaneActivity:
            risen = clear(heard[index], heard[:index] + heard[index + 1 :], settings)
            return _activity(heard[index], _speech(heard[index], risen, silero, settings), risen, index + 1, settings)

        return tuple(pool.map(judge, range(len(heard))))


def _together(progress: Progress | None, lanes: int) -> list[Progress | None]:
    """Return what each lane tells its share to: the mean of all grows with every one of them."""
    shares = [0.0] * lanes

    def tell(index: int, share: float) -> None:
        shares[index] = share
        if progress is not None:
            progress(sum(shares) / lanes)

    return [None if progress is None else partial(tell, index) for index in range(lanes)]


def _speech(heard: Heard, risen: Mask, silero: Silero, settings: ActivitySettings) -> Mask:
    """Return the frames in which this party speaks: shape ``(frames,)``."""
    sure = (heard.probability >= SURE) & risen
    if np.count_nonzero(sure) < settings.evidence * PER_SECOND:
        return np.zeros(len(risen), np.bool_)
    loud = heard.levels.total > rms(heard.levels.total[sure]) - settings.below
    dip, click = round(settings.dip * PER_SECOND), round(settings.click * PER_SECOND)
    active = opened(closed(loud & risen, dip), click)
    probability = heard_again(heard, active, silero, settings)
    near = active & widened(probability >= settings.possible, round(settings.reach * PER_SECOND))
    stretches = runs(closed(near, ISLAND))
    likely = stretches[means(probability, near, stretches) >= settings.likely]
    return near & filled(likely[_in_company(likely, settings)], len(near))


def _in_company(stretches: Runs, settings: ActivitySettings) -> NDArray[np.bool_]:
    """Return which stretches are long enough to stand alone, or near enough to another: shape ``(stretches,)``.

    The shortest thing people say by itself ("mhm") lasts a quarter of a second; a note of hold music that the
    model takes for a vowel is shorter.
    """
    gaps = np.concatenate(([np.inf], stretches[1:, 0] - stretches[:-1, 1], [np.inf])) / PER_SECOND
    lasting = (stretches[:, 1] - stretches[:, 0]) / PER_SECOND >= settings.lone
    return np.asarray(lasting | (np.minimum(gaps[:-1], gaps[1:]) <= settings.company))


def _activity(heard: Heard, speech: Mask, risen: Mask, number: int, settings: ActivitySettings) -> LaneActivity:
    duration = len(heard.samples) / RATE
    total = heard.levels.total
    rest = total[~widened(speech, TAIL)]
    floor = float(np.median(rest)) if len(rest) else NOTHING
    if not speech.any():
        return LaneActivity((), (), None, floor, clipped=False, levels=total)
    words = opened(closed((heard.probability >= settings.words) & risen, ISLAND), ISLAND)
    spoken = timeline(speech, duration)
    clipped = share_at_rail(heard.samples, spoken) >= settings.clipped
    return LaneActivity(
        spoken,
        timeline(speech | words, duration),
        rms(total[speech]),
        floor,
        clipped,
        (_too_loud(number),) if clipped else (),
        total,
    )


def _too_loud(number: int) -> str:
    return (
        f"Channel {number} was recorded too loud and its peaks are cut off: "
        "when speech begins and ends there is less exact."
    )
