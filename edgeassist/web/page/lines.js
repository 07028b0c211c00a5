// The lines: each once, in order, under the name the device gave it.
"use strict";

const MOST_LINES = 5000;
const TIME_AFTER_S = 120; // a pause so long is marked with the time of day

const known = new Map(); // key -> element
const unkept = new Map(); // what a line of memory says -> its key; the journal may name it anew

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
