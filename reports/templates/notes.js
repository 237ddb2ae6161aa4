// The page's script is one in three files: notes.js, take.js, report.js, in this order. It shows what is
// already in the page, makes no markup from a call's words, and sends nothing anywhere.
//
// This one keeps the reader's own notes: how one moment sounded to them, what was misheard, whose voice is whose, and
// answers that they typed. They stay in this browser, unless the reader saves them as a file.
"use strict";

const call = JSON.parse(document.getElementById("call").textContent);
const part = (id) => document.getElementById(id);
const audio = part("audio");
const KEY = `coach.notes/${call.recording || call.name}/${call.agent}`;
const SWITCH = "coach.you-first";
const asked = part("first");
const blank = () => ({ first: null, misheard: [], not_me: null, takes: [] });
let unkept = false; // some browsers keep nothing for a page from a folder
let heard = false;
let notes = blank();

function store(use) {
  try { return use(localStorage); } catch { unkept = true; return null; }
}
const kept = (key) => store((all) => all.getItem(key));
const keep = (key, text) => store((all) => (text === null ? all.removeItem(key) : all.setItem(key, text)));

try { notes = { ...blank(), ...JSON.parse(kept(KEY)) }; } catch { /* not ours: begin anew */ }
if (![notes.misheard, notes.takes].every(Array.isArray)) notes = blank();

const count = () => [...notes.misheard, ...notes.takes, notes.first, notes.not_me].filter(Boolean).length;

// --- showing them
const same = (note, moment) => note.kind === moment.kind && note.start === moment.start;
const noted = (index) => notes.misheard.some((note) => same(note, call.moments[index]));
const about = (button) => button.dataset.misheard.split(" ").map(Number);

function showFirst() {
  if (!asked) return;
  const off = kept(SWITCH) === "off";
  const answer = notes.first?.answer;
  asked.hidden = off;
  asked.dataset.state = answer ? "answered" : heard ? "asking" : "before";
  part("first-on").hidden = !off;
  for (const line of asked.querySelectorAll("[data-for]")) line.hidden = line.dataset.for !== answer;
  document.querySelector(".advice").hidden = !off && !answer; // one's own view first
}

function show() {
  for (const button of document.querySelectorAll("[data-misheard]")) {
    const on = about(button).every(noted);
    button.setAttribute("aria-pressed", on);
    button.closest("li, .card").classList.toggle("misheard", on);
  }
  part("not-me")?.setAttribute("aria-pressed", Boolean(notes.not_me));
  if (part("not-me")) part("not-me-noted").hidden = !notes.not_me;
  showFirst();
  const said = part("notes-count").dataset;
  part("notes-count").textContent = count() > 1 ? said.many.replace("#", count()) : count() ? said.one : said.none;
  part("notes-unkept").hidden = !unkept;
  part("notes-save").disabled = part("notes-clear").disabled = !count();
}

function save() {
  keep(KEY, count() ? JSON.stringify(notes) : null);
  show();
}

// --- taking them
const now = () => new Date().toISOString();

function mishear(button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  for (const moment of about(button).map((index) => call.moments[index])) {
    notes.misheard = notes.misheard.filter((note) => !same(note, moment));
    if (on) notes.misheard.push({ ...moment, noted_at: now() });
  }
  save();
}

function answer(said) {
  notes.first = { ...call.first, question: part("first-question").textContent, answer: said, answered_at: now() };
  save();
  part("first-heading").focus();
}

function file(kind, content) {
  const { recording, name, agent, fingerprint, coach } = call;
  const whole = { schema: `coach.${kind}/1`, recording, name, agent, fingerprint, coach, saved_at: now(), ...content };
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${JSON.stringify(whole, null, 1)}\n`], { type: "application/json" }));
  link.download = `${(name || "call").replace(/\.\w+$/, "")}.${kind}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function copy(button) {
  const done = () => { button.textContent = button.dataset.done; };
  navigator.clipboard?.writeText(button.dataset.copy).then(done, () => {});
}

const presses = {
  "first-hear": () => { heard = true; showFirst(); },
  "first-again": () => { notes.first = null; heard = true; save(); part("first-heading").focus(); },
  "first-off": () => { keep(SWITCH, "off"); show(); part("advice").focus(); },
  "first-on": () => { keep(SWITCH, null); show(); part("first-heading").focus(); },
  "not-me": () => { notes.not_me = notes.not_me ? null : now(); save(); },
  "notes-save": () => file("notes", notes),
  "notes-clear": () => { notes = blank(); heard = false; save(); part("notes").focus(); },
};
const marked = { answer: (button) => answer(button.dataset.answer), misheard: mishear, copy };

document.addEventListener("click", (event) => {
  const pressed = event.target.closest("button, .words [data-t]");
  presses[pressed?.id]?.();
  for (const kind in pressed?.dataset) marked[kind]?.(pressed);
});
show();
