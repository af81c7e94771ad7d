"""Plots of an evaluation report as Vega-Lite, which Streamlit draws by itself in its theme's colours."""

from typing import Any

from app.web.evaluations import Report


def accuracy_by_type(report: Report, ink: str) -> dict[str, Any]:
    """Bars: the share of right answers by type of question, one bar a system; words in the colour ``ink``."""
    rows = [
        {"type": type_, "system": system.name, "right": values["accuracy"]}
        for system in report.systems
        for type_, values in system.by_type.items()
        if values.get("accuracy") is not None
    ]
    return {
        "data": {"values": rows},
        "config": _config(ink),
        "description": "Bar chart: share of right answers by type of question and system",
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "height": {"step": 14 + 10 * len(report.systems), "for": "position"},
        "encoding": {
            "y": {
                "field": "type",
                "type": "nominal",
                "title": None,
                "sort": None,
                "axis": {"labelLimit": 200, "labelOverlap": False},
            },
            "yOffset": {"field": "system", "sort": [system.name for system in report.systems]},
            "x": {
                "field": "right",
                "type": "quantitative",
                "title": None,
                "axis": {"format": "%"},
                "scale": {"domain": [0, 1]},
            },
            "color": _systems(report),
            "tooltip": [{"field": "system"}, {"field": "type"}, {"field": "right", "format": ".1%"}],
        },
    }


def risk_coverage(report: Report, ink: str) -> dict[str, Any]:
    """Lines: risk over coverage, one a system; words in the colour ``ink``."""
    rows = [
        {"system": system.name, "coverage": coverage, "risk": risk}
        for system in report.systems
        for coverage, risk in system.risk_coverage
    ]
    return {
        "data": {"values": rows},
        "config": _config(ink),
        "description": "Line chart: share of errors over share of questions answered, by system",
        "mark": {"type": "line", "strokeWidth": 2},
        "height": 260,
        "encoding": {
            "x": {"field": "coverage", "type": "quantitative", "title": "Questions answered", "axis": {"format": "%"}},
            "y": {"field": "risk", "type": "quantitative", "title": "Errors", "axis": {"format": "%"}},
            "color": _systems(report),
            "tooltip": [
                {"field": "system"},
                {"field": "coverage", "format": ".0%"},
                {"field": "risk", "format": ".1%"},
            ],
        },
    }


def _config(ink: str) -> dict[str, Any]:
    return {
        "axis": {"labelColor": ink, "titleColor": ink, "labelFontSize": 13, "titleFontSize": 13},
        "legend": {"labelColor": ink, "labelFontSize": 13},
    }


def _systems(report: Report) -> dict[str, Any]:
    return {
        "field": "system",
        "type": "nominal",
        "title": None,
        "sort": [system.name for system in report.systems],
        "legend": {"orient": "top"},
    }
