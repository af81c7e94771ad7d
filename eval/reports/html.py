"""A report's JSON as one HTML page that needs nothing else: plots are SVG in the page, nothing is a script."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eval.reports.figures import about, difference, figure, interval, is_real, megabytes
from eval.reports.plots import draw, reliability_diagram, right_by_type, risk_over_coverage
from eval.scoring import MEASURES

TEMPLATE = "page.html.j2"


def page(report: Mapping[str, Any]) -> str:
    """The page; every text of the set and of the systems is escaped.

    Raises:
        PlotsMissingError: vl-convert is not installed.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "figure": figure,
        "interval": interval,
        "difference": difference,
        "is_real": is_real,
        "megabytes": megabytes,
    }
    return environment.get_template(TEMPLATE).render(
        report=report,
        measures=MEASURES,
        compared=[name for name in MEASURES if any(name in found for found in report["differences"].values())],
        about=about(report),
        plots=_plots(report),
    )


def _plots(report: Mapping[str, Any]) -> list[tuple[str, str, Markup]]:
    """Titles, explanations and drawings."""
    specs = [
        ("Right answers by type", "The share of right answers, of the first systems.", right_by_type(report)),
        (
            "Risk and coverage",
            "The share of errors as the share of questions answered grows, surest first. Lower is better.",
            risk_over_coverage(report),
        ),
        (
            "Reliability",
            "How often right at each confidence; perfect is the dashed line. Larger: more questions.",
            reliability_diagram(report),
        ),
    ]
    # vl-convert escapes the texts that it draws, so its markup is safe as it is.
    return [(title, text, Markup(draw(spec))) for title, text, spec in specs if spec]  # noqa: S704
