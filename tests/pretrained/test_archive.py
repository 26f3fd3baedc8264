import zipfile

import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.pretrained import catalogue
from keras_musicgan.pretrained.archive import WEIGHTS_FILE, read_archive, write_archive
from keras_musicgan.pretrained.card import ModelCard, read_card

CARD = ModelCard(
    name="small",
    summary="Two instruments.",
    licence="MIT",
    data="made up",
    command="musicgan train",
    domain="audio",
    conditions={"pitch": "60 to 63"},
    sample_rate=8000,
    seconds=0.1,
    parameters=10,
    epochs=3,
    measures=({"title": "precision", "value": 0.5, "low": 0.4, "high": 0.6, "best": 1.0, "better": "higher"},),
    version="0",
)


@pytest.fixture(scope="module")
def gan():
    """A small model told pitch, whose averaged generator differs from the trained one."""
    small = {"width": 8}
    gan = km.MusicGAN.from_preset(
        "notes",
        conditions=[km.Pitch(60, 63)],
        generator=small,
        discriminator=small,
        representation={"length": 1536, "sample_rate": 8000, "n_fft": 128, "hop_length": 64},
    )
    gan.generator.set_weights([weight + 1 for weight in gan.generator.get_weights()])
    notes = km.datasets.synthetic_notes(8, gan, low=60, high=63, held_out=0.0)
    gan.representation.adapt(notes)
    gan.conditions.remembered.assign(np.resize(np.float32([[60], [63]]), gan.conditions.remembered.shape))
    return gan


def test_a_model_comes_back_in_half_precision_with_all_that_generation_needs(gan, tmp_path):
    write_archive(gan, tmp_path / "small.musicgan", CARD)
    loaded = read_archive(tmp_path / "small.musicgan")
    np.testing.assert_allclose(loaded.generate(4, seed=1, pitch=61), gan.generate(4, seed=1, pitch=61), atol=0.05)
    assert loaded.draw(8, seed=2)[1]["pitch"].tolist() == gan.draw(8, seed=2)[1]["pitch"].tolist()
    for own, other in zip(loaded.generator.get_weights(), loaded.averaged_generator.get_weights(), strict=True):
        np.testing.assert_array_equal(own, other)
    gan.save(tmp_path / "whole.keras")
    assert (tmp_path / "small.musicgan").stat().st_size < 0.4 * (tmp_path / "whole.keras").stat().st_size


def test_a_loaded_model_can_be_trained_on(gan, tmp_path):
    write_archive(gan, tmp_path / "small.musicgan", CARD)
    loaded = km.MusicGAN.from_pretrained(tmp_path / "small.musicgan")
    loaded.compile()
    logs = loaded.fit(km.datasets.synthetic_notes(16, loaded, low=60, high=63), epochs=1, verbose=0).history
    assert np.isfinite(logs["generator_loss"]).all()


def test_the_card_stands_in_the_file(gan, tmp_path):
    write_archive(gan, tmp_path / "small.musicgan", CARD)
    card = read_card(tmp_path / "small.musicgan")
    assert (card.name, card.measures[0]["value"], card.epochs) == ("small", 0.5, 3)
    assert (card.training, card.quality) == ("3 epochs", ["precision 50%"])
    page = card.as_markdown()
    assert "| precision | 0.5 | 0.4 to 0.6 | 1 | higher |" in page and "Licence: MIT" in page


def test_what_is_no_model_is_refused_by_name(gan, tmp_path):
    broken = tmp_path / "broken.musicgan"
    write_archive(gan, broken, CARD)
    broken.write_bytes(broken.read_bytes()[:2000])
    for read in (read_archive, read_card):
        with pytest.raises(ValueError, match=r"broken\.musicgan"):
            read(broken)
        with pytest.raises(FileNotFoundError, match="nowhere"):
            read(tmp_path / "nowhere.musicgan")
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr(WEIGHTS_FILE, b"")
    with pytest.raises(ValueError, match="card"):
        read_card(broken)
    with pytest.raises(ValueError, match=r"\.musicgan"):
        write_archive(gan, tmp_path / "small.zip", CARD)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        km.MusicGAN.from_pretrained("nowhere")


@pytest.mark.parametrize(("name", "reason"), [("text", "not a zip file"), ("archive", "config.json")])
def test_a_keras_file_that_is_none_is_named_in_one_line(name, reason, tmp_path):
    (tmp_path / "text.keras").write_text("no model")
    with zipfile.ZipFile(tmp_path / "archive.keras", "w") as archive:
        archive.writestr("notes.txt", "no model")
    with pytest.raises(ValueError, match=rf"must hold a whole model. Received: .*{name}\.keras: .*{reason}") as caught:
        km.MusicGAN.from_pretrained(tmp_path / f"{name}.keras")
    assert "\n" not in str(caught.value)


def test_models_of_the_package_are_small_and_have_cards():
    assert sum(path.stat().st_size for path in catalogue.FOLDER.glob("*")) <= 12e6
    for name, card in catalogue.cards().items():
        assert card.name == name and card.licence and card.data and card.command
        assert (catalogue.FOLDER / f"{name}.md").read_text() == card.as_markdown()
