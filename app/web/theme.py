"""The look of the page: one palette in light and dark, given to Streamlit and to the style sheet."""

from pathlib import Path

STYLE_SHEET = Path(__file__).parent / "style.css"
ICON = Path(__file__).parent / "icon.svg"

_BOTH: dict[str, object] = {
    # Streamlit serves these three faces (Source Sans, Serif and Code) itself: no other host is asked.
    "font": "sans-serif",
    "headingFont": "serif",
    "codeFont": "monospace",
    "baseRadius": "0.5rem",
    "buttonRadius": "0.5rem",
    "headingFontSizes": ["2.25rem", "1.6rem", "1.3rem"],
    "headingFontWeights": [600, 600, 600],
    "linkUnderline": True,
    "showWidgetBorder": True,
}
_LIGHT: dict[str, object] = {
    "primaryColor": "#1f5f5b",
    "backgroundColor": "#fcfbf8",
    "secondaryBackgroundColor": "#f3f0e9",
    "textColor": "#24221e",
    "linkColor": "#1a5a6e",
    "borderColor": "#dcd6c9",
    "greenColor": "#2c6e49",
    "redColor": "#a4373a",
    "grayColor": "#6a655b",
    "chartCategoricalColors": ["#1f5f5b", "#c08a2d", "#8a8478", "#a4373a"],
}
_DARK: dict[str, object] = {
    "primaryColor": "#7cc4b8",
    "backgroundColor": "#191a1c",
    "secondaryBackgroundColor": "#232528",
    "textColor": "#e8e4da",
    "linkColor": "#8ec9dc",
    "borderColor": "#3d3f43",
    "greenColor": "#86c9a0",
    "redColor": "#ef9a95",
    "grayColor": "#b0aa9d",
    "chartCategoricalColors": ["#7cc4b8", "#e0b566", "#a39d90", "#ef9a95"],
}


def quiet_ink(scheme: str | None) -> str:
    """The colour of quiet words (``--ap-quiet`` of the style sheet), for what it cannot reach."""
    return "#b3ada0" if scheme == "dark" else "#625d53"


def theme_options() -> dict[str, object]:
    """Streamlit's ``theme.*`` options. Both palettes are given, so that the reader's system decides."""
    return (
        {f"theme.{key}": value for key, value in _BOTH.items()}
        | {f"theme.light.{key}": value for key, value in _LIGHT.items()}
        | {f"theme.dark.{key}": value for key, value in _DARK.items()}
    )
