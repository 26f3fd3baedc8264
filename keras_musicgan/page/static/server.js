// The sounds of a page that is served, which its server renders when they are wanted.

const MOST_KEPT = 16; // positions of which decoded sounds are kept
const kept = new Map(); // decoded sounds of all keys, by position and values, the latest ones last
let underway = new AbortController(); // the latest request for sounds; a newer one ends it

/** The answer of the server; an error in its words. */
async function ask(path, options) {
  const answer = await fetch(path, options).catch((error) => {
    throw error.name === "AbortError" ? error : new Error("The server has ended. Start musicgan app again.");
  });
  if (!answer.ok) throw new Error((await answer.json()).error);
  return answer;
}

/** What the server needs to know to render sounds. */
function requestOf(positions, choices) {
  const conditions = Object.fromEntries(choices.map((value, index) => [model.choices[index].name, value]));
  return { latents: model.latents, steps: model.steps, positions, conditions };
}

async function loadFromServer(positions, choices) {
  underway.abort();
  underway = new AbortController();
  const { signal } = underway;
  const nameOf = (position) => JSON.stringify([position, choices]);
  const missing = positions.filter((position) => !kept.has(nameOf(position)));
  const found = new Map(positions.map((position) => [position, kept.get(nameOf(position))]));
  if (missing.length) {
    const body = JSON.stringify(requestOf(missing, choices));
    const lists = await (await ask("sounds", { method: "POST", body, signal })).json();
    const sounds = await Promise.all(lists.map((list) => Promise.all(list.map(decode))));
    signal.throwIfAborted();
    missing.forEach((position, index) => found.set(position, sounds[index]));
  }
  for (const [position, sounds] of found) {
    kept.delete(nameOf(position));
    kept.set(nameOf(position), sounds);
  }
  for (const name of [...kept.keys()].slice(0, -Math.max(MOST_KEPT, positions.length))) kept.delete(name);
  return positions.map((position) => found.get(position));
}
