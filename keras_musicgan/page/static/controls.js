// Values of the conditions, sounds, the walk between them, and what is chosen in words.

const clean = (name) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");
const showValue = (value) => (typeof value === "number" ? String(Number(value.toPrecision(4))) : value);

function addChoice(name, values, chosen, onChoose) {
  const fieldset = text(element("controls"), "fieldset", "");
  text(fieldset, "legend", name);
  return values.map((value, index) => {
    const label = text(fieldset, "label", showValue(value), "chip");
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name, value: index, checked: value === chosen });
    input.addEventListener("change", () => onChoose(value));
    label.append(input);
    return input;
  });
}

function addSlider(name, options, onMove) {
  const label = text(element("controls"), "label", "", "slider");
  text(label, "span", name);
  const input = document.createElement("input");
  Object.assign(input, { type: "range", min: 0, ...options });
  input.addEventListener("input", () => onMove(Number(input.value)));
  label.append(input);
  return input;
}

/** Any number of a range, in hundredths of it. */
function addRange(name, [low, high], value, onChoose) {
  const place = (100 * (value - low)) / (high - low);
  const input = addSlider(name, { max: 100, step: 1, value: place }, (hundredths) => {
    const number = hundredths === 100 ? high : low + (hundredths * (high - low)) / 100;
    showNumber(number);
    onChoose(number);
  });
  const output = text(input.parentElement, "span", "", "value");
  output.setAttribute("aria-hidden", "true"); // it is the text of the slider, too
  const showNumber = (number) => {
    output.textContent = showValue(number);
    input.setAttribute("aria-valuetext", showValue(number));
  };
  showNumber(value);
}

let soundInputs = [];
let slider = null;

function buildControls() {
  element("controls").replaceChildren();
  [soundInputs, slider] = [[], null];
  model.choices.forEach(({ name, values, range }, index) => {
    const choose = (chosen) => {
      state.choices[index] = chosen;
      describe();
      refresh();
    };
    if (range) addRange(clean(name), range, state.choices[index], choose);
    else addChoice(clean(name), values, state.choices[index], choose);
  });
  if (model.sounds < 2) return;
  if (isPiano) {
    const numbers = Array.from({ length: model.sounds }, (_, index) => index + 1);
    soundInputs = addChoice("Sound", numbers, 1, (number) => walkTo((number - 1) * model.steps));
  }
  slider = addSlider("Walk", { max: (model.sounds - 1) * model.steps, step: 1, value: state.position }, walkTo);
  slider.setAttribute("aria-label", "Walk between sounds");
}

let audition = 0; // the timer of its end

/** Goes to a position of the walk and plays the key there that was played last, unless others are held. */
async function walkTo(position) {
  state.position = position;
  describe();
  if (!(await refresh())) return;
  clearTimeout(audition);
  lift("walk");
  if (held.size) return;
  press("walk", state.key, 0.6 * VELOCITY);
  audition = setTimeout(() => lift("walk"), 1000 * AUDITION);
}

/** Words for a position of the walk. */
function positionName(position) {
  const sound = Math.floor(position / model.steps);
  const step = position % model.steps;
  return step ? `sound ${sound + 1} to ${sound + 2}, step ${step} of ${model.steps}` : `sound ${sound + 1}`;
}

/** What is chosen in words; `separator` keeps file names plain. */
function chosenName(separator = ", ") {
  const key = isPiano ? noteName(keyNames[state.key]) : keyNames[state.key];
  return [key, ...state.choices.map(showValue), positionName(state.position)].filter(Boolean).join(separator);
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
