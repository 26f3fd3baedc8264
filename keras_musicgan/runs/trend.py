"""Whether a measure still changes at the end of a training."""

from dataclasses import dataclass

import numpy as np

P_VALUE = 0.05
MIN_FALL = 0.05  # of what is compared; a slower improvement is none that is worth waiting for
MIN_RISE = 0.2  # neighbouring measurements are alike, so that small rises come about by chance
MIN_POINTS = 4  # a perfect order of fewer comes about by chance too often


@dataclass(frozen=True)
class Trend:
    """How a measure that should be low went over the last half of a training.

    Attributes:
        direction: `"falling"`, `"rising"`, `"level"`, or `"unknown"` where it was measured too seldom.
        evidence: The same in words with the numbers.
    """

    direction: str
    evidence: str

    @classmethod
    def of(cls, values: np.ndarray | None, epochs: np.ndarray) -> "Trend":
        """The trend of `quality_kernel` `[epochs]`, repeated where it was not measured; `None` or NaN for none.

        Example:
            >>> Trend.of(np.array([9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0]), np.arange(1, 9)).direction
            'falling'
        """
        from scipy import stats

        if values is None or not np.isfinite(values).any():
            return cls("unknown", "`quality_kernel` was not measured, so whether it still improves is unknown")
        values, epochs = values[np.isfinite(values)], epochs[np.isfinite(values)]
        measured = np.r_[True, np.diff(values) != 0]
        values, epochs = values[measured], epochs[measured]
        best = int(values.argmin())
        best_told = f"the best `quality_kernel` was {values[best]:.3g} in epoch {epochs[best]:.0f}"
        half = max(len(values) // 2, MIN_POINTS)
        last, since = values[-half:], epochs[-half:]
        if len(last) < MIN_POINTS:
            return cls("unknown", f"{best_told}; {len(values)} different measurements are too few for a trend")
        middle = len(last) // 2
        before, after = float(np.mean(last[:middle])), float(np.mean(last[-middle:]))
        tau, p_value = stats.kendalltau(since, last, method="exact")
        told = f"from {before:.3g} to {after:.3g} over the last {len(last)} measurements, since epoch {since[0]:.0f}"
        word, direction, least = ("fell", "falling", MIN_FALL) if tau < 0 else ("rose", "rising", MIN_RISE)
        if p_value / 2 < P_VALUE and abs(after - before) > least * max(abs(before), abs(after)):
            return cls(direction, f"`quality_kernel` {word} {told}; {best_told}")
        return cls("level", f"`quality_kernel` went {told}, which is no trend; {best_told}")
