// Computer keys, pointers and MIDI instruments.

const pedal = new Set(); // MIDI notes that are let go while the pedal is down
let pedalDown = false;

function listenToComputerKeys() {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.code === "Escape") return liftAll(true);
    if (event.target.type === "number") return; // what is typed there plays nothing
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
