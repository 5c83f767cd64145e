"""The command line, called in this process, and a small company loaded through it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from metrics.commands import main

DEALS = """\
id,company,seller,phase,begun,ended,worth,Vertical
d1,North,Seat 1,Won,2024-01-02,2024-02-01,100,Rail
d2,North,Seat 1,Lost,2024-01-03,2024-02-11,200,Rail
d3,South,Seat 2,Won,2024-02-01,2024-03-01,300,Air
d4,South,Seat 2,Talks,2024-02-05,2024-07-01,400,"A=B; 100%"
d5,West,Seat 2,Won,2024-03-05,2024-03-31,500,=1+1
"""
MAPPING = """\
table = "opportunities"
[columns]
opportunity_id = "id"
account = "company"
owner = "seller"
stage = "phase"
opened_on = "begun"
closed_on = "ended"
amount = "worth"
[stages]
Talks = "open"
Won = "won"
Lost = "lost"
[format]
dates = "ymd"
currency = "EUR"
[constants]
pipeline = "Sales"
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("show", "win_rate", …)`: the command's exit code, standard output and standard error."""

    def called(*arguments: object) -> Ended:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return called


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with `deals.csv` and its mapping file."""
    place = tmp_path_factory.mktemp("files")
    (place / "deals.csv").write_text(DEALS, encoding="utf-8")
    (place / "deals.toml").write_text(MAPPING, encoding="utf-8")
    return place


@pytest.fixture(scope="session")
def loaded(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with those deals; tests that change it take one of their own."""
    workspace = tmp_path_factory.mktemp("loaded")
    arguments = ["load", files / "deals.csv", "--mapping", files / "deals.toml", "--workspace", workspace]
    assert main([*map(str, arguments), "--as-of", "2024-03-31"]) == 0
    return workspace
