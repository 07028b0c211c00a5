// The captions page: shows what the device tells, keeps the view where the reader wants it.
"use strict";

let held = null; // while paused: the messages that wait
let unread = 0;
let following = true;
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
