"""What the snapshot adds to the canonical tables: columns and small tables worked out once, at build.

They hold no judgement that a user can switch; that is the metrics' part. Metric SQL may read all of this.
"""

from metrics.model.kinds import Column

_COLUMNS: dict[str, tuple[Column, ...]] = {
    "accounts": (
        Column("size", "text", "Employees as 1–50, 51–200, 201–1000, 1001–5000, 5001+."),
        Column("is_derived", "flag", "Known only from other tables' keys: no accounts export names it."),
        Column("target", "flag", "On any target list, or marked, on the as-of day."),
        Column("name_key", "text", "Normalised name, for linking."),
    ),
    "owners": (),
    "contacts": (
        Column("opportunity_on", "date", "Became an opportunity, where the source dates that itself."),
        Column("customer_on", "date", "Became a customer, where the source dates that apart from converting."),
        Column("created_known", "flag", "created_on is there and not from a bulk load."),
        Column("level", "text", "c_level, vice_president, director, manager or other, by seniority, else by title."),
    ),
    "opportunities": (
        Column("value", "number", "Amount in the reporting currency; NULL without it or its rate, or 0 and open."),
        Column(
            "value_issue",
            "text",
            "Why value is NULL: 'no amount', 'no currency' or 'no exchange rate'.",
        ),
        Column("opening_known", "flag", "opened_on is there and not from a bulk load."),
        Column("closed_after_as_of", "flag", "Closed later than the as-of day."),
        Column("stage_order", "integer", "Position of the present stage in its pipeline; NULL for lost, no decision."),
        Column("furthest_order", "integer", "Furthest open stage of history and present, Won if won; 1 if unknown."),
        Column("furthest_known", "flag", "False where a lost deal has no history: counted in the first stage only."),
        Column("target", "flag", "The account was a target at the deal's opening (today's flag where undated)."),
    ),
    "stage_visits": (
        Column("is_closing", "flag", "The stage's outcome is not open: no dwell."),
        Column("is_open", "flag", "The deal is open and this is its last visit."),
        Column("backward", "flag", "Entered from a later stage."),
        Column("is_first", "flag", "The deal's first visit to this stage."),
        Column("enters_dates_only", "flag", "The deal's history has midnight stamps only: counted as dates."),
        Column("entered_on", "date", "Day of entry in the company's time zone."),
        Column("exited_on", "date", "Day of leaving in the company's time zone."),
    ),
    "activities": (Column("occurred_on", "date", "Day of the touch in the company's time zone."),),
    "contracts": (
        Column("monthly_value", "number", "Monthly revenue in the reporting currency."),
        Column("value_issue", "text", "Why monthly_value is NULL."),
        Column("term_months", "number", "Months after which it renews again and again, where the source says so."),
    ),
    "invoices": (
        Column("value", "number", "Amount in the reporting currency."),
        Column("value_issue", "text", "Why value is NULL."),
    ),
    "survey_answers": (
        Column("subject", "text", "The words of the question."),
        Column("team", "text", "marketing, sales or another team, where the file says who answered."),
        Column("sentiment", "number", "Sentiment of the comment in [-1, 1], where comments are scored."),
        Column("answered_at", "timestamp", "When it was answered (UTC), where the file says more than the day."),
    ),
    "mentions": (Column("wave", "text", "The quarter of its publication."),),
    "market": (
        Column("account_id", "id", "The account that the company is, by domain or name."),
        Column("is_segment", "flag", "A segment with a number of companies: it names no company."),
        Column("listed", "integer", "Rows of the newest file that name the company: it counts once."),
        Column("size", "text", "Employees as 1–50, 51–200, 201–1000, 1001–5000, 5001+."),
        Column("value", "number", "Estimate in the reporting currency, at the latest rate."),
        Column("value_issue", "text", "Why value is NULL though there is an estimate."),
    ),
    "spend": (
        Column("value", "number", "Cost in the reporting currency."),
        Column("value_issue", "text", "Why value is NULL."),
    ),
}

PREPARED: dict[str, tuple[Column, ...]] = _COLUMNS
