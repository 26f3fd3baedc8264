"""Chromium without a window, where it and Playwright are installed, and what a page in it plays."""

import io
import shutil
from contextlib import contextmanager

import numpy as np
import pytest
import soundfile

from keras_musicgan.generation.sustain import sustained_sound
from keras_musicgan.synth import frequency

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BIT = 1 / 32768
# Every voice of the loudspeaker, with its samples, and the time of the event that asked for it.
SPY = """
globalThis.voices = [];
for (const kind of ["keydown", "pointerdown", "pointermove"]) {
  addEventListener(kind, (event) => { globalThis.asked = event.timeStamp; }, true);
}
const { start, stop } = AudioBufferSourceNode.prototype;
AudioBufferSourceNode.prototype.start = function (time, offset) {
  if (this.context instanceof AudioContext) {
    const ms = performance.now() - globalThis.asked;
    const samples = Array.from(this.buffer.getChannelData(0));
    const { loop, loopStart, loopEnd } = this;
    this.voice = { samples, loop, loopStart, loopEnd, offset, ms, stopped: false };
    globalThis.voices.push(this.voice);
  }
  return start.call(this, time, offset);
};
AudioBufferSourceNode.prototype.stop = function (time) {
  if (this.voice) this.voice.stopped = true;
  return stop.call(this, time);
};
"""
FOCUSED = "[document.activeElement].map((e) => e.id || e.name || e.getAttribute('aria-label'))[0]"
OUTLINE = "getComputedStyle(document.activeElement.closest('.chip') ?? document.activeElement).outlineStyle"


@contextmanager
def chromium():
    """A started Chromium, or a skip with the reason."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def voices(tab):
    return tab.evaluate("voices")


def wait_for(tab, expression):
    """Waits until an expression holds; `wait_for_function` would need `eval`, which the page forbids."""
    for _ in range(200):
        if tab.evaluate(expression):
            return
        tab.wait_for_timeout(25)
    raise AssertionError(f"{expression} never held")


def wait_for_voices(tab, n):
    wait_for(tab, f"voices.length >= {n}")
    return voices(tab)


def clip_of(gan, latents, **conditions):
    return gan.generate(latents=np.asarray(latents, "float32")[None], **conditions)[0]


def check_held(voice, clip, pitch, rate=16000):
    """A voice plays its clip to the end of the steady part, then the loop of the sustained sound."""
    expected = sustained_sound(clip, rate, float(frequency(pitch)))
    samples = np.array(voice["samples"])
    end = expected.lead + len(expected.begin)
    np.testing.assert_allclose(samples[:end], clip[:end, 0], atol=1.5 * BIT)
    np.testing.assert_allclose(samples[end:], expected.cycle[:, 0], atol=3 * BIT)
    assert voice["loop"] and voice["loopStart"] == pytest.approx(end / rate)
    assert voice["loopEnd"] == pytest.approx(len(samples) / rate)


def read_download(download):
    return soundfile.read(io.BytesIO(download.value.path().read_bytes()), always_2d=True)
