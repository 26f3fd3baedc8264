"""Sound from an exported generator, without this package: only NumPy, onnxruntime and the standard library.

musicgan export drum-machine drums.onnx --format onnx
python examples/serve_onnx.py drums.onnx kick.wav kind=0
"""

import json
import sys
import wave

import numpy as np
import onnxruntime

model, out, *given = sys.argv[1:]
session = onnxruntime.InferenceSession(model)
facts = {name: json.loads(text) for name, text in session.get_modelmeta().custom_metadata_map.items()}
values = dict(text.split("=") for text in given)
missing = [condition for condition in facts["conditions"] if condition["name"] not in values]
if missing:
    sys.exit(f"give a number as NAME=NUMBER for each of {missing}")

rng = np.random.default_rng(0)
latents = rng.standard_normal((1, facts["latent_dim"]))
if facts["latent_distribution"] == "uniform":
    latents = rng.uniform(-1, 1, latents.shape)
inputs = {name: np.array([value], "float32") for name, value in values.items()}
(audio,) = session.run(["waveform"], {"latents": latents.astype("float32"), **inputs})
with wave.open(out, "wb") as file:
    file.setnchannels(facts["channels"])
    file.setsampwidth(2)
    file.setframerate(facts["sample_rate"])
    file.writeframes((np.clip(audio[0], -1, 1) * 32767).astype("<i2").tobytes())
