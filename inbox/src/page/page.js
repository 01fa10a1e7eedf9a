// The page asks for its columns every two seconds and replaces only the cards that changed, so that an open detail,
// a scroll position or a mail's frame stays as it is.
const POLL_MS = 2_000;

const byData = (name, root = document) => root.querySelector(`[data-${name}]`);

/** HTML of each card as the server last gave it. */
const shown = new Map();
let tag = "";
let unreachableSince;

function showTimes() {
  const now = Date.now();
  for (const element of document.querySelectorAll("time")) {
    const at = new Date(element.dateTime);
    const minutes = Math.floor((now - at.getTime()) / 60_000);
    const clock = at.toLocaleTimeString([], {
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
    const age = minutes < 1 ? "" : minutes < 60 ? ` · ${minutes} min ago` : "";
    const text = now - at.getTime() < 86_400_000 ? clock + age : at.toLocaleString();
    if (element.textContent !== text) element.textContent = text;
    element.title = at.toLocaleString();
  }
}

/** A style attribute would be refused by the page's policy; the style object is not. */
function showColours(root) {
  for (const element of root.querySelectorAll("[data-colour]")) {
    const colour =
      { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" }[element.dataset.colour] ??
      element.dataset.colour;
    if (/^#[0-9a-f]{3,8}$/i.test(colour)) element.style.borderInlineStartColor = colour;
  }
}

function keepOpenDetails(from, to) {
  const before = from.querySelectorAll("details");
  to.querySelectorAll("details").forEach((details, i) => {
    if (before[i]) details.open = before[i].open;
  });
}

function updateCards(list, fresh, first) {
  const wanted = [...fresh.children];
  const keys = new Set(wanted.map((card) => card.dataset.key));
  for (const card of [...list.children]) if (!keys.has(card.dataset.key)) card.remove();
  wanted.forEach((card, i) => {
    const { key } = card.dataset;
    const source = card.outerHTML;
    let current = [...list.children].find((other) => other.dataset.key === key);
    if (!current || shown.get(key) !== source) {
      showColours(card);
      if (current) {
        keepOpenDetails(current, card);
        current.replaceWith(card);
      }
      if (!first) {
        card.classList.add("fresh");
        byData("announcer").textContent =
          `${current ? "Changed" : "New"}: ${card.getAttribute("aria-label")}`;
      }
      current = card;
      shown.set(key, source);
    }
    if (list.children[i] !== current) list.insertBefore(current, list.children[i] ?? null);
  });
}

function update(source, first) {
  const fresh = new DOMParser().parseFromString(source, "text/html");
  byData("empty").hidden = byData("empty", fresh).hidden;
  for (const column of fresh.querySelectorAll("[data-column]")) {
    const { column: name } = column.dataset;
    const current = document.querySelector(`[data-column="${name}"]`);
    const count = byData("count", column).textContent;
    byData("count", current).textContent = count;
    document.querySelector(`[data-tab="${name}"] [data-tab-count]`).textContent = count;
    byData("notice", current).replaceChildren(...byData("notice", column).childNodes);
    updateCards(byData("cards", current), byData("cards", column), first);
  }
}

function showLive() {
  const live = byData("live");
  live.classList.toggle("away", unreachableSince !== undefined);
  const text = unreachableSince ? `not reachable since ${unreachableSince.toLocaleTimeString()}` : "live";
  if (live.textContent !== text) live.textContent = text;
}

async function poll() {
  try {
    const answer = await fetch("/page/columns", { cache: "no-cache", signal: AbortSignal.timeout(5_000) });
    if (!answer.ok) throw new Error(String(answer.status));
    const newTag = answer.headers.get("etag") ?? "";
    if (newTag !== tag) update(await answer.text(), tag === "");
    tag = newTag;
    unreachableSince = undefined;
  } catch {
    unreachableSince ??= new Date();
  }
  showLive();
  showTimes();
}

function showTab() {
  const names = [...document.querySelectorAll("[data-tab]")].map((tab) => tab.dataset.tab);
  const wanted = location.hash.slice(1);
  const current = names.includes(wanted) ? wanted : names[0];
  byData("main").dataset.current = current;
  for (const tab of document.querySelectorAll("[data-tab]")) {
    if (tab.dataset.tab === current) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
}

let toastTimer;

/** What the one who pressed would see beside the message: a warning of Slack's, a failed button. */
function showToast(text) {
  const toast = byData("toast");
  toast.textContent = text;
  toast.hidden = text === "";
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    toast.hidden = true;
  }, 8_000);
}

async function answer(message, what) {
  const response = await fetch(`/api/messages/${message}/answer`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ with: what }),
  });
  const { saw, error } = await response.json();
  showToast(saw || error || "");
  await poll();
}

byData("main").addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-answer]");
  if (!button) return;
  button.disabled = true;
  try {
    await answer(button.dataset.message, button.dataset.answer);
  } finally {
    button.disabled = false;
  }
});
byData("main").addEventListener("change", async ({ target }) => {
  if (!target.dataset.choose || target.value === "") return;
  await answer(target.dataset.message, `${target.dataset.choose}=${target.value}`);
  target.value = "";
});
byData("main").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  await answer(form.dataset.reply, new FormData(form).get("text"));
  form.reset();
});
byData("clear").addEventListener("click", async () => {
  await fetch("/api/messages", { method: "DELETE" });
  await poll();
});
addEventListener("hashchange", () => {
  showTab();
  scrollTo(0, 0);
});

showTab();
for (;;) {
  await poll();
  await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
