import base64
import io
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
import soundfile

from keras_musicgan import page
from keras_musicgan.conditions import Conditions, Label, Pitch
from tests.support.drum_kit import DrumKit
from tests.support.models import toy_gan
from tests.support.sine_instrument import SineInstrument

NASTY = "</script><b>&amp; 'quoted' \"$data\" \u2028"


class Scripts(HTMLParser):
    """The content of all scripts and the title of a page."""

    def __init__(self, text):
        super().__init__()
        self.inside, self.found = [], {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.inside.append(attributes.get("id") or attributes.get("type") or tag)

    def handle_endtag(self, tag):
        self.inside.pop()

    def handle_data(self, data):
        if self.inside:
            self.found[self.inside[-1]] = self.found.get(self.inside[-1], "") + data


def description(written):
    scripts = Scripts(written.path.read_text(encoding="utf-8")).found
    return json.loads(scripts["model"]), scripts


def clips(written, group):
    text = (written.path.parent / "sounds" / f"{group:04d}.js").read_text()
    number, data = re.fullmatch(r"receiveSounds\((\d+),(\[.*\])\);\n", text).groups()
    assert int(number) == group
    for sound in json.loads(data):
        samples, rate = soundfile.read(io.BytesIO(base64.b64decode(sound["flac"])), always_2d=True)
        assert rate == 16000
        yield samples[: sound["length"]]


def test_every_sound_is_that_of_its_latents_and_conditions(tmp_path):
    gan = SineInstrument(low=60, high=62, seconds=0.3)
    written = page.write(gan, tmp_path / "page", "Sines", sounds=2, steps=2, seed=3)
    data, _ = description(written)
    assert data == {
        "title": "Sines",
        "kind": "keys",
        "sampleRate": 16000,
        "keys": {"name": "pitch", "values": [60, 61, 62]},
        "choices": [{"name": "colour", "values": ["soft", "loud"]}],
        "sounds": 2,
        "steps": 2,
        "seed": 3,
    }
    assert {path.name for path in written.path.parent.iterdir()} == {"index.html", "sounds"}
    files = sorted((written.path.parent / "sounds").iterdir())
    assert [path.name for path in files] == [f"{group:04d}.js" for group in range(6)]
    assert written.n_bytes == sum(path.stat().st_size for path in [written.path, *files])
    assert (written.n_sounds, written.n_steps, written.n_clips) == (2, 2, 18)
    first, last = gan.sample_latents(2, 3)
    for group, latents in ((0, first), (1, first), (4, last), (5, last)):
        expected = gan.generate(latents=np.stack([latents] * 3), pitch=[60, 61, 62], colour=["soft", "loud"][group % 2])
        for clip, samples in zip(expected, clips(written, group), strict=True):
            np.testing.assert_allclose(samples, clip, atol=1.5 / 32768)


def test_pads_of_labels_and_of_sounds(tmp_path):
    kit = page.write(DrumKit(seconds=0.2), tmp_path / "kit", seed=1)
    data, _ = description(kit)
    assert data["kind"] == "pads" and data["keys"] == {"name": "drum", "values": ["kick", "snare", "hat"]}
    assert (kit.n_sounds, kit.n_clips) == (4, 39)
    plain = page.write(DrumKit(labels=(), seconds=0.2), tmp_path / "plain", seed=1, steps=1)
    data, _ = description(plain)
    assert data["kind"] == "pads" and data["keys"] is None and data["sounds"] == plain.n_clips == 16


def test_a_model_of_notes_has_pads_of_its_clips(tmp_path, gan):
    written = page.write(gan, tmp_path / "page", sounds=2, steps=1, seed=1)
    data, _ = description(written)
    assert data["kind"] == "pads" and data["sampleRate"] == gan.representation.sample_rate and written.n_clips == 2


@pytest.mark.backend
def test_a_network_is_rendered(tmp_path):
    gan = toy_gan(conditions=[Pitch(60, 62), Label(["flute", "oboe"], "instrument")])
    written = page.write(gan, tmp_path / "page", sounds=1, seed=1, pitches=("C4", "C#4"), instrument="oboe")
    (data, _), text = description(written), (tmp_path / "page" / "sounds" / "0000.js").read_text()
    assert data["keys"]["values"] == [60, 61] and data["choices"] == [{"name": "instrument", "values": ["oboe"]}]
    expected = gan.generate(latents=gan.sample_latents(1, 1), pitch=61, instrument="oboe")[0]
    sound = json.loads(text[len("receiveSounds(0,") : -len(");\n")])[1]
    samples, _ = soundfile.read(io.BytesIO(base64.b64decode(sound["flac"])), always_2d=True)
    np.testing.assert_allclose(samples[: sound["length"]], expected, atol=1.5 / 32768)


def test_names_cannot_end_the_script_in_which_they_stand(tmp_path):
    gan = SineInstrument(low=60, high=60, seconds=0.1)
    gan.conditions = Conditions([Pitch(60, 60), Label([NASTY, "other"], "colour")])
    written = page.write(gan, tmp_path / "page", NASTY, sounds=1, seed=1)
    data, scripts = description(written)
    assert data["title"] == scripts["title"] == NASTY and data["choices"][0]["values"] == [NASTY, "other"]
    module = scripts["module"].strip()
    assert module.startswith("// The page that plays a model") and module.endswith("begin();")
    text = written.path.read_text(encoding="utf-8")
    assert text.count("<script") == text.count("</script>") == 2
    assert not re.search(r"https?://", text), "no address outside"


def test_the_page_shrinks_to_its_size(tmp_path):
    gan = SineInstrument(low=60, high=71, seconds=0.3)
    with pytest.warns(page.PageWarning, match=r"fit into 1 MB: [23] sounds \d steps apart instead of 4 sounds 4 steps"):
        written = page.write(gan, tmp_path / "page", seed=1, megabytes=1)
    assert written.n_sounds < 4 and 0.4e6 < written.n_bytes < 1.15e6
    with pytest.raises(ValueError, match="must fit into 0.01 MB. Received: 24 clips for 1 sound"):
        page.write(gan, tmp_path / "small", seed=1, megabytes=0.01)
    assert not (tmp_path / "small").exists()


def test_only_a_page_is_replaced(tmp_path):
    gan, folder = DrumKit(labels=(), seconds=0.1), tmp_path / "page"
    page.write(gan, folder, "first", sounds=2, seed=1)
    with pytest.raises(FileExistsError, match="which holds a page. Replace it"):
        page.write(gan, folder, sounds=1, seed=1)
    (folder / "sounds" / "0009.js").write_text("old")
    assert page.write(gan, folder, "second", sounds=1, overwrite=True).n_clips == 1
    assert [path.name for path in (folder / "sounds").iterdir()] == ["0000.js"]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "index.html").write_text("mine")
    with pytest.raises(FileExistsError, match="which holds something else"):
        page.write(gan, tmp_path / "other", sounds=1, overwrite=True)
    with pytest.raises(ValueError, match="seed=-1"):
        page.write(gan, tmp_path / "new", seed=-1)


def test_a_drawn_seed_is_told(tmp_path):
    gan = DrumKit(labels=(), seconds=0.1)
    written = page.write(gan, tmp_path / "page", sounds=1)
    data, _ = description(written)
    expected = gan.generate(latents=gan.sample_latents(1, data["seed"]))[0]
    (samples,) = clips(written, 0)
    np.testing.assert_allclose(samples, expected, atol=1.5 / 32768)
