"""The page in Chromium, from a server with new sounds on demand."""

import io

import numpy as np
import pytest

from keras_musicgan.conditions import Conditions, Label, Pitch, Value
from keras_musicgan.generation import latents as latent_vectors
from keras_musicgan.generation.sample_files import read_latents, save_latents
from tests.support.browser import (
    BIT,
    FOCUSED,
    OUTLINE,
    check_held,
    clip_of,
    voices,
    wait_for,
    wait_for_voices,
)
from tests.support.drum_kit import DrumKit
from tests.support.served import served
from tests.support.sine_instrument import SineInstrument

pytestmark = pytest.mark.slow

SEED = 5
READY = "#player:not([aria-busy])"


class Mixer(SineInstrument):
    """Sines that are louder the larger the condition `loudness`."""

    def __init__(self, **options):
        super().__init__(**options)
        labels = Label(["soft", "</script>&amp; loud"], "colour")
        self.conditions = Conditions([Pitch(48, 84), labels, Value("loudness", 0.25, 0.75)])

    def generate(self, n=1, seed=None, latents=None, batch_size=32, truncation=None, **conditions):
        numbers = self.conditions.complete(conditions, len(latents), seed)
        gains = numbers["loudness"] * np.where(numbers["colour"], 1.0, 0.5)
        clips = [g * self._clip(p, row) for g, p, row in zip(gains, numbers["pitch"], latents, strict=True)]
        return np.stack(clips).astype("float32")


@pytest.fixture(scope="module")
def piano():
    gan = Mixer(seconds=0.6, end=0.5)
    with served(gan, "Sines", sounds=2, steps=4, seed=SEED) as address:
        yield gan, address


@pytest.fixture(scope="module")
def kit():
    gan = DrumKit(seconds=0.4)
    with served(gan, "Kit", sounds=4, steps=2, seed=SEED) as address:
        yield gan, address


def set_slider(tab, name, *values):
    """Moves a slider to one value after another, between which the page can do nothing else."""
    tab.get_by_role("slider", name=name).evaluate(
        "(node, values) => { for (node.value of values) for (const kind of ['input', 'change'])"
        " node.dispatchEvent(new Event(kind, { bubbles: true })); }",
        [str(value) for value in values],
    )


def seed_of(tab):
    return int(tab.get_by_label("Seed").input_value())


def new_sounds(tab, act):
    """Does something that makes new sounds, and waits for the one that is played then."""
    n_before = len(voices(tab))
    act()
    return wait_for_voices(tab, n_before + 1)[-1]


def test_a_key_gives_the_clip_of_any_seed_truncation_and_condition(piano, opened):
    gan, address = piano
    tab = opened(address)
    chosen = {"colour": "soft", "loudness": 0.25}
    tab.keyboard.press("q")
    check_held(voices(tab)[-1], clip_of(gan, gan.sample_latents(2, SEED)[0], pitch=60, **chosen), 60)
    tab.get_by_label("Seed").fill("123")
    voice = new_sounds(tab, lambda: tab.get_by_label("Seed").press("Enter"))
    check_held(voice, clip_of(gan, gan.sample_latents(2, 123)[0], pitch=60, **chosen), 60)
    voice = new_sounds(tab, lambda: set_slider(tab, "Truncation", 0.5))
    check_held(voice, clip_of(gan, gan.sample_latents(2, 123, 0.5)[0], pitch=60, **chosen), 60)
    assert tab.url == f"{address}/?seed=123&truncation=0.5"
    set_slider(tab, "Loudness", 60)
    tab.get_by_label("</script>&amp; loud", exact=True).check(force=True)
    chosen = {"colour": "</script>&amp; loud", "loudness": 0.25 + 0.6 * 0.5}
    voice = new_sounds(tab, lambda: set_slider(tab, "Walk between sounds", 3))
    first, second = gan.sample_latents(2, 123, 0.5)
    path = latent_vectors.interpolate(np.stack([first, second]), 4)
    check_held(voice, clip_of(gan, path[3], pitch=60, **chosen), 60)
    assert tab.locator("#chosen").inner_text() == "C4, </script>&amp; loud, 0.55, sound 1 to 2, step 3 of 4"
    voice = new_sounds(tab, tab.get_by_role("button", name="New sounds").click)
    path = latent_vectors.interpolate(gan.sample_latents(2, seed_of(tab), 0.5), 4)
    assert seed_of(tab) != 123
    check_held(voice, clip_of(gan, path[3], pitch=60, **chosen), 60)
    tab.reload()
    tab.wait_for_selector(READY)
    tab.keyboard.press("q")
    check_held(voices(tab)[-1], clip_of(gan, path[0], pitch=60, colour="soft", loudness=0.25), 60)


def test_keys_sound_as_before_until_the_new_sounds_are_there(piano, opened):
    gan, address = piano
    tab = opened(address)
    waiting = []
    tab.route("**/sounds", lambda route: waiting.append(route))
    tab.get_by_role("button", name="New sounds").click()
    wait_for(tab, "document.getElementById('player').getAttribute('aria-busy') === 'true'")
    tab.keyboard.press("q")
    (voice,) = voices(tab)
    old = {"pitch": 60, "colour": "soft", "loudness": 0.25}
    check_held(voice, clip_of(gan, gan.sample_latents(2, SEED)[0], **old), 60)
    assert voice["ms"] < 100
    new = new_sounds(tab, waiting[0].continue_)
    check_held(new, clip_of(gan, gan.sample_latents(2, seed_of(tab))[0], **old), 60)


def test_the_latest_wish_wins(piano, opened):
    gan, address = piano
    tab = opened(address)
    set_slider(tab, "Walk between sounds", 1, 2, 3, 4)
    (voice,) = wait_for_voices(tab, 1)
    tab.wait_for_timeout(200)
    second = gan.sample_latents(2, SEED)[1]
    assert len(voices(tab)) == 1
    check_held(voice, clip_of(gan, second, pitch=66, colour="soft", loudness=0.25), 66)


def test_two_browsers_play_different_sounds(piano, opened):
    gan, address = piano
    tabs = [opened(address) for _ in range(2)]
    for number, tab in enumerate(tabs):
        tab.get_by_label("Seed").fill(str(number + 70))
        tab.get_by_label("Seed").press("Enter")
    for number, tab in enumerate(tabs):
        (voice,) = wait_for_voices(tab, 1)
        latents = gan.sample_latents(2, number + 70)[0]
        check_held(voice, clip_of(gan, latents, pitch=66, colour="soft", loudness=0.25), 66)


def test_it_is_usable_by_the_keyboard_alone(piano, opened):
    gan, address = piano
    tab = opened(address)
    reached = []
    for _ in range(20):
        tab.keyboard.press("Tab")
        reached.append(tab.evaluate(FOCUSED))
        assert reached[-1] is None or tab.evaluate(OUTLINE) == "solid", reached
        if reached[-1] == "C3":
            break
    sounds = ("draw", "seed", "truncation", "open", "save")
    names = [name for name in reached if name != "midi"]
    assert names[:2] == ["record", "download"] and names[2:7] == [*sounds]
    assert names[7] == "Colour" and names[9:] == ["Sound", "Walk between sounds", "down", "up", "C3"]
    tab.get_by_label("Seed").focus()
    tab.keyboard.press("Control+a")
    tab.keyboard.type("72")
    assert not voices(tab), "digits that are typed play no keys"
    new_sounds(tab, lambda: tab.keyboard.press("Enter"))
    voice = new_sounds(tab, lambda: tab.keyboard.press("ArrowUp"))
    assert seed_of(tab) == 73
    kept = {"pitch": 66, "colour": "soft", "loudness": 0.25}
    check_held(voice, clip_of(gan, gan.sample_latents(2, 73)[0], **kept), 66)
    tab.keyboard.press("Tab")
    voice = new_sounds(tab, lambda: tab.keyboard.press("ArrowLeft"))
    assert tab.get_by_role("slider", name="Truncation").get_attribute("aria-valuetext") == "2.95"
    tab.keyboard.press("Shift+Tab")
    tab.keyboard.press("Shift+Tab")
    voice = new_sounds(tab, lambda: tab.keyboard.press("Enter"))
    check_held(voice, clip_of(gan, gan.sample_latents(2, seed_of(tab), 2.95)[0], **kept), 66)


def test_latents_are_saved_and_opened(piano, kit, opened, tmp_path):
    gan, address = piano
    tab = opened(address)
    new_sounds(tab, lambda: set_slider(tab, "Walk between sounds", 1))
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Save latents").click()
    latents, conditions = read_latents(download.value.path())
    path = latent_vectors.interpolate(gan.sample_latents(2, SEED), 4)
    np.testing.assert_array_equal(latents, path[1:2])
    assert conditions == {"pitch": [66], "colour": [0], "loudness": [0.25]}
    assert download.value.suggested_filename == "Sines_F_4_soft_0.25_sound_1_to_2_step_1_of_4.npz"
    file = io.BytesIO()
    given = gan.sample_latents(3, 99)
    save_latents(file, given, {})
    content = {"name": "latents.npz", "mimeType": "application/octet-stream", "buffer": file.getvalue()}
    voice = new_sounds(tab, lambda: tab.locator("#file").set_input_files(content))
    check_held(voice, clip_of(gan, given[0], pitch=66, colour="soft", loudness=0.25), 66)
    assert tab.get_by_role("radio", name="3", exact=True).is_visible()
    assert not tab.get_by_label("Seed").input_value()
    gan, address = kit
    tab = opened(address)
    new_sounds(tab, lambda: tab.locator("#file").set_input_files(content))
    assert tab.locator(".pad").count() == 9 and tab.locator("#about").inner_text().startswith("9 pads")
    tab.keyboard.press("w")
    expected = clip_of(gan, given[2], drum="snare")
    np.testing.assert_allclose(voices(tab)[-1]["samples"], expected[:, 0], atol=1.5 * BIT)


def test_pads_get_new_sounds(kit, opened):
    gan, address = kit
    tab = opened(address)
    tab.get_by_label("Seed").fill("8")
    new_sounds(tab, lambda: tab.get_by_label("Seed").press("Enter"))
    tab.keyboard.press("Tab")
    tab.keyboard.press("r")
    expected = clip_of(gan, gan.sample_latents(4, 8)[3], drum="snare")
    np.testing.assert_allclose(voices(tab)[-1]["samples"], expected[:, 0], atol=1.5 * BIT)


def test_what_is_wrong_is_said(kit, browser):
    _, address = kit
    tab = browser.new_page()
    tab.goto(address)
    tab.wait_for_selector(READY)
    wrong = {"name": "latents.npz", "mimeType": "application/octet-stream", "buffer": b"nonsense"}
    tab.locator("#file").set_input_files(wrong)
    wait_for(tab, "document.getElementById('status').textContent !== ''")
    assert tab.get_by_role("status").inner_text().startswith("Latents must be in an .npz file under the name `latents`")
    tab.get_by_label("Seed").fill("1.5")
    tab.get_by_label("Seed").press("Enter")
    assert not tab.get_by_label("Seed").evaluate("(node) => node.validity.valid")
    tab.route("**/*", lambda route: route.abort())
    tab.get_by_role("button", name="New sounds").click()
    wait_for(tab, "document.getElementById('status').textContent.startsWith('The server has ended')")
    assert tab.get_by_label("Seed").input_value() == str(SEED), "that of the sounds which are played"
    assert tab.url == f"{address}/"
    tab.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_it_fits_the_width_and_the_keyboard_is_in_sight(piano, kit, opened, scheme, width):
    for _, address in (piano, kit):
        tab = opened(address, color_scheme=scheme, viewport={"width": width, "height": 800})
        assert tab.evaluate("document.documentElement.scrollWidth") == width
        box = tab.locator("#player").bounding_box()
        assert 0 <= box["x"] and box["x"] + box["width"] <= width and box["y"] + box["height"] <= 800
