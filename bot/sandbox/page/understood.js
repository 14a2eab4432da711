// What the assistant understood, beside each message of the customer.
import { at, h, light, redraw } from "./dom.js";

// The colour of a decision; decisions come in the words that people read.
const TONES = { 追问: "ask", 转人工: "person", 转告顾问: "person", 停止打扰: "person", 不答: "still", 并入同一轮: "still" };
const OTHERS = { image: "[图片]", voice: "[语音]", video: "[视频]", file: "[文件]", location: "[位置]", link: "[链接]", miniprogram: "[小程序]" };

export function drawUnderstood(world) {
  const { chat, understood, told } = world.seen;
  const said = chat.filter((bubble) => bubble.speaker === "customer" && !bubble.recalled);
  const read = new Map(understood.map((reading) => [reading.msgid, reading]));
  const level = understood.at(-1)?.level;
  const count = `已读 ${said.filter((bubble) => read.has(bubble.msgid)).length}/${said.length} 条`;
  at("read-count").textContent = said.length ? [level && `意向 ${level}`, count].filter(Boolean).join(" · ") : "";
  redraw(at("readings"), [said.map((bubble) => bubble.msgid), understood, told, world.customer], () => {
    if (!said.length) return [h("div", { className: "empty" }, "客户说的每一句，意图、关注点和回复的理由都会出现在这里。")];
    if (!told) return [h("div", { className: "empty" }, "沙盒单独运行，没有接上助手的理解记录。")];
    return said.map((bubble) => reading(bubble, read.get(bubble.msgid)));
  });
}

function reading(bubble, found) {
  const words = bubble.type === "text" ? bubble.content.content : OTHERS[bubble.type] ?? "[消息]";
  const head = h("div", { className: "quote" }, h("q", {}, words), h("time", {}, bubble.at));
  const properties = { "data-msgid": bubble.msgid, onclick: () => light(bubble.msgid) };
  if (!found) return h("article", { className: "reading waiting", ...properties }, head, "还没有读到");
  return h("article", { className: "reading", ...properties }, head, bars(found), chips(found), verdict(found));
}

function bars({ intents = [], not_sure: unsure = false }) {
  if (!intents.length) return null;
  return h("div", { className: "bars" }, intents.flatMap(({ name, zh, score }, place) => [
    h("span", { title: name }, zh || name),
    h("span", { className: `bar ${place || unsure ? "weak" : ""}` }, h("i", { style: `width:${Math.round(score * 100)}%` })),
    h("span", { className: "score" }, `${Math.round(score * 100)}%`),
  ]));
}

// The words that show a focus point: the words themselves, or an object that carries them.
const shown = (span) => (typeof span === "string" ? span : span?.words ?? "");

function chips(found) {
  const focus = (found.focus_points ?? []).map(({ point, zh, polarity, tone, span }) =>
    h("span", { className: `chip ${polarity}`, title: tone ?? polarity }, h("b", {}, zh || point), shown(span) && h("em", {}, `“${shown(span)}”`)));
  const slots = Object.entries(found.slots ?? {}).map(([name, value]) => h("span", { className: "chip slot" }, `${name} ${value}`));
  const signals = (found.signals ?? []).map(({ name, span }) => h("span", { className: "chip signal", title: `线索信号 ${name}` }, h("b", {}, "线索"), h("em", {}, `“${shown(span)}”`)));
  const unsure = found.not_sure && h("span", { className: "chip unsure" }, "意图不确定");
  const all = [unsure, ...focus, ...signals, ...slots].filter(Boolean);
  return all.length ? h("div", { className: "chips" }, all) : null;
}

function verdict(found) {
  if (!found.decision) return null;
  return h("div", { className: "verdict" },
    h("span", { className: `badge ${TONES[found.decision] ?? ""}` }, found.decision),
    h("span", { className: "why" }, found.reason ?? ""), found.script && h("code", { title: "话术" }, found.script));
}
