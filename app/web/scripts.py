"""The page's few lines of JavaScript. Nothing that a reader or a document wrote is put into them."""

SCROLL_TO_MARK = """
requestAnimationFrame(() => setTimeout(() => {
  const mark = document.querySelector('[role=dialog] mark.ap-target, .ap-reading mark.ap-target');
  if (mark) mark.scrollIntoView({ block: 'center' });
}, 60));
"""

# Streamlit keeps to the end of what is added, for a while; this holds against it until the reader scrolls.
_HOLD = """
((selector, block, focus) => {
  let wanted = true;
  for (const kind of ['wheel', 'touchmove', 'pointerdown', 'keydown'])
    window.addEventListener(kind, () => { wanted = false; }, { once: true, passive: true });
  const hold = () => {
    const found = [...document.querySelectorAll(selector)].pop();
    if (!wanted || !found) return;
    found.scrollIntoView({ block });
    if (focus && document.activeElement !== found) found.focus({ preventScroll: true });
  };
  for (const delay of [60, 200, 450, 900]) setTimeout(hold, delay);
})
"""
SCROLL_TO_QUESTION = f"{_HOLD}('.ap-question', 'start', false);"
GO_TO_EDITOR = f"{_HOLD}('[class*=st-key-edited-] input', 'center', true);"

# One listener for all copy buttons, put in place once.
COPY = """
if (!window.askpostCopy) {
  window.askpostCopy = true;
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('button.ap-copy');
    if (!button) return;
    const link = button.dataset.link;
    const text = link ? location.origin + location.pathname + link : button.dataset.copy;
    const said = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Copying is not allowed here';
    }
    setTimeout(() => { button.textContent = said; }, 1600);
  });
}
"""
