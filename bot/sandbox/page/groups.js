// Customer groups: who is in them, and how the chosen customer and the owners act on them.
import { act, at, h, redraw, tell } from "./dom.js";

export function drawGroups(world) {
  const { groups, customers, members } = world.seen;
  const customer = customers.find((one) => one.id === world.customer);
  at("groups-summary").textContent = `${groups.list.length} 个群${groups.events_to_lose ? ` · 接下来丢失 ${groups.events_to_lose} 个通知` : ""}`;
  redraw(at("group-list"), [groups, customer?.id, customer?.name, world.member, members.map((one) => one.name)], () => [
    h("div", { className: "faults" },
      h("button", { onclick: () => found(world) }, "右边的成员建一个群"),
      h("button", { onclick: () => act("lose_group_events", { count: 1 }) }, "丢失下一个群通知")),
    ...groups.list.map((group) => box(world, group, customer, members)),
  ]);
}

async function found(world) {
  const name = prompt("群名");
  if (name) await act("group_founded", { member: world.member, name });
}

function box(world, group, customer, members) {
  const owner = members.find((one) => one.id === group.owner);
  const inside = customer && group.members.some((one) => one.id === customer.id);
  const words = { group: group.id };
  const join = (more) => (customer ? act("joins_group", { ...words, who: customer.id, ...more }) : tell("先在左边选一位客户"));
  return h("div", { className: "contact group" },
    h("div", { className: "head" }, h("strong", {}, group.name), h("span", { className: "hint" }, `群主 ${owner?.name ?? group.owner} · ${group.members.length} 人`)),
    h("div", { className: "chips" }, group.members.map((one) => h("span", { className: one.customer ? "chip" : "chip positive" }, one.name,
      one.id !== group.owner && h("button", { title: `把 ${one.name} 移出群`, onclick: () => act("leaves_group", { ...words, who: one.id, removed: true }) }, "×")))),
    h("div", { className: "faults" },
      inside
        ? h("button", { onclick: () => act("leaves_group", { ...words, who: customer.id }) }, `${customer.name} 退群`)
        : [h("button", { onclick: () => join({}) }, `${customer?.name ?? "客户"} 扫码入群`), h("button", { onclick: () => join({ inviter: group.owner }) }, "群主邀请入群")],
      h("button", { onclick: () => rename(group) }, "改名"),
      world.member !== group.owner && h("button", { onclick: () => act("group_handed_over", { ...words, member: world.member }) }, "转给右边的成员"),
      h("button", { onclick: () => confirm(`解散「${group.name}」？`) && act("group_dismissed", words) }, "解散")));
}

async function rename(group) {
  const name = prompt("新的群名", group.name);
  if (name) await act("group_renamed", { group: group.id, name });
}
