// The part of every card and question that runs in the page: it gives screen readers names and values where ipywidgets
// gives none, keeps keys from JupyterLab, and announces what is new. It draws nothing.

const QUIET = 800; // milliseconds without news before the last message is announced: longer than between two Play pictures
const PLAY = { "fa-play": "Play", "fa-pause": "Pause", "fa-stop": "Stop", "fa-retweet": "Repeat" }; // icon → label

/** Set an attribute only if its value changes: otherwise the observer below would never stop. */
function set(element, name, value) {
  if (value && element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Return the label before a control: its description. */
function labelOf(control) {
  return control.querySelector(".widget-label")?.textContent.trim() ?? "";
}

/** Give every control in a card the name that the page shows beside it. */
function name(card) {
  if (card.matches(".course-question")) {
    set(card, "role", "group");
    set(card, "aria-label", card.firstElementChild?.textContent.trim());
  }
  for (const slider of card.querySelectorAll(".widget-slider, .widget-hslider")) {
    const label = labelOf(slider);
    const readout = slider.querySelector(".widget-readout");
    // ipywidgets would accept typing here and ignore it
    if (slider.matches(".course-options")) readout.contentEditable = "false";
    for (const handle of slider.querySelectorAll(".noUi-handle")) {
      set(handle, "aria-label", label);
      // noUiSlider gives the position, which may be an exponent or an index; the readout gives the value
      set(handle, "aria-valuetext", readout?.textContent.trim());
    }
    if (readout?.isContentEditable) {
      set(readout, "role", "textbox");
      set(readout, "aria-label", `${label}, as a number`);
    }
  }
  for (const choice of card.querySelectorAll(".widget-toggle-buttons")) {
    set(choice, "role", "group");
    set(choice, "aria-label", labelOf(choice));
    for (const button of choice.querySelectorAll("button")) {
      set(button, "aria-pressed", String(button.classList.contains("mod-active")));
    }
  }
  for (const button of card.querySelectorAll(".widget-play button")) {
    const icon = Object.keys(PLAY).find((name) => button.querySelector(`.${name}`));
    set(button, "aria-label", button.title || PLAY[icon]);
    if (icon === "fa-retweet") set(button, "aria-pressed", String(button.classList.contains("mod-active")));
  }
  for (const input of card.querySelectorAll("select, input:not([type=checkbox])")) {
    if (!input.labels?.length) set(input, "aria-label", labelOf(input.closest(".jupyter-widgets")));
  }
}

/** Apply a number typed beside a slider when it loses the focus: ipywidgets waits for a "blur" that never reaches it. */
function takeOver(event) {
  if (event.target.isContentEditable) event.target.dispatchEvent(new FocusEvent("blur", { bubbles: true }));
}

/** Watch the focus; return a function that moves it to the cell if it was in the card and the card is gone. */
function keepFocus(card) {
  const cell = card.closest(".jp-Cell");
  let inside = false;
  card.addEventListener("focusin", () => (inside = true));
  card.addEventListener("focusout", (event) => (inside = event.relatedTarget === null));
  return () => inside && document.activeElement === document.body && cell?.focus({ preventScroll: true });
}

/**
 * Announce what appears in an output with role=status: a check's verdict, a widget's sentence. JupyterLab shows each as
 * a new element, but screen readers announce only changes in an element that they know. So one element stays as long
 * as the page, and gets the text of the last message once no more arrive.
 */
function announce() {
  if (document.querySelector(".course-said")) return;
  const said = document.createElement("div");
  said.className = "course-said";
  said.setAttribute("role", "status");
  document.body.append(said);
  let waiting = 0;
  new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.nodeType === 1);
    const news = added
      .flatMap((node) => [node, ...node.querySelectorAll("[role=status]")])
      .filter((node) => node.matches(".jp-OutputArea-output [role=status]:not([aria-live])"));
    for (const node of news) node.setAttribute("aria-live", "off"); // otherwise some screen readers would say it twice
    if (!news.length) return;
    said.textContent = "";
    clearTimeout(waiting);
    waiting = setTimeout(() => (said.textContent = news.at(-1).innerText), QUIET);
  }).observe(document.body, { childList: true, subtree: true });
}

export default {
  render({ el }) {
    let card = null;
    let frame = 0;
    let release = () => {};
    let refocus = () => {};
    const observer = new MutationObserver(() => name(card));
    /** Begin once this view is in its card. */
    const start = () => {
      card = el.closest(".course-widget, .course-question");
      if (card === null) {
        frame = requestAnimationFrame(start);
        return;
      }
      release = keepKeys(card);
      refocus = keepFocus(card);
      card.addEventListener("focusout", takeOver);
      const attributeFilter = ["class", "aria-valuetext"];
      observer.observe(card, { subtree: true, childList: true, characterData: true, attributeFilter });
      name(card);
      announce();
    };
    start();
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
      release();
      refocus();
    };
  },
};
