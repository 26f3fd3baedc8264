"""Audio files decoded to one rate and number of channels, with a cache of limited size."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from keras_musicgan.datasets.decoding.disk_cache import DiskCache
from keras_musicgan.datasets.decoding.memory_cache import MemoryCache
from keras_musicgan.music import audio

FRAME = 256  # samples of which the peak decides about silence


class DecodedAudio:
    """Audio files, all of them decoded once, to be read in parts.

    The constructor decodes every file in blocks, several files at a time, checks it and fills the cache in the order of
    the files until it is full. How much of each file is kept depends only on the files and the limit, not on what the
    cache holds already, since a part that is decoded by itself may differ in the last bit. Other parts are decoded
    again whenever they are read.

    Args:
        files: The files.
        sample_rate: Rate in Hz.
        channels: 1 or 2.
        trim_db: Level in dB below a file's peak; its beginning and end are trimmed where they are softer. `None` to
            keep them.
        cache: Folder that keeps decoded audio, or `None` to keep it in memory.
        cache_limit: Largest number of bytes to keep.
        reach: Number of samples of each file that will be read, or `None` for all.
        workers: Files decoded at a time.

    Attributes:
        lengths: Dict from each usable file to its number of samples.
        skipped: Dict from each other file to the reason.
        complete: Whether everything was kept, so that reading decodes nothing.
    """

    def __init__(
        self,
        files: Sequence[Path],
        sample_rate: int,
        channels: int,
        trim_db: float | None = None,
        cache: str | Path | None = None,
        *,
        cache_limit: int,
        reach: int | None = None,
        workers: int = 2,
    ):
        self.sample_rate = sample_rate
        self.channels = channels
        self.trim_db = trim_db
        self.reach = reach
        self.cache: MemoryCache | DiskCache
        if cache is None:
            self.cache = MemoryCache(channels)
        else:
            import soundfile

            decoder = f"libsndfile {soundfile.__libsndfile_version__}"
            self.cache = DiskCache(
                cache, channels, f"{decoder}, {sample_rate} Hz, {channels} channels, trimmed {trim_db} dB"
            )
        self._facts: dict[Path, dict[str, int]] = {}
        self.skipped: dict[Path, str] = {}
        self._scan(files, int(cache_limit) // (4 * channels), workers)
        self.lengths = {file: facts["last"] - facts["first"] for file, facts in self._facts.items()}
        self.complete = all(facts["n_kept"] >= self._end(facts) for facts in self._facts.values())

    def read(self, file: Path, first: int, n_samples: int) -> np.ndarray:
        """A part of a file, float32 `[samples, channels]`; shorter than `n_samples` at the file's end.

        Raises:
            keras_musicgan.audio.AudioError: If the file has changed since and can no longer be decoded.
        """
        facts = self._facts[file]
        first += facts["first"]
        n_samples = min(n_samples, facts["last"] - first)
        if first + n_samples <= facts["n_kept"]:
            return self.cache.read(file, first, n_samples)
        return audio.read_part(file, first, n_samples, self.sample_rate, self.channels)

    def _end(self, facts):
        """The end, in samples, of the part of a file that will be read."""
        return facts["last"] if self.reach is None else min(facts["last"], facts["first"] + self.reach)

    def _scan(self, files, n_left, workers):
        with ThreadPoolExecutor(workers) as pool:
            try:
                found = {}
                for file, facts in zip(files, pool.map(self._look, files), strict=True):
                    n_kept = min(self._n_to_keep(facts.get("promised", 0)), n_left)
                    n_left -= n_kept
                    if "reason" in facts:
                        pass
                    elif facts.get("n_kept", -1) < min(n_kept, facts.get("n_samples", n_kept)):
                        facts = pool.submit(self._decode, file, facts["promised"], n_kept)
                    else:
                        facts = {**facts, "n_kept": min(facts["n_kept"], n_kept)}
                    found[file] = facts
                for file, facts in found.items():
                    facts = facts if isinstance(facts, dict) else facts.result()
                    if "reason" in facts:
                        self.skipped[file] = facts["reason"]
                    else:
                        self._facts[file] = facts
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _n_to_keep(self, n_samples):
        """Number of samples of a file to keep: all if silence is trimmed, as the sound's beginning is still unknown."""
        return n_samples if self.reach is None or self.trim_db is not None else min(n_samples, self.reach)

    def _look(self, file):
        """The cache's facts of a file, or the number of samples by its header, or the reason to skip it."""
        facts = self.cache.known(file)
        if facts is not None:
            facts.setdefault("promised", facts.get("n_samples", 0))
        else:
            try:
                n_frames, rate, _ = audio.info(file)
                facts = {"promised": -(-n_frames * self.sample_rate // rate)}
            except OSError as error:  # a broken link, an unmounted drive: not the file's own fault, so not noted
                facts = {"reason": str(error)}
            except audio.AudioError as error:
                facts = {"reason": str(error)}
                self.cache.note(file, facts)
        return facts

    def _decode(self, file, promised, n_kept):
        """Decodes a file once, keeps its first samples and returns its facts."""
        facts = {"promised": promised}
        blocks = self._measured(file, facts)
        try:
            for _ in self.cache.keeping(file, blocks, n_kept) if n_kept else blocks:
                pass
            facts["n_kept"] = min(n_kept, facts["n_samples"])
        except audio.AudioError as error:
            facts = {"promised": promised, "reason": str(error)}
        except OSError as error:
            return {"reason": str(error)}
        self.cache.note(file, facts)
        return facts

    def _measured(self, file, facts):
        """The blocks of a file; after the last, `facts` has its length and the bounds of its sound."""
        n_samples, starts, peaks = 0, [], []
        for block in audio.blocks(file, self.sample_rate, self.channels):
            edges = np.arange(0, len(block), FRAME)
            peaks.append(np.maximum.reduceat(np.abs(block).max(axis=1), edges))
            starts.append(n_samples + edges)
            n_samples += len(block)
            yield block
        if not n_samples:
            raise audio.AudioError(
                f"An audio file must hold a sample at {self.sample_rate} Hz or more. Received: {file}, which is shorter"
            )
        starts, peaks = np.concatenate([*starts, [n_samples]]), np.concatenate(peaks)
        if peaks.max() < audio.MIN_PEAK:
            raise audio.AudioError(f"An audio file must hold sound. Received: {file}, which is silent")
        facts.update(n_samples=n_samples, first=0, last=n_samples)
        if self.trim_db is not None:
            loud = np.flatnonzero(peaks >= peaks.max() * 10 ** (-self.trim_db / 20))
            facts.update(first=int(starts[loud[0]]), last=int(starts[loud[-1] + 1]))
