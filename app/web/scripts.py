"""The page's few lines of JavaScript. Nothing that a reader or a document wrote is put into them."""

SCROLL_TO_MARK = """
requestAnimationFrame(() => setTimeout(() => {
  const mark = document.querySelector('[role=dialog] mark.ap-target, .ap-reading mark.ap-target');
  if (mark) mark.scrollIntoView({ block: 'center' });
}, 60));
"""

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
