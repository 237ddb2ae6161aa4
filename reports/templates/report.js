// Plays the call from a moment, a turn or a word, and keeps the page in step with the sound.
const lanes = part("lanes");
const playhead = part("playhead");
const list = part("turns");
const STEP = 5; // seconds an arrow key goes

// --- going there
let until = Infinity; // where a moment played by itself ends
let pieces = null; // all that is to be heard; nothing is left out where it is null
let chosen = true; // a place gone to on purpose is heard, even where it is silent

function go(at) {
  until = Infinity;
  chosen = true;
  audio.currentTime = Math.min(Math.max(0, at), audio.duration || call.duration);
}

const start = () => audio.play().catch(() => {}); // a browser may ask for a tap on the player first

function playFrom(at, end = Infinity) {
  go(at);
  until = end;
  start();
}

// Leave out what is not to be heard, and stop where a moment ends.
function skip(now) {
  if (audio.paused || audio.seeking) return;
  if (now >= until) {
    until = Infinity;
    audio.pause();
  }
  if (!pieces || until < Infinity) return;
  const next = pieces.find((piece) => piece[1] > now);
  if (next && next[0] <= now) chosen = false;
  else if (!chosen && next) audio.currentTime = next[0];
  else if (!chosen) audio.pause();
}

// --- keys
const starts = [...new Set(call.moments.map((moment) => moment.start))].sort((a, b) => a - b);

const after = (now) => starts.find((at) => at > now + 0.25);
const before = (now) => starts.findLast((at) => at < now - 1);

function press(event) {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
  const at = event.target;
  if (at.closest("input, textarea, select, audio, dialog, [contenteditable]")) return;
  if (event.key === " " && !at.closest("button, a, summary")) {
    event.preventDefault();
    audio.paused ? start() : audio.pause();
  } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    event.preventDefault();
    const way = event.key === "ArrowRight" ? 1 : -1;
    const there = event.shiftKey ? (way > 0 ? after : before)(audio.currentTime) : audio.currentTime + way * STEP;
    if (there !== undefined) go(there);
  }
}

// --- in step with the sound
const turns = call.turns.map(([from, to], index) => ({ from, to, element: part(`turn-${index}`) }));
const moments = [...document.querySelectorAll("button[data-end]")].map((button) => ({
  from: Number(button.dataset.at), to: Number(button.dataset.end), element: button.closest("li"),
}));
let word = null;
let touched = 0; // when the reader last moved the transcript by hand

function mark(entries, now) {
  let latest = null;
  for (const { from, to, element } of entries) {
    const on = from <= now && now < to;
    element.classList.toggle("now", on);
    if (on) latest = element;
  }
  return latest;
}

function follow(turn) {
  if (!turn || audio.paused || list.scrollHeight <= list.clientHeight || Date.now() - touched < 4000) return;
  const top = turn.getBoundingClientRect().top - list.getBoundingClientRect().top;
  if (top < 0 || top > list.clientHeight * 0.6) list.scrollTop += top - list.clientHeight * 0.2;
}

function keepStep() {
  const now = audio.currentTime;
  const moved = now > 0 || !audio.paused;
  skip(now);
  if (playhead) {
    const share = `${(100 * Math.min(1, now / call.duration)).toFixed(3)}%`;
    for (const end of ["x1", "x2"]) playhead.setAttribute(end, share);
    playhead.classList.toggle("on", moved);
  }
  const turn = mark(turns, now);
  const said = turn && moved ? [...turn.querySelectorAll("[data-t]")] : [];
  const next = said.findLast((one) => Number(one.dataset.t) <= now + 0.02);
  if (next !== word) {
    word?.classList.remove("now");
    next?.classList.add("now");
    word = next;
  }
  mark(moments, now);
  follow(turn);
}

function frame() {
  keepStep();
  if (!audio.paused && !audio.ended) requestAnimationFrame(frame);
}

document.documentElement.classList.add("js");
if (audio) {
  marked.at = (button) => playFrom(Number(button.dataset.at), Number(button.dataset.until ?? Infinity));
  marked.t = (word) => getSelection().isCollapsed && playFrom(Number(word.dataset.t));
  lanes?.addEventListener("click", (event) => {
    const box = lanes.getBoundingClientRect();
    playFrom(Number(event.target.dataset.at ?? ((event.clientX - box.left) / box.width) * call.duration));
  });
  part("speed").addEventListener("change", (event) => {
    audio.playbackRate = audio.defaultPlaybackRate = Number(event.target.value);
  });
  part("hear")?.addEventListener("change", (event) => {
    pieces = call.hearings[event.target.value] || null;
    chosen = false;
    document.querySelector(".lanes")?.setAttribute("data-hear", event.target.value);
  });
  document.addEventListener("keydown", press);
  for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    list?.addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
  }
  audio.addEventListener("play", frame);
  audio.addEventListener("seeked", keepStep);
  audio.addEventListener("timeupdate", keepStep);
  if (/^#t=[\d.]+$/.test(location.hash)) go(Number(location.hash.slice(3))); // a shift's page leads to a moment
}
