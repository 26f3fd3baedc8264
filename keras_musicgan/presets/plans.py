"""The presets as plain data, which can be read and listed without Keras."""

from typing import Any


def _adam(learning_rate, beta_1=0.9, beta_2=0.999, halved_every=None):
    """Adam, whose rate is halved in so many steps, evenly; constant by default."""
    if halved_every:
        config = {"initial_learning_rate": learning_rate, "decay_steps": halved_every, "decay_rate": 0.5}
        learning_rate = {"class_name": "ExponentialDecay", "config": config}
    config = {"learning_rate": learning_rate, "beta_1": beta_1, "beta_2": beta_2}
    return {"class_name": "Adam", "config": config}


def _spectral(
    summary, duration, sample_rate, of_files=True, generator=None, discriminator=None, ema_momentum=0.998, **recipe
):
    """A preset of log magnitudes whose networks train on a CPU, for sounds `of_files` that begin and end."""
    options = {"n_fft": 1024, "hop_length": 256, "inversion": "pghi", "iterations": 0}
    options["normalization"] = "range" if of_files else "standard"
    networks = {"width": 256, "kernel_size": 5, **({"finest_width": 256} if of_files else {})}
    return {
        "summary": summary,
        "reference": "GANSynth (Engel et al., 2019); scaled by its input as in StyleGAN (Karras et al., 2019)",
        "domain": "audio",
        "representation": (
            "log_magnitude",
            {"duration": duration, "sample_rate": sample_rate, "channels": 1, **options},
        ),
        "networks": "spectrogram",
        "generator": {**networks, "gate": of_files, **(generator or {})},
        "discriminator": {**networks, "conditioning": "projection", **(discriminator or {})},
        "model": {"latent_dim": 64, "ema_momentum": ema_momentum},
        "recipe": {
            "generator_optimizer": _adam(5e-4, 0.0, 0.99),
            "discriminator_optimizer": _adam(5e-4, 0.0, 0.99),
            "loss": "non_saturating",
            "penalties": [["r1", {"weight": 10.0, "every": 4}]],
            "batch_size": 16,
            "epochs": 60,
            "pieces": 1024,
            **recipe,
        },
    }


PRESETS: dict[str, dict[str, Any]] = {
    "lecture": {
        "summary": "Melodies of 128 pitches and their scale; fully connected networks of the course assignment.",
        "reference": "Generative Adversarial Nets (Goodfellow et al., 2014); loss of WGAN-GP (Gulrajani et al., 2017)",
        "domain": "notes",
        "representation": ("pitch_sequence_with_scale", {"length": 128}),
        "networks": "dense",
        "generator": {"units": [256, 512, 1024]},
        "discriminator": {"units": [512, 256]},
        # A longer average smooths the melodies: smaller steps, more repeated notes.
        "model": {"latent_dim": 100, "ema_momentum": 0.98},
        "recipe": {
            "generator_optimizer": _adam(2e-4, 0.0, 0.9),
            "discriminator_optimizer": _adam(2e-4, 0.0, 0.9),
            "loss": "wasserstein",
            "penalties": [["gradient_penalty", {"weight": 10.0}]],
            "batch_size": 32,
            "steps_per_execution": 8,
            "epochs": 100,
            "pieces": 2048,
        },
    },
    "lecture-plain": {
        "summary": "Melodies as 128 pitches alone; networks, loss and optimizer of the course assignment.",
        "reference": "Generative Adversarial Nets (Goodfellow et al., 2014)",
        "domain": "notes",
        "representation": ("pitch_sequence", {"length": 128}),
        "networks": "dense",
        "generator": {"units": [256, 512, 1024]},
        "discriminator": {"units": [512, 256]},
        "model": {"latent_dim": 100, "ema_momentum": 0.995},
        "recipe": {
            "generator_optimizer": _adam(2e-4, 0.5),
            "discriminator_optimizer": _adam(2e-4, 0.5),
            "loss": "non_saturating",
            "batch_size": 32,
            "steps_per_execution": 8,
            "epochs": 100,
            "pieces": 1024,
        },
    },
    "pianoroll": {
        "summary": "Four bars of a melody and chords, as codes of an autoencoder of bars; residual dense networks.",
        "reference": "Latent Constraints (Engel et al., 2018); R3GAN (Huang et al., 2024)",
        "domain": "notes",
        "representation": ("bar_codes", {"bars": 4, "steps_per_beat": 4}),
        "networks": "residual",
        "generator": {"width": 384},
        "discriminator": {"width": 384},
        "model": {"latent_dim": 64, "ema_momentum": 0.998},
        "recipe": {
            "generator_optimizer": _adam(4e-4, 0.0, 0.95),
            "discriminator_optimizer": _adam(4e-4, 0.0, 0.95),
            "loss": "relativistic",
            "penalties": [["r1", {"weight": 1.0}], ["r2", {"weight": 1.0}]],
            "batch_size": 128,
            "steps_per_execution": 8,
            "steps": 1800,
            "pieces": 512,
            "tonic": "C",
        },
    },
    "drums": _spectral(
        "Drums and other one-shots of half a second, each from its onset; trains on a CPU in minutes.",
        duration=0.55,
        sample_rate=22050,
        generator={"noise_width": 32, "kernel_size": [5, 33], "gate": "cumulative"},
        discriminator_optimizer=_adam(2e-4, 0.0, 0.99),
        penalties=[["r1", {"weight": 30.0, "every": 4}]],
        diversity_weight="adaptive",
        trim="onset",
        normalize="peak",
        steps=2500,
    ),
    "notes": _spectral(
        "Notes of one second, each from its onset, for instruments conditioned on pitch; trains on a CPU in minutes.",
        duration=1.0,
        sample_rate=16000,
        generator={"amplify_conditions": True, "partials": 1.0, "noise_floor": True},
        discriminator={"contrast": 1.0},
        ema_momentum=0.9995,  # reached after 18,000 steps, until when the average is over a ninth of the run
        generator_optimizer=_adam(5e-4, 0.0, 0.99, halved_every=4000),
        discriminator_optimizer=_adam(5e-4, 0.0, 0.99, halved_every=4000),
        trim="onset",
        normalize="peak",
        steps=8000,
    ),
    "sounds": _spectral(
        "One second of any sound, such as speech or textures; trains on a CPU in minutes.",
        duration=1.0,
        sample_rate=16000,
        clip="random",
        trim="level",
        normalize="peak",
        steps=8000,
    ),
    "wavegan": {
        "summary": "One second of raw waveform; the published networks.",
        "reference": "WaveGAN (Donahue et al., 2019)",
        "domain": "audio",
        "representation": ("waveform", {"duration": 1.0, "sample_rate": 16000, "channels": 1}),
        "networks": "waveform",
        "generator": {"width": 64},
        "discriminator": {"width": 64, "phase_shuffle": 2},
        "model": {"latent_dim": 100, "latent_distribution": "uniform", "ema_momentum": None},
        "recipe": {
            "generator_optimizer": _adam(1e-4, 0.5, 0.9),
            "discriminator_optimizer": _adam(1e-4, 0.5, 0.9),
            "loss": "wasserstein",
            "penalties": [["gradient_penalty", {"weight": 10.0}]],
            "discriminator_steps": 5,
            "batch_size": 64,
            "epochs": 500,
            "pieces": 2048,
        },
    },
    "wavegan-small": {
        "summary": "One second of raw waveform at 8 kHz; trains on a CPU.",
        "reference": "WaveGAN (Donahue et al., 2019)",
        "domain": "audio",
        "representation": ("waveform", {"duration": 1.0, "sample_rate": 8000, "channels": 1}),
        "networks": "waveform",
        "generator": {"width": 16},
        "discriminator": {"width": 16, "phase_shuffle": 2},
        "model": {"latent_dim": 100, "ema_momentum": 0.999},
        "recipe": {
            "generator_optimizer": _adam(2e-4, 0.5, 0.9),
            "discriminator_optimizer": _adam(2e-4, 0.5, 0.9),
            "loss": "non_saturating",
            "penalties": [["r1", {"weight": 1.0}]],
            "batch_size": 16,
            "epochs": 50,
            "pieces": 1024,
        },
    },
    "specgan": {
        "summary": "One second of sound as log magnitudes of 128 bins; the published networks.",
        "reference": "SpecGAN (Donahue et al., 2019)",
        "domain": "audio",
        "representation": (
            "log_magnitude",
            {
                "duration": 1.0,
                "sample_rate": 16000,
                "channels": 1,
                "n_fft": 256,
                "hop_length": 128,
                "inversion": "griffin_lim",
                "iterations": 16,
            },
        ),
        "networks": "specgan",
        "generator": {"width": 64},
        "discriminator": {"width": 64},
        "model": {"latent_dim": 100, "latent_distribution": "uniform", "ema_momentum": None},
        "recipe": {
            "generator_optimizer": _adam(1e-4, 0.5, 0.9),
            "discriminator_optimizer": _adam(1e-4, 0.5, 0.9),
            "loss": "wasserstein",
            "penalties": [["gradient_penalty", {"weight": 10.0}]],
            "discriminator_steps": 5,
            "batch_size": 64,
            "epochs": 500,
            "pieces": 2048,
        },
    },
    "gansynth-small": _spectral(
        "Notes of one second as log magnitudes; `notes` before it was made for files.",
        duration=1.0,
        sample_rate=16000,
        of_files=False,
    ),
    "gansynth": {
        "summary": "Notes of four seconds as log magnitude and instantaneous frequency; the published sizes.",
        "reference": "GANSynth (Engel et al., 2019)",
        "domain": "audio",
        "representation": (
            "instantaneous_frequency",
            {"duration": 4.0, "sample_rate": 16000, "channels": 1, "n_fft": 2048, "hop_length": 512, "n_mels": 1024},
        ),
        "networks": "gansynth",
        "generator": {"channels": [256, 256, 256, 256, 128, 64, 32]},
        "discriminator": {"channels": [256, 256, 256, 256, 128, 64, 32], "conditioning": "auxiliary"},
        "model": {"latent_dim": 256, "ema_momentum": 0.999},
        "recipe": {
            "generator_optimizer": _adam(8e-4, 0.0, 0.99),
            "discriminator_optimizer": _adam(8e-4, 0.0, 0.99),
            "loss": "wasserstein",
            "penalties": [["gradient_penalty", {"weight": 10.0}], ["drift", {"weight": 0.001}]],
            "condition_weight": 10.0,
            "batch_size": 8,
            "epochs": 200,
            "pieces": 2048,
        },
    },
}

DEFAULTS = {"notes": "pianoroll", "audio": "sounds"}  # by domain
