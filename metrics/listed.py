"""SQL of who is a target and on which list: an account by the day that a question names, a deal by its opening."""

from metrics.scope import NONE

DEAL_DAY = "CASE WHEN d.opening_known THEN d.opened_on ELSE $as_of END"
"""The day by which a deal `d` is on a list, as it is a target: deals loaded in bulk say nothing by their opening."""
_DEALS = "model.opportunities d JOIN model.target_spans s ON s.account_id = d.account_id"


def targets_join(alias: str) -> str:
    """The join of rows that have an account to `targets`, the accounts that are targets."""
    targets = f"SELECT DISTINCT account_id FROM model.target_spans WHERE {_on_list('$target_on')}"
    return f"LEFT JOIN ({targets}) targets ON targets.account_id = {alias}.account_id"


def lists_join(table: str, alias: str) -> str:
    """The join of the rows of `table` to the lists that they are on, each list once however often it names them."""
    if table == "opportunities":
        lists = f"SELECT DISTINCT d.opportunity_id, s.list FROM {_DEALS} WHERE {_on_list(DEAL_DAY, 's.')}"
        return f"LEFT JOIN ({lists}) lists ON lists.opportunity_id = {alias}.opportunity_id"
    lists = f"SELECT DISTINCT account_id, list FROM model.target_spans WHERE {_on_list('$target_on')}"
    return f"LEFT JOIN ({lists}) lists ON lists.account_id = {alias}.account_id"


def list_filter(table: str, alias: str, names: str) -> str:
    """On one of the named lists, or with “(none)” among them on no list: a deal by the day that it opened.

    `names`: the parameters of the lists' names, separated by commas.
    """
    if table == "opportunities":
        key, day, listed = "opportunity_id", DEAL_DAY, f"SELECT d.opportunity_id FROM {_DEALS}"
    else:
        key, day, listed = "account_id", "$target_on", "SELECT s.account_id FROM model.target_spans s"
    unit, valid = f"{alias}.{key}", _on_list(day, "s.")
    return (
        f"({unit} IN ({listed} WHERE s.list IN ({names}) AND {valid}) "
        f"OR ('{NONE}' IN ({names}) AND {unit} NOT IN ({listed} WHERE {valid})))"
    )


def _on_list(day: str, prefix: str = "") -> str:
    return f"({prefix}since IS NULL OR {prefix}since <= {day}) AND ({prefix}until IS NULL OR {prefix}until > {day})"
