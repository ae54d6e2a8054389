// Suggestions while somebody types: on the search field, and on the contact form. Everything works without it.
"use strict";
for (const form of document.querySelectorAll("form[data-suggest]")) {
  const fields = [...form.querySelectorAll("[data-typed], input[type=search]")];
  const list = form.querySelector(".suggestions");
  const told = form.querySelector(".typed");
  const apart = form.dataset.apart || "";
  let timer = 0, asked = "", request = null;

  const show = (answers) => {
    list.replaceChildren(...answers.map((answer) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = form.dataset.root + answer.href;
      link.textContent = answer.title;
      link.dir = "auto";
      if (apart) {
        link.target = "_blank";
        link.rel = "noopener";
        link.title = apart;
      }
      item.append(link);
      if (apart && answer.excerpt) {
        const excerpt = document.createElement("p");
        excerpt.textContent = answer.excerpt;
        excerpt.dir = "auto";
        item.append(excerpt);
      }
      return item;
    }));
    list.hidden = answers.length === 0;
    form.classList.toggle("suggesting", answers.length > 0);
    const words = answers.length === 1 ? told.dataset.one : told.dataset.many.replace("{n}", answers.length);
    told.textContent = answers.length ? words : "";
    if (form.elements.seen && answers.length) form.elements.seen.value = "yes";
  };

  const ask = async () => {
    const typed = fields.map((field) => field.value.trim()).filter(Boolean).join(" ").slice(0, 500);
    if (typed === asked) return;
    asked = typed;
    if (request) request.abort();
    if (typed.length < 2) return show([]);
    request = new AbortController();
    const place = form.dataset.suggest;
    try {
      const answer = await fetch(place + (place.includes("?") ? "&" : "?") + "q=" + encodeURIComponent(typed), { signal: request.signal });
      if (answer.ok && typed === asked) show((await answer.json()).answers);
    } catch (error) {
      if (error.name !== "AbortError") show([]);
    }
  };

  for (const field of fields) {
    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 300); });
  }
  form.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    const single = document.activeElement.type === "search";
    if (event.key === "Escape" && !list.hidden && !apart) {
      show([]);
      fields[0].focus();
    } else if (event.key === "ArrowDown" && links.length && (single || at >= 0)) {
      links[Math.min(at + 1, links.length - 1)].focus();
      event.preventDefault();
    } else if (event.key === "ArrowUp" && at >= 0) {
      (links[at - 1] || fields[0]).focus();
      event.preventDefault();
    }
  });
}
