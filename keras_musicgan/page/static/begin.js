// Everything is put in its place.

function begin() {
  build();
  buildControls();
  buildNewSounds();
  listenToComputerKeys();
  listenToPointers();
  const place = isPiano ? "keys" : "pads";
  const also = navigator.requestMIDIAccess ? ", a pointer or MIDI" : " or a pointer";
  const octave = isPiano ? "[ and ] change the octave, " : "";
  element("help").textContent = `Play with the letters on the ${place}${also}. ${octave}Esc silences.`;
  element("record").addEventListener("click", toggleRecording);
  element("download").addEventListener("click", () => {
    const sound = soundAt(state.key);
    if (sound) saveWav(sound.clip, `${model.title} ${chosenName(" ")}`);
  });
  element("midi").hidden = !navigator.requestMIDIAccess;
  element("midi").addEventListener("click", connectMidi);
  element("down").addEventListener("click", () => shiftOctave(-1));
  element("up").addEventListener("click", () => shiftOctave(1));
  addEventListener("pointerdown", () => audio.resume(), { once: true });
  addEventListener("resize", () => requestAnimationFrame(show));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => requestAnimationFrame(show));
  describe();
  refresh();
}

begin();
