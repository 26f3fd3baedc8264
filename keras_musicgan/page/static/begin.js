// Everything is put in its place.

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
