// The spectrogram of the sound that was played last.

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
