// The customer's phone: who he is, his chat, and what he can do.
import { act, at, forget, h, redraw, tell } from "./dom.js";
import { row } from "./bubbles.js";

const NAMES = ["晴天", "老周", "小满妈妈", "陈先生", "阿宁", "木子", "远山", "一只柚子", "大鹏", "林小姐"];
const STARTERS = ["落地价大概多少？", "冬天续航打几折", "想周六去试驾", "可以旧车置换吗", "太贵了，再便宜点", "转人工"];
const STATES = ["新会话", "智能助手接待", "排队等待", "人工接待", "未开始"];
const TOOLS = [["image", "图片", "image/png,image/jpeg"], ["voice", "语音"], ["video", "视频"], ["file", "文件", "*/*"], ["location", "位置"]];
const MORE = [["link", "链接"], ["miniprogram", "小程序"], ["business_card", "名片"], ["merged_msg", "聊天记录"], ["channels", "视频号"], ["channels_shop_product", "小店商品"], ["note", "笔记"]];

export function stateWords(world, customer) {
  const servicer = world.seen.members.find((member) => member.id === customer.servicer);
  const budget = customer.state < 2 ? ` · 已发 ${customer.sent}/5` : "";
  return STATES[customer.state] + (servicer ? ` · ${servicer.name}` : "") + budget;
}

export function setUpCustomer(world) {
  at("say").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = at("say-text").value.trim();
    if (!text) return;
    at("say-text").value = "";
    says(world, text);
  });
  window.addEventListener("menu", (event) => says(world, event.detail.content, event.detail.id));
  at("picker").addEventListener("change", () => sendFile(world));
  const more = h("select", { "aria-label": "发送其他类型" }, h("option", { value: "" }, "更多"), MORE.map(([kind, label]) => h("option", { value: kind }, label)));
  more.addEventListener("change", () => {
    const kind = more.value;
    withCustomer(world, (customer) => act("customer_sends", { customer, kind }));
    more.value = "";
  });
  at("tools").append(
    ...TOOLS.map(([kind, label, accept]) => h("button", { type: "button", onclick: () => (accept ? pick(kind, accept) : withCustomer(world, (customer) => act("customer_sends", { customer, kind }))) }, label)),
    more,
    h("span", { className: "sep" }),
    h("button", { type: "button", title: "再次从客服链接进入", onclick: () => withCustomer(world, (customer) => act("customer_enters", { customer, scene: "store_qr" })) }, "进入会话"),
    h("button", { type: "button", title: "加右边选中的成员为好友", onclick: () => withCustomer(world, (customer) => act("customer_adds_advisor", { customer, member: world.member, state: "store01_window" })) }, "加顾问"));
}

async function says(world, text, menu_id) {
  const customer = world.customer || (await newcomer(world));
  await act("customer_says", menu_id === undefined ? { customer, text } : { customer, text, menu_id });
}

function withCustomer(world, deed) {
  if (!world.customer) return tell("先添加一位客户");
  deed(world.customer);
}

async function newcomer(world) {
  const used = new Set(world.seen?.customers.map((customer) => customer.name));
  const name = NAMES.find((each) => !used.has(each)) ?? `客户${used.size + 1}`;
  const customer = await act("customer_enters", { name, scene: "store_qr" });
  world.choose({ customer });
  return customer;
}

let picking = "image";
function pick(kind, accept) {
  picking = kind;
  at("picker").accept = accept;
  at("picker").value = "";
  at("picker").click();
}

async function sendFile(world) {
  const [file] = at("picker").files;
  if (!file) return;
  const customer = world.customer || (await newcomer(world));
  const where = new URLSearchParams({ customer, kind: picking, name: file.name });
  const answer = await fetch(`/phones/file?${where}`, { method: "POST", headers: { "Content-Type": file.type || "application/octet-stream" }, body: file });
  if (!answer.ok) tell((await answer.json()).refused);
}

export function drawCustomer(world) {
  const { customers, chat, account } = world.seen;
  const current = customers.find((customer) => customer.id === world.customer);
  // Chips keep their places; the newest deed does not shuffle them under a finger.
  const inPlace = [...customers].sort((one, other) => (one.id < other.id ? -1 : 1));
  redraw(at("customers"), [inPlace.map(({ id, name, state }) => [id, name, state]), world.customer], () => [
    h("button", { className: "new", onclick: () => newcomer(world) }, "＋ 新客户"),
    ...inPlace.map((one) => h("button", { "aria-pressed": String(one.id === world.customer), title: one.last, onclick: () => world.choose({ customer: one.id }) }, h("i", { className: `dot s${one.state}` }), one.name)),
  ]);
  at("chat-title").textContent = current ? account : "还没有客户";
  at("chat-state").textContent = current ? `${current.name} · ${stateWords(world, current)}` : "";
  redraw(at("chat"), [chat, world.customer], () => (current ? chatRows(chat, { mine: "customer", customer: current.name, account }) : [nobody(world)]));
  redraw(at("starters"), [Boolean(current), chat.length < 3], () => (chat.length < 3 ? STARTERS.map((words) => h("button", { type: "button", onclick: () => says(world, words) }, words)) : []));
}

export function chatRows(chat, how) {
  if (!chat.length) return [h("div", { className: "empty" }, "客户已进入会话，还没有消息")];
  let minute = "";
  return chat.flatMap((bubble) => {
    const now = bubble.at.slice(0, 5);
    const stamp = now === minute ? [] : [h("div", { className: "stamp" }, now)];
    minute = now;
    return [...stamp, row(bubble, how)];
  });
}

function nobody(world) {
  return h("div", { className: "empty" }, h("p", {}, "扫码进入客服会话，像客户一样聊天。"), h("button", { onclick: () => newcomer(world) }, "新客户进入会话"));
}

export const forgetChat = () => forget(at("chat"));
