// Mass messages and moments that wait for this member, and what was posted to internal groups.
import { act, h } from "./dom.js";
import { content } from "./bubbles.js";

const KINDS = { single: "客户群发", group: "客户群群发", moment: "朋友圈" };

export const waiting = (tasks) => tasks.filter((task) => !task.done).length;

export function massRows(tasks, member) {
  return tasks.map((task) => h("div", { className: "mass" },
    h("div", { className: "head" }, h("strong", {}, KINDS[task.kind]), h("span", { className: "hint" }, [task.at.slice(0, 5), whom(task), task.reminded && `已提醒 ${task.reminded} 次`].filter(Boolean).join(" · "))),
    h("div", { className: "words" }, task.said.map(([type, body]) => content({ type, content: body }, "", "advisor"))),
    foot(task, member)));
}

function whom(task) {
  if (task.kind === "moment") return "";
  return task.kind === "group" ? `${task.many} 个群` : `${task.many} 位客户`;
}

function foot(task, member) {
  if (task.done === "cancelled") return h("div", { className: "done" }, "企业已取消");
  if (task.done === "sent") return h("div", { className: "done" }, task.kind === "moment" ? "已发表" : `已发送：${outcome(task.counts)}`);
  const deed = task.kind === "moment" ? "member_publishes_moment" : "member_confirms_mass";
  return h("button", { className: "confirm", onclick: () => act(deed, { member, id: task.id }) }, task.kind === "moment" ? "发表到我的朋友圈" : "发送");
}

function outcome([unsent, sent, lost, full]) {
  return [`${sent} 已送达`, lost && `${lost} 已不是好友`, full && `${full} 本月次数已满`, unsent && `${unsent} 未发送`].filter(Boolean).join("，");
}

export function internalRows(groups) {
  return groups.flatMap((group) => [
    h("div", { className: "stamp" }, `${group.name} · 内部群`),
    ...(group.posts.length ? group.posts.map((post) => h("div", { className: "mass" }, h("div", { className: "head" }, h("strong", {}, "消息推送"), h("span", { className: "hint" }, post.at.slice(0, 5))), h("div", { className: "words" }, posted(post)))) : [h("div", { className: "empty" }, "还没有消息")]),
  ]);
}

function posted({ type, content: body }) {
  if (type === "image") return h("img", { src: `data:;base64,${body.base64}`, alt: "" });
  if (type === "news") return body.articles.map((article) => content({ type: "link", content: { ...article, desc: article.description } }, "", "advisor"));
  return h("div", { className: "bubble" }, body.content);
}
