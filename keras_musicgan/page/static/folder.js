// The sounds of a page in a folder: scripts in `sounds/`, each of which calls `receiveSounds` with the clips of all keys
// at one position of the walk. No request leaves the machine.

const received = new Map(); // functions that wait for the sounds of a group
const groups = new Map(); // promises of the decoded sounds of all keys, by number

globalThis.receiveSounds = (number, sounds) => received.get(number)(sounds);

/** The number of the group of a position and of the chosen values. */
function groupOf(position, choices) {
  return choices.reduce((number, choice, index) => {
    const { values } = model.choices[index];
    return number * values.length + values.indexOf(choice);
  }, position);
}

function loadFromFolder(positions, choices) {
  return Promise.all(positions.map((position) => loadGroup(groupOf(position, choices))));
}

function loadGroup(number) {
  if (!groups.has(number)) {
    const file = `sounds/${String(number).padStart(4, "0")}.js`;
    const sounds = new Promise((resolve, reject) => {
      received.set(number, resolve);
      const script = document.createElement("script");
      script.src = file;
      script.onload = () => script.remove();
      script.onerror = () => reject(new Error(`${file} is missing. It belongs beside this page.`));
      document.head.append(script);
    });
    groups.set(number, sounds.then((list) => Promise.all(list.map(decode))));
  }
  return groups.get(number);
}
