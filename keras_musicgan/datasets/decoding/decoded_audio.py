"""Audio files decoded to one rate and number of channels, with a cache of limited size."""

import errno
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from keras_musicgan.datasets.decoding.disk_cache import CacheError, DiskCache
from keras_musicgan.datasets.decoding.memory_cache import MemoryCache
from keras_musicgan.datasets.decoding.sound_bounds import DEFAULT_TRIM_DB, SoundBounds
from keras_musicgan.datasets.files import version_of
from keras_musicgan.music import audio

PROBE = 2048  # samples that are read again, to see whether they are the same
TOLERANCE = 1e-4
OF_THE_PROCESS = (errno.EMFILE, errno.ENFILE)  # too many open files: errors that are not a file's own


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
        trim: `"onset"`, `"level"` or `None`: how each file's beginning and end are trimmed, as by `SoundBounds`.
        trim_db: Level in dB below a file's peak.
        cache: Folder that keeps decoded audio, or `None` to keep it in memory.
        cache_limit: Largest number of bytes to keep.
        reach: Number of samples of each file that will be read, or `None` for all.
        workers: Files decoded at a time.

    Attributes:
        lengths: Dict from each usable file to its number of samples.
        skipped: Dict from each other file to the reason.
        complete: Whether everything was kept, so that reading decodes nothing.

    Raises:
        OSError: If the cache cannot be written, or the process has too many open files.
    """

    def __init__(
        self,
        files: Sequence[Path],
        sample_rate: int,
        channels: int,
        trim: str | None = None,
        trim_db: float = DEFAULT_TRIM_DB,
        cache: str | Path | None = None,
        *,
        cache_limit: int,
        reach: int | None = None,
        workers: int = 2,
    ):
        self.sample_rate = sample_rate
        self.channels = channels
        self.trim = trim
        self.trim_db = trim_db
        self.reach = reach
        self.cache: MemoryCache | DiskCache
        if cache is None:
            self.cache = MemoryCache(channels)
        else:
            import soundfile

            decoder = f"libsndfile {soundfile.__libsndfile_version__}"
            trimmed = f"{trim} {trim_db} dB" if trim else "not"
            self.cache = DiskCache(
                cache, channels, f"{decoder}, {sample_rate} Hz, {channels} channels, trimmed {trimmed}"
            )
        self._facts: dict[Path, dict] = {}
        self._versions: dict[Path, list[int]] = {}
        self.skipped: dict[Path, str] = {}
        self._scan(files, int(cache_limit) // (4 * channels), workers)
        self.lengths = {file: facts["last"] - facts["first"] for file, facts in self._facts.items()}
        self.complete = all(facts["n_kept"] >= self._end(facts) for facts in self._facts.values())

    def read(self, file: Path, first: int, n_samples: int) -> np.ndarray:
        """A part of a file, float32 `[samples, channels]`; shorter than `n_samples` at the file's end.

        Raises:
            keras_musicgan.audio.AudioError: If the file, where it is decoded again, has changed since.
            OSError: If the file or the cache can no longer be read.
        """
        facts = self._facts[file]
        first += facts["first"]
        n_samples = min(n_samples, facts["last"] - first)
        if first + n_samples <= facts["n_kept"]:
            part, same = self.cache.read(file, first, n_samples), True
        else:
            part = audio.read_part(file, first, n_samples, self.sample_rate, self.channels, facts["seeks"])
            same = version_of(file) == self._versions[file]
        if not same or len(part) < n_samples or not np.isfinite(part).all():
            raise audio.AudioError(f"An audio file must stay as it is while it is in use. Received: {file}, changed")
        return part

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
                    if "reason" not in facts and not self._suffice(facts, n_kept):
                        facts = pool.submit(self._decode, file, facts, n_kept)
                    found[file] = n_kept, facts
                for file, (n_kept, facts) in found.items():
                    facts = facts if isinstance(facts, dict) else facts.result()
                    if "reason" in facts:
                        self.skipped[file] = facts["reason"]
                    else:
                        self._facts[file] = {**facts, "n_kept": min(facts["n_kept"], n_kept)}
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _suffice(self, facts, n_kept):
        """Whether the cache knows all that is needed of a file to keep so many samples."""
        if facts.get("n_kept", -1) < min(n_kept, facts.get("n_samples", n_kept)):
            return False
        return n_kept >= self._end(facts) or "seeks" in facts

    def _n_to_keep(self, n_samples):
        """Number of samples of a file to keep: all if silence is trimmed, as the sound's beginning is still unknown."""
        return n_samples if self.reach is None or self.trim is not None else min(n_samples, self.reach)

    def _look(self, file):
        """The cache's facts of a file, or the number of samples by its header, or the reason to skip it."""
        facts = self.cache.known(file)
        try:
            if facts is None:
                n_frames, rate, _ = audio.info(file)
                facts = {"promised": -(-n_frames * self.sample_rate // rate)}
            self._versions[file] = version_of(file)
        except OSError as error:  # a broken link, an unmounted drive: not the file's own fault, so not noted
            return {"reason": _reason(error, file)}
        except audio.AudioError as error:
            facts = {"reason": str(error)}
            self.cache.note(file, facts)
        facts.setdefault("promised", facts.get("n_samples", 0))
        return facts

    def _decode(self, file, known, n_used):
        """Decodes a file once, keeps its first samples, those that will be used at least, and returns its facts."""
        facts = {"promised": known["promised"]}
        n_kept = max(n_used, known.get("n_kept", 0))  # nothing that an earlier run kept is lost
        blocks = self._measured(file, facts)
        try:
            for _ in self.cache.keeping(file, blocks, n_kept) if n_kept else blocks:
                pass
            facts["n_kept"] = min(n_kept, facts["n_samples"])
            probe = facts.pop("probe")
            if n_used < self._end(facts):
                facts["seeks"] = self._seeks(file, *probe)
        except audio.AudioError as error:
            facts = {"promised": known["promised"], "reason": str(error)}
        except CacheError:
            raise
        except OSError as error:
            return {"reason": _reason(error, file)}
        self.cache.note(file, facts)
        return facts

    def _seeks(self, file, first, expected):
        """Whether a part of a file is the same if the decoder goes there at once."""
        part = audio.read_part(file, first, len(expected), self.sample_rate, self.channels)
        return part.shape == expected.shape and bool(np.allclose(part, expected, rtol=0, atol=TOLERANCE))

    def _measured(self, file, facts):
        """The blocks of a file; after the last, `facts` has its length and the bounds of its sound."""
        sound = SoundBounds(self.sample_rate, self.trim, self.trim_db)
        for block in audio.blocks(file, self.sample_rate, self.channels):
            middle = len(block) // 2
            facts["probe"] = sound.n_samples + middle, block[middle : middle + PROBE].copy()
            sound.add(block)
            yield block
        if not sound.n_samples:
            raise audio.AudioError(
                f"An audio file must hold a sample at {self.sample_rate} Hz or more. Received: {file}, which is shorter"
            )
        if sound.peak < audio.MIN_PEAK:
            raise audio.AudioError(f"An audio file must hold sound. Received: {file}, which is silent")
        first, last = sound.bounds()
        facts.update(n_samples=sound.n_samples, first=first, last=last)


def _reason(error, file):
    """The reason to skip a file that the system cannot read; an error that is not the file's own is raised."""
    if error.errno in OF_THE_PROCESS:
        raise OSError(error.errno, f"Audio files must be opened. Received: {file}: {error.strerror}") from error
    return str(error)
