/* The player: one bar for all sound of a page.

"Listen" at a turn plays it and goes on from turn to turn. What is being said is marked (by the times in data-begin and
data-end) and kept in view, but never against a reader who is scrolling or selecting. Keys of the keyboard, of a headset
and of a lock screen work; speed and place are remembered. The page fetches nothing but the sound, so all this works
from a disk too; without this script, "Listen" is a link to the sound.

Words and markup of the bar come from the page's <template class="player-bar">. Nothing here makes markup of a string. */
"use strict";

(() => {
  const AGAIN = 3; // seconds into a turn from which on "previous" means its own beginning
  const LEAP = 10; // seconds that headset keys for forward and backward leap
  const REST = 6000; // milliseconds for which the page stays where the reader has moved it
  const PATIENCE = 3; // turns in a row that may fail before it gives up

  const tracks = [...document.querySelectorAll(".transcript :is(.turn, .stage)")].flatMap(track);
  const template = document.querySelector("template.player-bar");
  if (!tracks.length || !template) return;

  const root = document.documentElement;
  const bar = template.content.cloneNode(true).querySelector(".player");
  const [toolbar, lost, keys, now, speed] = [".controls", ".lost", ".keys", ".now", "select"].map((of) => bar.querySelector(of));
  const button = (of) => bar.querySelector(`[data-do=${of}]`);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const page = `publish ${location.pathname}`;
  const audio = new Audio();

  let at = 0; // which track
  let from = 0; // where in it to begin, in seconds, until it is loaded
  let loaded = false;
  let playing = false; // what is wanted; between two turns the sound itself is paused
  let resumed = false; // the place is that of an earlier visit, and nothing was played yet
  let failed = 0; // turns in a row
  let marked = new Set();
  let timer = 0;
  let scrolled = -Infinity; // when the reader did
  let scrolling = -Infinity; // until when scrolling is our own

  // --- What there is to play ---------------------------------------------------------------------------------------

  function track(element) {
    const link = element.querySelector(".listen");
    const source = link ? link.href : element.dataset.audio;
    if (!source) return [];
    const heading = element.querySelector("h2, h3");
    const cues = [element, ...element.querySelectorAll("[data-begin]")]
      .filter((of) => of.dataset.begin)
      .map((of) => ({ element: of, begin: Number(of.dataset.begin), end: Number(of.dataset.end) }));
    // Sound before the first paragraph is the speaker's name.
    if (heading && cues.length && cues[0].begin > 0) cues.unshift({ element: heading, begin: 0, end: cues[0].begin });
    const name = heading?.querySelector("bdi") ?? element;
    return [{ element, link, source, cues, name, exchange: element.closest(".exchange") }];
  }

  // --- Playing -----------------------------------------------------------------------------------------------------

  function go(index, { asked = true, saying = "" } = {}) {
    at = index;
    from = 0;
    resumed = false;
    clear();
    lost.textContent = saying;
    load();
    if (playing) play();
    else show();
    if (asked) [failed, scrolled, scrolling] = [0, -Infinity, performance.now() + 1000]; // the page may still move
    follow(tracks[at].element);
  }

  function load() {
    loaded = true;
    audio.src = tracks[at].source;
    audio.defaultPlaybackRate = audio.playbackRate = Number(speed.value);
  }

  function play() {
    playing = true;
    resumed = false;
    appear();
    if (!loaded) load();
    show();
    audio.play().catch((error) => {
      if (error.name !== "NotAllowedError") return; // others are told by the event "error", or are no errors
      playing = false;
      show();
    });
  }

  function pause() {
    playing = false;
    audio.pause();
    show();
  }

  function next() {
    if (at + 1 < tracks.length) return go(at + 1, { asked: false });
    playing = loaded = false;
    at = from = 0;
    clear();
    show();
    keep(null);
  }

  function fail() {
    failed += 1;
    const saying = `${lost.dataset.before}${label(tracks[at])}${lost.dataset.after}`;
    if (playing && failed < PATIENCE && at + 1 < tracks.length) return go(at + 1, { asked: false, saying });
    playing = loaded = false;
    lost.textContent = saying;
    show();
  }

  /** Leap by seconds, over the end into the next turn. */
  function leap(seconds) {
    const time = audio.currentTime + seconds;
    if (time >= audio.duration) next();
    else audio.currentTime = Math.max(0, time);
  }

  const opens = (index) => index === 0 || tracks[index].exchange !== tracks[index - 1].exchange;
  const begun = () => (loaded ? audio.currentTime : from) > AGAIN;

  const actions = {
    play: () => (playing ? pause() : play()),
    "turn-before": () => go(begun() ? at : Math.max(0, at - 1)),
    "turn-after": () => at + 1 < tracks.length && go(at + 1),
    "question-before": () => {
      let index = opens(at) && !begun() ? Math.max(0, at - 1) : at;
      while (!opens(index)) index -= 1;
      go(index);
    },
    "question-after": () => {
      const index = tracks.findIndex((_, other) => other > at && opens(other));
      if (index > 0) go(index);
    },
    keys: () => {
      keys.hidden = !keys.hidden;
      button("keys").setAttribute("aria-expanded", String(!keys.hidden));
    },
    close: () => {
      pause();
      clear();
      keep(null);
      leave();
      bar.remove();
      root.classList.remove("with-player");
    },
  };

  audio.addEventListener("loadedmetadata", () => {
    if (from) audio.currentTime = from;
    from = 0;
    mark();
  });
  audio.addEventListener("playing", () => { failed = 0; });
  audio.addEventListener("pause", () => {
    // A headset that is unplugged pauses without asking; the end of a turn is no pause.
    if (!audio.ended && playing) pause();
  });
  audio.addEventListener("ended", () => { if (playing) next(); });
  audio.addEventListener("error", fail);
  for (const event of ["timeupdate", "seeked", "play", "ratechange"]) audio.addEventListener(event, mark);

  // --- Marking what is being said, and keeping it in view -----------------------------------------------------------

  /** Mark what is heard now, and come again when that changes: the event "timeupdate" is up to 250 ms late. */
  function mark() {
    clearTimeout(timer);
    if (!loaded || from || !audio.readyState) return;
    const time = audio.currentTime;
    const heard = tracks[at].cues.filter((cue) => cue.begin <= time && time < cue.end).map((cue) => cue.element);
    if (heard.length !== marked.size || heard.some((element) => !marked.has(element))) {
      clear();
      marked = new Set(heard);
      for (const element of heard) element.classList.add("heard");
      if (heard.length) now.href = `#${encodeURIComponent(heard[0].id)}`;
      if (playing) keep(time);
      if (heard.length) follow(heard[0], heard.at(-1));
    }
    const edges = tracks[at].cues.flatMap((cue) => [cue.begin, cue.end]).filter((edge) => edge > time);
    if (!audio.paused && edges.length) timer = setTimeout(mark, ((Math.min(...edges) - time) * 1000) / audio.playbackRate + 5);
  }

  function clear() {
    for (const element of marked) element.classList.remove("heard");
    marked = new Set();
  }

  /** Scroll to what is not in view: a turn's beginning, a paragraph, or the sentence of one that is too high. */
  function follow(whole, part = whole) {
    const time = performance.now();
    if (!getSelection().isCollapsed || time - scrolled < REST) return;
    const room = innerHeight - bar.offsetHeight;
    const element = whole.offsetHeight > room ? part : whole;
    const box = element.getBoundingClientRect();
    if (box.top >= 0 && (box.bottom <= room || (element.matches(".turn") && box.top < room / 2))) return;
    scrolling = time + 1500;
    element.scrollIntoView({ block: "start", behavior: still.matches ? "instant" : "smooth" });
  }

  addEventListener("scroll", () => {
    if (performance.now() > scrolling) scrolled = performance.now();
  }, { passive: true });
  for (const event of ["wheel", "touchmove", "keydown"]) {
    addEventListener(event, (of) => { if (!bar.contains(of.target)) scrolled = performance.now(); }, { passive: true });
  }

  // --- The bar -----------------------------------------------------------------------------------------------------

  // What has the focus is not to be behind the bar.
  const height = new ResizeObserver(() => root.style.setProperty("--player", `${bar.offsetHeight}px`));

  function appear() {
    if (bar.isConnected) return;
    document.body.append(bar);
    root.classList.add("with-player");
    height.observe(bar);
  }

  const label = (of) => of.name.textContent.trim();

  /** Bring the words of the bar, and those of a lock screen, up to date. */
  function show() {
    const { element, name, exchange } = tracks[at];
    const main = button("play");
    main.lastElementChild.textContent = playing ? main.dataset.pause : resumed ? main.dataset.again : main.dataset.play;
    bar.classList.toggle("is-playing", playing);
    const slot = now.querySelector("bdi");
    slot.textContent = label(tracks[at]);
    slot.lang = name.closest("[lang]").lang;
    now.href = `#${encodeURIComponent(element.id)}`;
    const last = tracks.findLastIndex((_, index) => opens(index));
    button("turn-after").setAttribute("aria-disabled", String(at + 1 === tracks.length));
    button("question-after").setAttribute("aria-disabled", String(at >= last));
    if (!navigator.mediaSession) return;
    navigator.mediaSession.playbackState = playing ? "playing" : "paused";
    navigator.mediaSession.metadata = new MediaMetadata({
      title: (exchange?.querySelector("h2") ?? name).textContent.trim(),
      artist: label(tracks[at]),
      album: document.querySelector("h1")?.textContent.trim() ?? document.title,
    });
  }

  /** Focus goes back to the turn that is heard; a stage direction has no link, so to the turn before it. */
  function leave() {
    const before = tracks.slice(0, at + 1).findLast((one) => one.link) ?? tracks.find((one) => one.link);
    before?.link.focus();
  }

  toolbar.addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (pressed && pressed.getAttribute("aria-disabled") !== "true") actions[pressed.dataset.do]();
    if (event.target.closest(".now")) scrolled = -Infinity;
  });

  // One stop for the Tab key, and arrows between the controls: the toolbar of the ARIA Authoring Practices Guide.
  toolbar.addEventListener("focusin", (event) => {
    for (const control of toolbar.children) control.tabIndex = control === event.target ? 0 : -1;
  });
  toolbar.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const controls = [...toolbar.children].filter((control) => control.offsetWidth);
    const forward = getComputedStyle(bar).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const index = controls.indexOf(event.target) + (event.key === forward ? 1 : -1);
    if (event.key === "Home") controls[0].focus();
    else if (event.key === "End") controls.at(-1).focus();
    else if (event.key.endsWith("Left") || event.key.endsWith("Right")) controls.at(index % controls.length).focus();
    else return;
    event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    if (bar.contains(event.target)) leave();
    else if (playing && !event.target.closest("input, textarea, select, [contenteditable]")) pause();
  });

  document.addEventListener("click", (event) => {
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    const link = event.target.closest(".listen");
    const index = link && plain ? tracks.findIndex((one) => one.link === link) : -1;
    if (index < 0 || event.defaultPrevented) return;
    event.preventDefault();
    playing = true;
    appear();
    go(index);
    // The keys for what has just begun are at hand; Escape leads back.
    button("play").focus({ preventScroll: true });
  });

  // --- Headset, lock screen ----------------------------------------------------------------------------------------

  const media = {
    play,
    pause,
    previoustrack: actions["turn-before"],
    nexttrack: actions["turn-after"],
    seekbackward: (details) => leap(-(details.seekOffset ?? LEAP)),
    seekforward: (details) => leap(details.seekOffset ?? LEAP),
    seekto: (details) => { audio.currentTime = details.seekTime; },
  };
  for (const [action, handler] of Object.entries(navigator.mediaSession ? media : {})) {
    try {
      navigator.mediaSession.setActionHandler(action, handler);
    } catch {
      // This browser does not know the action.
    }
  }

  // --- What is remembered ------------------------------------------------------------------------------------------

  /** From or into the browser's store, which may be denied, most of all on a disk. */
  function stored(key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else if (value !== undefined) localStorage.setItem(key, value);
      return localStorage.getItem(key) ?? "";
    } catch {
      return "";
    }
  }

  function keep(time) {
    stored(page, time === null ? null : `${tracks[at].element.id} ${time}`);
  }

  speed.addEventListener("change", () => {
    audio.defaultPlaybackRate = audio.playbackRate = Number(speed.value);
    stored("publish speed", speed.value);
  });
  const usual = stored("publish speed");
  if ([...speed.options].some((option) => option.value === usual)) speed.value = usual;

  addEventListener("pagehide", () => { if (loaded && bar.isConnected) keep(audio.currentTime); });

  const [id, time] = stored(page).split(" ");
  const place = tracks.findIndex((one) => one.element.id === id);
  if (place >= 0) {
    at = place;
    from = Math.max(0, Number(time) || 0);
    resumed = true;
    appear();
    show();
  }
})();
