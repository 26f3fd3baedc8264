"""The page in Chromium, from the file system."""

import shutil

import numpy as np
import pytest

from keras_musicgan import page as pages
from keras_musicgan.conditions import Conditions, Label, Pitch
from keras_musicgan.generation import latents as latent_vectors
from keras_musicgan.generation.sustain import sustained_sound
from keras_musicgan.synth import frequency
from tests.support.browser import (
    BIT,
    FOCUSED,
    OUTLINE,
    check_held,
    clip_of,
    read_download,
    voices,
    wait_for,
    wait_for_voices,
)
from tests.support.drum_kit import DrumKit
from tests.support.sine_instrument import SineInstrument

pytestmark = pytest.mark.slow

RATE, SEED = 16000, 5
NAMES = ["soft", "</script>&amp; loud"]
MIDI = """
globalThis.instrument = { name: "Keys" };
navigator.requestMIDIAccess = async () => ({ inputs: new Map([[1, globalThis.instrument]]) });
"""


@pytest.fixture(scope="module")
def piano(tmp_path_factory):
    """An instrument of three octaves with a label, and its page."""
    gan = SineInstrument(low=48, high=84, seconds=0.6, end=0.5)
    gan.conditions = Conditions([Pitch(48, 84), Label(NAMES, "colour")])
    return gan, pages.write(gan, tmp_path_factory.mktemp("piano") / "page", "Sines", sounds=2, steps=2, seed=SEED)


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    """A drum kit and its page."""
    gan = DrumKit(seconds=0.4)
    return gan, pages.write(gan, tmp_path_factory.mktemp("kit") / "page", "Kit", sounds=4, steps=2, seed=SEED)


def test_a_key_starts_the_clip_of_its_latents_and_conditions_at_once(piano, opened):
    gan, written = piano
    tab = opened(written.path.as_uri())
    first, second = gan.sample_latents(2, SEED)
    letters = {"z": 48, "s": 49, "m": 59, "q": 60, "2": 61, "p": 76}
    for letter in letters:
        tab.keyboard.press(letter)
    found = voices(tab)
    assert len(found) == len(letters)
    for voice, pitch in zip(found, letters.values(), strict=True):
        check_held(voice, clip_of(gan, first, pitch=pitch, colour="soft"), pitch)
    assert np.median([voice["ms"] for voice in found]) < 30
    tab.get_by_label(NAMES[1], exact=True).check(force=True)
    tab.get_by_role("radio", name="2", exact=True).check(force=True)
    audition = wait_for_voices(tab, len(letters) + 1)[-1]
    check_held(audition, clip_of(gan, second, pitch=76, colour=NAMES[1]), 76)
    tab.get_by_role("slider").press("ArrowLeft")
    audition = wait_for_voices(tab, len(letters) + 2)[-1]
    between = latent_vectors.interpolate(np.stack([first, second]), 2)[1]
    check_held(audition, clip_of(gan, between, pitch=76, colour=NAMES[1]), 76)
    assert tab.locator("#chosen").inner_text() == f"E5, {NAMES[1]}, sound 1 to 2, step 1 of 2"


def test_a_held_key_sounds_until_it_is_let_go(piano, opened):
    tab = opened(piano[1].path.as_uri())
    tab.keyboard.down("q")
    tab.keyboard.down("q")  # repeats of a held key are no new notes
    tab.wait_for_timeout(900)
    assert [voice["stopped"] for voice in voices(tab)] == [False], "longer than its clip"
    assert tab.locator(".key.on").get_attribute("aria-label") == "C4"
    tab.keyboard.up("q")
    assert [voice["stopped"] for voice in voices(tab)] == [True] and not tab.locator(".key.on").count()
    tab.keyboard.down("w")
    tab.keyboard.press("Escape")
    assert all(voice["stopped"] for voice in voices(tab)) and not tab.locator(".key.on").count()
    tab.keyboard.press("Control+e")
    assert len(voices(tab)) == 2, "shortcuts of the browser play nothing"


def test_a_struck_note_decays_while_it_is_held(opened, tmp_path):
    gan = SineInstrument(low=60, high=62, seconds=0.6, decay=1e-2)
    tab = opened(pages.write(gan, tmp_path / "page", sounds=1, seed=SEED).path.as_uri())
    tab.keyboard.press("z")
    (voice,) = voices(tab)
    check_held(voice, clip_of(gan, gan.sample_latents(1, SEED)[0], pitch=60, colour="soft"), 60)
    assert voice["stopped"], "its end is planned"


def test_octaves_move_the_computer_keys(piano, opened):
    gan, written = piano
    tab = opened(written.path.as_uri())
    tab.keyboard.press("]")
    tab.keyboard.press("z")
    tab.get_by_role("button", name="Octave down").click()
    tab.get_by_role("button", name="Octave down").click()
    tab.keyboard.press("q")
    latents = gan.sample_latents(2, SEED)[0]
    for voice, pitch in zip(voices(tab), (60, 48), strict=True):
        check_held(voice, clip_of(gan, latents, pitch=pitch, colour="soft"), pitch)


def test_the_page_is_usable_by_the_keyboard_alone(piano, opened):
    gan, written = piano
    tab = opened(written.path.as_uri())
    reached = []
    for _ in range(12):
        tab.keyboard.press("Tab")
        reached.append(tab.evaluate(FOCUSED))
        assert reached[-1] is None or tab.evaluate(OUTLINE) == "solid", reached
        if reached[-1] == "C3":
            break
    assert [name for name in reached if name != "midi"] == [
        *("record", "download", "Colour", "Sound", "Walk between sounds", "down", "up", "C3"),
    ]
    for key in ("ArrowRight", "ArrowUp", "ArrowLeft"):
        tab.keyboard.press(key)
    tab.keyboard.press("Enter")
    check_held(voices(tab)[-1], clip_of(gan, gan.sample_latents(2, SEED)[0], pitch=60, colour="soft"), 60)
    tab.keyboard.press("End")
    assert tab.evaluate("document.activeElement.getAttribute('aria-label')") == "C6"
    tab.keyboard.press("Shift+Tab")
    assert tab.evaluate("document.activeElement.id") == "up", "no trap"
    tab.get_by_role("radio", name="soft").focus()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_selector("#player:not([aria-busy])")
    tab.keyboard.press("x")
    check_held(voices(tab)[-1], clip_of(gan, gan.sample_latents(2, SEED)[0], pitch=50, colour=NAMES[1]), 50)


def test_pointers_glide_over_keys_and_strike_pads(piano, kit, opened):
    gan, written = piano
    tab = opened(written.path.as_uri())
    for label in ("C4", "D4"):
        box = tab.get_by_role("button", name=label, exact=True).bounding_box()
        tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 5)
        tab.mouse.down()
    tab.mouse.up()
    latents = gan.sample_latents(2, SEED)[0]
    for voice, pitch in zip(voices(tab), (60, 62), strict=True):
        check_held(voice, clip_of(gan, latents, pitch=pitch, colour="soft"), pitch)
        assert voice["stopped"]
    assert min(voice["ms"] for voice in voices(tab)) < 30
    gan, written = kit
    tab = opened(written.path.as_uri(), has_touch=True, viewport={"width": 360, "height": 740})
    tab.get_by_role("button", name="snare 3").tap()
    (voice,) = voices(tab)
    clip = clip_of(gan, gan.sample_latents(4, SEED)[2], drum="snare")
    np.testing.assert_allclose(voice["samples"], clip[:, 0], atol=1.5 * BIT)
    assert not voice["loop"] and not voice["stopped"], "a pad sounds on"


def test_pads_are_played_by_letters_and_chosen_for_the_walk(kit, opened):
    gan, written = kit
    tab = opened(written.path.as_uri())
    for letter in "1r":
        tab.keyboard.press(letter)
    tab.get_by_role("slider").press("ArrowLeft")
    found = wait_for_voices(tab, 3)
    sounds = gan.sample_latents(4, SEED)
    path = latent_vectors.interpolate(sounds, 2)
    for voice, latents, drum in zip(found, (sounds[0], sounds[3], path[5]), ("kick", "snare", "snare"), strict=True):
        np.testing.assert_allclose(voice["samples"], clip_of(gan, latents, drum=drum)[:, 0], atol=1.5 * BIT)
    tab.keyboard.press("1")
    tab.keyboard.press("1")
    assert [voice["stopped"] for voice in voices(tab)][-2:] == [True, False], "a pad cuts its earlier stroke off"


def test_sounds_and_recordings_are_saved(kit, opened):
    gan, written = kit
    tab = opened(written.path.as_uri())
    tab.keyboard.press("q")
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Download").click()
    clip = clip_of(gan, gan.sample_latents(4, SEED)[0], drum="snare")
    samples, rate = read_download(download)
    assert rate == RATE and download.value.suggested_filename == "Kit_snare_sound_1.wav"
    np.testing.assert_allclose(samples, clip, atol=1.5 * BIT)
    tab.wait_for_timeout(500)
    tab.get_by_role("button", name="Record").click()
    tab.wait_for_timeout(200)
    tab.keyboard.press("q")
    tab.wait_for_timeout(700)
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Stop and save").click()
    samples, rate = read_download(download)
    assert rate == RATE and download.value.suggested_filename == "Kit_recording.wav"
    peak = np.abs(clip).max()
    expected = clip * 0.8 * 0.7 / peak
    assert len(samples) == pytest.approx(len(clip), abs=2), "from the first note to the end of the last"
    after = slice(200, len(clip) - 10)  # the first 4 ms fade in
    np.testing.assert_allclose(samples[after], expected[after], atol=2e-3)


def test_a_recorded_note_is_held_and_released(piano, opened):
    gan, written = piano
    tab = opened(written.path.as_uri())
    tab.keyboard.press("z")  # wakes the loudspeaker
    tab.get_by_role("button", name="Record").click()
    tab.keyboard.down("q")
    tab.wait_for_timeout(1500)
    tab.keyboard.up("q")
    tab.wait_for_timeout(500)
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Stop and save").click()
    samples, _ = read_download(download)
    assert 1.6 * RATE < len(samples) < 2.6 * RATE
    clip = clip_of(gan, gan.sample_latents(2, SEED)[0], pitch=60, colour="soft")
    sound = sustained_sound(clip, RATE, float(frequency(60)))
    held = sound.held(RATE + sound.onset)[:, 0] * 0.8 * 0.35 * 0.5**0.5 / sound.loudness
    np.testing.assert_allclose(samples[200:RATE, 0], held[200:RATE], atol=4e-3)
    assert np.abs(samples[-100:]).max() < 0.02 * np.abs(samples).max()


def test_midi_plays_with_velocity_and_pedal(piano, opened):
    gan, written = piano
    tab = opened(written.path.as_uri(), MIDI)
    tab.get_by_role("button", name="Connect MIDI").click()
    wait_for(tab, "Boolean(instrument.onmidimessage)")
    assert tab.get_by_role("status").inner_text() == "MIDI: Keys"

    def send(*numbers):
        tab.evaluate(f"instrument.onmidimessage({{ data: {list(numbers)} }})")

    send(0x90, 60, 100)
    send(0xB0, 64, 127)
    send(0x80, 60, 0)
    assert [voice["stopped"] for voice in voices(tab)] == [False]
    send(0xB0, 64, 0)
    send(0x90, 20, 100)  # out of range
    send(0x90, 62, 100)
    send(0x90, 62, 0)
    assert [voice["stopped"] for voice in voices(tab)] == [True, True]
    check_held(voices(tab)[0], clip_of(gan, gan.sample_latents(2, SEED)[0], pitch=60, colour="soft"), 60)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_it_fits_the_screen_and_shows_a_picture(piano, kit, opened, scheme, width):
    for _, written in (piano, kit):
        tab = opened(written.path.as_uri(), color_scheme=scheme, viewport={"width": width, "height": 800})
        assert tab.evaluate("document.documentElement.scrollWidth") == width
        assert tab.evaluate("document.documentElement.scrollHeight") <= 800
        wait_for(tab, "document.getElementById('picture').getAttribute('aria-label') !== 'Spectrogram'")
        shades = (
            "new Set(document.getElementById('picture').getContext('2d')"
            ".getImageData(70, 0, 200, 90).data.filter((_, index) => index % 4 === 0)).size"
        )
        wait_for(tab, f"{shades} > 10")
    assert tab.title() == "Kit"


def test_a_sound_that_is_missing_is_named(kit, browser, tmp_path):
    shutil.copytree(kit[1].path.parent, tmp_path / "page")
    (tmp_path / "page" / "sounds" / "0002.js").unlink()
    tab = browser.new_page()
    tab.goto((tmp_path / "page" / "index.html").as_uri())
    wait_for(tab, "document.getElementById('status').textContent !== ''")
    assert tab.get_by_role("status").inner_text() == "sounds/0002.js is missing. It belongs beside this page."
    tab.close()
