"""The catalogue: every metric there is, by name."""

from functools import cache
from pathlib import Path

from metrics.errors import DefinitionError, QuestionError
from metrics.metric import Metric, read_metric
from metrics.spelling import did_you_mean

DEFINITIONS = Path(__file__).parent / "definitions"


@cache
def catalog() -> dict[str, Metric]:
    """All metrics in the order of topic and name. Two files of one name are a DefinitionError, not first-wins."""
    found: dict[str, Metric] = {}
    for path in sorted(DEFINITIONS.glob("*/*.sql")):
        metric = read_metric(path)
        if metric.name in found:
            raise DefinitionError(f"Two files define {metric.name}: in {found[metric.name].topic} and {metric.topic}.")
        found[metric.name] = metric
    return found


def find_metric(name: str) -> Metric:
    """The metric of that name; QuestionError with the closest name if there is none."""
    metrics = catalog()
    if name not in metrics:
        raise QuestionError(f"There is no metric “{name}”.{did_you_mean(name, metrics)} `list` names them all.")
    return metrics[name]
