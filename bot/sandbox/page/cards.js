// App messages of a member: text, markdown, text cards, and template cards with working buttons.
import { act, h, mediaUrl, tell } from "./dom.js";

const open = (url) => tell(`打开 ${url}`);

export function note(message) {
  const { content, type } = message;
  const inner = {
    text: () => [marked(content.content)],
    markdown: () => [marked(content.content)],
    textcard: () => [h("h4", {}, content.title), h("div", { className: "sub" }, content.description.replace(/<[^>]+>/g, "")), h("button", { onclick: () => open(content.url) }, content.btntxt || "详情")],
    image: () => [h("img", { src: mediaUrl(content.media_id), alt: "", style: "max-width:100%" })],
    news: () => content.articles.map((article) => h("div", {}, h("h4", {}, article.title), h("div", { className: "desc" }, article.description ?? ""))),
  }[type]?.() ?? [`[${type}]`];
  return framed(message, h("div", { className: "inner" }, stamp(message), inner));
}

export function card(message, member) {
  const { content } = message;
  const answers = [];
  return framed(message,
    h("div", { className: "inner" }, stamp(message, content.source), titles(content), rows(content.horizontal_content_list, "keyname", "value"), rows(content.vertical_content_list, "title", "desc"), questions(message, answers)),
    buttons(message, member, answers), more(message, member));
}

function framed(message, ...children) {
  const lost = message.dropped && h("div", { className: "more lost-why" }, `成员没有看到：${message.dropped}，企业微信已丢弃`);
  return h("article", { className: `note-card ${message.dropped ? "lost" : ""}`, "data-task": message.task_id }, ...children, lost);
}

const stamp = (message, source) => h("div", { className: "from" }, h("span", { className: `c${source?.desc_color ?? 0}` }, source?.desc ?? "应用消息"), h("time", {}, message.at));

function titles(content) {
  const { main_title: title, emphasis_content: big, quote_area: quote } = content;
  return [
    title?.title && h("h4", {}, title.title), title?.desc && h("div", { className: "desc" }, title.desc),
    big && h("div", { className: "big" }, h("b", {}, big.title ?? ""), h("span", { className: "desc" }, big.desc ?? "")),
    content.sub_title_text && h("div", { className: "sub" }, content.sub_title_text),
    quote && (quote.title || quote.quote_text) && h("blockquote", {}, [quote.title, quote.quote_text].filter(Boolean).join("\n")),
  ];
}

function rows(list, name, value) {
  if (!list?.length) return null;
  return h("dl", {}, list.flatMap((each) => [h("dt", {}, each[name]), h("dd", {}, each[value] ?? each.userid ?? "")]));
}

// Each question pushes a function that gives [question_key, option ids] when a button is pressed.
function questions(message, answers) {
  const { content } = message;
  const selects = [content.button_selection, ...(content.select_list ?? [])].filter(Boolean).map((asked) => {
    const select = h("select", {}, asked.option_list.map((option) => h("option", { value: option.id, selected: option.id === asked.selected_id }, option.text)));
    select.disabled = Boolean(message.replaced);
    answers.push(() => [asked.question_key, [select.value]]);
    return h("div", { className: "ask" }, h("span", {}, asked.title ?? ""), select);
  });
  const box = content.checkbox;
  if (!box) return selects;
  const inputs = box.option_list.map((option) => h("input", { type: box.mode === 1 ? "checkbox" : "radio", name: `${content.task_id}-${box.question_key}`, value: option.id, checked: Boolean(option.is_checked) }));
  answers.push(() => [box.question_key, inputs.filter((input) => input.checked).map((input) => input.value)]);
  return [...selects, h("div", { className: "ask" }, inputs.map((input, place) => h("label", {}, input, box.option_list[place].text)))];
}

function buttons(message, member, answers) {
  const { content } = message;
  const all = [...(content.button_list ?? []), content.submit_button && { style: 1, ...content.submit_button }].filter(Boolean);
  if (!all.length) return null;
  if (message.replaced) return h("div", { className: "buttons" }, h("div", { className: "done" }, message.replaced));
  const press = (button) => (button.type === 1 ? open(button.url) : act("advisor_clicks", { member, task_id: message.task_id, key: button.key, selected: Object.fromEntries(answers.map((answer) => answer())) }));
  const columns = all.length % 3 === 0 ? 3 : Math.min(all.length, 2);
  return h("div", { className: "buttons", style: `grid-template-columns:repeat(${columns},1fr)` }, all.map((button) => h("button", { className: `b${button.style ?? 1}`, onclick: () => press(button) }, button.text)));
}

function more(message, member) {
  const { content } = message;
  const menu = Object.entries(message.menu).map(([key, text]) => h("button", { onclick: () => act("advisor_clicks", { member, task_id: message.task_id, key }) }, text));
  const jumps = (content.jump_list ?? []).map((jump) => h("button", { onclick: () => open(jump.url ?? jump.appid ?? "") }, jump.title));
  const action = content.card_action?.url && h("button", { onclick: () => open(content.card_action.url) }, "查看详情");
  const pressed = message.pressed && !message.replaced && h("span", {}, `已点：${message.pressed}`);
  const shown = [...jumps, action, ...menu, pressed].filter(Boolean);
  return shown.length ? h("div", { className: "more" }, shown) : null;
}

// WeCom's small markdown: bold, quote, headings, links, coloured words. Everything is put in as text.
function marked(source) {
  const pieces = source.replace(/^> ?/gm, "▏").replace(/^#+ (.*)$/gm, "**$1**").split(/(\*\*.+?\*\*|<font color="\w+">.*?<\/font>|\[[^\]]+\]\([^)]+\)|<a href="[^"]*">.*?<\/a>)/s);
  return h("div", { className: "marked" }, pieces.map((piece) => {
    const bold = piece.match(/^\*\*(.+?)\*\*$/s);
    const colour = piece.match(/^<font color="(\w+)">(.*?)<\/font>$/s);
    const link = piece.match(/^\[([^\]]+)\]\(([^)]+)\)$/);
    const anchor = piece.match(/^<a href="([^"]*)">(.*?)<\/a>$/s);
    if (bold) return h("b", {}, bold[1]);
    if (colour) return h("span", { className: colour[1] }, colour[2]);
    if (link) return jump(link[1], link[2]);
    if (anchor) return jump(anchor[2], anchor[1]);
    return piece;
  }));
}

const jump = (words, url) => h("a", { href: "#", onclick: (event) => (event.preventDefault(), open(url)) }, words);
