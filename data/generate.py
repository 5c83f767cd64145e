"""Write the sample company: `python -m data.generate [--out DIR] [--scale N] [--seed S]`.

The same seed gives the same bytes. Scale N is N times the accounts, deals and touches, written block by block; planted
truths are written with scale 1 only.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from data import adverts, billing, hubspot, listening, others, plan, salesforce
from data.company import ACCOUNTS_PER_SCALE
from data.dirt import Counts, Dirt, spoil
from data.shapes import CsvFile, Platform, whole
from data.truths import planted
from data.world import World, build

SEED = 4
BLOCK = 16  # scales that are worked out at once
DAY = "2026-10-31"
HERE = Path(__file__).parent

HUBSPOT: dict[str, Callable[[World], pd.DataFrame]] = {
    "companies": hubspot.companies,
    "contacts": hubspot.contacts,
    "deals": hubspot.deals,
    "calls": hubspot.calls,
    "meetings": hubspot.meetings,
    "tasks": hubspot.tasks,
}


PLATFORMS: dict[str, tuple[Callable[[World], pd.DataFrame], Platform]] = {
    "linkedin-campaign-performance-report": (
        adverts.linkedin,
        Platform(adverts.LINKEDIN_PREAMBLE, "utf-16", "\t", "\r\n", totals=1),
    ),
    "google-ads-campaign-report": (adverts.google, Platform(adverts.GOOGLE_PREAMBLE, totals=2)),
    "meta-ads-campaigns": (adverts.meta, Platform(encoding="utf-8-sig")),
    "sales-and-marketing-costs": (adverts.costs, Platform()),
    "exchange-rates": (billing.exchange_rates, Platform()),
    "surveymonkey-customer-survey": (listening.customers, Platform(headers=2)),
    "typeform-team-survey": (listening.staff, Platform()),
    "brandwatch-mentions": (listening.mentions, listening.BRANDWATCH),
    "goals": (plan.goals, Platform()),
}


def _hubspot_name(view: str) -> str:
    return f"hubspot-crm-exports-{view}-{DAY}.csv"


def _salesforce_files(
    rng: np.random.Generator, world: World, *, is_first: bool
) -> dict[str, tuple[pd.DataFrame, Dirt | None, str]]:
    """Name → rows, dirt and id prefix of each Salesforce file that this block adds to."""
    dirt = salesforce.DIRT
    files: dict[str, tuple[pd.DataFrame, Dirt | None, str]] = {
        f"salesforce-report-opportunities-{DAY}.csv": (salesforce.opportunities(world), dirt["opportunities"], "006"),
        f"salesforce-OpportunityHistory-{DAY}.csv": (salesforce.history(rng, world), dirt["history"], "008"),
        f"salesforce-OpportunityContactRole-{DAY}.csv": (salesforce.contact_roles(world), dirt["roles"], "00K"),
        f"salesforce-CampaignMember-{DAY}.csv": (salesforce.campaign_members(world), dirt["members"], "00v"),
        f"salesforce-Task-{DAY}.csv": (salesforce.tasks(world), dirt["tasks"], "00T"),
        f"salesforce-Event-{DAY}.csv": (salesforce.events(world), dirt["events"], "00U"),
    }
    if is_first:
        files[f"salesforce-Campaign-{DAY}.csv"] = (salesforce.campaigns(world), dirt["campaigns"], "701")
        files[f"salesforce-User-{DAY}.csv"] = (salesforce.users(world), None, "005")
    return files


def _other_files(rng: np.random.Generator, world: World) -> dict[str, tuple[pd.DataFrame, Dirt | None]]:
    """Name → rows and dirt of each file of another vendor."""
    dirt = others.DIRT
    return {
        f"market-universe-{DAY}.csv": (others.market(world), dirt["market"]),
        f"intent-signals-{DAY}.csv": (others.signals(world), dirt["signals"]),
        f"bombora-company-surge-{others.LAST_WEEK}.csv": (others.surge(rng, world), dirt["surge"]),
        f"marketing-activities-{DAY}.csv": (others.attendance(world), dirt["attendance"]),
        f"stripe-subscriptions-{DAY}.csv": (billing.subscriptions(world), None),
        f"invoices-{DAY}.csv": (billing.invoices(world), billing.DIRT["invoices"]),
    }


class Exports:
    """The files being written, and what a reader should find in each."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.files: dict[str, CsvFile] = {}
        self.counts: dict[str, Counts] = {}

    def add(
        self, rng: np.random.Generator, name: str, frame: pd.DataFrame, dirt: Dirt | None, spare: np.ndarray
    ) -> None:
        """Spoil a block's rows of a file and append them."""
        is_report = "report" in name
        if name not in self.files:
            quoted = name.startswith(("hubspot", "bombora")) or is_report
            encoding = "iso-8859-1" if is_report else "utf-8"
            self.files[name] = CsvFile(self.directory / name, quoted=quoted, encoding=encoding)
            self.counts[name] = Counts()
        counts = Counts(read=len(frame), loaded=len(frame))
        if dirt is not None:
            frame, counts = spoil(rng, frame, dirt, spare)
        self.files[name].append(frame)
        self.counts[name].add(counts)

    def add_whole(self, name: str, frame: pd.DataFrame, platform: Platform) -> None:
        """Write a file that has all its rows at once, the platform's totals last."""
        platform.write(self.directory / name, frame)
        read, totals, again = len(frame) - platform.headers + 1, platform.totals, platform.repeated
        self.counts[name] = Counts(read=read, loaded=read - totals - again, footer=totals, duplicate=again)

    def finish(self) -> None:
        """Add the report's footer: lines of one cell, the first of them empty."""
        for name, file in self.files.items():
            if "report" in name:
                file.footer(salesforce.REPORT_FOOTER)
                blank = salesforce.REPORT_FOOTER.count("")
                self.counts[name].add(
                    Counts(
                        read=len(salesforce.REPORT_FOOTER), blank=blank, footer=len(salesforce.REPORT_FOOTER) - blank
                    )
                )


def write_block(exports: Exports, rng: np.random.Generator, world: World, *, is_first: bool) -> None:
    """All files' rows of one block."""
    number = int(world.accounts["number"].iloc[0])
    spare = whole(np.arange(number * 3, number * 3 + 1000 + 3 * len(world.accounts)) + 90_000_000_000)
    for view, rows in HUBSPOT.items():
        exports.add(rng, _hubspot_name(view), rows(world), hubspot.DIRT[view], spare)
    for name, (frame, dirt, prefix) in _salesforce_files(rng, world, is_first=is_first).items():
        exports.add(rng, name, frame, dirt, salesforce.spare_ids(prefix, world))
    for name, (frame, clean) in _other_files(rng, world).items():
        exports.add(rng, name, frame, clean, spare)
    if is_first:
        for kind, (rows, platform) in PLATFORMS.items():
            exports.add_whole(f"{kind}-{DAY}.csv", rows(world), platform)


def generate(out: Path, *, scale: int = 1, seed: int = SEED, block: int = BLOCK) -> None:
    """Write the exports to `out`/exports and, at scale 1, what is planted in them to `out`/planted.json.

    `block`: scales that are worked out at once; the exports depend on it.
    """
    exports = Exports(out / "exports")
    blocks = [(start, min(block, scale - start)) for start in range(0, scale, block)]
    for number, ((start, size), child) in enumerate(
        zip(blocks, np.random.SeedSequence(seed).spawn(len(blocks)), strict=True)
    ):
        rng = np.random.default_rng(child)
        world = build(rng, size * ACCOUNTS_PER_SCALE, start * ACCOUNTS_PER_SCALE)
        write_block(exports, rng, world, is_first=number == 0)
    exports.finish()
    if scale == 1:
        facts = planted(world, exports.counts, seed)
        (out / "planted.json").write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m data.generate", description="Write the sample company's exports.")
    parser.add_argument("--out", type=Path, default=HERE, help="directory that gets exports/ and planted.json")
    parser.add_argument("--scale", type=int, default=1, help="times the accounts, deals and touches")
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    if given.scale < 1:
        parser.error("--scale must be 1 or more")
    generate(given.out, scale=given.scale, seed=given.seed)


if __name__ == "__main__":
    main()
