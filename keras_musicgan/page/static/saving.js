// Files to download: sounds and recordings as WAV.

function saveWav(buffer, name) {
  save(new Blob([wav(buffer)], { type: "audio/wav" }), `${name}.wav`);
}

function save(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name.replace(/[^\p{Letter}\p{Number}._-]+/gu, "_");
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
  saveWav(await render(events, audio.currentTime), `${model.title} recording`);
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
