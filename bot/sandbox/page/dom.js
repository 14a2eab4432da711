// Small tools of the page: building elements, asking the sandbox, telling a person what went wrong.

export const at = (id) => document.getElementById(id);

/** An element with properties and children; text is always text, never markup. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

let fading;
export function tell(words) {
  at("toast").textContent = words;
  at("toast").classList.add("on");
  clearTimeout(fading);
  fading = setTimeout(() => at("toast").classList.remove("on"), 2600);
}

/** One deed of somebody; its result, or undefined when the phone would not offer it. */
export async function act(deed, words = {}) {
  const answer = await fetch(`/phones/do/${deed}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(words) });
  const said = await answer.json();
  if (!answer.ok) return void tell(said.refused ?? "没有成功");
  return said.result;
}

export const mediaUrl = (name) => `/phones/media?name=${encodeURIComponent(name)}`;

const drawn = new Map();
/** Draw only what has changed, and keep reading at the bottom when the reader was there. */
export function redraw(element, data, build) {
  const now = JSON.stringify(data);
  if (drawn.get(element) === now) return;
  const follow = !drawn.has(element) || element.scrollHeight - element.scrollTop - element.clientHeight < 60;
  const before = element.scrollTop;
  element.replaceChildren(...build().filter(Boolean));
  element.scrollTop = follow ? element.scrollHeight : before;
  // A picture has no height until it is there.
  if (follow) element.querySelectorAll("img").forEach((image) => image.addEventListener("load", () => (element.scrollTop = element.scrollHeight)));
  drawn.set(element, now);
}

export const forget = (element) => drawn.delete(element);

/** Light the bubble and the reading of one message. */
export function light(msgid) {
  for (const element of document.querySelectorAll("[data-msgid]")) {
    const mine = element.dataset.msgid === msgid;
    element.classList.toggle("lit", mine);
    if (mine) element.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }
}
