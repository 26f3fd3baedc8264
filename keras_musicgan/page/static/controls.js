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

let soundInputs = [];
let slider = null;

function buildControls() {
  model.choices.forEach(({ name, values }, index) => {
    addChoice(clean(name), values, state.choices[index], (chosen) => {
      state.choices[index] = chosen;
      refresh();
    });
  });
  if (model.sounds < 2) return;
  if (isPiano) {
    const numbers = Array.from({ length: model.sounds }, (_, index) => index + 1);
    soundInputs = addChoice("Sound", numbers, 1, (number) => walkTo((number - 1) * model.steps));
  }
  const label = text(element("controls"), "label", "", "walk");
  text(label, "span", "Walk");
  slider = document.createElement("input");
  Object.assign(slider, { type: "range", min: 0, max: (model.sounds - 1) * model.steps, step: 1, value: 0 });
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
