// The keys of a piano, or pads.

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
  player.replaceChildren();
  nodes.length = 0;
  marks.clear();
  if (isPiano) buildPiano(player);
  else buildPads(player);
  nodes.find(({ node }) => !node.disabled).node.tabIndex = 0;
  const count = isPiano ? `${noteName(keyNames[0])} to ${noteName(keyNames.at(-1))}` : `${nodes.length} pads`;
  const seed = model.served ? "" : ` · seed ${model.seed}`;
  element("about").textContent = `${count} · ${model.sampleRate / 1000} kHz${seed}`;
  if (isPiano) showOctave();
  else showHints();
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
