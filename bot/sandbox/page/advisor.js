// The advisor's phone: app messages and cards, the session he serves, his contacts.
import { act, at, h, redraw, tell } from "./dom.js";
import { card, note } from "./cards.js";
import { chatRows, stateWords } from "./customer.js";
import { internalRows, massRows, waiting } from "./mass.js";

const TABS = ["app", "serve", "mass", "internal", "contacts"];
const WRITES = ["app", "serve"];

export function setUpAdvisor(world) {
  for (const tab of TABS) at(`tab-${tab}`).addEventListener("click", () => ((world.tab = tab), world.draw()));
  at("duty-on").addEventListener("change", (event) => act("servicer_duty", { member: world.member, on: event.target.checked }));
  at("tell").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = at("tell-text").value.trim();
    if (!text) return;
    at("tell-text").value = "";
    if (world.tab !== "serve") return act("advisor_says", { member: world.member, text });
    if (!world.customer) return tell("先选一位客户");
    return act("servicer_says", { member: world.member, customer: world.customer, text });
  });
}

export function drawAdvisor(world) {
  const { members, phone } = world.seen;
  const current = members.find((member) => member.id === world.member);
  redraw(at("members"), [members, world.member], () => members.map((one) =>
    h("button", { "aria-pressed": String(one.id === world.member), onclick: () => world.choose({ member: one.id }) },
      one.servicer && h("i", { className: `dot ${one.on_duty ? "on" : ""}` }), one.name, h("span", { className: "count" }, one.messages || ""))));
  at("member-title").textContent = current?.name ?? "";
  at("duty").style.visibility = current?.servicer ? "visible" : "hidden";
  at("duty-on").checked = Boolean(current?.on_duty);
  for (const tab of TABS) at(`tab-${tab}`).setAttribute("aria-selected", String(world.tab === tab));
  at("tell").style.display = WRITES.includes(world.tab) ? "" : "none";
  at("tab-mass").textContent = waiting(phone.mass) ? `群发任务 ${waiting(phone.mass)}` : "群发任务";
  at("tell-text").placeholder = world.tab === "serve" ? "以接待人员身份回复客户" : "发消息给应用";
  const shown = { app: () => phone.messages, serve: () => world.seen.chat.filter((bubble) => bubble.chat === "kf"), mass: () => phone.mass, internal: () => phone.internal, contacts: () => phone.contacts }[world.tab]();
  redraw(at("phone"), [world.tab, world.member, world.tab === "serve" && world.customer, shown], () => PAGES[world.tab](world, shown));
  drawServe(world, current);
}

const PAGES = {
  app: (world, messages) => (messages.length ? messages.map((message) => (message.type === "template_card" ? card(message, world.member) : note(message))) : [empty("应用还没有给这位成员发过消息")]),
  serve(world, chat) {
    const customer = world.seen.customers.find((one) => one.id === world.customer);
    return customer ? chatRows(chat, { mine: "servicer", customer: customer.name, account: world.seen.account }) : [empty("左边还没有客户")];
  },
  mass: (world, tasks) => (tasks.length ? massRows(tasks, world.member) : [empty("没有群发任务；助手创建后在这里确认发送")]),
  internal: (world, groups) => internalRows(groups),
  contacts: (world, contacts) => (contacts.length ? contacts.map((one) => contact(one, world.member)) : [empty("还没有加好友的客户；左边的“加顾问”可以添加")]),
};

const empty = (words) => h("div", { className: "empty" }, words);

function contact(one, member) {
  return h("div", { className: "contact" },
    h("div", { className: "head" }, h("strong", {}, one.remark || one.name, one.one_way && h("span", { className: "hint" }, "（已被客户删除）")),
      h("button", { onclick: () => act("advisor_deletes_customer", { member, customer: one.id }) }, "删除")),
    h("div", { className: "chips" }, one.tags.length ? one.tags.map((tag) => h("span", { className: "chip" }, tag)) : h("span", { className: "hint" }, "没有标签")));
}

function drawServe(world, member) {
  const customer = world.seen.customers.find((one) => one.id === world.customer);
  const visible = world.tab === "serve" && customer && member;
  redraw(at("serve"), [visible && customer, visible && member], () => {
    if (!visible) return [];
    const words = { member: member.id, customer: customer.id };
    const own = customer.state === 3 && customer.servicer === member.id;
    const others = world.seen.members.filter((one) => one.servicer && one.on_duty && one.id !== member.id);
    return [
      h("span", { className: "grow" }, `${customer.name} · ${stateWords(world, customer)}`),
      !own && member.servicer && h("button", { onclick: () => act("servicer_takes", words) }, "接入"),
      ...(own ? others.map((one) => h("button", { onclick: () => act("servicer_transfers", { ...words, to: one.id }) }, `转给${one.name}`)) : []),
      own && h("button", { onclick: () => act("servicer_ends", words) }, "结束会话"),
    ];
  });
}
