// How the page looks and which language it speaks; kept in this browser.
"use strict";

const $ = (id) => document.getElementById(id);
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
