// Plays the call from a moment, a turn or a word, and keeps the page in step with the sound.
// Everything it shows is already in the page; it makes no markup from a call's words.
(() => {
  "use strict";

  const audio = document.getElementById("audio");
  const call = JSON.parse(document.getElementById("call").textContent);
  const lanes = document.getElementById("lanes");
  const playhead = document.getElementById("playhead");
  const list = document.getElementById("turns");
  const STEP = 5; // seconds an arrow key goes

  // Closed parts of the page belong on paper too.
  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details:not([open])")) part.dataset.closed = part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of document.querySelectorAll("details[data-closed]")) {
      part.open = false;
      delete part.dataset.closed;
    }
  });

  document.documentElement.classList.add("js");
  if (!audio) return;
  document.documentElement.classList.add("plays");

  // --- going there -------------------------------------------------------------------------------------------
  const length = () => (Number.isFinite(audio.duration) ? audio.duration : call.duration);

  let until = Infinity; // where a moment played by itself ends
  let pieces = null; // all that is to be heard; nothing is left out where it is null
  let chosen = true; // a place gone to on purpose is heard, even where it is silent

  function go(at) {
    until = Infinity;
    chosen = true;
    const there = Math.min(Math.max(0, at), length());
    if (audio.readyState > 0) audio.currentTime = there;
    else {
      audio.addEventListener("loadedmetadata", () => { audio.currentTime = there; }, { once: true });
      audio.load();
    }
  }

  function playFrom(at) {
    go(at);
    start();
  }

  function start() {
    audio.play().catch(() => {}); // a browser may ask for a tap on the player first
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-at]");
    if (button) {
      playFrom(Number(button.dataset.at));
      if (button.dataset.until) until = Number(button.dataset.until);
    }
    const word = event.target.closest(".words [data-t]");
    if (word && getSelection().isCollapsed) playFrom(Number(word.dataset.t));
  });

  if (lanes) {
    lanes.addEventListener("click", (event) => {
      const box = lanes.getBoundingClientRect();
      playFrom(Number(event.target.dataset.at ?? ((event.clientX - box.left) / box.width) * call.duration));
    });
  }

  document.getElementById("speed").addEventListener("change", (event) => {
    audio.playbackRate = audio.defaultPlaybackRate = Number(event.target.value);
  });
  document.getElementById("hear")?.addEventListener("change", (event) => {
    pieces = call.hearings[event.target.value] || null;
    chosen = false;
    document.querySelector(".lanes")?.setAttribute("data-hear", event.target.value);
  });

  // Leave out what is not to be heard, and stop where a moment ends.
  function skip(now) {
    if (audio.paused || audio.seeking) return;
    if (now >= until) audio.pause(); // the next step anywhere lets go of it
    if (!pieces) return;
    const next = pieces.find((piece) => piece[1] > now);
    if (next && next[0] <= now) chosen = false;
    else if (!chosen && next) audio.currentTime = next[0];
    else if (!chosen) audio.pause();
  }

  // --- keys --------------------------------------------------------------------------------------------------
  const starts = [...new Set(call.moments.map((moment) => moment.start))].sort((a, b) => a - b);

  function neighbour(direction) {
    const now = audio.currentTime;
    if (direction > 0) return starts.find((at) => at > now + 0.25);
    return starts.findLast((at) => at < now - 1);
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    const at = event.target;
    if (at.closest("input, textarea, select, audio, [contenteditable]")) return;
    if (event.key === " " && !at.closest("button, a, summary")) {
      event.preventDefault();
      audio.paused ? start() : audio.pause();
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      const direction = event.key === "ArrowRight" ? 1 : -1;
      const there = event.shiftKey ? neighbour(direction) : audio.currentTime + direction * STEP;
      if (there !== undefined) go(there);
    }
  });

  // --- in step with the sound ------------------------------------------------------------------------------
  const byTime = (a, b) => a.at - b.at;
  const words = [...document.querySelectorAll(".words [data-t]")]
    .map((element) => ({ element, at: Number(element.dataset.t) }))
    .sort(byTime);
  const turns = call.turns.map(([from, to], index) => ({ from, to, element: document.getElementById(`turn-${index}`) }));
  const moments = [...document.querySelectorAll("button[data-end]")].map((button) => ({
    from: Number(button.dataset.at), to: Number(button.dataset.end), element: button.closest("li"),
  }));
  let word = null;
  let touched = 0; // when the reader last moved the transcript by hand

  function wordAt(now) {
    let low = 0;
    let high = words.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (words[middle].at <= now + 0.02) low = middle + 1;
      else high = middle;
    }
    return low ? words[low - 1].element : null;
  }

  function mark(entries, now) {
    let latest = null;
    for (const { from, to, element } of entries) {
      if (!element) continue;
      const on = from <= now && now < to;
      if (element.classList.contains("now") !== on) element.classList.toggle("now", on);
      if (on) latest = element;
    }
    return latest;
  }

  function follow(turn) {
    if (!turn || audio.paused || list.scrollHeight <= list.clientHeight || Date.now() - touched < 4000) return;
    const top = turn.getBoundingClientRect().top - list.getBoundingClientRect().top;
    if (top < 0 || top > list.clientHeight * 0.6) list.scrollTop += top - list.clientHeight * 0.2;
  }

  function show() {
    const now = audio.currentTime;
    skip(now);
    if (playhead) {
      const share = `${(100 * Math.min(1, now / call.duration)).toFixed(3)}%`;
      playhead.setAttribute("x1", share);
      playhead.setAttribute("x2", share);
      playhead.classList.toggle("on", now > 0 || !audio.paused);
    }
    const turn = mark(turns, now);
    const next = turn && (now > 0 || !audio.paused) ? wordAt(now) : null;
    if (next !== word) {
      word?.classList.remove("now");
      next?.classList.add("now");
      word = next;
    }
    mark(moments, now);
    if (list) follow(turn);
  }

  function frame() {
    show();
    if (!audio.paused && !audio.ended) requestAnimationFrame(frame);
  }

  if (list) {
    for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      list.addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
    }
  }
  audio.addEventListener("play", frame);
  audio.addEventListener("seeked", show);
  audio.addEventListener("timeupdate", show);
})();
