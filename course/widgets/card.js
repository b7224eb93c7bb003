// The page's half of every Card: names and values for screen readers where ipywidgets gives none, and keys kept
// from JupyterLab. It draws nothing.

const PLAY = { "fa-play": "Play", "fa-pause": "Pause", "fa-stop": "Stop", "fa-retweet": "Repeat" }; // by its icon

/** Set an attribute only where it changes, so that the observer below comes to rest. */
function set(element, name, value) {
  if (value && element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** What stands before a control: its description. */
function labelOf(control) {
  return control.querySelector(".widget-label")?.textContent.trim() ?? "";
}

/** Give every control in a card the name that a reader of the page sees beside it. */
function name(card) {
  for (const slider of card.querySelectorAll(".widget-slider, .widget-hslider")) {
    const label = labelOf(slider);
    const readout = slider.querySelector(".widget-readout");
    for (const handle of slider.querySelectorAll(".noUi-handle")) {
      set(handle, "aria-label", label);
      // noUiSlider says the position, which is an exponent or an index where the readout says the value
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

export default {
  render({ el }) {
    let card = null;
    let frame = 0;
    let release = () => {};
    const observer = new MutationObserver(() => name(card));
    /** The card is there once this view has been put into it. */
    const start = () => {
      card = el.closest(".course-widget");
      if (card === null) {
        frame = requestAnimationFrame(start);
        return;
      }
      release = keepKeys(card);
      const attributeFilter = ["class", "aria-valuetext"];
      observer.observe(card, { subtree: true, childList: true, characterData: true, attributeFilter });
      name(card);
    };
    start();
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
      release();
    };
  },
};
