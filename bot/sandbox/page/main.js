// The page's loop: look at the sandbox, draw what changed, look again.
import { at } from "./dom.js";
import { drawAdvisor, setUpAdvisor } from "./advisor.js";
import { drawCustomer, forgetChat, setUpCustomer } from "./customer.js";
import { drawGroups } from "./groups.js";
import { drawUnderstood } from "./understood.js";
import { drawWire, setUpWire } from "./wire.js";

const world = {
  customer: "", member: "", tab: "app", seen: null, looking: null,
  choose(whom) {
    Object.assign(world, whom);
    if (whom.customer) forgetChat();
    world.looking?.abort();
  },
  draw() {
    if (!world.seen) return;
    at("account").textContent = world.seen.account;
    for (const draw of [drawCustomer, drawUnderstood, drawAdvisor, drawWire, drawGroups]) draw(world);
  },
};

async function look(seen) {
  world.looking = new AbortController();
  const asked = { customer: world.customer, member: world.member };
  const answer = await fetch(`/phones/look?${new URLSearchParams({ ...asked, seen })}`, { signal: world.looking.signal });
  if (!answer.ok) throw new Error(String(answer.status));
  const found = await answer.json();
  if (asked.customer !== world.customer || asked.member !== world.member) return -1;
  world.seen = found;
  const first = !world.member || (!world.customer && found.customers.length > 0);
  world.member ||= found.members[0]?.id ?? "";
  world.customer ||= found.customers[0]?.id ?? "";
  if (!first) world.draw();
  return first ? -1 : found.version;
}

function linked(on) {
  at("link").className = `link ${on ? "on" : "off"}`;
  at("link").textContent = on ? "已连接" : "沙盒已停止，等待重连";
}

async function loop() {
  let seen = -1;
  for (;;) {
    try {
      seen = await look(seen);
      linked(true);
    } catch (error) {
      seen = -1;
      if (error.name === "AbortError") continue;
      linked(false);
      await new Promise((wake) => setTimeout(wake, 1500));
    }
  }
}

setUpCustomer(world);
setUpAdvisor(world);
setUpWire();
loop();
