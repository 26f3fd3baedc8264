// The page that plays a model. It runs from the file system, and no request leaves the machine: its sounds are scripts
// in `sounds/`, each of which calls `receiveSounds` with the clips of all keys at one position of the walk.

const model = JSON.parse(document.getElementById("model").textContent);
const isPiano = model.kind === "keys";
const keyNames = model.keys ? model.keys.values : [""];
const nPositions = (model.sounds - 1) * model.steps + 1;

const ATTACK = 0.004; // seconds
const RELEASE = 0.3;
const CUT = 0.02; // of a pad that is struck again
const VELOCITY = 0.8; // of a computer key or a pointer
const SILENT = 0.001; // gain at which a decaying voice ends
const QUIET_MS = 60; // after a key, before its picture is drawn: the next key comes first
const AUDITION = 0.5; // seconds for which a step of the walk sounds

// Sound ---------------------------------------------------------------------------------------------------------------

// At the model's rate, so that the samples are played as they are and only the whole is resampled, by the browser.
const audio = new AudioContext({ latencyHint: "interactive", sampleRate: model.sampleRate });
const output = connectOutput(audio);

/** A node for voices that limits their sum: up to 0.7 it changes nothing, above it bends towards full scale. */
function connectOutput(context) {
  const range = 8;
  const curve = Float32Array.from({ length: 4097 }, (_, index) => {
    const level = (index / 2048 - 1) * range;
    const over = Math.abs(level) - 0.7;
    return over <= 0 ? level : Math.sign(level) * (0.7 + 0.3 * Math.tanh(over / 0.3));
  });
  const limit = new WaveShaperNode(context, { curve });
  const scale = new GainNode(context, { gain: 1 / range });
  scale.connect(limit).connect(context.destination);
  return scale;
}

/** A sound as it is played: `clip` is the generated one, `buffer` goes on with the loop where there is one. */
async function decode({ flac, length, start, gain, loop }) {
  const bytes = Uint8Array.from(atob(flac), (letter) => letter.charCodeAt(0));
  const whole = await audio.decodeAudioData(bytes.buffer);
  const { numberOfChannels, sampleRate } = whole;
  const channels = Array.from({ length: numberOfChannels }, (_, channel) => whole.getChannelData(channel));
  const clip = bufferOf(channels.map((samples) => samples.subarray(0, length)), sampleRate);
  const sound = { clip, buffer: clip, gain, start: start / sampleRate, loop: null };
  if (loop) {
    const joints = channels.map((samples) => samples.subarray(length));
    const looped = channels.map((samples, channel) => withCycle(samples, joints[channel], loop));
    sound.buffer = bufferOf(looped, sampleRate);
    sound.loop = { start: loop.end / sampleRate, end: sound.buffer.duration, decay: loop.decay };
  }
  return sound;
}

/** The clip to the end of its steady part, then the cycle: the joint, and the steady part at the level of its end. */
function withCycle(samples, joint, { first, end, n_joint: nJoint, growth }) {
  const result = new Float32Array(end + end - first);
  result.set(samples.subarray(0, end));
  result.set(joint.subarray(0, nJoint), end);
  for (let at = first + nJoint; at < end; at++) {
    result[end + at - first] = samples[at] * Math.exp(growth * (end - at));
  }
  return result;
}

function bufferOf(channels, sampleRate) {
  const buffer = new AudioBuffer({ length: channels[0].length, numberOfChannels: channels.length, sampleRate });
  channels.forEach((samples, channel) => buffer.copyToChannel(samples, channel));
  return buffer;
}

/** Starts a sound; the same in the loudspeaker and in a recording. */
function startVoice(context, destination, sound, velocity, time) {
  const source = new AudioBufferSourceNode(context, { buffer: sound.buffer });
  const level = new GainNode(context, { gain: sound.gain * velocity });
  const attack = new GainNode(context, { gain: 0 });
  const release = new GainNode(context);
  source.connect(level).connect(attack).connect(release).connect(destination);
  attack.gain.setValueAtTime(0, time);
  attack.gain.linearRampToValueAtTime(1, time + ATTACK);
  if (sound.loop) {
    Object.assign(source, { loop: true, loopStart: sound.loop.start, loopEnd: sound.loop.end });
    if (sound.loop.decay < 1) {
      const turn = time + sound.loop.start - sound.start;
      const seconds = Math.log(SILENT) / Math.log(sound.loop.decay) / context.sampleRate;
      level.gain.setValueAtTime(sound.gain * velocity, turn);
      level.gain.exponentialRampToValueAtTime(sound.gain * velocity * SILENT, turn + seconds);
      source.stop(turn + seconds);
    }
  }
  source.start(time, sound.start);
  return { source, release };
}

function endVoice({ source, release }, time, seconds) {
  release.gain.setTargetAtTime(0, time, seconds / 5);
  source.stop(time + seconds);
}

// Sounds of the model -------------------------------------------------------------------------------------------------

const received = new Map(); // functions that wait for the sounds of a group
const groups = new Map(); // promises of the decoded sounds of all keys, by number

globalThis.receiveSounds = (number, sounds) => received.get(number)(sounds);

/** The number of the group of a position and of the chosen values. */
function groupOf(position, choices) {
  return choices.reduce((number, choice, index) => number * model.choices[index].values.length + choice, position);
}

function load(number) {
  if (!groups.has(number)) {
    const file = `sounds/${String(number).padStart(4, "0")}.js`;
    const sounds = new Promise((resolve, reject) => {
      received.set(number, resolve);
      const script = document.createElement("script");
      script.src = file;
      script.onload = () => script.remove();
      script.onerror = () => reject(new Error(`${file} is missing. It belongs beside this page.`));
      document.head.append(script);
    });
    groups.set(number, sounds.then((list) => Promise.all(list.map(decode))));
  }
  return groups.get(number);
}

// State ---------------------------------------------------------------------------------------------------------------

const state = { position: 0, choices: model.choices.map(() => 0), key: 0, octave: 0 };
const ready = new Map(); // decoded groups at hand: position → sounds of all keys
let picture = 0; // the timer of its next drawing
const held = new Map(); // voices by what holds them: a computer key, a pointer, a MIDI note
let recording = null;

const element = (id) => document.getElementById(id);

function say(text) {
  element("status").textContent = text;
}

/** Loads what can be played next; keys sound as before until it is there. */
async function refresh() {
  const { position } = state;
  const choices = [...state.choices];
  const stops = Array.from({ length: model.sounds }, (_, index) => index * model.steps);
  const positions = isPiano ? [position] : [...new Set([...stops, position])];
  element("player").setAttribute("aria-busy", "true");
  try {
    const sounds = await Promise.all(positions.map((each) => load(groupOf(each, choices))));
    if (String([position, choices]) === String([state.position, state.choices])) {
      ready.clear();
      positions.forEach((each, index) => ready.set(each, sounds[index]));
      element("player").removeAttribute("aria-busy");
      show();
      return true;
    }
  } catch (error) {
    say(error.message);
  }
  return false;
}

/** The sound of a key, at the position of the walk or, of a pad, at its own. */
function soundAt(key, position = state.position) {
  const sounds = ready.get(position) ?? (isPiano ? ready.values().next().value : undefined);
  return sounds?.[key];
}

function press(holder, key, velocity = VELOCITY, position = state.position) {
  const sound = soundAt(key, position);
  if (!sound || held.has(holder)) return;
  if (audio.state === "suspended") audio.resume();
  const time = audio.currentTime;
  if (!isPiano) cut(key, position, time);
  const voice = startVoice(audio, output, sound, velocity, time);
  const event = { sound, velocity, time, end: null };
  held.set(holder, { ...voice, key, position, event });
  voice.source.onended = () => {
    if (held.get(holder)?.source === voice.source && !isPiano) lift(holder);
  };
  recording?.events.push(event);
  mark(key, position, 1);
  Object.assign(state, { key, position: isPiano ? state.position : position });
  describe();
  clearTimeout(picture);
  picture = setTimeout(show, QUIET_MS);
}

const ringing = new Map(); // the latest voice of each pad, which sounds on after it is let go

function cut(key, position, time) {
  const pad = `${position} ${key}`;
  const earlier = ringing.get(pad);
  if (earlier) end(earlier, time, CUT);
  ringing.delete(pad);
}

function end(voice, time, seconds) {
  endVoice(voice, time, seconds);
  Object.assign(voice.event, { end: time, seconds });
}

/** Lets go: a note of the keyboard is released, a pad sounds on. */
function lift(holder, stop = false) {
  const voice = held.get(holder);
  if (!voice) return;
  held.delete(holder);
  mark(voice.key, voice.position, -1);
  if (isPiano || stop) end(voice, audio.currentTime, isPiano ? RELEASE : CUT);
  else ringing.set(`${voice.position} ${voice.key}`, voice);
}

function liftAll(stop = false) {
  pedal.clear();
  for (const holder of [...held.keys()]) lift(holder, stop);
  if (stop) for (const voice of ringing.values()) end(voice, audio.currentTime, CUT);
  if (stop) ringing.clear();
}

const marks = new Map(); // how many hold a key

function mark(key, position, change) {
  const node = nodeOf(key, position);
  if (!node) return;
  marks.set(node, (marks.get(node) ?? 0) + change);
  node.classList.toggle("on", marks.get(node) > 0);
}

// Keys and pads -------------------------------------------------------------------------------------------------------

const NOTES = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];
const BLACK = new Set([1, 3, 6, 8, 10]);
const noteName = (pitch) => `${NOTES[pitch % 12]}${Math.floor(pitch / 12) - 1}`;
const isBlack = (pitch) => BLACK.has(pitch % 12);
const nodes = []; // keys or pads in order: { node, key, position }

const codes = (letters) => [...letters].map((letter) => (/\d/.test(letter) ? `Digit${letter}` : `Key${letter}`));
const PIANO_CODES = new Map([
  ...codes("ZSXDCVGBHNJM").map((code, semitone) => [code, semitone]),
  ...codes("Q2W3ER5T6Y7UI9O0P").map((code, semitone) => [code, 12 + semitone]),
]);
const PAD_CODES = codes("1234QWERASDFZXCV5678TYUIGHJKBNM90OPL");

function nodeOf(key, position) {
  return nodes.find((each) => each.key === key && (isPiano || each.position === position))?.node;
}

function build() {
  const player = element("player");
  player.setAttribute("aria-label", isPiano ? "Piano keyboard" : "Pads");
  if (isPiano) buildPiano(player);
  else buildPads(player);
  nodes.find(({ node }) => !node.disabled).node.tabIndex = 0;
}

function addNode(parent, kind, label, key, position) {
  const node = document.createElement("button");
  node.type = "button";
  node.className = kind;
  node.tabIndex = -1;
  node.setAttribute("aria-label", label);
  node.disabled = key < 0;
  parent.append(node);
  nodes.push({ node, key, position });
  return node;
}

function text(parent, tag, content, kind = "") {
  const node = document.createElement(tag);
  node.textContent = content;
  node.className = kind;
  parent.append(node);
  return node;
}

function buildPiano(player) {
  const frame = text(player, "div", "", "piano-window");
  const piano = text(frame, "div", "", "piano");
  const low = keyNames[0] - isBlack(keyNames[0]);
  const high = keyNames.at(-1) + isBlack(keyNames.at(-1));
  const pitches = Array.from({ length: high - low + 1 }, (_, index) => low + index);
  const whites = pitches.filter((pitch) => !isBlack(pitch)).length;
  piano.style.setProperty("--whites", whites);
  let before = 0;
  for (const pitch of pitches) {
    const kind = isBlack(pitch) ? "black" : "white";
    const node = addNode(piano, `key ${kind}`, noteName(pitch), keyNames.indexOf(pitch));
    node.style.left = `${((before - (isBlack(pitch) ? 0.3 : 0)) / whites) * 100}%`;
    node.style.width = `${((isBlack(pitch) ? 0.6 : 1) / whites) * 100}%`;
    const label = text(node, "span", "");
    text(label, "span", "", "hint");
    text(label, "span", pitch % 12 ? "" : noteName(pitch));
    before += !isBlack(pitch);
  }
  const middle = (keyNames[0] + keyNames.at(-1)) / 2;
  const wide = keyNames.at(-1) - keyNames[0] > 28;
  state.octave = Math.floor((wide ? middle - 12 : keyNames[0]) / 12);
  state.key = Math.max(keyNames.indexOf(Math.round(middle)), 0);
  element("octaves").hidden = keyNames.at(-1) - keyNames[0] < 24;
}

function buildPads(player) {
  const grid = text(player, "div", "", "pads");
  grid.style.setProperty("--columns", model.sounds < 9 ? Math.max(model.sounds, 2) : 4);
  keyNames.forEach((name, key) => {
    for (let sound = 0; sound < model.sounds; sound++) {
      const number = model.sounds > 1 ? String(sound + 1) : "";
      const label = [name, number].filter(Boolean).join(" ") || "1";
      const node = addNode(grid, "pad", label, key, sound * model.steps);
      text(node, "span", label);
      text(node, "small", "", "hint");
    }
  });
}

/** The key or pad of a computer key, from its place on the keyboard. */
function ofCode(code) {
  if (!isPiano) return nodes[PAD_CODES.indexOf(code)];
  const pitch = PIANO_CODES.has(code) ? PIANO_CODES.get(code) + 12 * state.octave : -1;
  return nodes.find(({ key }) => key >= 0 && keyNames[key] === pitch);
}

/** Writes the computer keys on the keys that they play, in the letters of this keyboard where the browser knows them. */
async function showHints() {
  const layout = await navigator.keyboard?.getLayoutMap?.().catch(() => undefined);
  const letter = (code) => (layout?.get(code) ?? code.replace(/Key|Digit/, "")).toUpperCase();
  for (const { node } of nodes) node.querySelector(".hint").textContent = "";
  for (const code of isPiano ? PIANO_CODES.keys() : PAD_CODES) {
    const hint = ofCode(code)?.node.querySelector(".hint");
    if (hint && !hint.textContent) hint.textContent = letter(code);
  }
}

function shiftOctave(change) {
  const octave = state.octave + change;
  const reached = [...PIANO_CODES.values()].some((semitone) => keyNames.includes(semitone + 12 * octave));
  if (!isPiano || !reached) return;
  liftAll();
  state.octave = octave;
  showOctave();
}

function showOctave() {
  element("octave").textContent = `${noteName(12 * state.octave)} to ${noteName(12 * state.octave + 28)}`;
  showHints();
  const frame = document.querySelector(".piano-window");
  const first = nodes.find(({ key }) => key >= 0 && keyNames[key] >= 12 * state.octave);
  if (first) frame.scrollTo({ left: first.node.offsetLeft });
}

// Controls ------------------------------------------------------------------------------------------------------------

const clean = (name) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");
const showValue = (value) => (typeof value === "number" ? String(Number(value.toPrecision(4))) : value);

function addChoice(name, values, chosen, onChoose) {
  const fieldset = text(element("controls"), "fieldset", "");
  text(fieldset, "legend", name);
  return values.map((value, index) => {
    const label = text(fieldset, "label", showValue(value), "chip");
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name, value: index, checked: index === chosen });
    input.addEventListener("change", () => onChoose(index));
    label.append(input);
    return input;
  });
}

let soundInputs = [];
let slider = null;

function buildControls() {
  model.choices.forEach(({ name, values }, index) => {
    addChoice(clean(name), values, 0, (chosen) => {
      state.choices[index] = chosen;
      refresh();
    });
  });
  if (nPositions < 2) return;
  if (isPiano) {
    const names = Array.from({ length: model.sounds }, (_, index) => String(index + 1));
    soundInputs = addChoice("Sound", names, 0, (sound) => walkTo(sound * model.steps));
  }
  const label = text(element("controls"), "label", "", "walk");
  text(label, "span", "Walk");
  slider = document.createElement("input");
  Object.assign(slider, { type: "range", min: 0, max: nPositions - 1, step: 1, value: 0 });
  slider.setAttribute("aria-label", "Walk between sounds");
  slider.addEventListener("input", () => walkTo(Number(slider.value)));
  label.append(slider);
}

async function walkTo(position) {
  state.position = position;
  describe();
  if (!(await refresh()) || held.size) return;
  press("walk", state.key, 0.6 * VELOCITY);
  setTimeout(() => lift("walk"), 1000 * AUDITION);
}

/** Words for a position of the walk. */
function positionName(position) {
  const sound = Math.floor(position / model.steps);
  const step = position % model.steps;
  return step ? `sound ${sound + 1} to ${sound + 2}, step ${step} of ${model.steps}` : `sound ${sound + 1}`;
}

/** What is chosen in words; `separator` keeps file names plain. */
function chosenName(separator = ", ") {
  const values = state.choices.map((choice, index) => showValue(model.choices[index].values[choice]));
  const key = isPiano ? noteName(keyNames[state.key]) : keyNames[state.key];
  return [key, ...values, positionName(state.position)].filter(Boolean).join(separator);
}

function describe() {
  element("chosen").textContent = chosenName();
  if (slider) {
    slider.value = state.position;
    slider.setAttribute("aria-valuetext", positionName(state.position));
  }
  soundInputs.forEach((input, index) => (input.checked = index * model.steps === state.position));
  for (const { node, key, position } of nodes) {
    node.classList.toggle("chosen", !isPiano && key === state.key && position === state.position);
  }
}

// Picture -------------------------------------------------------------------------------------------------------------

const LOWEST_HZ = 50;
const RANGE_DB = 75;
const MARGIN = 58; // pixels beside the picture, for frequencies
const PIECE_MS = 4; // of drawing, before keys have their turn
let shown = null; // what the picture shows

function show() {
  describe();
  const sound = soundAt(state.key);
  const canvas = element("picture");
  const size = [canvas.clientWidth, canvas.clientHeight];
  const colours = ["--low", "--middle", "--high", "--quiet"].map((name) =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim(),
  );
  const wanted = [sound?.clip, ...size, ...colours];
  if (!sound || (shown && wanted.every((each, index) => each === shown[index]))) return;
  shown = wanted;
  canvas.setAttribute("aria-label", `Spectrogram: ${chosenName()}`);
  drawSpectrogram(canvas, sound.clip, size, colours, () => shown === wanted);
}

/** Draws while `isWanted()`, in pieces between which keys are heard. */
async function drawSpectrogram(canvas, clip, [width, height], colours, isWanted) {
  if (!width || !height) return;
  const nFft = clip.sampleRate < 12000 ? 512 : 1024;
  const columns = Math.min(Math.max(Math.round((width - MARGIN) / 2), 1), 400);
  const rows = Math.min(height, 300);
  const levels = await spectra(clip.getChannelData(0), nFft, columns, isWanted);
  if (!levels) return;
  const highest = clip.sampleRate / 2;
  const ratio = highest / LOWEST_HZ;
  const palette = gradient(colours.slice(0, 3));
  const image = new ImageData(columns, rows);
  const peak = levels.reduce((most, level) => Math.max(most, level), -100);
  for (let row = 0; row < rows; row++) {
    const bin = ((LOWEST_HZ * ratio ** (1 - row / rows)) / clip.sampleRate) * nFft;
    const below = Math.min(Math.floor(bin), nFft / 2 - 1);
    for (let column = 0; column < columns; column++) {
      const at = column * (nFft / 2 + 1) + below;
      const level = levels[at] + (levels[at + 1] - levels[at]) * (bin - below);
      const shade = Math.round(255 * Math.min(Math.max(1 + (level - peak) / RANGE_DB, 0), 1));
      image.data.set(palette[shade], 4 * (row * columns + column));
    }
  }
  const scale = globalThis.devicePixelRatio || 1;
  Object.assign(canvas, { width: width * scale, height: height * scale });
  const small = Object.assign(document.createElement("canvas"), { width: columns, height: rows });
  small.getContext("2d").putImageData(image, 0, 0);
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.drawImage(small, MARGIN, 0, width - MARGIN, height);
  pen.font = "11px system-ui, sans-serif";
  pen.fillStyle = colours[3];
  for (const hz of [100, 1000, 10000]) {
    const y = height * (1 - Math.log(hz / LOWEST_HZ) / Math.log(ratio));
    if (y > 12) pen.fillText(hz < 1000 ? `${hz} Hz` : `${hz / 1000} kHz`, 12, y + 4);
  }
}

/** Levels in dB of `columns` windows at equal distances, each from 0 Hz to half the rate; nothing if not wanted. */
async function spectra(samples, nFft, columns, isWanted) {
  const nBins = nFft / 2 + 1;
  const levels = new Float32Array(columns * nBins);
  const real = new Float64Array(nFft);
  const imaginary = new Float64Array(nFft);
  const angles = Array.from({ length: nFft }, (_, index) => (2 * Math.PI * index) / nFft);
  const cosines = Float64Array.from(angles, Math.cos);
  const sines = Float64Array.from(angles, Math.sin);
  let begun = performance.now();
  for (let column = 0; column < columns; column++) {
    if (performance.now() - begun > PIECE_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      if (!isWanted()) return null;
      begun = performance.now();
    }
    const first = Math.round(((column + 0.5) / columns) * samples.length - nFft / 2);
    for (let index = 0; index < nFft; index++) {
      const window = 0.5 - 0.5 * cosines[index];
      real[index] = window * (samples[first + index] ?? 0);
    }
    imaginary.fill(0);
    transform(real, imaginary, cosines, sines);
    for (let bin = 0; bin < nBins; bin++) {
      levels[column * nBins + bin] = 10 * Math.log10(real[bin] ** 2 + imaginary[bin] ** 2 + 1e-10);
    }
  }
  return levels;
}

/** The discrete Fourier transform in place; the length is a power of two (Cooley and Tukey, 1965). */
function transform(real, imaginary, cosines, sines) {
  const n = real.length;
  for (let index = 1, reversed = 0; index < n; index++) {
    let bit = n >> 1;
    for (; reversed & bit; bit >>= 1) reversed ^= bit;
    reversed ^= bit;
    if (index < reversed) {
      [real[index], real[reversed]] = [real[reversed], real[index]];
      [imaginary[index], imaginary[reversed]] = [imaginary[reversed], imaginary[index]];
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    for (let turn = 0; turn < half; turn++) {
      const cosine = cosines[(turn * n) / size];
      const sine = -sines[(turn * n) / size];
      for (let even = turn; even < n; even += size) {
        const odd = even + half;
        const x = cosine * real[odd] - sine * imaginary[odd];
        const y = cosine * imaginary[odd] + sine * real[odd];
        real[odd] = real[even] - x;
        imaginary[odd] = imaginary[even] - y;
        real[even] += x;
        imaginary[even] += y;
      }
    }
  }
}

/** 256 colours [red, green, blue, 255] between those given as #rrggbb. */
function gradient(colours) {
  const stops = colours.map((colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));
  return Array.from({ length: 256 }, (_, shade) => {
    const place = (shade / 255) * (stops.length - 1);
    const below = Math.min(Math.floor(place), stops.length - 2);
    const mixed = stops[below].map((part, index) => part + (stops[below + 1][index] - part) * (place - below));
    return [...mixed, 255];
  });
}

// Files ---------------------------------------------------------------------------------------------------------------

function save(buffer, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([wav(buffer)], { type: "audio/wav" }));
  link.download = `${name.replace(/[^\p{Letter}\p{Number}._-]+/gu, "_")}.wav`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/** An AudioBuffer as a WAV file with 16 bits. */
function wav(buffer) {
  const { numberOfChannels: nChannels, sampleRate, length } = buffer;
  const bytes = new DataView(new ArrayBuffer(44 + 2 * nChannels * length));
  const word = (at, letters) => [...letters].forEach((letter, i) => bytes.setUint8(at + i, letter.charCodeAt(0)));
  word(0, "RIFF");
  bytes.setUint32(4, 36 + 2 * nChannels * length, true);
  word(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true);
  bytes.setUint16(22, nChannels, true);
  bytes.setUint32(24, sampleRate, true);
  bytes.setUint32(28, 2 * nChannels * sampleRate, true);
  bytes.setUint16(32, 2 * nChannels, true);
  bytes.setUint16(34, 16, true);
  word(36, "data");
  bytes.setUint32(40, 2 * nChannels * length, true);
  for (let channel = 0; channel < nChannels; channel++) {
    const samples = buffer.getChannelData(channel);
    for (let index = 0; index < length; index++) {
      const number = Math.round(Math.min(Math.max(samples[index], -1), 32767 / 32768) * 32768);
      bytes.setInt16(44 + 2 * (index * nChannels + channel), number, true);
    }
  }
  return bytes.buffer;
}

/** Begins to record, or ends and saves: what was played is rendered again, from the first note on. */
async function toggleRecording() {
  const button = element("record");
  const isOn = !recording;
  button.setAttribute("aria-pressed", String(isOn));
  element("record-text").textContent = isOn ? "Stop and save" : "Record";
  if (isOn) {
    recording = { events: [] };
    say("Recording");
    return;
  }
  const { events } = recording;
  recording = null;
  if (!events.length) return say("Nothing was played");
  say("Saving");
  save(await render(events, audio.currentTime), `${model.title} recording`);
  say("Saved");
}

async function render(events, now) {
  const first = events[0].time;
  const ends = events.map(({ sound, time, end, seconds }) => {
    const last = sound.loop ? now : Math.min(now, time + sound.buffer.duration - sound.start);
    return end === null ? last : Math.min(last, end + seconds);
  });
  const seconds = Math.max(...ends) - first;
  const nChannels = events[0].sound.buffer.numberOfChannels;
  const length = Math.max(Math.ceil(seconds * audio.sampleRate), 1);
  const context = new OfflineAudioContext(nChannels, length, audio.sampleRate);
  const destination = connectOutput(context);
  for (const { sound, velocity, time, end, seconds: fade } of events) {
    const voice = startVoice(context, destination, sound, velocity, time - first);
    if (end !== null) endVoice(voice, end - first, fade);
  }
  return context.startRendering();
}

// Input ---------------------------------------------------------------------------------------------------------------

const pedal = new Set(); // MIDI notes that are let go while the pedal is down
let pedalDown = false;

function listenToComputerKeys() {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.code === "Escape") return liftAll(true);
    const target = nodes.find(({ node }) => node === event.target);
    const moved = target && move(target, event.code);
    const isAct = target && ["Space", "Enter"].includes(event.code);
    if (isPiano && ["BracketLeft", "BracketRight"].includes(event.code)) {
      if (!event.repeat) shiftOctave(event.code === "BracketLeft" ? -1 : 1);
      return;
    }
    const played = isAct ? target : ofCode(event.code);
    if (moved || played) event.preventDefault();
    if (played && !event.repeat) press(event.code, played.key, VELOCITY, played.position);
  });
  addEventListener("keyup", (event) => lift(event.code));
  addEventListener("blur", () => liftAll());
  document.addEventListener("visibilitychange", () => document.hidden && liftAll());
}

/** Moves the focus from key to key, or from pad to pad; whether a computer key did. */
function move({ node }, code) {
  const columns = isPiano ? 12 : Number(getComputedStyle(node.parentElement).getPropertyValue("--columns"));
  const change = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: isPiano ? 12 : -columns, ArrowDown: isPiano ? -12 : columns };
  const enabled = nodes.filter((each) => !each.node.disabled);
  const at = enabled.findIndex((each) => each.node === node);
  const to = { Home: 0, End: enabled.length - 1 }[code] ?? at + (change[code] ?? NaN);
  if (Number.isNaN(to)) return false;
  const next = enabled[to]?.node;
  if (next) {
    node.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
  return true;
}

function listenToPointers() {
  const at = (event) => {
    const node = document.elementFromPoint(event.clientX, event.clientY)?.closest(".key, .pad");
    return nodes.find((each) => each.node === node && each.key >= 0);
  };
  const player = element("player");
  const play = (event) => {
    const next = at(event);
    const holder = `pointer ${event.pointerId}`;
    const now = held.get(holder);
    if (now && next && now.key === next.key && (isPiano || now.position === next.position)) return;
    lift(holder);
    if (next) press(holder, next.key, VELOCITY, next.position);
  };
  player.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.target.releasePointerCapture?.(event.pointerId); // so that a finger glides from key to key
    play(event);
  });
  addEventListener("pointermove", (event) => {
    if (isPiano && event.buttons && held.has(`pointer ${event.pointerId}`)) play(event);
  });
  for (const kind of ["pointerup", "pointercancel"]) {
    addEventListener(kind, (event) => lift(`pointer ${event.pointerId}`));
  }
  player.addEventListener("click", (event) => {
    const target = nodes.find(({ node }) => node === event.target.closest("button"));
    if (event.detail || !target) return; // by assistive technology, which neither points nor holds a key
    press("click", target.key, VELOCITY, target.position);
    setTimeout(() => lift("click"), 1000 * AUDITION);
  });
  player.addEventListener("contextmenu", (event) => event.preventDefault());
}

async function connectMidi() {
  try {
    const access = await navigator.requestMIDIAccess();
    const listen = () => {
      const inputs = [...access.inputs.values()];
      for (const input of inputs) input.onmidimessage = ({ data }) => receiveMidi(data);
      say(inputs.length ? `MIDI: ${inputs.map(({ name }) => name).join(", ")}` : "MIDI: no instrument is connected");
    };
    access.onstatechange = listen;
    listen();
  } catch {
    say("MIDI: the browser refused access");
  }
}

/** Plays a message of a MIDI instrument: notes by pitch, pads from note 36 on, as drum pads send them. */
function receiveMidi([status, number, value]) {
  const kind = status & 0xf0;
  const holder = `midi ${number}`;
  if (kind === 0x90 && value) {
    const target = isPiano ? nodes.find(({ key }) => key >= 0 && keyNames[key] === number) : nodes[number - 36];
    lift(holder);
    pedal.delete(holder);
    if (target) press(holder, target.key, value / 127, target.position);
  } else if (kind === 0x80 || kind === 0x90) {
    if (pedalDown) pedal.add(holder);
    else lift(holder);
  } else if (kind === 0xb0 && number === 64) {
    pedalDown = value >= 64;
    if (pedalDown) return;
    for (const each of pedal) lift(each);
    pedal.clear();
  }
}

// Begin ---------------------------------------------------------------------------------------------------------------

function begin() {
  build();
  buildControls();
  listenToComputerKeys();
  listenToPointers();
  const count = isPiano ? `${noteName(keyNames[0])} to ${noteName(keyNames.at(-1))}` : `${nodes.length} pads`;
  element("about").textContent = `${count} · ${model.sampleRate / 1000} kHz · seed ${model.seed}`;
  const place = isPiano ? "keys" : "pads";
  const also = navigator.requestMIDIAccess ? ", a pointer or MIDI" : " or a pointer";
  const octave = isPiano ? "[ and ] change the octave, " : "";
  element("help").textContent = `Play with the letters on the ${place}${also}. ${octave}Esc silences.`;
  element("record").addEventListener("click", toggleRecording);
  element("download").addEventListener("click", () => {
    const sound = soundAt(state.key);
    if (sound) save(sound.clip, `${model.title} ${chosenName(" ")}`);
  });
  element("midi").hidden = !navigator.requestMIDIAccess;
  element("midi").addEventListener("click", connectMidi);
  element("down").addEventListener("click", () => shiftOctave(-1));
  element("up").addEventListener("click", () => shiftOctave(1));
  addEventListener("pointerdown", () => audio.resume(), { once: true });
  addEventListener("resize", () => requestAnimationFrame(show));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => requestAnimationFrame(show));
  if (isPiano) showOctave();
  else showHints();
  describe();
  refresh();
}

begin();
