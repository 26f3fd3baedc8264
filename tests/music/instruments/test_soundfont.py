import dataclasses

import numpy as np
import pytest

from keras_musicgan.music.instruments import Instrument, Zone, soundfont, write_soundfont
from keras_musicgan.music.notes import Notes, Track
from keras_musicgan.music.synthesizer import frequency, render
from tests.support import players
from tests.support.players import fluidsynth
from tests.support.riff import read_sound_font, zones

RATE = 16_000


def sine(pitch, n_samples=8000, channels=1):
    tone = 0.5 * np.sin(2 * np.pi * frequency(pitch) * np.arange(n_samples) / RATE)
    return np.repeat(tone[:, None], channels, axis=1).astype("float32")


def looped(**options):
    return Zone(**{"samples": sine(69), "keys": (57, 81), "root": 69, "loop": (4000, 8000), **options})


def test_the_file_is_as_the_specification_says(tmp_path):
    drum = Zone(sine(60, 20), (36, 36), cut_group=2)
    presets = [Instrument("Flöte", (looped(),)), Instrument("kit", (drum,), None, True), Instrument("b" * 30, (drum,))]
    write_soundfont(tmp_path / "a.sf2", "My sounds", presets, RATE)
    font = read_sound_font(tmp_path / "a.sf2")
    assert font["ifil"] == b"\2\0\1\0" and font["INAM"].rstrip(b"\0") == b"My sounds"
    places = [(row["name"], row["bank"], row["preset"]) for row in font["phdr"]]
    assert places == [("Flote", 0, 0), ("kit", 128, 0), ("b" * 19, 0, 1), ("EOP", 0, 0)]
    assert font["inst"][-1]["name"] == "EOI" and font["shdr"][-1]["name"] == "EOS"
    assert font["phdr"][-1]["bag"] == len(font["pbag"]) - 1 and font["inst"][-1]["bag"] == len(font["ibag"]) - 1
    assert font["pbag"][-1]["generator"] == len(font["pgen"]) - 1
    assert font["ibag"][-1] == {"generator": len(font["igen"]) - 1, "modulator": len(font["imod"]) - 1}
    samples = np.frombuffer(font["smpl"], "<i2")
    recorded = font["shdr"][:-1]
    assert len(recorded) == 2, "two presets share the drum"
    for row in recorded:
        assert not samples[row["end"] : row["end"] + 46].any() and row["end"] - row["start"] >= 48
        assert row["start"] + 8 <= row["loop_start"] <= row["loop_end"] - 32 and row["loop_end"] + 8 <= row["end"]
    assert recorded[-1]["end"] + 46 == len(samples)
    tone = recorded[0]
    assert (tone["rate"], tone["root"], tone["type"]) == (RATE, 69, 1)
    np.testing.assert_array_equal(samples[:8000], np.rint(sine(69)[:, 0] * 32767))
    np.testing.assert_array_equal(samples[8000:8008], samples[4000:4008])  # for interpolation
    common, zone = zones(font, 0)
    assert list(zone) == [43, 53] and zone[43] == 57 | 81 << 8 and common[54] == 1
    common, zone = zones(font, 1)
    assert zone == {43: 36 | 36 << 8, 57: 2, 53: 1} and common == {38: round(1200 * np.log2(100)), 54: 0}
    assert font["shdr"][1]["root"] == 36


def test_the_shortest_loop_has_its_room(tmp_path):
    short = looped(samples=sine(69, 36), loop=(2, 36))
    write_soundfont(tmp_path / "a.sf2", "a", [Instrument("a", (short, looped()))], RATE)
    font = read_sound_font(tmp_path / "a.sf2")
    first, second, _ = font["shdr"]
    assert first["end"] == 48 and second["start"] == 48 + 46
    assert len(font["smpl"]) == 2 * (second["end"] + 46)
    samples = np.frombuffer(font["smpl"], "<i2")
    np.testing.assert_array_equal(samples[second["start"] :][:8000], np.rint(sine(69)[:, 0] * 32767))


def test_stereo_recordings_are_two_linked_samples(tmp_path):
    wide = sine(69, channels=2) * np.float32([1, -0.5])
    write_soundfont(tmp_path / "a.sf2", "a", [Instrument("a", (looped(samples=wide),))], RATE)
    font = read_sound_font(tmp_path / "a.sf2")
    left, right = font["shdr"][:2]
    assert (left["type"], left["link"], right["type"], right["link"]) == (4, 1, 2, 0)
    assert [(zone[17], zone[53]) for zone in zones(font, 0)[1:]] == [(0x10000 - 500, 0), (500, 1)]
    heard = render(Notes([0], [1], [69], tempo=60), RATE, sound_font=tmp_path / "a.sf2")[2000:8000]
    assert np.abs(heard[:, 1]).max() / np.abs(heard[:, 0]).max() == pytest.approx(0.5, abs=0.02)


def test_a_loop_falls_as_fast_as_it_is_told(tmp_path):
    write_soundfont(tmp_path / "a.sf2", "a", [Instrument("a", (looped(decay_db=20.0),))], RATE)
    sound = fluidsynth(tmp_path / "a.sf2", Notes([0], [3], [69], tempo=60), tmp_path)[:, 0]
    levels = [20 * np.log10(np.abs(sound[round(s * players.RATE) :][:2000]).max()) for s in (0.1, 1.0, 2.0)]
    assert levels[1] - levels[2] == pytest.approx(20, abs=1)  # to FluidSynth silence is 96 dB
    assert levels[0] - levels[1] == pytest.approx(15, abs=1)  # it falls after a quarter second


def test_program_and_bank_choose_the_preset(tmp_path):
    presets = [Instrument(str(pitch), (looped(samples=sine(pitch)),)) for pitch in (69, 81)]
    presets.append(Instrument("kit", (Zone(sine(93), (40, 40)),), None, True))
    write_soundfont(tmp_path / "a.sf2", "a", presets, RATE)
    for track, key, expected in ((Track(program=0), 69, 69), (Track(program=1), 69, 81), (Track(is_drum=True), 40, 93)):
        notes = Notes([0], [0.5], [key], tempo=60, tracks=(track,))
        sound = render(notes, RATE, sound_font=tmp_path / "a.sf2")[400:6800, 0]
        peak_hz = np.argmax(np.abs(np.fft.rfft(sound * np.hanning(len(sound))))) * RATE / len(sound)
        assert peak_hz == pytest.approx(float(frequency(expected)), abs=3)


def test_what_the_format_cannot_hold_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.sf2"
    zone = looped()
    kits = [Instrument("kit", (zone,), None, True)] * 129
    with pytest.raises(ValueError, match="holds 128 kits of drums and 16,384 other presets. Received: 129"):
        write_soundfont(path, "a", kits, RATE)
    with pytest.raises(ValueError, match="holds at most 65,535 zones. Received: 65,537"):
        write_soundfont(path, "a", [Instrument("a", (zone,) * 65_536)], RATE)
    with pytest.raises(ValueError, match="holds at most 65,535 properties of zones. Received"):
        write_soundfont(path, "a", [Instrument("a", (dataclasses.replace(zone, decay_db=9.0),) * 20_000)], RATE)
    monkeypatch.setattr(soundfont, "MAX_BYTES", 10_000)
    with pytest.raises(ValueError, match="A SoundFont must be smaller than"):
        write_soundfont(path, "a", [Instrument("a", (zone,))], RATE)
    assert not list(tmp_path.iterdir())
