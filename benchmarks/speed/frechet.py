"""The Fréchet distance against `scipy.linalg.sqrtm`, and its bias against its limit for infinitely many embeddings."""

import argparse
import functools
import statistics

import numpy as np
import scipy.linalg

from benchmarks.shared.timing import CLOCKS, in_turns, median_ratio, seconds
from keras_musicgan.metrics import frechet_distance, frechet_infinity

SIZES = (200, 500, 1000, 2000)
REFERENCE = 20_000  # embeddings, so many that their own bias is small


def planted_pair(rng, n, dims):
    """Two sets `[n, dims]` whose sample means and covariances are exact, and their Fréchet distance.

    With B = T A T for any symmetric positive T the trace of (A B)^½ is that of T A.
    """

    def positive(exponent):
        axes, _ = np.linalg.qr(rng.standard_normal((dims, dims)))
        return (axes * 10.0 ** rng.uniform(-exponent, 0, dims)) @ axes.T

    def sample(factor, mean):
        rows = rng.standard_normal((n, dims))
        rows, _ = np.linalg.qr(rows - rows.mean(axis=0))  # columns of mean 0, orthonormal
        return np.sqrt(n - 1) * rows @ factor + mean

    root, transport, shift = positive(1.5), positive(1.0), 0.1 * rng.standard_normal(dims)
    covariance = root @ root
    distance = (shift**2).sum() + np.trace(covariance) + ((root @ transport) ** 2).sum()
    distance -= 2.0 * np.trace(transport @ covariance)
    return sample(root, 0.0), sample(root @ transport, shift), distance


def speed(dims, samples, rounds, clock):
    """Prints the errors of both ways from the closed form, and their times in turns."""
    a, b, expected = planted_pair(np.random.default_rng(0), samples, dims)
    covariances = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    product = covariances[0] @ covariances[1]
    results = {}

    def ours():
        results["ours"] = frechet_distance(a, b)

    def root():
        results["root"] = scipy.linalg.sqrtm(product)

    times = in_turns({"ours": ours, "root": root}, rounds, functools.partial(seconds, clock=clock))
    traces = sum(np.trace(covariance) for covariance in covariances)
    theirs = ((a.mean(axis=0) - b.mean(axis=0)) ** 2).sum() + traces - 2.0 * np.trace(results["root"].real)
    print(f"{samples} embeddings of {dims} dimensions on either side, closed form {expected:.6f}")
    print(f"{'':<44}{'relative error':>16}{'seconds':>10}")
    for name, distance, measured in (
        ("frechet_distance", results["ours"], times["ours"]),
        ("scipy.linalg.sqrtm (the root alone)", theirs, times["root"]),
    ):
        print(f"{name:<44}{abs(distance / expected - 1):>16.1e}{statistics.median(measured):>10.2f}")
    ratio = median_ratio(times["root"], times["ours"])
    print(f"faster: {ratio:.1f}×, the median of {rounds} rounds\n", flush=True)


def limit(dims, draws):
    """Prints distances and limits of two samples of one distribution, whose covariance has a trace of 1."""
    rng = np.random.default_rng(0)
    deviations = np.exp(-np.arange(dims) / (dims / 4))
    deviations /= np.linalg.norm(deviations)

    def sample(n):
        return deviations * rng.standard_normal((n, dims))

    whole = sample(REFERENCE)
    ways = {
        "FAD": lambda a, b: frechet_distance(a, whole),
        "FAD∞": lambda a, b: frechet_infinity(a, whole),
        "FAD, reference of N": frechet_distance,
        "FAD∞ of both": lambda a, b: frechet_infinity(a, b, extrapolate_b=True),
    }
    print(
        f"two samples of one distribution, {dims} dimensions, reference of {REFERENCE}, {draws} draws: mean ± deviation"
    )
    print(f"{'N':>6}" + "".join(f"{name:>24}" for name in ways))
    for n in SIZES:
        pairs = [(sample(n), sample(n)) for _ in range(draws)]
        values = [[way(*pair) for pair in pairs] for way in ways.values()]
        print(f"{n:>6}" + "".join(f"{np.mean(v):>+14.5f} ± {np.std(v, ddof=1):.5f}" for v in values), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dims", type=int, default=2048)
    parser.add_argument("--samples", type=int, default=4096)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    parser.add_argument("--limit-dims", type=int, default=32)
    parser.add_argument("--draws", type=int, default=20)
    arguments = parser.parse_args()
    speed(arguments.dims, arguments.samples, arguments.rounds, CLOCKS[arguments.clock])
    limit(arguments.limit_dims, arguments.draws)


if __name__ == "__main__":
    main()
