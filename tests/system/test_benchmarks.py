"""The benchmarks of quality at a tiny size, on notes whose measures are known."""

import csv
import json
import sys

import keras
import numpy as np
import pytest

import keras_musicgan as km
from benchmarks.quality import instrument as instrument_quality
from benchmarks.quality import melodies, pitch_labels, representations, sound
from benchmarks.shared import measures
from benchmarks.speed import __main__ as speeds
from benchmarks.speed import frechet as frechet_benchmark
from benchmarks.speed import generator_pass, growth, processes
from keras_musicgan.networks import BUILDERS, conditioning_head
from keras_musicgan.presets import PRESETS

RATE = 8000
TINY = ["--set", "generator.width=2", "--set", "discriminator.width=2", "--set", "recipe.batch_size=4"]


def note(pitch, amplitudes, seconds=0.6):
    phase = 2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * np.arange(round(seconds * RATE)) / RATE
    return 0.3 * sum(a * np.sin(k * phase) for k, a in enumerate(amplitudes, 1))[:, None]


@pytest.fixture
def notes(tmp_path):
    """48 notes of two instruments on three pitches; the names of the reed's loud ones are an octave too high."""
    folder = tmp_path / "notes"
    rng = np.random.default_rng(0)
    for instrument, amplitudes in (("reed", [1, 0, 0.7, 0, 0.5]), ("horn", [1, 0.5, 0.1])):
        for name, pitch in (("C4", 60), ("D4", 62), ("E4", 64)):
            for take in range(8):
                loud = instrument == "reed" and take < 4
                sound = note(pitch, amplitudes) + 1e-4 * rng.normal(size=(round(0.6 * RATE), 1))
                named = f"{name[0]}{5 if loud else 4}"
                path = folder / instrument / f"{instrument}_{named}_{take}_{'forte' if loud else 'piano'}_normal.wav"
                km.audio.write_wav(path, sound, RATE)
    return folder


def called(main, monkeypatch, capsys, *arguments):
    """The output of a script, called with these arguments."""
    monkeypatch.setattr(sys, "argv", ["script", *map(str, arguments)])
    main()
    return capsys.readouterr().out


def table_of(text):
    """Dict from the first cell of each row of a Markdown table to a dict of its cells by their column."""
    rows = [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in text.splitlines() if line[:1] == "|"]
    return {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[2:]}


def test_pitch_labels_corrects_names_that_are_an_octave_too_high(notes, tmp_path, monkeypatch, capsys):
    km.audio.write_wav(notes / "horn" / "horn_C4_9_piano_normal.wav", note(60.5, [1, 0.5]), RATE)
    km.audio.write_wav(notes / "horn" / "horn_C4_10_piano_normal.wav", note(66, [1, 0.5]), RATE)
    noise = np.random.default_rng(0).normal(0, 0.1, (RATE, 1))
    km.audio.write_wav(notes / "horn" / "horn_C4_11_piano_normal.wav", noise, RATE)
    out = tmp_path / "pitches.csv"
    table = table_of(called(pitch_labels.main, monkeypatch, capsys, notes, "--out", out))
    assert table["reed forte"]["renamed"] == "12" and table["reed piano"]["as named"] == "12"
    left_out = {kind: table["horn piano"][kind] for kind in ("out of tune", "far from the name", "without a pitch")}
    assert set(left_out.values()) == {"1"} and table["all"]["as named"] == "36"
    with open(out, newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 48
    assert {(row["file"], row["pitch"]) for row in rows} >= {
        ("reed/reed_C5_0_forte_normal.wav", "60"),
        ("horn/horn_E4_7_piano_normal.wav", "64"),
    }


@pytest.mark.parametrize(
    ("named", "estimated", "verdict"),
    [
        (60, 60.2, "as named"),
        (60, 59.1, "renamed"),
        (60, 48.1, "renamed"),
        (60, 60.45, "out of tune"),
        (60, 72.0, "far from the name"),
        (60, np.nan, "without a pitch"),
    ],
)
def test_verdict_on_a_note(named, estimated, verdict):
    assert pitch_labels.verdict(named, estimated) == verdict


def test_diversity_is_that_within_groups():
    rng = np.random.default_rng(0)
    loud, soft = rng.normal(0, 0.2, (3, 4000, 1)), rng.normal(0, 0.002, (4, 4000, 1))
    clips, groups = np.concatenate([loud, soft]), np.repeat([60, 61, 62], [3, 4, 0])
    within = measures.diversity(clips, RATE, groups)
    both = [km.metrics.mean_pairwise_distance(part, RATE) for part in (loud, soft)]
    assert within == pytest.approx(np.mean(both))
    assert measures.diversity(clips, RATE) > 3 * within
    assert np.isnan(measures.diversity(clips[:2], RATE, np.array([1, 2])))


def test_frechet_takes_equally_many_of_both():
    clips = np.random.default_rng(0).normal(0, 0.1, (12, 4000, 1))
    assert measures.frechet(clips, clips[:5], RATE) == pytest.approx(0, abs=1e-6)
    expected = km.metrics.frechet_distance(
        *(km.metrics.log_mel_statistics(c, RATE, n_mels=2) for c in (clips[:5], 2 * clips[:5]))
    )
    assert measures.frechet(clips, 2 * clips[:5], RATE) == pytest.approx(expected)


def test_notes_too_low_for_partials_have_no_sharpness():
    clips = np.stack([note(pitch, [1, 0.5, 0.3]) for pitch in (30, 60, 62)]).astype("float32")
    found = measures.pitch_measures(clips, RATE, np.array([30.0, 60.0, 62.0]))
    assert found["sharpness"] > 40
    assert np.isnan(measures.pitch_measures(clips[:1], RATE, np.array([30.0]))["sharpness"])


@pytest.mark.nightly
def test_instrument_quality_of_real_notes_and_noise(notes, tmp_path, monkeypatch, capsys):
    called(pitch_labels.main, monkeypatch, capsys, notes, "--out", tmp_path / "pitches.csv")
    options = [notes, "--labels", tmp_path / "pitches.csv", "--low", 60, "--high", 64, "--held-out", 0.25, "--notes", 2]
    train = [*options, "--preset", "wavegan-small", *TINY, "--set", "representation.duration=0.5", "--instrument"]
    train += ["--minutes", 0.001, 0.002, "--save", tmp_path / "m.keras", "--picture", tmp_path / "p.png"]
    text = called(instrument_quality.main, monkeypatch, capsys, *train)
    table = table_of(text)
    assert table["held out"]["right pitch"] == table["training"]["right pitch"] == "100.0%"
    assert table["held out"]["Fréchet to held-out"] == "0" and table["held out"]["n"] == "12"
    assert float(table["held out"]["sharpness, dB"]) > 40 > 0 > float(table["white noise"]["sharpness, dB"])
    assert table["white noise"]["no pitch"] == "100.0%"
    generated = [row for title, row in table.items() if "minutes" in title]
    assert len(generated) == 2 and all(row["n"] == "10" for row in generated)
    assert "classifier of instrument" in text and "times real time" in text
    assert table["held out"]["target instrument recognized"] == "100.0%"
    assert (tmp_path / "p.png").read_bytes()[:4] == b"\x89PNG"
    loaded = table_of(called(instrument_quality.main, monkeypatch, capsys, *options, "--load", tmp_path / "m.keras"))
    columns = ("right pitch", "no pitch", "sharpness, dB", "diversity, dB", "Fréchet to held-out")
    assert [loaded["generated"][name] for name in columns] == [generated[-1][name] for name in columns]


def test_instrument_quality_finds_the_target_pitch(notes, monkeypatch, capsys):
    """A generator that plays its pitch, and one that plays a semitone above."""
    labels = {"labels": "{instrument}_{pitch}_{take}_piano_*", "held_out": 0.25}
    representation = {"duration": 0.5}
    conditions = [km.Pitch(60, 64)]
    gan = km.MusicGAN.from_preset(
        "wavegan-small",
        representation=representation,
        conditions=conditions,
        generator={"width": 2},
        discriminator={"width": 2},
    )
    data = km.datasets.audio_folder(notes, gan, **labels)
    for off, right in ((0, "100.0%"), (1, "0.0%")):

        def generate(n, seed=None, batch_size=32, pitch=(), off=off):
            clips = np.stack([note(each + off, [1, 0.5])[: gan.representation.length] for each in pitch])
            return np.pad(clips, ((0, 0), (0, gan.representation.length - clips.shape[1]), (0, 0)))

        monkeypatch.setattr(gan, "generate", generate)
        instrument_quality.NoteMeasures(data, RATE).generated("generated", gan, notes_per_pitch=3)
        row = table_of(capsys.readouterr().out)["generated"]
        assert row["right pitch"] == right and row["n"] == "15"
        assert float(row["sharpness, dB"]) > 50 and float(row["diversity, dB"]) < 0.01


@pytest.mark.slow
def test_sound_quality_runs(notes, monkeypatch, capsys):
    options = ["--preset", "wavegan-small", *TINY, "--minutes", 0.001, "--samples", 12, "--held-out", 0.25]
    text = called(sound.main, monkeypatch, capsys, notes, *options, "--labels", "folder")
    assert "classifier of folder" in text and "target class" in text
    table = table_of(text)
    assert table["held out"]["Fréchet to held-out"] == "0" and table["held out"]["precision"] == "100.0%"
    noise, training = (float(table[name]["kernel distance to held-out"]) for name in ("white noise", "training"))
    assert noise > training


@pytest.fixture
def spectral_preset(monkeypatch):
    """Networks of one dense layer under the name of the preset for spectra."""

    def generator(representation, input_dim):
        shape = representation.encoded_shape
        layers = [keras.layers.Dense(int(np.prod(shape)), "tanh"), keras.layers.Reshape(shape)]
        return keras.Sequential([keras.Input((input_dim,)), *layers])

    def discriminator(representation, conditions_width=0):
        clips = keras.Input(representation.encoded_shape)
        return conditioning_head(clips, keras.layers.Dense(8, "relu")(keras.layers.Flatten()(clips)), conditions_width)

    plan = {**PRESETS["wavegan-small"], "networks": "dense_spectra", "generator": {}, "discriminator": {}}
    plan["representation"] = ("instantaneous_frequency", {"sample_rate": RATE})
    monkeypatch.setitem(BUILDERS, "dense_spectra", (generator, discriminator))
    monkeypatch.setitem(PRESETS, representations.SPECTRA, {**plan, "model": {**plan["model"], "latent_dim": 4}})


OPTIONS = {"duration": 0.5, "sample_rate": RATE, "n_fft": 256, "hop_length": 128}


def test_the_waveform_model_has_the_weights_of_the_spectra(spectral_preset):
    target = representations.n_weights(representations.model("complex", [], OPTIONS))
    found = representations.model("waveform", [], OPTIONS)
    assert 0.7 < representations.n_weights(found) / target < 1.4
    assert found.representation.length == 4096


def test_decodings_share_the_statistics(spectral_preset):
    gan = representations.model("log magnitude", [], OPTIONS)
    clips = np.stack([note(pitch, [1, 0.5, 0.3])[:4096] for pitch in (60, 62, 64, 67)])
    gan.representation.adapt(clips)
    ways = representations.decodings("log magnitude", gan.representation)
    encoded = representations.encode(gan.representation, clips)
    estimated = {name: km.metrics.estimate_pitch(way.decode(encoded), RATE) for name, way in ways.items()}
    assert len(ways) == 3
    for pitches in estimated.values():
        np.testing.assert_allclose(pitches, [60, 62, 64, 67], atol=0.2)
    plain, polished = (ways[name].decode(encoded) for name in ("PGHI", "PGHI, then Griffin-Lim"))
    assert not np.allclose(plain, polished)


@pytest.mark.nightly
def test_representations_appends_rows_and_makes_a_table(spectral_preset, notes, tmp_path, monkeypatch, capsys):
    out = tmp_path / "rows.jsonl"
    options = [notes, "--minutes", 0.001, "--clock", "wall", "--rate", RATE, "--seconds", 0.5, "--n-fft", 256]
    options += ["--hop", 128, "--samples", 12, "--held-out", 0.25, "--out", out, "--picture", tmp_path / "p.png"]
    conditions = ["--labels", "{instrument}_{pitch}_{take}_piano_*", "--pitch", 60, 64]
    called(representations.main, monkeypatch, capsys, *options, *conditions, "--representation", "log magnitude")
    called(representations.main, monkeypatch, capsys, *options, *conditions, "--representation", "complex")
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(rows) == 2 + 3 + 2 + 1
    text = called(representations.main, monkeypatch, capsys, "--table", out)
    table = table_of(text)
    assert text.count("held-out clips") == 1 and text.count("| complex ") == 1
    assert table["held-out clips"]["right pitch"] == "100.0%"
    assert table["complex"]["reconstruction: right pitch"] == "100.0%"
    trained = next(row for row in rows if row["representation"] == "complex")
    assert trained["decoded_frechet"] < 1 and trained["kernel"] > 0.1
    assert (tmp_path / "p_log_magnitude_PGHI.png").exists() and (tmp_path / "p_complex.png").exists()
    unconditional = [*options[:-4], "--representation", "instantaneous frequency"]
    text = called(representations.main, monkeypatch, capsys, *unconditional)
    assert "right pitch" not in text and "Fréchet" in text


def test_benchmark_prints_errors_speeds_and_limits(monkeypatch, capsys):
    monkeypatch.setattr(frechet_benchmark, "SIZES", (100, 400))
    monkeypatch.setattr(frechet_benchmark, "REFERENCE", 5000)
    options = ["--dims", "40", "--samples", "120", "--rounds", "1", "--limit-dims", "8", "--draws", "8"]
    monkeypatch.setattr(sys, "argv", ["frechet.py", *options])
    frechet_benchmark.main()
    lines = capsys.readouterr().out.splitlines()
    errors = [float(line.split()[-2]) for line in lines if line.startswith(("frechet_distance", "scipy"))]
    assert len(errors) == 2 and max(errors) < 1e-6
    rows = {line.split()[0]: [float(value) for value in line.split()[1::3]] for line in lines[-2:]}
    assert list(rows) == ["100", "400"]
    for fad, limit, fad_of_both, limit_of_both in rows.values():
        assert abs(limit) < fad / 3 and abs(limit_of_both) < fad_of_both / 3


def test_melodies_measures_key_steps_and_copies():
    data = km.datasets.melodies(40, km.datasets.DataSpec(km.representations.PitchSequence(24)), seed=1)
    chromatic = np.tile(60 + np.arange(12), (8, 2))
    found = dict(zip(melodies.MEASURES, melodies.measures(chromatic, data), strict=True))
    assert found["in one scale"] == pytest.approx(7 / 12) and found["pitches a clip"] == 12
    assert found["mean step, semitones"] == pytest.approx((22 + 11) / 23) and found["repeated notes"] == 0
    assert found["wider than a fifth"] == pytest.approx(1 / 23) and found["range, semitones"] == 11
    assert found["same note as another clip"] == 1 and found["precision"] == 0
    copies = dict(zip(melodies.MEASURES, melodies.measures(data.clips[:8].astype(int), data), strict=True))
    assert copies["same note as the nearest training clip"] == copies["precision"] == copies["in one scale"] == 1


def test_melodies_trains_each_seed_and_draws(tmp_path, monkeypatch, capsys):
    options = ["--set", "generator.units=[8]", "--set", "discriminator.units=[8]", "--set", "recipe.pieces=20"]
    options += ["--set", "recipe.epochs=1", "--seeds", 3, 4, "--samples", 8, "--picture", tmp_path / "tunes.png"]
    table = table_of(called(melodies.main, monkeypatch, capsys, *options))
    assert list(table) == ["other melodies", "random pitches", "lecture, seed 3", "lecture, seed 4"]
    assert table["other melodies"]["in one scale"] == "100.0%" and table["lecture, seed 4"]["steps"] == "1"
    assert (tmp_path / "tunes.png").is_file()


def test_speeds_are_kept_and_compared_with_earlier_ones(tmp_path, monkeypatch, capsys):
    rows = [("even: step", [5.0, 5.0, 5.0]), ("uneven: step", [4.0, 9.0, 6.0]), ("new: step", [1.0, 1.0, 1.0])]
    monkeypatch.setattr(
        speeds, "rows_of_preset", lambda name: [(row, iter(n).__next__) for row, n in rows[: len(name)]]
    )
    monkeypatch.setattr(speeds, "other_rows", lambda: [])
    monkeypatch.setattr(speeds, "PRESETS", ("ab", "abc"))
    options = ["--rounds", 3, "--json"]
    first = table_of(called(speeds.main, monkeypatch, capsys, "--presets", "ab", *options, tmp_path / "a.json"))
    assert [row["ms, median"] for row in first.values()] == ["5.00", "6.00"]
    assert first["uneven: step"]["least to most"] == "4.00 to 9.00" and len(first["uneven: step"]) == 3
    rows[:2] = [("even: step", [4.0, 4.0, 4.0]), ("uneven: step", [5.0, 5.0, 5.0])]
    options += [tmp_path / "b.json", "--against", tmp_path / "a.json"]
    second = table_of(called(speeds.main, monkeypatch, capsys, "--presets", "abc", *options))
    assert [row["ratio to the earlier"] for row in second.values()] == ["0.80 faster", "0.83", ""]
    kept = json.loads((tmp_path / "b.json").read_text())
    assert kept["backend"] == keras.backend.backend() and kept["milliseconds"]["new: step"] == [1.0, 1.0, 1.0]


def test_the_speed_of_a_preset_is_that_of_its_steps(monkeypatch):
    monkeypatch.setattr(speeds, "SECONDS", 0.01)
    monkeypatch.setitem(PRESETS["lecture-plain"]["recipe"], "pieces", 40)
    measures = dict(speeds.rows_of_preset("lecture-plain"))
    assert list(measures) == ["lecture-plain: training step", "lecture-plain: generation of a clip"]
    assert all(0.05 < measure() < 2000 for measure in measures.values())


def test_the_growth_of_steps_has_exponents(monkeypatch, capsys):
    monkeypatch.setattr(growth, "steps_of", lambda preset, **sizes: sizes)
    monkeypatch.setattr(growth, "in_turns", lambda runs, rounds: {size: [size**2] * rounds for size in runs})
    growth.growth_of_steps("notes", rounds=2)
    table = table_of(capsys.readouterr().out)
    exponents = [row["exponent from the last"] for row in table.values()]
    assert exponents == ["", "2.00", "2.00", "2.00"] * 3


@pytest.mark.nightly
def test_an_epoch_reads_all_clips_of_its_files(monkeypatch):
    monkeypatch.setattr(growth, "CLIPS_IN_A_FILE", 8)
    monkeypatch.setattr(growth, "BATCH", 4)
    preparation, epoch, a_clip, decoded, peak = growth.epoch_of(16)
    assert preparation > 0 and a_clip == pytest.approx(1e3 * epoch / 16)
    assert decoded == pytest.approx(4 * 16 * 4096 / 2**20) and peak > decoded


def test_one_pass_of_the_generator_is_measured_against_two(monkeypatch, capsys):
    monkeypatch.setattr(generator_pass, "SECONDS", 0.01)
    monkeypatch.setitem(PRESETS["lecture-plain"]["recipe"], "pieces", 40)
    options = ["--presets", "lecture-plain", "--rounds", 1]
    (row,) = table_of(called(generator_pass.main, monkeypatch, capsys, *options)).values()
    assert 0.05 < float(row["ratio"]) < 20


class SteadyWorker:
    """As `processes.Worker`, of steps that take longer on the second core and with others."""

    def __init__(self, preset, batch_size, core, launch):
        self.milliseconds = 10.0 + 2 * core + (9 if launch else 0)
        assert batch_size == PRESETS[preset]["recipe"]["batch_size"] * (2 if launch else 1)

    def ask(self): ...

    def close(self): ...

    def answer(self):
        return self.milliseconds


def test_the_efficiency_of_two_processes_is_told_apart(monkeypatch, capsys):
    monkeypatch.setattr(processes, "Worker", SteadyWorker)
    (row,) = table_of(called(processes.main, monkeypatch, capsys, "--presets", "drums", "--rounds", 2)).values()
    assert row["one process, ms"] == "10.0" and row["two together, ms"] == "20.0"
    shares = ("efficiency", "lost to sharing", "lost to the exchange")
    assert [row[name] for name in shares] == ["50%", "5%", "45%"]


@pytest.mark.nightly
def test_a_process_on_a_core_of_its_own_measures_steps():
    worker = processes.Worker("lecture-plain", 8, 0, {})
    try:
        for _ in range(2):
            worker.ask()
            assert 0 < worker.answer() < 1000
    finally:
        worker.close()
