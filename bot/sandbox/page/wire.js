// Failures on demand, and the journal of calls and callbacks.
import { act, at, h, redraw } from "./dom.js";

const PATHS = ["kf/send_msg", "kf/sync_msg", "kf/send_msg_on_event", "kf/service_state/trans", "message/send", "externalcontact/mark_tag", "externalcontact/send_welcome_msg", "media/upload", "gettoken", "*"];
const FAILURES = [["45009", "45009 频率超限"], ["42001", "42001 令牌过期"], ["-1", "-1 系统繁忙"], ["60020", "60020 IP 不可信"], ["95018", "95018 会话状态不允许"], ["45035", "45035 并发冲突"], ["timeout_lost", "超时（未受理）"], ["timeout_taken", "超时（已受理）"]];

export function setUpWire() {
  const path = h("select", { "aria-label": "接口" }, PATHS.map((each) => h("option", { value: each }, each === "*" ? "任何接口" : each)));
  const failure = h("select", { "aria-label": "故障" }, FAILURES.map(([value, words]) => h("option", { value }, words)));
  const times = h("input", { type: "number", min: 1, max: 99, value: 1, "aria-label": "次数" });
  const repeat = h("select", { "aria-label": "每个回调送几次" }, [1, 2, 3].map((count) => h("option", { value: count }, `每个回调送 ${count} 次`)));
  const reordered = h("input", { type: "checkbox", style: "width:auto" });
  const disturb = () => act("disturb_callbacks", { repeat: Number(repeat.value), reordered: reordered.checked });
  repeat.addEventListener("change", disturb);
  reordered.addEventListener("change", disturb);
  const calm = () => ((repeat.value = "1"), (reordered.checked = false), act("clear_failures"));
  at("faults").append(
    h("h3", {}, "故障"),
    h("div", { className: "faults" }, path, failure, times, "次", h("button", { onclick: () => act("fail", { path: path.value, failure: failure.value, times: Number(times.value) }) }, "让它失败")),
    h("div", { className: "faults" }, h("button", { onclick: () => act("expire_access_token") }, "令牌提前失效"), h("button", { onclick: () => act("give_empty_pages", { count: 2 }) }, "sync_msg 空页 ×2"), repeat, h("label", {}, reordered, " 乱序")),
    h("div", { className: "faults" }, h("button", { onclick: calm }, "全部恢复"), h("span", { className: "hint", id: "pending" })));
}

export function drawWire(world) {
  const { calls, callbacks, failures, repeat, reordered } = world.seen.wire;
  const waiting = failures.map(([path, failure, count]) => `${path} → ${failure} ×${count}`);
  if (repeat > 1) waiting.push(`回调重复 ×${repeat}`);
  if (reordered) waiting.push("回调乱序");
  at("pending").textContent = waiting.join("；") || "没有设置故障";
  at("wire-summary").textContent = waiting.length ? `已设置 ${waiting.length} 项故障` : "一切正常";
  redraw(at("calls"), calls, () => [h("h3", {}, "助手调用的接口"), h("table", {}, h("tbody", {}, calls.map((call) => h("tr", {},
    h("td", { className: "dim" }, call.at), h("td", {}, call.path.replace("/cgi-bin/", "")), h("td", { className: call.errcode ? "bad" : "dim" }, call.errcode === null ? "无应答" : String(call.errcode))))))]);
  redraw(at("callbacks"), callbacks, () => [h("h3", {}, "送给助手的回调"), h("table", {}, h("tbody", {}, callbacks.map((callback) => h("tr", {},
    h("td", {}, callback.event), h("td", { className: callback.statuses.at(-1) === 200 ? "dim" : "bad" }, callback.statuses.map((status) => status || "无应答").join(" → ") || "等待中")))))]);
}
