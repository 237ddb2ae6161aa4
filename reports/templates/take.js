// A missed moment once more: the customer's own last words, then a fresh answer, then the two joined. What the
// microphone records stays in this page's memory and is gone when the dialog closes, unless the reader saves it.
const take = part("take");
const voice = new Audio();
const clock = part("take-clock"); // its end is the longest answer, in seconds
let moment = null; // what is taken again
let recorder = null;
let ticking = null;
let next = null; // what follows when the customer has spoken

function turnTo(state) {
  take.dataset.state = state;
  part("take-state").textContent = part("take-state").dataset[state] ?? "";
  take.querySelector(`[data-focus~="${state}"]`)?.focus();
}

function openTake(button) {
  const { from, ends, ...what } = call.takes[button.dataset.take];
  moment = { ...call.moments[button.dataset.take], ...what };
  const typed = notes.takes.find((note) => same(note, moment));
  const words = part(`turn-${moment.turn}`).querySelector(".words");
  part("take-about").textContent = button.dataset.about;
  part("take-words").replaceChildren(...words.cloneNode(true).childNodes);
  part("take-text").value = typed?.said ?? "";
  for (const play of take.querySelectorAll("[data-ends]")) {
    Object.assign(play.dataset, { at: from, until: ends[play.dataset.ends] });
  }
  take.showModal();
  turnTo(typed ? "kept" : "ready");
}

// --- hearing them, answering, hearing both
function onward() {
  const then = next;
  next = null;
  then?.();
}

function hear(then) {
  voice.pause();
  next = then;
  if (audio) part("take-theirs").click();
  else onward();
}

const both = () => hear(() => voice.play().catch(() => {}));
const hush = () => recorder?.stream.getTracks().forEach((track) => track.stop());

async function record() {
  turnTo("waiting");
  try {
    recorder = new MediaRecorder(await navigator.mediaDevices.getUserMedia({ audio: true }));
  } catch (error) {
    return turnTo(error.name === "NotAllowedError" ? "denied" : "none");
  }
  recorder.ondataavailable = taken;
  if (!take.open) return hush();
  turnTo("hearing");
  hear(() => {
    turnTo("recording");
    recorder.start();
    const since = Date.now();
    ticking = setInterval(() => {
      clock.value = (Date.now() - since) / 1000;
      if (clock.value >= clock.max) recorder.stop();
    }, 100);
  });
}

function taken({ data }) {
  clearInterval(ticking);
  hush();
  const reader = new FileReader();
  reader.onload = () => {
    if (!take.open) return;
    voice.src = reader.result;
    turnTo("taken");
    both();
  };
  reader.readAsDataURL(data);
}

function keepTyped() {
  const said = part("take-text").value.trim();
  notes.takes = notes.takes.filter((note) => !same(note, moment));
  if (said) notes.takes.push({ ...moment, said, taken_at: now() });
  save();
  turnTo(said ? "kept" : "typing");
}

Object.assign(marked, { take: openTake, record });
Object.assign(presses, {
  "take-turn": () => { onward(); audio?.pause(); },
  "take-stop": () => recorder.stop(),
  "take-before": () => { next = null; voice.pause(); },
  "take-both": both,
  "take-save": () => file("take", { moment, seconds: clock.value, sound: voice.src }),
  "take-type": () => turnTo("typing"),
  "take-keep": keepTyped,
  "take-close": () => take.close(),
});
audio?.addEventListener("pause", onward);
take?.addEventListener("close", () => { next = null; hush(); audio?.pause(); voice.pause(); });
