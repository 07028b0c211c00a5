// The captions page: shows what the device tells, keeps the view where the reader wants it.
"use strict";

const $ = (id) => document.getElementById(id);
const MOST_LINES = 5000;
const TIME_AFTER_S = 120; // a pause so long is marked with the time of day
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

// --- settings, kept on this device -------------------------------------------------------------
const settings = { size: 1, theme: "system", language: navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en" };
try {
  Object.assign(settings, JSON.parse(localStorage.getItem("captions") || "{}"));
} catch { /* private windows keep nothing */ }

function keep(change) {
  Object.assign(settings, change);
  try {
    localStorage.setItem("captions", JSON.stringify(settings));
  } catch { /* see above */ }
  apply();
}

function text(name, values = {}) {
  const found = (TEXTS[settings.language] || TEXTS.en)[name] || TEXTS.en[name] || name;
  return found.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

// Screen readers may read a text again that is written again.
function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

const tag = (language) => (language === "zh" ? "zh-CN" : language);

function apply() {
  const root = document.documentElement;
  const light = matchMedia("(prefers-color-scheme: light)").matches;
  root.dataset.theme = settings.theme === "system" ? (light ? "light" : "dark") : settings.theme;
  root.style.setProperty("--size", settings.size);
  root.lang = tag(settings.language);
  document.title = text("title");
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", text(element.dataset.label));
  $("size").value = settings.size;
  $("size").setAttribute("aria-valuetext", text("times", { count: settings.size }));
  $("theme").value = settings.theme;
  $("language").value = settings.language;
  showState();
  showNotices();
  showFollow();
  if (following) toNewest();
}

// --- lines ---------------------------------------------------------------------------------------
const known = new Map(); // key -> element
const unkept = new Map(); // what a line of memory says -> its key; the journal may name it anew
let held = null; // while paused: the messages that wait
let unread = 0;
let following = true;

const says = (line) => `${line.said[0]} ${line.said[1]} ${line.text}`;

function element(line) {
  const paragraph = document.createElement("p");
  paragraph.lang = tag(line.language);
  paragraph.dir = "auto";
  paragraph.dataset.ended = line.ended;
  paragraph.textContent = line.text;
  return paragraph;
}

function markTime(paragraph) {
  const before = paragraph.previousElementSibling;
  const ended = Number(paragraph.dataset.ended);
  if (before && ended - Number(before.dataset.ended) < TIME_AFTER_S) return;
  const when = document.createElement("time");
  const moment = new Date(ended * 1000);
  when.className = "when";
  when.dateTime = moment.toISOString();
  when.textContent = moment.toLocaleTimeString(tag(settings.language), { hour: "2-digit", minute: "2-digit" });
  paragraph.prepend(when);
}

// The device goes on after the last line we have, or tells all it knows: then a line may belong
// before others. (Times alone do not tell: the clock of a small computer is set late.)
let goesOn = true;

function placeByTime(shown, ended) {
  const log = $("lines");
  let next = null;
  if (!goesOn) next = [...log.children].find((other) => Number(other.dataset.ended) > ended) || null;
  log.insertBefore(shown, next);
}

// Lines come in order; those that are known already only say where the next one belongs.
function addLines(lines) {
  const log = $("lines");
  let before = null;
  for (const line of lines) {
    let shown = known.get(line.key);
    if (!shown && line.key.startsWith("j") && unkept.has(says(line))) {
      shown = known.get(unkept.get(says(line)));
      known.set(line.key, shown);
      unkept.delete(says(line));
    }
    if (!shown) {
      shown = element(line);
      if (before) before.after(shown);
      else placeByTime(shown, line.ended);
      known.set(line.key, shown);
      if (line.key.startsWith("m")) unkept.set(says(line), line.key);
      markTime(shown);
      if (!following) unread += 1;
    }
    before = shown;
  }
  for (const [key, shown] of known) {
    if (log.childElementCount <= MOST_LINES) break;
    shown.remove();
    known.delete(key);
  }
  $("empty").hidden = log.childElementCount > 0;
}

function showPartial(partial) {
  const place = $("partial");
  place.hidden = !partial;
  if (!partial) {
    $("stable").textContent = $("unstable").textContent = "";
    return;
  }
  const characters = Array.from(partial.text); // as the device counts: by code points
  place.lang = tag(partial.language);
  $("stable").textContent = characters.slice(0, partial.stable).join("");
  $("unstable").textContent = characters.slice(partial.stable).join("");
  $("empty").hidden = true;
}

// --- the view: following, scrolled back, or paused -------------------------------------------------
const view = $("scroll");

function toNewest() {
  view.scrollTop = view.scrollHeight;
}

function atNewest() {
  return view.scrollHeight - view.scrollTop - view.clientHeight < 0.75 * parseFloat(getComputedStyle($("empty")).fontSize || 24) + 24;
}

function showFollow() {
  const button = $("follow");
  const name = held ? "resume" : following ? "pause" : "newest";
  button.dataset.text = name;
  write(button, unread && name !== "pause" ? text(`${name}-new`, { count: unread }) : text(name));
}

function pause() {
  held = [];
  following = false;
  showFollow();
  showState();
}

function goOn() {
  const waiting = held || [];
  held = null;
  following = true;
  for (const message of waiting) take(...message);
  unread = 0;
  toNewest();
  showFollow();
  showState();
}

$("follow").addEventListener("click", () => (held || !following ? goOn() : pause()));
let placed = 0; // the height for which the view was put at its end by us
view.addEventListener("scroll", () => {
  if (held) return;
  const now = atNewest();
  if (!now && placed !== view.clientHeight) return; // the window changed, not the reader's mind
  if (now !== following) {
    following = now;
    if (now) unread = 0;
    showFollow();
  }
});
new ResizeObserver(() => {
  if (following) toNewest();
  placed = view.clientHeight;
}).observe(view);

// --- how things are --------------------------------------------------------------------------------
let connection = "connecting";
let trouble = [];
let hint = null;
const closed = new Set();

function showState() {
  const state = connection === "live" && held ? "paused" : connection;
  document.body.dataset.state = state;
  write($("state-text"), text(state));
}

function showNotices() {
  const now = trouble.map((one) => {
    const lost = one[settings.language] || one.en;
    return { name: `${one.module} ${one.why}`, text: lost ? `${lost}（${one.why}）` : one.why };
  });
  if (settings.language !== "zh") for (const one of now) one.text = one.text.replace(/（(.*)）$/s, " ($1)");
  if (hint) now.push({ name: hint.en, text: hint[settings.language] });
  const names = new Set(now.map((one) => one.name));
  for (const name of closed) if (!names.has(name)) closed.delete(name);
  const place = $("notices");
  for (const shown of [...place.children]) {
    const still = now.find((one) => one.name === shown.dataset.name && one.text === shown.firstChild.textContent);
    if (!still || closed.has(still.name)) shown.remove();
  }
  for (const one of now) {
    if (closed.has(one.name) || [...place.children].some((shown) => shown.dataset.name === one.name)) continue;
    const notice = document.createElement("div");
    notice.className = "notice";
    notice.dataset.name = one.name;
    const words = document.createElement("span");
    words.textContent = one.text;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "×";
    button.dataset.label = "close";
    button.setAttribute("aria-label", text("close"));
    button.addEventListener("click", () => {
      closed.add(one.name);
      showNotices();
    });
    notice.append(words, button);
    place.append(notice);
  }
}

let metered = 0;
function showLevel(level) {
  const meter = $("meter");
  meter.hidden = !level;
  const before = hint && hint.en;
  hint = level && level.hint;
  if ((hint && hint.en) !== before) showNotices();
  if (!level || (STILL.matches && Date.now() - metered < 1000)) return;
  metered = Date.now();
  const tenth = Math.round(level.loudness * 10) * 10;
  meter.firstElementChild.style.transform = `scaleX(${level.loudness})`;
  const words = text(level.clipped ? "loud" : level.loudness < 0.25 ? "quiet" : "good");
  if (Number(meter.getAttribute("aria-valuenow")) !== tenth || meter.getAttribute("aria-valuetext") !== words) {
    meter.setAttribute("aria-valuenow", tenth);
    meter.setAttribute("aria-valuetext", words);
  }
}

let warned = 0;
function showWarning(warning) {
  const words = document.createElement("p");
  words.lang = tag(warning.language);
  words.textContent = warning.text;
  $("warning").replaceChildren(words);
  clearTimeout(warned);
  warned = setTimeout(() => $("warning").replaceChildren(), warning.danger ? 6000 : 10000);
}

// --- what the device tells -------------------------------------------------------------------------
function take(kind, data) {
  if (kind === "lines") addLines(data);
  else if (kind === "partial") showPartial(data);
  if (following) toNewest();
  showFollow();
}

function arrive(kind, data) {
  if (!held) return take(kind, data);
  if (kind === "lines") {
    unread += data.filter((line) => !known.has(line.key)).length;
    held.push([kind, data]);
  } else {
    held = held.filter(([other]) => other !== kind);
    held.push([kind, data]);
  }
  showFollow();
}

let stream = null;
let again = 0;
let asked = ""; // the last line that was received, shown or held

function connect() {
  stream = new EventSource(`events?after=${encodeURIComponent(asked)}`);
  const on = (kind, act) => stream.addEventListener(kind, (event) => act(JSON.parse(event.data), event));
  on("hello", (hello) => {
    goesOn = hello.continues;
  });
  on("lines", (lines, event) => {
    asked = event.lastEventId || asked;
    arrive("lines", lines);
  });
  // What was said before this page was opened is there to read, and is not read out.
  on("ready", () => requestAnimationFrame(() => {
    goesOn = true;
    $("lines").setAttribute("aria-live", "polite");
    connection = "live";
    again = 0;
    showState();
  }));
  on("partial", (partial) => arrive("partial", partial));
  on("level", showLevel);
  on("trouble", (now) => {
    trouble = now;
    showNotices();
  });
  on("warning", showWarning);
  on("end", () => {
    connection = "ended";
    showLevel(null);
    arrive("partial", null);
    showState();
    reconnect();
  });
  stream.onerror = () => {
    if (connection !== "ended") connection = "lost";
    showLevel(null);
    showState();
    reconnect();
  };
}

function reconnect() {
  stream.close();
  again = Math.min(again ? again * 2 : 250, 2000);
  setTimeout(connect, again);
}

// --- controls ----------------------------------------------------------------------------------------
$("settings-button").addEventListener("click", (event) => {
  const panel = $("settings");
  panel.hidden = !panel.hidden;
  event.currentTarget.setAttribute("aria-expanded", String(!panel.hidden));
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !$("settings").hidden) {
    $("settings-button").click();
    $("settings-button").focus();
  }
});
const sized = (size) => keep({ size: Math.min(6, Math.max(0.5, size)) });
$("size").addEventListener("input", (event) => sized(Number(event.target.value)));
$("smaller").addEventListener("click", () => sized(settings.size - 0.25));
$("larger").addEventListener("click", () => sized(settings.size + 0.25));
$("theme").addEventListener("change", (event) => keep({ theme: event.target.value }));
$("language").addEventListener("change", (event) => keep({ language: event.target.value }));
$("fullscreen").hidden = !document.fullscreenEnabled;
$("fullscreen").addEventListener("click", () =>
  document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
matchMedia("(prefers-color-scheme: light)").addEventListener("change", apply);

// A screen that goes dark in the middle of a sentence is no use; browsers allow this over HTTPS
// and on the device itself.
async function stayAwake() {
  try {
    await navigator.wakeLock.request("screen");
  } catch { /* not allowed here */ }
}
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") stayAwake();
});

stayAwake();
apply();
connect();
