// New sounds of a page that is served: those of a seed and a truncation, or of a file of latents.

function buildNewSounds() {
  if (!model.served) return;
  const [seed, truncation, file] = ["seed", "truncation", "file"].map(element);
  element("new-sounds").hidden = false;
  truncation.max = model.served.largestTruncation;
  showNewSounds();
  seed.addEventListener("change", () => seed.reportValidity() && draw(seed.value, model.truncation));
  truncation.addEventListener("input", () => showTruncation(chosenTruncation()));
  truncation.addEventListener("change", () => draw(model.seed ?? "", chosenTruncation()));
  element("draw").addEventListener("click", () => draw("", model.truncation));
  element("open").addEventListener("click", () => file.click());
  file.addEventListener("change", () => file.files.length && openLatents(file.files[0]));
  element("save").addEventListener("click", saveLatents);
}

/** The largest number in latents; none at the end of the slider. */
function chosenTruncation() {
  const { value, max } = element("truncation");
  return value === max ? null : Number(value);
}

function showTruncation(truncation) {
  const words = truncation === null ? "none" : String(truncation);
  element("truncation-text").textContent = words;
  element("truncation").setAttribute("aria-valuetext", words);
}

function showNewSounds() {
  element("seed").value = model.seed ?? "";
  element("truncation").value = model.truncation ?? model.served.largestTruncation;
  showTruncation(model.truncation);
}

/** Draws the sounds of a seed, or of a new one where it is empty. */
async function draw(seed, truncation) {
  await replaceSounds(async () => (await ask(`latents${queryOf(seed, truncation)}`)).json());
}

function queryOf(seed, truncation) {
  const query = new URLSearchParams();
  if (seed !== "") query.set("seed", seed);
  if (truncation !== null) query.set("truncation", truncation);
  return `?${query}`;
}

async function openLatents(file) {
  await replaceSounds(async () => {
    const answer = await ask("latents", { method: "POST", body: file });
    return { ...(await answer.json()), seed: null, truncation: null };
  });
  element("file").value = "";
}

/** Plays other latents from now on, at the same position of the walk if it has as many sounds. */
async function replaceSounds(fetchLatents) {
  try {
    Object.assign(model, await fetchLatents());
  } catch (error) {
    showNewSounds();
    return say(error.message);
  }
  kept.clear();
  // The page has the sounds of a seed in its address, so that they are there again when it is loaded again.
  history.replaceState(null, "", model.seed === null ? location.pathname : queryOf(model.seed, model.truncation));
  if (model.latents.length !== model.sounds) {
    liftAll();
    model.sounds = model.latents.length;
    state.position = 0;
    if (!isPiano) build();
    buildControls();
  }
  say("");
  showNewSounds();
  walkTo(state.position);
}

/** Saves the latents and conditions of the sound that is chosen, for `musicgan generate --latents`. */
async function saveLatents() {
  const key = model.keys ? keyNames[state.key] : null;
  const body = JSON.stringify({ ...requestOf([state.position], state.choices), key });
  try {
    const answer = await ask("latents.npz", { method: "POST", body });
    save(await answer.blob(), `${model.title} ${chosenName(" ")}.npz`);
  } catch (error) {
    say(error.message);
  }
}
