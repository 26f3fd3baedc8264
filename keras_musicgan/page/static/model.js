// The page that plays a model. Its parts stand in one module, since browsers load none from the file system.

const model = JSON.parse(document.getElementById("model").textContent);
const isPiano = model.kind === "keys";
const keyNames = model.keys ? model.keys.values : [""];
const element = (id) => document.getElementById(id);

function say(text) {
  element("status").textContent = text;
}
