"""Plots of a report's JSON as SVG, drawn by vl-convert from Vega-Lite: no browser, no script, no network."""

from collections.abc import Mapping
from typing import Any

from app.web.charts import accuracy_by_type, risk_coverage
from app.web.evaluations import Report, read_report
from corpus.errors import AskpostError

INK = "#333333"
WIDTH = 520
MOST_BARS = 4  # systems with a bar each in a group


class PlotsMissingError(AskpostError):
    """The package that draws plots is not installed."""


def draw(spec: Mapping[str, Any]) -> str:
    """A Vega-Lite specification as SVG on white.

    Raises:
        PlotsMissingError: vl-convert is not installed.
    """
    try:
        import vl_convert
    except ImportError as error:
        raise PlotsMissingError("Plots need the package vl-convert: pip install 'askpost[plots]'.") from error
    size = {} if "facet" in spec else {"width": WIDTH}
    svg: str = vl_convert.vegalite_to_svg({**size, "background": "white", **spec})
    return svg


def right_by_type(report: Mapping[str, Any]) -> dict[str, Any]:
    """Bars: the share of right answers by type of question, of the first systems."""
    return _beside(accuracy_by_type(_readable(report, MOST_BARS), INK))


def risk_over_coverage(report: Mapping[str, Any]) -> dict[str, Any]:
    """Lines: the share of errors as the share of questions answered grows, surest first."""
    return _beside(risk_coverage(_readable(report), INK))


def _beside(spec: dict[str, Any]) -> dict[str, Any]:
    """The plot with its legend at its side, where many systems have room."""
    spec["encoding"]["color"]["legend"] = {"orient": "right"}
    return spec


def _readable(report: Mapping[str, Any], most: int | None = None) -> Report:
    """The report as the chat's charts take it; a stored one comes without questions."""
    return read_report({**report, "systems": [{"questions": (), **system} for system in report["systems"][:most]]})


def reliability_diagram(report: Mapping[str, Any]) -> dict[str, Any] | None:
    """Points: how often right at each confidence, of the first system whose confidence is a probability; the
    diagonal is perfect. None where no system's is.
    """
    calibrated = [system for system in report["systems"] if system["reliability"]][:1]
    rows = [{"system": system["name"], **each} for system in calibrated for each in system["reliability"]]
    if not rows:
        return None
    share = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": {"format": "%"}}
    return {
        "description": "Reliability diagram: share of right answers over mean confidence, by bin",
        "config": {"axis": {"labelColor": INK, "titleColor": INK}, "legend": {"labelColor": INK}},
        "height": 300,
        "layer": [
            {
                "data": {"values": [{"x": 0, "y": 0}, {"x": 1, "y": 1}]},
                "mark": {"type": "line", "color": "#999999", "strokeDash": [4, 4], "strokeWidth": 1},
                "encoding": {"x": {"field": "x", **share}, "y": {"field": "y", **share}},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "circle", "opacity": 0.8},
                "encoding": {
                    "x": {"field": "confidence", "title": "Confidence", **share},
                    "y": {"field": "accuracy", "title": "Right", **share},
                    "size": {"field": "count", "type": "quantitative", "title": "questions"},
                    "color": {"field": "system", "type": "nominal", "title": None},
                },
            },
        ],
    }
