// One message as a bubble: text, menu, picture, card. The customer's phone and the servicer's view share it.
import { act, h, light, mediaUrl, tell } from "./dom.js";

const FAILS = { 0: "原因未知", 1: "客服账号已删除", 2: "应用已关闭", 4: "超过 48 小时", 5: "会话已关闭", 6: "超过 5 条", 8: "企业未认证", 10: "客户拒收", 11: "无成员登录", 12: "类型被禁止", 13: "安全限制" };

const CHATS = { friend: "好友会话", moment: "朋友圈" };

/** `mine` says whose phone it is: "customer" or "servicer". */
export function row(bubble, { mine, customer, account }) {
  if (bubble.recalled) return h("div", { className: "gone" }, bubble.speaker === "customer" ? "客户撤回了一条消息" : "撤回了一条消息");
  const own = mine === "customer" ? bubble.speaker === "customer" : bubble.speaker !== "customer";
  const name = { customer, bot: account, servicer: bubble.by, advisor: bubble.by }[bubble.speaker] || "";
  const label = CHATS[bubble.chat] ? `${bubble.by} · ${CHATS[bubble.chat]}` : mine === "servicer" && bubble.speaker === "bot" ? "智能助手" : bubble.speaker === "servicer" ? bubble.by : "";
  return h("div", { className: `row ${own ? "mine" : ""}`, "data-msgid": bubble.msgid, ondblclick: () => light(bubble.msgid) },
    h("div", { className: `face ${bubble.speaker}` }, name.slice(0, 1)),
    h("div", { className: "said" }, label && h("span", { className: "by" }, label), body(bubble, customer, mine), under(bubble, mine)));
}

function under(bubble, mine) {
  const notes = [];
  if (bubble.cut) notes.push(h("span", { className: "bad" }, "超长，被企业微信截断"));
  if (bubble.failed !== null) notes.push(h("span", { className: "bad" }, `未送达：${FAILS[bubble.failed] ?? bubble.failed}`));
  if (mine === "customer" && bubble.speaker === "customer") notes.push(h("button", { onclick: () => act("customer_recalls", { msgid: bubble.msgid }) }, "撤回"));
  if (mine === "customer" && bubble.speaker === "bot" && bubble.failed === null) notes.push(h("button", { title: "发出 msg_send_fail 事件", onclick: () => act("msg_send_fail", { msgid: bubble.msgid, fail_type: 6 }) }, "设为未送达"));
  const quiet = notes.every((note) => note.tagName === "BUTTON");
  return notes.length ? h("div", { className: quiet ? "under quiet" : "under" }, notes) : null;
}

function body(bubble, customer, mine) {
  return content(bubble, customer, mine);
}

/** What one message holds, without face and name. */
export function content(bubble, customer, mine) {
  const make = KINDS[bubble.type];
  return make ? make(bubble.content, bubble, customer, mine) : plain(`[${bubble.type}]`);
}

const plain = (words) => h("div", { className: "bubble" }, words);
const picture = (name, className = "") => h("img", { src: mediaUrl(name), alt: "", className });
const size = (bytes) => (bytes > 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} KB`);

function tile(title, detail, foot, side = null, top = null) {
  return h("div", { className: "bubble tile" }, top,
    h("div", { className: "tile-body" }, h("div", {}, h("strong", {}, title), detail && h("small", {}, detail)), side), h("footer", {}, foot));
}

function link(content, foot = "链接") {
  const shown = content.thumb_media_id || content.picurl;
  const made = tile(content.title, content.desc, foot, shown ? picture(shown) : null);
  made.title = content.url ?? "";
  return made;
}

function miniprogram(content) {
  const shown = content.thumb_media_id || content.pic_media_id;
  return tile(content.title || content.appid, content.pagepath || content.page, "小程序", null, shown ? picture(shown, "wide") : null);
}

function menu(content, bubble, customer, mine) {
  const tap = (item) => mine === "customer" && window.dispatchEvent(new CustomEvent("menu", { detail: item.click }));
  const items = (content.list ?? []).map((item) => {
    if (item.type === "click") return h("button", { disabled: mine !== "customer", onclick: () => tap(item) }, item.click.content);
    if (item.type === "view") return h("a", { href: "#", title: item.view.url, onclick: (event) => (event.preventDefault(), tell(`打开 ${item.view.url}`)) }, item.view.content);
    if (item.type === "miniprogram") return h("a", { href: "#", onclick: (event) => event.preventDefault() }, item.miniprogram.content);
    return h("span", { className: "note" }, item.text?.content ?? "");
  });
  return h("div", { className: "bubble menu" }, content.head_content && h("span", {}, content.head_content), items, content.tail_content && h("span", { className: "note" }, content.tail_content));
}

function file(_content, bubble) {
  const name = bubble.filename ?? "文件";
  return tile(name, bubble.size === undefined ? "" : size(bubble.size), "文件", h("span", { className: "glyph" }, name.split(".").pop().slice(0, 4).toUpperCase()));
}

const KINDS = {
  text: (content) => plain(content.content),
  image: (content) => h("div", { className: "bubble media" }, picture(content.media_id || content.pic_url)),
  voice: () => h("div", { className: "bubble voice" }, "🔊 语音 3″"),
  video: (_content, bubble) => tile(bubble.filename ?? "视频", "", "视频", h("span", { className: "glyph" }, "▶")),
  file,
  location: (content) => tile(content.name || "位置", content.address, `位置 · ${Number(content.latitude).toFixed(3)}, ${Number(content.longitude).toFixed(3)}`),
  link: (content) => link(content),
  ca_link: (content) => tile("添加顾问微信", content.link_url, "获客链接"),
  miniprogram,
  msgmenu: menu,
  business_card: (content) => tile(content.userid, "", "个人名片"),
  channels: (content) => tile(content.title, content.nickname, "视频号"),
  channels_shop_product: (content) => tile(content.title, `¥${(content.sales_price / 100).toFixed(2)}`, content.shop_nickname),
  channels_shop_order: (content) => tile(content.product_titles, content.price_wording, `订单 · ${content.state}`),
  merged_msg: (content) => tile(content.title, `${content.item?.length ?? 0} 条聊天记录`, "聊天记录"),
  meeting: () => plain("[会议]"),
  calendar: () => plain("[日程]"),
  note: () => plain("[笔记]"),
};
