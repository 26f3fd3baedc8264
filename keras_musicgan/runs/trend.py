"""The trend of a measure over a training run or its end."""

from dataclasses import dataclass

import numpy as np

P_VALUE = 0.05
MIN_FALL = 0.05  # relative; a slower improvement is not worth waiting for
MIN_RISE = 0.2  # relative; neighbouring measurements are correlated, so small rises occur by chance
MIN_POINTS = 4  # fewer are in perfect order by chance too often


@dataclass(frozen=True)
class Trend:
    """The trend of a measure, lower is better, over the last half of a training run or all of it.

    Attributes:
        direction: `"falling"`, `"rising"`, `"level"`, or `"unknown"` with too few measurements.
        evidence: The same in words with the numbers.
    """

    direction: str
    evidence: str

    @classmethod
    def from_values(cls, values: np.ndarray | None, epochs: np.ndarray, share: float = 0.5) -> "Trend":
        """The trend of `quality_kernel` `[epochs]`; repeated values are not measurements, nor are NaN and `None`.

        Args:
            values: The measure, `[epochs]`, or `None`.
            epochs: Number of each epoch.
            share: Share of the measurements, the last ones, in (0, 1].

        Example:
            >>> Trend.from_values(np.array([9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0]), np.arange(1, 9)).direction
            'falling'
        """
        from scipy import stats

        if values is None or not np.isfinite(values).any():
            return cls("unknown", "`quality_kernel` was not measured, so whether it still improves is unknown")
        values, epochs = values[np.isfinite(values)], epochs[np.isfinite(values)]
        measured = np.r_[True, np.diff(values) != 0]
        values, epochs = values[measured], epochs[measured]
        best = int(values.argmin())
        best_text = f"the best `quality_kernel` was {values[best]:.3g} in epoch {epochs[best]:.0f}"
        n_last = max(int(share * len(values)), MIN_POINTS)
        last, since = values[-n_last:], epochs[-n_last:]
        if len(last) < MIN_POINTS:
            return cls("unknown", f"{best_text}; {len(values)} different measurements are too few for a trend")
        middle = len(last) // 2
        before, after = float(np.mean(last[:middle])), float(np.mean(last[-middle:]))
        tau, p_value = stats.kendalltau(since, last)
        means = f"from a mean of {before:.3g} to one of {after:.3g}"
        change = f"{means} in the last {len(last)} measurements, since epoch {since[0]:.0f}"
        verb, direction, minimum = ("fell", "falling", MIN_FALL) if tau < 0 else ("rose", "rising", MIN_RISE)
        if p_value / 2 < P_VALUE and abs(after - before) > minimum * max(abs(before), abs(after)):
            return cls(direction, f"`quality_kernel` {verb} {change}; {best_text}")
        return cls("level", f"`quality_kernel` went {change}, which is no trend; {best_text}")
