"""Small exports in the product's own column names, and workspaces loaded from them as a user would: in one zip."""

import csv
import io
import random
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from metrics import Workspace

STAGES = ("Discovery", "Proposal", "Review")
Rows = list[dict[str, Any]]


def rows_as_csv(rows: Rows) -> str:
    """The rows as a CSV file with a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def exports() -> dict[str, Rows]:
    """60 accounts (20 of them targets since 2023) and 240 deals of 2024 with their history, touches and invoices."""
    draw = random.Random(7)
    accounts = [
        {
            "account_id": f"a{i}",
            "name": f"Company {i}",
            "industry": ("Rail", "Sea", "Road")[i % 3],
            "employees": 40 + i * 90,
            "is_target": "true" if i % 3 == 0 else "false",
            "target_since": "2023-01-01" if i % 3 == 0 else "",
        }
        for i in range(60)
    ]
    deals, visits, touches, invoices = [], [], [], []
    for i in range(240):
        opened = date(2024, 1, 3) + timedelta(days=draw.randrange(330))
        furthest, outcome = draw.randrange(1, 4), draw.choice(("Won", "Lost", "open"))
        entered = [opened + timedelta(days=sum(draw.randrange(2, 20) for _ in range(k))) for k in range(furthest)]
        closed = entered[-1] + timedelta(days=draw.randrange(2, 40))
        if outcome == "open" or closed > date(2024, 12, 31):
            outcome, closed = "open", date(2025, 3, 1)
        stage = STAGES[furthest - 1] if outcome == "open" else outcome
        deals.append({
            "opportunity_id": f"d{i}", "account_id": f"a{draw.randrange(60)}", "name": f"Deal {i}", "stage": stage,
            "amount": draw.randrange(5, 90) * 1000, "currency": "EUR", "owner": f"Seller {i % 4}", "pipeline": "Sales",
            "opened_on": opened, "closed_on": closed, "Region code": ("N", "S")[i % 2],
            "loss_reason": draw.choice(("Price", "Timing")) if outcome == "Lost" else "",
        })  # fmt: skip
        stamps = [*zip(STAGES, entered, strict=False), *([(outcome, closed)] if outcome != "open" else [])]
        visits += [{"opportunity_id": f"d{i}", "pipeline": "Sales", "stage": s, "entered_at": day} for s, day in stamps]
    for i in range(400):
        day = date(2024, 1, 1) + timedelta(days=draw.randrange(360))
        touches.append(
            {
                "activity_id": f"t{i}",
                "account_id": f"a{draw.randrange(45)}",
                "kind": "web_visit",
                "side": "marketing",
                "direction": "in",
                "is_done": "true",
                "occurred_at": f"{day} 10:00:00",
            }
        )
        invoices.append({"invoice_id": f"i{i}", "account_id": f"a{draw.randrange(30)}", "invoiced_on": day,
                         "amount": draw.randrange(1, 9) * 100, "currency": "EUR"})  # fmt: skip
    return {"accounts": accounts, "opportunities": deals, "stage_visits": visits, "activities": touches,
            "invoices": invoices}  # fmt: skip


def load(directory: Path, tables: dict[str, Rows]) -> Path:
    """A workspace with these tables."""
    directory.mkdir(parents=True, exist_ok=True)
    archive = directory / "exports-2024-12-31.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for name, rows in tables.items():
            target.writestr(f"{name}.csv", rows_as_csv(rows))
    imports = Workspace(directory / "workspace").load(archive)
    assert all(one.status == "loaded" for one in imports), [(one.file, one.reason) for one in imports]
    return directory / "workspace"
