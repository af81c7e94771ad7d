"""`askpost new` and `askpost fetch` on the command line, with the real worker."""

from __future__ import annotations

from pathlib import Path

import typer
from typer.testing import CliRunner

from app.commands_corpus import register
from corpus.errors import CorpusError
from tests.corpus.servers import Reply, Site


def test_the_verbs(post: Path, site: Site, tmp_path: Path) -> None:
    app = typer.Typer()
    register(app)
    common = ["--allow-loopback", "--delay", "0", "--archive", ""]
    made = CliRunner().invoke(app, ["new", str(post), "--out", str(tmp_path / "o"), "--follow-links", "2", *common])
    assert made.exit_code == 0, made.output
    assert [line.split()[:2] for line in made.output.splitlines()[:2]] == [["new", "good-oil"], ["new", "ships"]]
    site.pages["/ships"] = Reply(
        "# Ships\n\nShips carry [bold]oil[/bold].\n", headers={"Content-Type": "text/markdown"}
    )
    again = CliRunner().invoke(app, ["fetch", "--corpus", str(tmp_path / "o"), "ships", *common])
    assert again.exit_code == 0, again.output
    assert "changed   ships" in again.output
    assert "    -Ships carry lamps.\n    +Ships carry [bold]oil[/bold]." in again.output
    bundled = CliRunner().invoke(app, ["fetch"])
    assert isinstance(bundled.exception, CorpusError)
