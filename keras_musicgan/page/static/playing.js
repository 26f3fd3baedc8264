// What is played: the chosen key, values and position of the walk, and what holds which voice.

const VELOCITY = 0.8; // of a computer key or a pointer
const QUIET_MS = 60; // after a key, before its picture is drawn: the next key comes first
const AUDITION = 0.5; // seconds for which a step of the walk sounds

const state = { position: 0, choices: model.choices.map(({ values }) => values[0]), key: 0, octave: 0 };
const ready = new Map(); // decoded groups at hand: position → sounds of all keys
let picture = 0; // the timer of its next drawing
const held = new Map(); // voices by what holds them: a computer key, a pointer, a MIDI note
let recording = null;
let turns = 0; // how often sounds were loaded
const load = model.served ? loadFromServer : loadFromFolder;

/** Loads what can be played next; keys sound as before until it is there. Whether nothing else was wanted since. */
async function refresh() {
  const turn = ++turns;
  const { position } = state;
  const stops = Array.from({ length: model.sounds }, (_, index) => index * model.steps);
  const positions = isPiano ? [position] : [...new Set([...stops, position])];
  element("player").setAttribute("aria-busy", "true");
  try {
    const sounds = await load(positions, [...state.choices]);
    if (turn !== turns) return false;
    ready.clear();
    positions.forEach((each, index) => ready.set(each, sounds[index]));
    show();
  } catch (error) {
    if (turn === turns) say(error.message);
    return false;
  } finally {
    if (turn === turns) element("player").removeAttribute("aria-busy");
  }
  return true;
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
