// How things are: connection, troubles, the microphone, warnings.
"use strict";

const STILL = matchMedia("(prefers-reduced-motion: reduce)");
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
