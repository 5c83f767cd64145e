"""What a contract's status and dates say, as SQL macros that the readers of contracts and invoices use."""

_NOT_BEGUN = (
    "trialing", "trial", "in_trial", "in trial", "incomplete", "incomplete_expired", "future", "draft", "pending",
    "in approval process", "borrador", "черновик", "草稿",
)  # fmt: skip
_OVER = (
    "canceled", "cancelled", "terminated", "expired", "churned", "ended", "closed", "inactive", "deactivated",
    "cancelado", "terminado", "vencido", "расторгнут", "завершен", "已取消", "已终止", "已到期",
)  # fmt: skip
_RUNNING = ("active", "activated", "live", "activo", "vigente", "действует", "активен", "有效", "生效")
_WITHOUT_MINOR = (
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
)  # fmt: skip
_THOUSANDTHS = ("BHD", "JOD", "KWD", "OMR", "TND")


def _says(words: tuple[str, ...]) -> str:
    return f"among(lower(status), [{', '.join(map(repr, words))}])"


def _codes(codes: tuple[str, ...]) -> str:
    return f"IN ({', '.join(map(repr, codes))})"


MACROS = (
    # A trial or a draft is no contract yet: nobody pays.
    f"CREATE MACRO not_begun(status) AS {_says(_NOT_BEGUN)}",
    f"CREATE MACRO is_over(status) AS {_says(_OVER)}",
    f"CREATE MACRO is_running(status) AS {_says(_RUNNING)}",
    "CREATE MACRO export_day() AS CAST(export_end() - INTERVAL 1 DAY AS DATE)",
    "CREATE MACRO day_after(last_day) AS CAST(last_day + INTERVAL 1 DAY AS DATE)",
    # The first day without the contract: after its last day, or after its term.
    "CREATE MACRO runs_out(last_day, starts_on, months) AS coalesce(day_after(last_day), "
    "CAST(starts_on + to_months(CAST(months AS INTEGER)) AS DATE))",
    "CREATE MACRO months_between(starts_on, ends_before) AS "
    "nullif(datediff('day', starts_on, ends_before) / 365.25 * 12, 0)",
    f"CREATE MACRO in_major_units(amount, currency) AS amount / CASE WHEN upper(currency) {_codes(_WITHOUT_MINOR)} "
    f"THEN 1 WHEN upper(currency) {_codes(_THOUSANDTHS)} THEN 1000 ELSE 100 END",
)
