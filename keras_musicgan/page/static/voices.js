// Sounds and the voices that play them, in the loudspeaker as in a recording.

const ATTACK = 0.004; // seconds
const RELEASE = 0.3;
const CUT = 0.02; // of a pad that is struck again
const SILENT = 0.001; // gain at which a decaying voice ends

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
  let end = null;
  attack.gain.setValueAtTime(0, time);
  attack.gain.linearRampToValueAtTime(1, time + ATTACK);
  if (sound.loop) {
    Object.assign(source, { loop: true, loopStart: sound.loop.start, loopEnd: sound.loop.end });
    if (sound.loop.decay < 1) {
      const turn = time + sound.loop.start - sound.start;
      const seconds = Math.log(SILENT) / Math.log(sound.loop.decay) / context.sampleRate;
      level.gain.setValueAtTime(sound.gain * velocity, turn);
      level.gain.exponentialRampToValueAtTime(sound.gain * velocity * SILENT, turn + seconds);
      end = turn + seconds;
    }
  }
  source.start(time, sound.start);
  if (end) source.stop(end);
  return { source, release };
}

function endVoice({ source, release }, time, seconds) {
  release.gain.setTargetAtTime(0, time, seconds / 5);
  source.stop(time + seconds);
}
